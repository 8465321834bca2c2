import type { EventItem } from '@collab-kit/protocol'
import { CollabError } from '@collab-kit/protocol/runtime'
import type { Calls } from '../calls/calls.ts'
import type { Clock } from '../clock.ts'
import { advance, cursorAt, receive, type Cursor, type Received } from './cursor.ts'

/** Who follows a stream. */
export interface Follower {
  /** Events in order, each once; ephemeral ones as they come. */
  apply(items: readonly EventItem[]): void
  /**
   * What is held is no base for what comes: load a snapshot and `settle` again.
   * @param isBehind only too much is missing; what is held is true as far as it goes
   */
  reload(isBehind: boolean): void
  /** The stream may not be read any more. */
  gone(error: CollabError): void
  /** Events that are read one after another at most; beyond, `reload` is cheaper. @default Infinity */
  maxBehind?: number
  /** Ephemeral events are wanted before there is a snapshot, which may be older than they are. */
  early?: boolean
  /** There is no snapshot to load: the stream is followed from where it stands. */
  fromHead?: boolean
}

export interface StreamsOptions {
  clock: Clock
  calls: Calls
  /** The service was restored from a backup: everything held is void. */
  onEpochChanged(): void
}

interface Followed {
  stream: string
  follower: Follower
  cursor: Cursor
  /** Whether a snapshot was loaded; before, events are only kept. */
  settled: boolean
  /** The furthest position known to exist. */
  head: number
  reading: boolean
  timer: unknown
}

/** Where one stands who has no snapshot: every event is too early and kept. */
const NOWHERE = -1
const RETRY_MS = 1_000
/** An answered command may be ahead of its event by moments: no reason to read yet. */
const PATIENCE_MS = 1_000

/** Follows streams: applies each event once and in order, and mends every gap by reading. */
export class Streams {
  readonly #options: StreamsOptions
  readonly #followed = new Map<string, Followed>()
  #epoch: string | undefined

  constructor(options: StreamsOptions) {
    this.#options = options
  }

  /** Starts to keep a stream's events; they are applied once `settle` has said from where. */
  follow(stream: string, follower: Follower): void {
    this.unfollow(stream)
    const followed = {
      stream,
      follower,
      cursor: cursorAt(NOWHERE),
      settled: false,
      head: 0,
      reading: false,
      timer: undefined,
    }
    this.#followed.set(stream, followed)
  }

  unfollow(stream: string): void {
    this.#options.clock.clearTimeout(this.#followed.get(stream)?.timer)
    this.#followed.delete(stream)
  }

  /** A snapshot holds everything up to `seq`; the stream is known to reach to `head`. */
  settle(stream: string, seq: number, head: number = seq): void {
    const followed = this.#followed.get(stream)
    if (!followed) return
    followed.settled = true
    this.#apply(followed, advance(followed.cursor, seq))
    this.#reach(followed, Math.max(head, followed.cursor.held.at(-1)?.seq ?? 0))
  }

  follows(stream: string): boolean {
    return this.#followed.has(stream)
  }

  /** How far a stream is applied; nothing for one that is not followed or not settled. */
  position(stream: string): number | undefined {
    const followed = this.#followed.get(stream)
    return followed?.settled ? followed.cursor.seq : undefined
  }

  /** One frame of the service. */
  receive(items: readonly EventItem[]): void {
    for (const [stream, own] of Map.groupBy(items, (item) => item.stream ?? '')) {
      const followed = this.#followed.get(stream)
      if (followed) this.#feed(followed, own, 0)
    }
  }

  /** An event learned from a command's answer, which may be ahead of the events before it. */
  learn(item: EventItem): void {
    const followed = this.#followed.get(item.stream ?? '')
    if (followed) this.#feed(followed, [item], PATIENCE_MS)
  }

  /** The service says how far streams reach. */
  heads(heads: Readonly<Record<string, number>>): void {
    for (const [stream, followed] of this.#followed) this.#reach(followed, heads[stream] ?? 0)
  }

  /** The service says that a stream may not be read any more. */
  removed(stream: string, reason: string): void {
    const code = reason === 'chat_removed' ? 'not_found' : 'forbidden'
    this.#lose(this.#followed.get(stream), new CollabError(code, { details: { reason } }))
  }

  /** Compares positions with the service on a new connection; resolved when every stream knows where it stands. */
  async resume(epoch: string): Promise<void> {
    if (this.#epoch !== undefined && this.#epoch !== epoch) this.#reset()
    this.#epoch = epoch
    const held = Object.fromEntries(
      [...this.#followed].flatMap(([stream, { settled, cursor }]) =>
        settled ? [[stream, cursor.seq]] : [],
      ),
    )
    try {
      const { heads, gone, reset } = await this.#options.calls.call('streams.resume', {
        epoch,
        heads: held,
      })
      for (const stream of [...gone, ...reset]) this.#reload(this.#followed.get(stream))
      for (const [stream, followed] of this.#followed) {
        // A stream without events has no head to tell.
        const head = heads[stream] ?? 0
        if (!followed.settled && followed.follower.fromHead) this.settle(stream, head)
        else this.#reach(followed, head)
      }
    } catch (error) {
      // Whoever holds something of the old epoch loads it anew; the next connection names the new one.
      if (error instanceof CollabError && error.code === 'epoch_changed') this.#reset()
      throw error
    }
  }

  close(): void {
    for (const stream of [...this.#followed.keys()]) this.unfollow(stream)
  }

  /** @param patienceMs how long a gap may wait for the events between before they are read */
  #feed(followed: Followed, items: readonly EventItem[], patienceMs: number) {
    const ready: EventItem[] = []
    let gap = 0
    for (const item of items) {
      if (item.seq === undefined) {
        if (followed.settled || followed.follower.early) ready.push(item)
        continue
      }
      const received = receive(followed.cursor, item)
      followed.cursor = received.cursor
      ready.push(...received.ready)
      if (received.decision === 'gap') gap = Math.max(gap, item.seq)
    }
    if (ready.length) followed.follower.apply(ready)
    if (gap > followed.cursor.seq) this.#reach(followed, gap, patienceMs)
  }

  #apply(followed: Followed, { cursor, ready }: Received) {
    followed.cursor = cursor
    if (ready.length) followed.follower.apply(ready)
  }

  #reach(followed: Followed, head: number, patienceMs = 0) {
    followed.head = Math.max(followed.head, head)
    if (!followed.settled || followed.reading || followed.cursor.seq >= followed.head) return
    if (patienceMs) this.#later(followed, patienceMs)
    else void this.#read(followed)
  }

  #later(followed: Followed, ms: number) {
    const { clock } = this.#options
    clock.clearTimeout(followed.timer)
    followed.timer = clock.setTimeout(() => this.#reach(followed, 0), ms)
  }

  /** Reads page by page until the known head is reached. */
  async #read(followed: Followed) {
    followed.reading = true
    try {
      while (this.#isBehind(followed)) {
        if (followed.head - followed.cursor.seq > (followed.follower.maxBehind ?? Infinity))
          return this.#reload(followed, true)
        const { seq } = followed.cursor
        const reading = { stream: followed.stream, seq }
        const page = await this.#options.calls.call('streams.readSince', reading)
        if (!this.#isBehind(followed)) return
        if (page.epoch !== this.#epoch) return this.#reset(page.epoch)
        followed.head = Math.max(page.head, followed.cursor.seq)
        this.#feed(followed, page.events, 0)
        // Neither events nor an error: the log does not hold what its head promises.
        if (followed.cursor.seq === seq && followed.head > seq) return this.#reload(followed)
      }
    } catch (error) {
      this.#failed(followed, error)
    } finally {
      followed.reading = false
    }
  }

  #isBehind(followed: Followed) {
    return (
      this.#followed.get(followed.stream) === followed &&
      followed.settled &&
      followed.cursor.seq < followed.head
    )
  }

  #failed(followed: Followed, error: unknown) {
    const { code, retryable } =
      error instanceof CollabError ? error : { code: undefined, retryable: false }
    if (code === 'forbidden' || code === 'not_found')
      return this.#lose(followed, error as CollabError)
    if (code === 'invalid_cursor') return this.#reload(followed)
    // Without a connection the next one compares positions anyway.
    if (retryable && this.#options.calls.open)
      this.#later(followed, RETRY_MS * (1 + this.#options.clock.random()))
  }

  #reload(followed: Followed | undefined, isBehind = false) {
    if (!followed) return
    followed.settled = false
    followed.head = 0
    followed.cursor = { seq: NOWHERE, held: followed.cursor.held }
    followed.follower.reload(isBehind)
  }

  #lose(followed: Followed | undefined, error: CollabError) {
    if (!followed) return
    this.unfollow(followed.stream)
    followed.follower.gone(error)
  }

  #reset(epoch?: string) {
    this.#epoch = epoch
    this.#options.onEpochChanged()
    for (const followed of this.#followed.values()) {
      followed.cursor = cursorAt(NOWHERE)
      this.#reload(followed)
    }
  }
}
