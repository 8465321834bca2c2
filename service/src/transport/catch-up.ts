import { userStream, type resetReasons } from '@collab-kit/protocol'
import type { Dispatcher } from '../kernel/dispatch.ts'
import type { Published } from '../kernel/outbox.ts'
import { streamHash, type Checkpoint, type Resumption } from './checkpoint.ts'
import type { LiveConnection } from './connection.ts'
import { Frame } from './frame.ts'
import type { Hub } from './hub.ts'

export interface CatchUpOptions {
  hub: Hub
  dispatcher: Pick<Dispatcher, 'lookup'>
  checkpoint: Checkpoint
}

type ResetReason = (typeof resetReasons)[number]

/** What a reader has to be told after the welcome. */
export interface Absence {
  /** Streams that have to be loaded anew; without streams, all of them. */
  resets: { reason: ResetReason; streams?: string[] }[]
  /** Streams that ended meanwhile. */
  removed: string[]
  /** Streams to be read on, each from where the reader stands. */
  positions: Map<string, number>
  heads: Readonly<Record<string, number>>
}

interface MemberStream {
  stream: string
  after: number
  passing: boolean
}

/** One who takes nothing of what was missed for so long is too slow. */
const PATIENCE_MS = 30_000

/**
 * Takes up all streams of a reader without letting anything out of them yet: what happens from here on is kept, what
 * happened before is in the log. The checkpoint is set to where the reader stands.
 */
export async function takeUp(
  connection: LiveConnection,
  from: Resumption | undefined,
  options: CatchUpOptions,
): Promise<Absence> {
  const { hub, dispatcher, checkpoint } = options
  const { caller } = connection
  const { memberships } = (await dispatcher.lookup('streams.?memberships', {}, caller)) as {
    memberships: MemberStream[]
  }
  const absence: Absence = { resets: [], removed: [], positions: new Map(), heads: {} }
  const kept = memberships.filter(({ stream }) => keep(connection, stream, hub))
  const own = new Set(memberships.map(({ stream }) => stream))
  const joined = [...(from?.named ?? [])].filter(
    ([stream, position]) => position.joined && !own.has(stream),
  )
  for (const [stream] of joined) {
    connection.joined.add(stream)
    keep(connection, stream, hub)
  }
  await dismissUnreadable(connection, joined, options)
  const streams = [...connection.held.keys()]
  const { heads } = (await dispatcher.lookup('streams.?heads', { streams })) as {
    heads: Record<string, number>
  }
  absence.heads = heads
  const { blocked } = (await dispatcher.lookup('streams.?blocked', {}, caller)) as {
    blocked: string[]
  }
  connection.blocks.load(blocked)
  for (const each of kept) {
    const seq = from ? place(absence, each, from) : (heads[each.stream] ?? 0)
    absence.positions.set(each.stream, seq)
    checkpoint.enter(each.stream, { seq, passing: each.passing })
  }
  for (const [stream, { seq }] of joined) {
    if (!connection.joined.has(stream)) continue
    const known = Math.min(seq, heads[stream] ?? 0)
    absence.positions.set(stream, known)
    checkpoint.enter(stream, { seq: known, joined: true })
  }
  if (from) await findEnded(absence, { from, own, connection }, options)
  return absence
}

/** Delivered from now on, but not yet let out; `false` where it is delivered already, or has ended again. */
function keep(connection: LiveConnection, stream: string, hub: Hub): boolean {
  if (connection.dismissed.has(stream) || connection.subscriptions.has(stream)) return false
  hub.hold(connection, stream)
  connection.subscriptions.add(stream)
  return true
}

async function dismissUnreadable(
  connection: LiveConnection,
  joined: readonly (readonly [string, unknown])[],
  { hub, dispatcher }: CatchUpOptions,
): Promise<void> {
  for (const [stream] of joined) {
    const { caller } = connection
    const { head } = (await dispatcher.lookup('streams.?readable', { stream }, caller)) as {
      head?: number
    }
    if (head === undefined) hub.dismiss(connection, stream)
  }
}

/** Where reading goes on after an absence. */
function place(
  { heads, resets, removed }: Absence,
  { stream, after }: MemberStream,
  from: Resumption,
): number {
  const head = heads[stream] ?? 0
  const known = from.positionOf(stream)
  if (known === undefined) {
    if (!from.partial) return after
    resets.push({ reason: 'too_many_streams', streams: [stream] })
    return head
  }
  if (known > head) {
    resets.push({ reason: 'unknown_position', streams: [stream] })
    return head
  }
  if (known >= after) return known
  // The membership of then has ended, and this is another.
  removed.push(stream)
  return after
}

/** What the reader stood in and is no part of any more. */
async function findEnded(
  absence: Absence,
  {
    from,
    own,
    connection,
  }: { from: Resumption; own: ReadonlySet<string>; connection: LiveConnection },
  { dispatcher }: CatchUpOptions,
): Promise<void> {
  for (const stream of own) {
    const met = !absence.positions.has(stream) && from.positionOf(stream) !== undefined
    if (!met) continue
    // It ended, or began anew, while this was found out.
    if (connection.dismissed.has(stream)) absence.removed.push(stream)
    else absence.resets.push({ reason: 'unknown_position', streams: [stream] })
  }
  for (const [stream, { passing }] of from.named) {
    if (passing && !own.has(stream)) absence.removed.push(stream)
  }
  const ended = new Set(from.hashes)
  for (const stream of own) ended.delete(streamHash(stream))
  if (ended.size === 0) return
  const { caller, username } = connection
  const seq = from.positionOf(userStream(username)) ?? 0
  const { streams } = (await dispatcher.lookup('streams.?left', { seq }, caller)) as {
    streams: string[]
  }
  for (const stream of new Set(streams)) {
    if (ended.delete(streamHash(stream))) absence.removed.push(stream)
  }
  if (ended.size > 0) absence.resets.push({ reason: 'unknown_position' })
}

/** Reads what was missed from the log, page by page as the reader takes it, and lets every stream out. */
export async function catchUp(
  connection: LiveConnection,
  { positions, heads }: Absence,
  options: CatchUpOptions,
): Promise<void> {
  const behind: [string, number][] = []
  for (const [stream, head] of positions) {
    if (head < (heads[stream] ?? 0)) behind.push([stream, head])
    else options.hub.release(connection, stream, { head })
  }
  for (const [stream, seq] of behind) await readOn(connection, { stream, seq }, options)
}

interface Page {
  items?: Published[]
  more?: boolean
}

async function readOn(
  connection: LiveConnection,
  { stream, seq }: { stream: string; seq: number },
  { hub, dispatcher }: CatchUpOptions,
): Promise<void> {
  let head = seq
  for (;;) {
    await connection.taken(PATIENCE_MS)
    const held = connection.held.get(stream)
    if (!held || !connection.live) return
    // All that was told so far is in the log.
    held.length = 0
    const asked = { stream, seq: head }
    const page = (await dispatcher.lookup('streams.?since', asked, connection.caller)) as Page
    const { items: missed, more } = page
    if (!missed) return hub.dismiss(connection, stream)
    // Rights that changed while the page was read are asked again with the next.
    const doubtful = held.some(({ rechecks }) => rechecks !== undefined)
    if (!more && !doubtful) return hub.release(connection, stream, { head, missed })
    if (missed.length > 0) connection.deliver(new Frame(missed.map(({ json }) => json)))
    head = missed.at(-1)?.seq ?? head
  }
}
