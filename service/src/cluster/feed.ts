import type { Published } from '../kernel/outbox.ts'

/** Where a stream's delivery on this node stands. */
interface Position {
  /** Position of the last event that was delivered; nothing while all who read it wait to be let in. */
  at: number | undefined
  /** Newest position that this node has heard of. */
  known: number
}

/** The log, as the feed asks it. */
export interface Log {
  /** The events after these positions, in order, at most a page of each stream. */
  after(positions: Readonly<Record<string, number>>): Promise<Published[]>
  heads(streams: readonly string[]): Promise<Readonly<Record<string, number>>>
}

export interface FeedOptions {
  log: Log
  /** Hands events to this node's readers. */
  deliver(items: readonly Published[]): void
  onError(error: unknown): void
}

/** Streams of one question. */
const PAGE = 100
const HEADS = 1000
/** A log that could not be read is asked again after this long, milliseconds. */
const RETRY_MS = 500

/**
 * Delivers every stream that is read on this node in order, each event once, whichever node wrote it: what comes from
 * this node's own commits goes out at once where it is the next, everything else is read from the log.
 */
export class Feed {
  readonly #options: FeedOptions
  readonly #positions = new Map<string, Position>()
  /** Streams of which the log may hold more than was delivered. */
  readonly #behind = new Set<string>()
  /** Streams whose head is still to be asked. */
  readonly #unasked = new Set<string>()
  #reading = false
  #retry: NodeJS.Timeout | undefined
  #paused = false

  constructor(options: FeedOptions) {
    this.#options = options
  }

  get streams(): string[] {
    return [...this.#positions.keys()]
  }

  /** Whether somebody reads the stream here. */
  follows(stream: string): boolean {
    return this.#positions.has(stream)
  }

  /** Position of the last event of a stream that was delivered here; nothing while all its readers wait. */
  position(stream: string): number | undefined {
    return this.#positions.get(stream)?.at
  }

  /** How many streams wait to be read further. */
  get behind(): number {
    return this.#behind.size
  }

  /** Streams whose head could not be asked yet. */
  get unasked(): string[] {
    return [...this.#unasked]
  }

  /** Somebody reads this stream now. `head` is where it stood when they were let in. */
  follow(stream: string, head: number | undefined): void {
    this.#positions.set(stream, { at: head, known: head ?? 0 })
    this.#unasked.add(stream)
  }

  /** Nobody reads it any more. */
  drop(stream: string): void {
    this.#positions.delete(stream)
    this.#behind.delete(stream)
    this.#unasked.delete(stream)
  }

  /** A commit of this node, or what it tells its readers alone. */
  publish(stream: string, items: readonly Published[]): void {
    const { deliver } = this.#options
    const durable = items.filter(({ seq }) => seq !== undefined)
    const position = this.#positions.get(stream)
    if (durable.length === 0 || position?.at === undefined) {
      // Somebody may become a reader with it.
      deliver(items)
      return this.#passed(stream, durable)
    }
    if (this.#paused || durable[0]!.seq! > position.at + 1) {
      deliver(items.filter(({ seq }) => seq === undefined))
      return this.moved(stream, durable.at(-1)!.seq!)
    }
    const { at } = position
    deliver(items.filter(({ seq }) => seq === undefined || seq > at))
    this.#passed(stream, durable)
  }

  /**
   * Somebody was let in who knows everything up to `head`. Answers whether all that came since they began to wait has
   * passed here; if not, they get it from the log.
   */
  started(stream: string, head: number): boolean {
    const position = this.#positions.get(stream)
    if (!position || position.at !== undefined) return true
    position.at = head
    if (position.known > head) this.#fall(stream)
    return false
  }

  /** A stream is known to have reached this position. */
  moved(stream: string, seq: number): void {
    const position = this.#positions.get(stream)
    if (!position || seq <= position.known) return
    position.known = seq
    if (position.at !== undefined && seq > position.at) this.#fall(stream)
  }

  /** Ask where these streams stand. Rejects while the database is away. */
  async ask(streams: readonly string[]): Promise<void> {
    for (let from = 0; from < streams.length; from += HEADS) {
      const heads = await this.#options.log.heads(streams.slice(from, from + HEADS))
      for (const [stream, head] of Object.entries(heads)) {
        this.#unasked.delete(stream)
        this.moved(stream, head)
      }
    }
  }

  /** Deliver nothing that comes from elsewhere until resumed. */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    void this.#read()
  }

  close(): void {
    this.#paused = true
    clearTimeout(this.#retry)
    this.#positions.clear()
  }

  #passed(stream: string, durable: readonly Published[]): void {
    const position = this.#positions.get(stream)
    const last = durable.at(-1)?.seq
    if (!position || last === undefined) return
    position.known = Math.max(position.known, last)
    if (position.at === undefined) return
    position.at = Math.max(position.at, last)
    if (position.known <= position.at) this.#behind.delete(stream)
  }

  #fall(stream: string): void {
    this.#behind.add(stream)
    void this.#read()
  }

  async #read(): Promise<void> {
    if (this.#reading) return
    this.#reading = true
    try {
      while (this.#behind.size > 0 && !this.#paused) await this.#readPage()
    } catch (error) {
      this.#options.onError(error)
      clearTimeout(this.#retry)
      this.#retry = setTimeout(() => void this.#read(), RETRY_MS).unref()
    } finally {
      this.#reading = false
    }
  }

  async #readPage(): Promise<void> {
    const positions: Record<string, number> = {}
    for (const stream of this.#behind) {
      const at = this.#positions.get(stream)?.at
      if (at === undefined) this.#behind.delete(stream)
      else positions[stream] = at
      if (Object.keys(positions).length === PAGE) break
    }
    const items = await this.#options.log.after(positions)
    if (this.#paused) return
    for (const stream of Object.keys(positions)) {
      const own = items.filter((item) => item.stream === stream)
      this.#deliverRead(stream, own)
    }
  }

  #deliverRead(stream: string, items: readonly Published[]): void {
    const position = this.#positions.get(stream)
    if (!position) return
    const fresh = items.filter(({ seq }) => seq! > (position.at ?? 0))
    if (fresh.length > 0) {
      this.#options.deliver(fresh)
      this.#passed(stream, fresh)
    } else if (items.length === 0) {
      // Nothing is there, whoever said so: the history was cut, and its readers find out by its head.
      position.known = position.at ?? 0
      this.#behind.delete(stream)
    }
  }
}
