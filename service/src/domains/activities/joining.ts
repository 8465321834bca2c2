import {
  activities,
  activityPermissions,
  streams,
  type ActivityPermission,
  type JoinedActivity,
  type Parsed,
  type RemovalReason,
  type StateValues,
} from '@collab-kit/protocol'
import { mayGlobally } from '../../kernel/access.ts'
import type { Connection, Context, Edge } from '../../kernel/context.ts'
import { ordered } from '../../kernel/grants.ts'
import { staged } from '../../kernel/module.ts'
import { permissionsOf, saveGrant } from './grants.ts'
import { depart, endIfEmpty } from './leaving.ts'
import { createLive, isHere, type Own } from './live.ts'
import { isPower, LEAP, missingRight, vocabulary } from './rules.ts'
import { assertMetadataFits, assertOwnFits, assertValueFits } from './sizes.ts'
import {
  entriesIn,
  findActivity,
  findParticipant,
  insertActivity,
  nameOf,
  participantsIn,
  saveParticipant,
  streamOf,
  type ActivityRow,
  type Coming,
  type Name,
  type ParticipantRow,
} from './store.ts'
import { activityView, shownTo, toParticipant } from './views.ts'

type Operations = typeof activities.operations
type Join = Operations['joinActivity']
type JoinContext = Context<Join>
const { participantJoined } = activities.events

/** What the memory of this process adds to the input. */
interface Prepared {
  connectionId: string
  /** What this connection shows, where it is in already. */
  own?: { state: StateValues; rev: number }
  /** Number of the state of the connection whose place is taken. */
  replacedRev?: number
}

interface Joined {
  view: JoinedActivity
  row: Coming
  maySet: boolean
}

const nameIn = ({ type, id }: Name): Name => ({ type, id })

function prepare(edge: Edge, input: Parsed<Join>): Prepared | Promise<Prepared> {
  const { limits } = edge.policy
  const connection = edge.connection!
  const live = edge.local(createLive)
  const state = new Map(Object.entries(input.state ?? {}))
  for (const [key, value] of state) assertValueFits(limits, value, `state.${key}`)
  assertOwnFits(limits, state)
  const max = limits.joinedStreams
  if (live.tries(connection.id, input) > max)
    edge.fail('limit_exceeded', { limit: 'joinedStreams', max, reason: 'room_limit' })
  const begin = () => {
    const own = live.findReading(input, connection)
    connection.hold(streamOf(input), 'bound')
    const replaced = live.find(input, input.replaces ?? '')
    return {
      connectionId: connection.id,
      ...(own && { own: { state: Object.fromEntries(own.told), rev: own.rev } }),
      ...(replaced && { replacedRev: replaced.rev }),
    }
  }
  const before = live.takeTurn(input, connection)
  return before ? before.then(begin) : begin()
}

/** The activity as it is, or made by the one who comes first. */
async function findOrMake(ctx: JoinContext, input: Parsed<Join>): Promise<ActivityRow> {
  const { type, id, create = { ephemeral: false } } = input
  const known = await findActivity(ctx.db, input)
  if (known) return known
  if (create === false) return ctx.fail('not_found', { type, id })
  // To those who may not make one, an absent one looks like one that they may not know of.
  if (!mayGlobally(ctx, 'create_activity')) ctx.fail('not_found', { type, id })
  if (create.metadata) assertMetadataFits(ctx.policy.limits, create.metadata)
  const row: ActivityRow = {
    type,
    id,
    title: create.title ?? null,
    metadata: create.metadata === undefined ? null : JSON.stringify(create.metadata),
    ephemeral: create.ephemeral ? 1 : 0,
    capacity: create.capacity ?? null,
    created_by: ctx.caller.username,
    created_at: ctx.now,
    state_keys: 0,
    state_bytes: 0,
  }
  await insertActivity(ctx.db, row)
  if (create.permissions) await grantAll(ctx, row, create.permissions)
  return row
}

/** What is granted from the beginning stands in place of the default; a guest, who owns nothing, gives no power. */
async function grantAll(
  ctx: JoinContext,
  row: ActivityRow,
  grants: Record<string, ActivityPermission[]>,
): Promise<void> {
  const given = Object.values(grants).flat()
  const power = activityPermissions.find((each) => isPower(each) && given.includes(each))
  if (power && ctx.caller.role === 'guest') ctx.fail('forbidden', { permission: power })
  for (const [subject, permissions] of Object.entries({ world: [], ...grants }))
    await saveGrant(ctx.db, row, { subject, permissions: ordered(vocabulary, permissions) })
}

/** One who is in already, with whatever connection, never counts twice. */
function assertRoom(
  ctx: JoinContext,
  { capacity: max }: ActivityRow,
  rows: readonly ParticipantRow[],
): void {
  if (max === null) return
  const people = new Set(rows.flatMap((row) => (row.lurking ? [] : [row.username])))
  if (people.has(ctx.caller.username) || people.size < max) return
  ctx.fail('limit_exceeded', { limit: 'capacity', max })
}

async function handle(ctx: JoinContext, input: Parsed<Join>, prepared: Prepared): Promise<Joined> {
  const name = nameIn(input)
  const activity = await findOrMake(ctx, input)
  const permissions = await permissionsOf(ctx, activity, ctx.caller)
  if (permissions.size === 0) return ctx.fail('not_found', { ...name })
  const missing = missingRight(permissions, input.lurk)
  if (missing) ctx.fail('forbidden', { permission: missing })
  const rows = await participantsIn(ctx.db, name)
  const mine = rows.find((row) => row.connection_id === prepared.connectionId)
  const maySet = permissions.has('set_state')
  // Of one whom this process remembers nothing of, the others may know what is not written down: they are told anew.
  const unchanged = mine && prepared.own && (mine.lurking === 1) === input.lurk
  if (!unchanged && !input.lurk) assertRoom(ctx, activity, rows)
  const row = unchanged ? mine : await come(ctx, input, { ...prepared, rows, mine, maySet })
  const present = await participantsIn(ctx.db, name)
  const shown = await shownTo(ctx, present, permissions)
  return {
    view: {
      ...(await activityView(ctx, activity, permissions)),
      participants: shown,
      shared: await entriesIn(ctx.db, name),
    },
    row,
    maySet,
  }
}

interface Place extends Prepared {
  rows: readonly ParticipantRow[]
  mine: ParticipantRow | undefined
  maySet: boolean
}

/** Begins to be in an activity, or begins or ceases to lurk there. */
async function come(
  ctx: JoinContext,
  { type, id, lurk, state = {}, replaces }: Parsed<Join>,
  { connectionId, own, replacedRev, rows, mine, maySet }: Place,
): Promise<Coming> {
  const replaced = rows.find(
    (each) => each.connection_id === replaces && each.username === ctx.caller.username,
  )
  const known = mine ?? (await findParticipant(ctx.db, { type, id }, connectionId))
  const first = maySet && !lurk ? state : {}
  const row: Coming = {
    type,
    id,
    connection_id: connectionId,
    username: ctx.caller.username,
    node_id: ctx.policy.nodeId,
    lurking: lurk ? 1 : 0,
    joined_at: replaced?.joined_at ?? mine?.joined_at ?? ctx.now,
    state: mine ? JSON.stringify(own?.state ?? JSON.parse(mine.state)) : JSON.stringify(first),
    rev: mine ? Math.max(mine.rev, own?.rev ?? 0) + LEAP : (known?.rev ?? 0) + 1,
  }
  if (mine && lurk) await depart(ctx, mine, row.rev - 1)
  await saveParticipant(ctx, row)
  // Both go out together: nobody sees the place empty.
  if (replaced && replaced.connection_id !== connectionId) await depart(ctx, replaced, replacedRev)
  if (!lurk)
    ctx.tell(participantJoined, nameOf({ type, id }), {
      type,
      id,
      participant: toParticipant(row),
    })
  return row
}

/** What the connection shows from now on, in the memory of this process. */
function enter(edge: Edge, connection: Connection, { row, maySet }: Joined): Own {
  const live = edge.local(createLive)
  const known = live.find(row, connection.id)
  const own: Own = known ?? {
    type: row.type,
    id: row.id,
    connectionId: connection.id,
    connection,
    caller: connection.caller,
    lurking: false,
    state: new Map(Object.entries(toParticipant(row).state)),
    told: new Map(Object.entries(toParticipant(row).state)),
    touched: new Set(),
    cleared: false,
    rev: 0,
    maySet,
    asking: undefined,
    unsaved: false,
    toldAt: Number.NEGATIVE_INFINITY,
  }
  own.caller = connection.caller
  own.lurking = row.lurking === 1
  own.rev = Math.max(own.rev, row.rev)
  live.enter(own)
  return own
}

export const joinActivity = staged<Join>()<Prepared, Joined>({
  prepare,
  handle,
  complete(edge, input, joined) {
    const live = edge.local(createLive)
    const connection = edge.connection!
    const stream = streamOf(input)
    const turn = live.turnOf(input, connection.id)
    turn?.end()
    const { head } = joined.view
    if ((turn?.outBy ?? 0) > head) {
      connection.release(stream, undefined)
      edge.fail('forbidden', { reason: 'removed' })
    }
    if (!isHere(edge, connection) || !connection.reads(stream)) {
      giveUp(edge, input, connection.id)
      edge.fail('unavailable', { reason: 'busy' }, { retryAfterMs: AGAIN_MS })
    }
    const own = enter(edge, connection, joined)
    // What was told since the snapshot comes after the answer.
    edge.afterAnswer(() => {
      if (live.find(input, connection.id) === own) return connection.release(stream, head)
      connection.release(stream, undefined)
      if (own.out !== undefined && own.out !== 'left')
        connection.tell(streams.events.removed, { stream, reason: own.out as RemovalReason })
    })
    return { ...joined.view, participants: live.overlay(input, joined.view.participants) }
  },
  failed(edge, input, error) {
    const live = edge.local(createLive)
    const { id } = edge.connection!
    live.turnOf(input, id)?.end()
    if (live.find(input, id)) return
    edge.connection!.release(streamOf(input), undefined)
    if ((error as { code?: string }).code !== 'outcome_unknown') return live.drop(input, id)
    // It may still happen: what the connection is in then ends with it, also where that was before.
    if (!isHere(edge, edge.connection!)) edge.after(GRACE_MS, () => giveUp(edge, input, id))
  },
})

/** After what time one who could not come in asks again, milliseconds. */
const AGAIN_MS = 250

export const leaveActivity = staged<Operations['leaveActivity']>()<
  { connectionId: string; rev?: number },
  Record<string, never>
>({
  prepare(edge, input) {
    const live = edge.local(createLive)
    const connection = edge.connection!
    const begin = () => {
      const own = live.find(input, connection.id)
      return { connectionId: connection.id, ...(own && { rev: own.rev }) }
    }
    const before = live.takeTurn(input, connection)
    return before ? before.then(begin) : begin()
  },
  async handle(ctx, input, { connectionId, rev }) {
    const row = await findParticipant(ctx.db, input, connectionId)
    if (!row || row.left_at !== null) return {}
    await depart(ctx, row, rev)
    await endIfEmpty(ctx, input)
    return {}
  },
  complete(edge, input) {
    const live = edge.local(createLive)
    const connection = edge.connection!
    live.turnOf(input, connection.id)?.end()
    live.drop(input, connection.id)
    connection.leave(streamOf(input))
    return {}
  },
  failed(edge, input) {
    edge.local(createLive).turnOf(input, edge.connection!.id)?.end()
  },
})

/** A connection that was lost is in an activity for so much longer: a reload is not a leave. */
export const GRACE_MS = 5000

/** A connection that has ended is in an activity no more. */
function giveUp(edge: Edge, { type, id }: Name, connectionId: string): void {
  const live = edge.local(createLive)
  const rev = live.find({ type, id }, connectionId)?.rev
  const input = { type, id, connectionId, ...(rev !== undefined && { rev }) }
  edge.internal('activities.$leave', input).then(
    () => live.drop({ type, id }, connectionId),
    // A database that cannot take it now is asked again later.
    () => edge.after(GRACE_MS, () => giveUp(edge, { type, id }, connectionId)),
  )
}

/** What a connection that has ended was in is left at once, or where it may come back after a while. */
export function disconnected(edge: Edge, { id }: Connection, end: 'left' | 'lost'): void {
  for (const name of edge.local(createLive).ended(id)) {
    if (end === 'left') giveUp(edge, name, id)
    else edge.after(GRACE_MS, () => giveUp(edge, name, id))
  }
}
