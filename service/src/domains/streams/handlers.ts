import {
  events,
  parseStreamKey,
  streams,
  userStream,
  type EventItem,
  type Parsed,
} from '@collab-kit/protocol'
import {
  isPerson,
  type Caller,
  type Context,
  type Edge,
  type ReadContext,
} from '../../kernel/context.ts'
import { effectOf, isDecisive } from '../../kernel/effects.ts'
import { implement, staged, type AnyStagedHandler } from '../../kernel/module.ts'
import { firstFitting, jsonBytes } from '../../kernel/pages.ts'
import { isParticipant, readableActivity } from '../activities/index.ts'
import {
  chatStreamsLeft,
  chatStreamsOf,
  memberStreamsOf,
  noteReading,
  readableChat,
  readableChats,
  type MemberStream,
} from '../chat/index.ts'
import { visibleAmong } from '../presence/index.ts'
import { blockedBy } from '../users/index.ts'
import { encodeItem, type Published } from '../../kernel/outbox.ts'
import { readHeads, readLog, readLogs, type LogRow } from './store.ts'
import { createTicket, findTicket, ticketCommands } from './tickets.ts'

type Operations = typeof streams.operations

/** Sign-ins and accounts, for backends. */
const SERVICE = 'service'

/** Most events of a stream that a node reads at once for its readers. */
const FEED_PAGE = 200

/** What a reader may see of a stream: everything after `from`, or nothing. */
interface Readable {
  /** Events up to here are withheld. */
  from: number
}

async function readable(ctx: ReadContext, stream: string): Promise<Readable | undefined> {
  const key = parseStreamKey(stream)
  if (key?.kind === 'user') return key.id[0] === ctx.caller.username ? { from: 0 } : undefined
  if (key?.kind === 'service') return readsService(ctx.caller) ? { from: 0 } : undefined
  if (key?.kind === 'chat') return readableChat(ctx, key.id[0] ?? '')
  if (key?.kind === 'activity') {
    const [type = '', id = '', ...rest] = key.id
    return rest.length === 0 ? readableActivity(ctx, { type, id }) : undefined
  }
  if (key?.kind === 'presence')
    return (await visibleAmong(ctx, key.id)).length > 0 ? { from: 0 } : undefined
  return undefined
}

/** Those of these streams that the caller may read. */
async function readableAmong(ctx: ReadContext, asked: readonly string[]): Promise<string[]> {
  const found = await readableChats(ctx, asked)
  const people = new Map<string, string>()
  for (const stream of asked) {
    const key = parseStreamKey(stream)
    if (key?.kind === 'presence') people.set(key.id[0] ?? '', stream)
    else if (key?.kind === 'activity' && (await readable(ctx, stream))) found.push(stream)
    else if (key?.kind === 'service' && readsService(ctx.caller)) found.push(stream)
  }
  const visible = await visibleAmong(ctx, [...people.keys()])
  return [...found, ...visible.map((username) => people.get(username)!)]
}

/** Who follows sign-ins and accounts: backends, by a scope of their own. */
const readsService = ({ scopes }: Caller): boolean =>
  scopes?.some((each) => each === '*' || each === 'events:read') ?? false

/** Whether it is delivered without asking: to a key that speaks for itself and names it among its scopes. */
const followsService = (caller: Caller): boolean =>
  !isPerson(caller) && caller.scopes?.includes('events:read') === true

/** What somebody reads by being who they are. */
const ownStreams = async (ctx: ReadContext): Promise<string[]> => [
  userStream(ctx.caller.username),
  ...(followsService(ctx.caller) ? [SERVICE] : []),
  ...(await chatStreamsOf(ctx)),
]

/** A key with `events:read` asks for the stream of the service, and for others with the scope of their domain alone. */
const mayAsk = ({ scopes }: Caller, stream: string): boolean =>
  stream === SERVICE || !scopes || scopes.some((each) => each === '*' || each === 'streams:read')

function checkScope(edge: Edge, stream: string): void {
  if (!mayAsk(edge.caller, stream))
    edge.fail('forbidden', { reason: 'scope', scope: 'streams:read' })
}

const join = staged<Operations['join']>()({
  prepare(edge, { stream }) {
    checkScope(edge, stream)
    edge.connection?.hold(stream)
    return noteReading(edge, stream)
  },
  async handle(ctx, { stream }) {
    // First: a right that ends after it was asked ends by an event after the head.
    const head = await ctx.head(stream)
    const allowed = await readable(ctx, stream)
    return { allowed: allowed !== undefined, head, epoch: ctx.policy.epoch }
  },
  complete(edge, { stream }, { allowed, head, epoch }) {
    edge.connection?.release(stream, allowed ? head : undefined)
    if (!allowed) edge.fail('not_found', { stream })
    return { stream, head, epoch }
  },
})

const leave = staged<Operations['leave']>()({
  handle: () => ({}),
  complete(edge, { stream }) {
    // Others know of it, and who leaves for good says so by its name.
    if (isParticipant(edge, stream)) edge.fail('forbidden', { reason: 'in_activity', stream })
    edge.connection?.leave(stream)
    return {}
  },
})

/** Which events a reader is not shown: what happened before it was theirs to read, and what people they block did. */
async function hiddenFrom(
  { db, caller }: ReadContext,
  { from }: Readable,
): Promise<(row: LogRow) => boolean> {
  const blocked = new Set(await blockedBy(db, caller.username))
  return ({ seq, name, actor }) =>
    seq <= from || (blocked.has(actor ?? '') && events.get(name)?.blockable === true)
}

const readSince = {
  prepare(edge: Edge, { stream }: Parsed<Operations['readSince']>) {
    checkScope(edge, stream)
    return noteReading(edge, stream)
  },
  async handle(
    ctx: Context<Operations['readSince']>,
    { stream, seq, limit }: Parsed<Operations['readSince']>,
  ) {
    const allowed = await readable(ctx, stream)
    if (!allowed) return ctx.fail('not_found', { stream })
    const head = await ctx.head(stream)
    if (seq > head) ctx.fail('invalid_cursor', { reason: 'cursor_ahead', path: 'seq', head })
    const rows = await readLog(ctx.db, {
      stream,
      after: seq,
      limit: Math.min(limit, ctx.policy.limits.pageItems),
    })
    const hidden = await hiddenFrom(ctx, allowed)
    const items = rows.map((row) => (hidden(row) ? toWithheld(row) : toItem(row)))
    const page = firstFitting(items, ctx.policy.limits.pageBytes, jsonBytes)
    return { events: page, head, epoch: ctx.policy.epoch }
  },
} as AnyStagedHandler

export const streamsModule = implement(streams, {
  handlers: {
    join,
    leave,
    createTicket,
    async resume(ctx, { epoch, heads: asked }) {
      if (epoch !== ctx.policy.epoch) ctx.fail('epoch_changed', { epoch: ctx.policy.epoch })
      const readableNow = new Set(await ownStreams(ctx))
      const others = Object.keys(asked).filter(
        (stream) => !readableNow.has(stream) && mayAsk(ctx.caller, stream),
      )
      for (const stream of await readableAmong(ctx, others)) readableNow.add(stream)
      const heads = await readHeads(ctx.db, [...readableNow])
      const known = Object.entries(asked).filter(([stream]) => readableNow.has(stream))
      return {
        epoch,
        heads: Object.fromEntries(heads),
        behind: known
          .filter(([stream, seq]) => seq < (heads.get(stream) ?? 0))
          .map(([stream]) => stream),
        gone: Object.keys(asked).filter((stream) => !readableNow.has(stream)),
        reset: known
          .filter(([stream, seq]) => seq > (heads.get(stream) ?? 0))
          .map(([stream]) => stream),
      }
    },
    readSince,
  },
  internal: ticketCommands,
  lookups: {
    /** What the caller reads by being who they are, where it stands, and whom they hear nothing of. */
    async own(ctx) {
      const heads = Object.fromEntries(await readHeads(ctx.db, await ownStreams(ctx)))
      // After the heads: who is blocked meanwhile is told by an event after them.
      return { heads, blocked: await blockedBy(ctx.db, ctx.caller.username) }
    },
    heads: async ({ db }, { streams: asked }) => ({
      heads: Object.fromEntries(await readHeads(db, asked as string[])),
    }),
    /** Whom the caller hears nothing of; asked after the heads, so that what changes meanwhile is told by an event after them. */
    blocked: async ({ db, caller }) => ({ blocked: await blockedBy(db, caller.username) }),
    async after(ctx, { positions }) {
      const rows = await readLogs(ctx, positions as Record<string, number>, FEED_PAGE)
      return { items: rows.map(toPublished) }
    },
    /** The same with where each membership began. */
    async memberships(ctx) {
      const own = { stream: userStream(ctx.caller.username), after: 0, passing: false }
      const service = followsService(ctx.caller) ? [{ ...own, stream: SERVICE }] : []
      const memberships: MemberStream[] = [own, ...service, ...(await memberStreamsOf(ctx))]
      return { memberships }
    },
    /** Streams of memberships that ended after this position of the caller's own stream. */
    left: async (ctx, { seq }) => ({ streams: await chatStreamsLeft(ctx, Number(seq)) }),
    /** A page of what the caller may see after a position, as it went out; nothing when they may not read it. */
    async since(ctx, { stream, seq }) {
      const allowed = await readable(ctx, String(stream))
      if (!allowed) return {}
      const { pageItems: limit, pageBytes } = ctx.policy.limits
      const rows = await readLog(ctx.db, { stream: String(stream), after: Number(seq), limit })
      const hidden = await hiddenFrom(ctx, allowed)
      const page = rows.map((row) => ({
        stream: row.stream,
        seq: row.seq,
        json: encodeItem(hidden(row) ? { ...row, ...WITHHELD } : row),
      }))
      const items = firstFitting(page, pageBytes, ({ json }) => Buffer.byteLength(json))
      return { items, more: rows.length === limit || items.length < page.length }
    },
    ticket: findTicket,
    /** Head of a stream that the caller may read. */
    async readable(ctx, { stream }) {
      const head = await ctx.head(String(stream))
      return (await readable(ctx, String(stream))) ? { head } : {}
    },
  },
})

/** What is withheld keeps its place and its time. */
const WITHHELD = {
  name: streams.events.withheld.name,
  actor: null,
  connection: null,
  command_id: null,
  data: '{}',
} as const

/** An event of the log as it went out when it was committed. */
function toPublished(row: LogRow): Published {
  const event = events.get(row.name)
  return {
    stream: row.stream,
    seq: row.seq,
    json: encodeItem(row),
    ...(event && effectOf(event, isDecisive(event) ? JSON.parse(row.data) : undefined, row.actor)),
  }
}

function toItem(row: LogRow): EventItem {
  return {
    name: row.name,
    stream: row.stream,
    seq: row.seq,
    at: row.at,
    ...(row.actor !== null && {
      actor: {
        username: row.actor,
        ...(row.connection !== null && { connectionId: row.connection }),
      },
    }),
    ...(row.command_id !== null && { commandId: row.command_id }),
    data: JSON.parse(row.data) as unknown,
  }
}

const toWithheld = ({ stream, seq, at }: LogRow): EventItem => ({
  name: 'streams.withheld',
  stream,
  seq,
  at,
  data: {},
})
