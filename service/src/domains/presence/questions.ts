import { presence, presenceStream, type Presence } from '@collab-kit/protocol'
import { databaseTime, tellSince } from '../../kernel/database-time.ts'
import { toTold, type Published } from '../../kernel/outbox.ts'
import type { Caller, ReadContext } from '../../kernel/context.ts'
import type { Lookup } from '../../kernel/module.ts'
import { mayWatch, namesIn, onlineFor, sizeOf, type Place } from './places.ts'
import {
  presenceOf,
  readAs,
  statesOf,
  visibleAmong,
  visibleToEach,
  type Asking,
} from './snapshot.ts'
import { toRow } from './store.ts'
import { toPresence, withoutExpired } from './rules.ts'

/** Changes that were committed this long after their time, milliseconds, are still found. */
const LATE_MS = 5000

/** A place as its watchers on one node ask for it. */
export interface PlaceQuestion {
  place: Place
  /** Who asks. */
  readers: Caller[]
  /** Those of them whose right is in doubt. */
  doubtful: string[]
  /** Answer only if something changed after what was answered last. */
  stamp?: number
}

export interface PlaceAnswer {
  /** Time of the last change of anybody. */
  stamp: number
  unchanged?: true
  total: number
  /** Where there are too many to follow one by one. */
  online?: Record<string, number>
  /** Where there are not: who they are. */
  names?: string[]
  /** And of whom of them each reader may know. */
  seen?: Record<string, string[]>
  /** Readers who may not know who is there any more. */
  refused: string[]
}

/** When anybody changed last, and what time it is: both by the database's clock. */
async function lastChange(
  ctx: Pick<ReadContext, 'db' | 'driver' | 'now'>,
): Promise<{ at: number; time: number }> {
  const row = await ctx.db
    .selectFrom('presence')
    .select(({ fn }) => [fn.max('changed_at').as('at'), databaseTime(ctx).as('time')])
    .executeTakeFirst()
  return { at: Number(row?.at ?? 0), time: Number(row?.time ?? 0) }
}

async function place(ctx: ReadContext, input: Record<string, unknown>): Promise<PlaceAnswer> {
  const { place: asked, readers, doubtful, stamp: known } = input as unknown as PlaceQuestion
  // First: what changes meanwhile is found the next time.
  const { at: stamp, time } = await lastChange(ctx)
  // What was committed late may be older than what was seen.
  if (known === stamp && time - stamp > LATE_MS)
    return { stamp, unchanged: true, total: 0, refused: [] }
  const refused: string[] = []
  const readAll = readers.map((each) => readAs(ctx, each))
  for (const each of readAll) {
    const { username } = each.caller
    if (doubtful.includes(username) && !(await mayWatch(each, asked))) refused.push(username)
  }
  const allowed = readAll.filter(({ caller }) => !refused.includes(caller.username))
  const total = await sizeOf(ctx, asked)
  const { presenceAudience, presencePeople } = ctx.policy.limits
  if (asked.kind !== 'contacts' && total > presenceAudience) {
    return { stamp, total, online: await onlineFor(allowed, asked), refused }
  }
  // One's own list is limited by what a connection follows alone.
  const names = await namesIn(ctx, asked, { limit: presencePeople + 1 })
  const seen: Record<string, string[]> = {}
  for (const each of allowed) seen[each.caller.username] = await visibleAmong(each, names)
  return { stamp, total, names, seen, refused }
}

/** What others see of people, and which of the readers have blocked whom of them. */
export interface StatesAnswer {
  items: Presence[]
  blocks: { owner: string; username: string }[]
}

async function states(
  ctx: ReadContext,
  { usernames, readers }: Record<string, unknown>,
): Promise<StatesAnswer> {
  const names = usernames as string[]
  if (names.length === 0) return { items: [], blocks: [] }
  const blocks = await ctx.db
    .selectFrom('blocks')
    .select(['owner', 'username'])
    .where('owner', 'in', readers as string[])
    .where('username', 'in', names)
    .execute()
  return { items: await statesOf(ctx, names), blocks }
}

/** What changed since a time of the database, as it was told: for nodes that may not have heard it. */
const changed = (ctx: ReadContext, { since }: Record<string, unknown>) =>
  tellSince(ctx, since, async (from) => {
    const rows = await ctx.db
      .selectFrom('presence')
      .selectAll()
      .where('changed_at', '>=', from)
      .where('rev', '>', 0)
      .orderBy('changed_at')
      .execute()
    return rows.map((row) => told(ctx, toPresence(withoutExpired(toRow(row), ctx.now))))
  })

/** A state as an event of the service itself. */
const told = ({ caller, now }: Pick<ReadContext, 'caller' | 'now'>, data: Presence): Published =>
  toTold(presence.events.presenceChanged, presenceStream(data.username), { at: now, caller, data })

/** Who is here from this node as the database has it; nothing where they are as many as the node believes. */
async function here(
  { db, policy }: ReadContext,
  { size }: Record<string, unknown>,
): Promise<{ names?: string[] }> {
  const rows = await db
    .selectFrom('presence_nodes')
    .select('username')
    .where('node_id', '=', policy.nodeId)
    .execute()
  return rows.length === Number(size) ? {} : { names: rows.map(({ username }) => username) }
}

export const lookups = {
  place,
  states,
  changed,
  here,
  /** What one reader sees of people. */
  snapshot: async (ctx: ReadContext, { usernames, reader }: Record<string, unknown>) => ({
    items: await presenceOf(readAs(ctx, reader as Caller), usernames as string[]),
  }),
  /** Of whom of these people each reader may know. */
  known: async (ctx: ReadContext, { asked }: Record<string, unknown>) => ({
    known: await visibleToEach(ctx, asked as Asking[]),
  }),
} satisfies Record<string, Lookup>
