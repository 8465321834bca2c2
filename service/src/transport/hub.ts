import type { Caller } from '../kernel/context.ts'
import type { Published, Start } from '../kernel/outbox.ts'
import { Frame, encodeLocal } from './frame.ts'
import type { BlockList } from './block-list.ts'
import { parseStreamKey, type RemovalReason } from '@collab-kit/protocol'

/** One who reads streams: a live connection. */
export interface Reader {
  readonly id: string
  readonly username: string
  readonly role: Caller['role']
  /** What the API key behind it may do, where there is one. */
  readonly scopes?: Caller['scopes'] | undefined
  /** Streams that are delivered now. */
  readonly subscriptions: Set<string>
  /** Those of them that were joined by hand. */
  readonly joined: Set<string>
  /** Streams whose events are kept back until their head is known. */
  readonly held: Map<string, Published[]>
  /** Where a stream's delivery began, until it has passed that point: what was read is not sent again. */
  readonly floors: Map<string, number>
  /** Streams that ended while the reader was being set up. */
  readonly dismissed: Set<string>
  /** Whose words and doings are kept from it. */
  readonly blocks: BlockList
  deliver(frame: Frame): void
  /** Told that delivery of a stream begins with what comes after `head`; `passing` where no durable event began it. */
  entered?(stream: string, head: number, passing?: boolean): void
  /** Told that nothing more of a stream will come. */
  left?(stream: string): void
}

/** Told which streams have readers here. */
export interface HubWatcher {
  /** The first reader of a stream came; `head` is where it stood then, if that is known. */
  follow(stream: string, head: number | undefined): void
  /** A reader starts with what comes after `head`; `false` when the watcher delivers all of that, whatever was held. */
  started(stream: string, head: number): boolean
  /** Position of the last event that was delivered here; nothing while all readers wait. */
  position(stream: string): number | undefined
  /** Reads what came after `head` from the log, for this reader alone, and lets them in with it. */
  catchUp(reader: Reader, stream: string, head: number): void
  /** The last one went. */
  drop(stream: string): void
}

/** The event that begins somebody's reading: numbered, or with where the stream stood. */
type Admission = Partial<Pick<Published, 'seq' | 'head'>>

/** Who reads what on this node, and the one way events go out. */
export class Hub {
  readonly #readers = new Map<string, Reader>()
  readonly #byPerson = new Map<string, Set<Reader>>()
  readonly #streams = new Map<string, Set<Reader>>()
  /** Streams that moved since the last beat. */
  #moved = new Map<string, number>()
  readonly #now: () => string
  /** Set where there are other nodes. */
  watcher: HubWatcher | undefined
  /** Answers whether a reader may still read a stream: set before the first of them comes. */
  mayRead: (reader: Reader, stream: string) => Promise<boolean> = () => Promise.resolve(false)

  /** Told of events that decide about readers or people, before they go out. */
  heard: (item: Published) => void = () => {}

  constructor(now: () => string) {
    this.#now = now
  }

  get size(): number {
    return this.#readers.size
  }

  reader(id: string): Reader | undefined {
    return this.#readers.get(id)
  }

  readers(): IterableIterator<Reader> {
    return this.#readers.values()
  }

  readersOf(username: string): readonly Reader[] {
    return [...(this.#byPerson.get(username) ?? [])]
  }

  add(reader: Reader): void {
    this.#readers.set(reader.id, reader)
    const own = this.#byPerson.get(reader.username)
    if (own) own.add(reader)
    else this.#byPerson.set(reader.username, new Set([reader]))
  }

  remove(reader: Reader): void {
    this.#readers.delete(reader.id)
    const own = this.#byPerson.get(reader.username)
    own?.delete(reader)
    if (own?.size === 0) this.#byPerson.delete(reader.username)
    for (const stream of [...reader.subscriptions]) this.unsubscribe(reader, stream)
    for (const stream of [...reader.held.keys()]) this.#drop(reader, stream)
    reader.held.clear()
  }

  /** Deliver a stream; `head` is where it stood when the reader was let in, if that is known. */
  subscribe(reader: Reader, stream: string, head?: number): void {
    reader.subscriptions.add(stream)
    this.#enter(reader, stream, head)
  }

  /** Subscribe as a member, from this event on: such a stream is not left by hand. */
  admit(reader: Reader, stream: string, { seq, head = seq && seq - 1 }: Admission = {}): void {
    reader.joined.delete(stream)
    reader.dismissed.delete(stream)
    if (head !== undefined && !reader.subscriptions.has(stream)) {
      reader.floors.set(stream, head)
      reader.entered?.(stream, head, seq === undefined)
    }
    this.subscribe(reader, stream, head)
  }

  unsubscribe(reader: Reader, stream: string): void {
    reader.subscriptions.delete(stream)
    reader.floors.delete(stream)
    if (!reader.held.has(stream)) this.#drop(reader, stream)
  }

  /** Keep a stream's events back for this reader. */
  hold(reader: Reader, stream: string): void {
    if (reader.subscriptions.has(stream) || reader.held.has(stream)) return
    reader.held.set(stream, [])
    this.#enter(reader, stream)
  }

  /**
   * Deliver what was `missed`, what was held after the head or the last of that, and all that follows; or give the stream
   * up.
   */
  release(reader: Reader, stream: string, start: Start | undefined): void {
    const held = reader.held.get(stream)
    if (!held) return
    reader.held.delete(stream)
    const subscribed = reader.subscriptions.has(stream)
    if (!start) {
      if (!subscribed) this.#drop(reader, stream)
      else if (reader.joined.has(stream)) this.dismiss(reader, stream, 'permission')
      return
    }
    const { missed = [] } = start
    const head = (subscribed ? reader.floors.get(stream) : undefined) ?? start.head
    if (!subscribed) reader.entered?.(stream, head)
    if (held.some((item) => concerns(item, reader))) {
      // The right may have ended after it was asked.
      reader.held.set(stream, held)
      reader.subscriptions.add(stream)
      reader.floors.set(stream, head)
      return void this.#judgeAll([reader], stream)
    }
    const floor = Math.max(head, missed.at(-1)?.seq ?? 0)
    const complete = this.watcher?.started(stream, floor) ?? true
    const later = held.filter(({ seq }) => seq === undefined || (complete && seq > floor))
    const lacks = complete && this.#lacks(stream, floor, later)
    const items = lacks ? missed : [...missed, ...later]
    this.#deliver(reader, items)
    if (lacks) {
      reader.held.set(stream, held)
      return this.watcher?.catchUp(reader, stream, floor)
    }
    reader.subscriptions.add(stream)
    reader.floors.set(stream, floor)
  }

  /** Whether something came to this node between the floor and what was held: it was known only as a hint then. */
  #lacks(stream: string, floor: number, later: readonly Published[]): boolean {
    const position = this.watcher?.position(stream)
    if (position === undefined) return false
    const held = later.filter(({ seq }) => seq !== undefined).length
    return held < position - floor
  }

  /** Deliver events to the readers of their streams: one frame per stream, encoded once for all. */
  publish(items: readonly Published[]): void {
    const states = new Map<Reader, Frame[]>()
    for (const [stream, own] of Map.groupBy(items, (item) => item.stream)) {
      // Of many people at once each reader follows a few: theirs go together.
      if (stream.startsWith('presence:')) this.#gather(stream, own, states)
      else this.#publishStream(stream, own)
    }
    for (const [reader, own] of states) reader.deliver(Frame.join(own))
  }

  /** Adds what is told of a person to what each reader is about to be told. */
  #gather(stream: string, items: readonly Published[], states: Map<Reader, Frame[]>): void {
    const readers = this.#streams.get(stream)
    if (!readers) return
    const json = items.map((item) => item.json)
    const frame = new Frame(json, true)
    for (const reader of readers) {
      const held = reader.held.get(stream)
      if (held) held.push(...items)
      // All of them are of one person.
      else if (!reader.blocks.hides(items)) {
        const told = states.get(reader)
        if (told) told.push(frame)
        else states.set(reader, [frame])
      }
    }
  }

  /** Heads of the streams that moved since the last beat, to each of their readers. */
  beat(): void {
    const heads = new Map<Reader, Record<string, number>>()
    for (const [stream, head] of this.#moved) {
      for (const reader of this.#streams.get(stream) ?? []) {
        if (!reader.subscriptions.has(stream)) continue
        const own = heads.get(reader) ?? {}
        own[stream] = head
        heads.set(reader, own)
      }
    }
    this.#moved = new Map()
    for (const [reader, own] of heads) {
      reader.deliver(new Frame([encodeLocal('system.heads', own, this.#now())]))
    }
  }

  #publishStream(stream: string, items: readonly Published[]): void {
    let pending: Published[] = []
    const flush = () => {
      if (pending.length > 0) this.#send(stream, pending)
      pending = []
    }
    for (const item of items) {
      if (item.seq !== undefined) this.#moved.set(stream, item.seq)
      if (decides(item)) this.heard(item)
      if (item.admits !== undefined) {
        // From the event that made them a member on, on every connection of theirs.
        flush()
        for (const reader of this.#byPerson.get(item.admits) ?? []) this.admit(reader, stream, item)
      }
      if (item.rechecks !== undefined) {
        flush()
        this.#recheck(stream, item)
      }
      pending.push(item)
      if (item.blocks !== undefined) {
        const [person = ''] = parseStreamKey(stream)?.id ?? []
        for (const reader of this.#byPerson.get(person) ?? []) reader.blocks.change(item.blocks)
      }
      if (item.disconnects !== undefined) {
        flush()
        const reader = this.#readers.get(item.disconnects)
        if (reader) this.dismiss(reader, stream, item.reason)
      }
      if (item.dismisses !== undefined || item.ends) {
        flush()
        const readers = item.ends ? this.#streams.get(stream) : this.#byPerson.get(item.dismisses!)
        for (const reader of [...(readers ?? [])]) this.dismiss(reader, stream, item.reason)
      }
    }
    flush()
  }

  /** Nothing more goes to those whose right is in doubt until it has been asked anew, this very event included. */
  #recheck(stream: string, item: Published): void {
    const doubtful = [...(this.#streams.get(stream) ?? [])].filter(
      (reader) =>
        concerns(item, reader) && reader.subscriptions.has(stream) && !reader.held.has(stream),
    )
    for (const reader of doubtful) {
      reader.held.set(stream, [])
      if (item.seq === undefined) continue
      reader.floors.set(stream, Math.max(reader.floors.get(stream) ?? 0, item.seq - 1))
    }
    if (doubtful.length > 0) void this.#judgeAll(doubtful, stream)
  }

  async #judgeAll(readers: readonly Reader[], stream: string): Promise<void> {
    for (const reader of readers) await this.#judge(reader, stream)
  }

  async #judge(reader: Reader, stream: string): Promise<void> {
    // What is being published now is held by then.
    await Promise.resolve()
    let answer: boolean | undefined
    let asked: number | undefined
    // What came to be held after the question was asked puts the answer in doubt.
    while (answer === undefined || doubts(reader, stream) !== asked) {
      asked = doubts(reader, stream)
      // Gone, or dismissed meanwhile.
      if (asked === undefined) return
      // Better nothing for a while than what may not be read.
      answer = await this.mayRead(reader, stream).catch(() => soon())
      if (answer === false) return this.dismiss(reader, stream, 'permission')
    }
    const held = reader.held.get(stream)!
    const settled = held.map(({ rechecks: _asked, ...item }) => item)
    reader.held.set(stream, settled)
    const head =
      reader.floors.get(stream) ?? (held.find(({ seq }) => seq !== undefined)?.seq ?? 1) - 1
    this.release(reader, stream, { head })
  }

  /** Deliver what this reader may see of these events. */
  #deliver(reader: Reader, items: readonly Published[]): void {
    const shown = reader.blocks.shown(items)
    const ephemeral = items.every(({ seq }) => seq === undefined)
    if (shown.length > 0) reader.deliver(new Frame(shown, ephemeral))
  }

  #send(stream: string, items: readonly Published[]): void {
    const readers = this.#streams.get(stream)
    if (!readers) return
    const frame = new Frame(
      items.map(({ json }) => json),
      items.every(({ seq }) => seq === undefined),
    )
    for (const reader of readers) {
      const held = reader.held.get(stream)
      if (held) held.push(...items)
      else if (reader.floors.has(stream)) this.#sendAbove(reader, stream, items)
      else if (reader.blocks.hides(items)) this.#deliver(reader, items)
      else reader.deliver(frame)
    }
  }

  /** Commits are told after they can be read: those at or below the floor are known to this reader. */
  #sendAbove(reader: Reader, stream: string, items: readonly Published[]): void {
    const floor = reader.floors.get(stream) ?? 0
    const above = items.filter(({ seq }) => seq === undefined || seq > floor)
    if (above.some(({ seq }) => seq !== undefined)) reader.floors.delete(stream)
    this.#deliver(reader, above)
  }

  /** The last thing that comes of a stream says that it was the last. */
  dismiss(reader: Reader, stream: string, reason = 'left'): void {
    reader.joined.delete(stream)
    reader.floors.delete(stream)
    reader.held.delete(stream)
    reader.left?.(stream)
    if (reader.subscriptions.delete(stream)) {
      const data = { stream, reason: reason as RemovalReason }
      reader.deliver(new Frame([encodeLocal('streams.removed', data, this.#now())]))
    }
    this.#drop(reader, stream)
  }

  #enter(reader: Reader, stream: string, head?: number): void {
    const readers = this.#streams.get(stream)
    if (readers) {
      readers.add(reader)
      if (head !== undefined) this.watcher?.started(stream, head)
      return
    }
    this.#streams.set(stream, new Set([reader]))
    this.watcher?.follow(stream, head)
  }

  #drop(reader: Reader, stream: string): void {
    const readers = this.#streams.get(stream)
    if (!readers?.delete(reader) || readers.size > 0) return
    this.#streams.delete(stream)
    this.watcher?.drop(stream)
  }
}

/** Whether an event says something about its readers, or about people. */
const decides = (item: Published): boolean =>
  [
    item.people,
    item.rechecks,
    item.dismisses,
    item.disconnects,
    item.admits,
    item.ends,
    item.blocks,
  ].some((each) => each !== undefined)

/** Whether an event puts this reader's right to its stream in doubt. */
const concerns = ({ rechecks, stream }: Published, reader: Reader): boolean =>
  (rechecks === true || rechecks === reader.username) && reader.joined.has(stream)

/** How many of the events that are held for a reader put its right in doubt; nothing when none is held any more. */
const doubts = (reader: Reader, stream: string): number | undefined =>
  reader.held.get(stream)?.filter((item) => concerns(item, reader)).length

/** A question that failed is asked again after this long, milliseconds. */
const AGAIN_MS = 500

const soon = (): Promise<undefined> =>
  new Promise((resolve) => void setTimeout(() => resolve(undefined), AGAIN_MS).unref())
