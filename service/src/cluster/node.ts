import { parseStreamKey, userStream } from '@collab-kit/protocol'
import type { Bus, OpenBus } from '../bus/bus.ts'
import type { Caller, PersonState } from '../kernel/context.ts'
import type { Published, Start } from '../kernel/outbox.ts'
import { Feed, type Log } from './feed.ts'
import { States } from './states.ts'
import { toPublished } from './told.ts'
import { decodeSignal, encodeSignal, EVERYONE, type Replacement, type Signal } from './signals.ts'

/** One of this node's readers, as the cluster sees it. */
export interface ClusterReader {
  readonly username: string
  readonly role: Caller['role']
  readonly subscriptions: ReadonlySet<string>
}

/** This node's readers. */
export interface Readers<R extends ClusterReader> {
  publish(items: readonly Published[]): void
  readers(): Iterable<R>
  readersOf(username: string): readonly R[]
  hold(reader: R, stream: string): void
  /** Delivers what was missed, what was held after it, and all that follows; without a start gives the stream up. */
  release(reader: R, stream: string, start: Start | undefined): void
  dismiss(reader: R, stream: string, reason?: string): void
}

/** What the database is asked for. */
export interface Truth extends Log {
  /** Head of a stream that this person may read; nothing when they may not. */
  readable(
    person: Pick<Caller, 'username' | 'role' | 'scopes'>,
    stream: string,
  ): Promise<number | undefined>
  /** Streams of the memberships of these people. */
  memberships(usernames: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  /** What lost its right in the last minutes. */
  ended(): Promise<Ended>
  /** The states that changed lately, whole, and from when on to ask the next time. */
  changed(since: Since | undefined): Promise<{ items: readonly Published[]; since: Since }>
}

/** Moments of the database's clock, by what is asked. */
export type Since = Readonly<Record<string, number>>

/** Sign-ins and API keys that ended, and people whose rights changed. */
export interface Ended {
  signInIds: readonly string[]
  people: readonly PersonState[]
}

export interface NodeOptions<R extends ClusterReader> {
  readers: Readers<R>
  truth: Truth
  endSignIn(signInId: string, code: 'revoked' | 'signed_out'): void
  endPerson(state: PersonState): void
  endReplaced(by: Replacement): void
  onError(error: unknown, what: string): void
  /** Told when the bus comes and goes. */
  onBus?(up: boolean, error?: unknown): void
}

/** How often the node looks around. */
const TICK_MS = 1000
/**
 * With a bus that works, the database is asked every so many ticks: a hint may have been lost, or another node has no bus
 * to tell this one by. Within `BLIND_MS` with a tick to spare: who lost a right there has lost it here.
 */
const CALM_TICKS = 4
/** Without one, memberships are compared every so many ticks; with one, eight times as seldom. */
const MEMBERSHIP_TICKS = 4
/** A node that learns nothing for this long may deliver nothing: somebody may have lost their right to it. */
const BLIND_MS = 5000
/** People of one question. */
const PEOPLE = 500

/**
 * One of the nodes of a service. It hears of the others' commits by the bus and reads them from the log; without a bus, or
 * while it is away, it asks the database every second instead. What the bus says is a hint; what the database says
 * decides.
 */
export class ClusterNode<R extends ClusterReader> {
  readonly #options: NodeOptions<R>
  readonly #feed: Feed
  readonly #states = new States()
  #since: Since | undefined
  #bus: Bus | undefined
  #wanted = new Set<string>()
  #unwanted = new Set<string>()
  #settling: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #admitting = 0
  /** Sign-ins whose end was found at the last question. */
  #ended: ReadonlySet<string> = new Set()
  #ticks = 0
  #tickedAt = performance.now()
  #learnedAt = performance.now()
  #learning: Promise<void> | undefined
  #closed = false

  constructor(options: NodeOptions<R>) {
    this.#options = options
    this.#feed = new Feed({
      log: options.truth,
      deliver: (items) => {
        if (items.length > 0) options.readers.publish(items)
      },
      onError: (error) => options.onError(error, 'the log could not be read'),
    })
  }

  async start(openBus?: OpenBus): Promise<void> {
    this.#bus = await openBus?.({
      message: (channel, text) => this.#hear(channel, decodeSignal(text)),
      up: () => {
        this.#options.onBus?.(true)
        // What was said meanwhile is lost.
        void this.#learn(true)
      },
      down: (error) => this.#options.onBus?.(false, error),
    })
    // Subscriptions are taken up by the bus as soon as it can.
    void this.#bus?.subscribe([EVERYONE]).catch(() => {})
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref()
  }

  /** How many streams and readers wait for the database or the bus; 0 when all that is known here was delivered. */
  get behind(): number {
    return (
      this.#feed.behind + this.#feed.unasked.length + this.#admitting + (this.#settling ? 1 : 0)
    )
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    this.#feed.close()
    // What is being learned meets a closed feed; its failure was told.
    await Promise.allSettled([this.#learning, this.#settling])
    await this.#bus?.close()
  }

  /** A stream got its first reader here. */
  follow(stream: string, head: number | undefined): void {
    this.#feed.follow(stream, head)
    this.#unwanted.delete(stream)
    this.#wanted.add(stream)
    this.#settling ??= this.#settle()
  }

  /** A reader of the stream was let in who knows everything up to `head`; see `Feed.started`. */
  started(stream: string, head: number): boolean {
    return this.#feed.started(stream, head)
  }

  /** Position of the last event of a stream that was delivered here; nothing while all its readers wait. */
  position(stream: string): number | undefined {
    return this.#feed.position(stream)
  }

  /** Reads what came after `head` from the log, for this reader alone, and lets them in with it. */
  catchUp(reader: R, stream: string, head: number): void {
    void this.#letIn(reader, stream, async () => ({
      head,
      missed: await this.#options.truth.after({ [stream]: head }),
    }))
  }

  /** A stream lost its last reader here. */
  drop(stream: string): void {
    this.#feed.drop(stream)
    this.#states.drop(stream)
    this.#wanted.delete(stream)
    this.#unwanted.add(stream)
    this.#settling ??= this.#settle()
  }

  /** Events of this node: to its own readers, and a hint to the others. */
  publish(items: readonly Published[]): void {
    for (const [stream, own] of Map.groupBy(items, (item) => item.stream)) {
      this.#tellOthers(stream, own)
      // What is withheld here is told when the database says it again.
      const heard = this.#blind ? own.filter(({ seq }) => seq !== undefined) : own
      this.#note(stream, heard)
      if (heard.length > 0) this.#feed.publish(stream, heard)
    }
  }

  /** A sign-in ended here. */
  ended(signInId: string, code: 'revoked' | 'signed_out'): void {
    this.#say(EVERYONE, { kind: 'ended', signInId, code })
  }

  /** What a person may changed here. */
  personChanged(state: PersonState): void {
    this.#say(EVERYONE, { kind: 'person', state })
  }

  /** A ticket opened a newer connection here. */
  replaced(by: Replacement): void {
    this.#say(userStream(by.username), { kind: 'replaced', by })
  }

  get #blind(): boolean {
    return performance.now() - this.#learnedAt > BLIND_MS
  }

  #say(channel: string, signal: Signal): void {
    this.#bus?.publish(channel, encodeSignal(signal))
  }

  #tellOthers(stream: string, items: readonly Published[]): void {
    if (!this.#bus) return
    const seq = items.findLast((item) => item.seq !== undefined)?.seq
    if (seq !== undefined) this.#say(stream, { kind: 'moved', seq })
    const told = items.filter((item) => item.seq === undefined)
    if (told.length > 0) this.#say(stream, { kind: 'told', items: told })
    for (const { admits, dismisses, reason, seq: by } of items) {
      if (admits !== undefined) this.#say(userStream(admits), { kind: 'admitted', stream, seq: by })
      if (dismisses !== undefined)
        this.#say(userStream(dismisses), { kind: 'dismissed', stream, reason })
    }
  }

  #hear(channel: string, signal: Signal | undefined): void {
    const { readers, endSignIn, endPerson, endReplaced } = this.#options
    // Another version of the service may be running beside this one.
    if (!signal) return
    switch (signal.kind) {
      case 'moved':
        return this.#feed.moved(channel, signal.seq)
      case 'told':
        if (this.#blind) return
        return this.#tellHere(signal.items.map((item) => toPublished(channel, item)))
      case 'admitted':
        for (const reader of this.#peopleOf(channel))
          void this.#admit(reader, signal.stream, signal.seq)
        return
      case 'dismissed':
        for (const reader of this.#peopleOf(channel))
          readers.dismiss(reader, signal.stream, signal.reason)
        return
      case 'replaced':
        return endReplaced(signal.by)
      case 'ended':
        return endSignIn(signal.signInId, signal.code)
      case 'person':
        return endPerson(signal.state)
    }
  }

  /** What is told once and kept nowhere, but for what states are. */
  #tellHere(items: readonly Published[]): void {
    for (const [stream, own] of Map.groupBy(items, (item) => item.stream)) this.#note(stream, own)
    this.#options.readers.publish(items)
  }

  #note(stream: string, items: readonly Published[]): void {
    if (this.#feed.follows(stream)) this.#states.note(items)
  }

  #peopleOf(channel: string): readonly R[] {
    const key = parseStreamKey(channel)
    return key?.kind === 'user' ? this.#options.readers.readersOf(key.id[0] ?? '') : []
  }

  /** Lets a reader in, if the database says so too: from the event on that made them one, where that is known. */
  async #admit(reader: R, stream: string, by?: number): Promise<void> {
    const { readers, truth } = this.#options
    if (reader.subscriptions.has(stream)) return
    readers.hold(reader, stream)
    await this.#letIn(reader, stream, async () => {
      const head = await truth.readable(reader, stream)
      if (head === undefined) return undefined
      const missed = by === undefined ? [] : await truth.after({ [stream]: by - 1 })
      // Of what is more than a page they read the rest themselves, as of any history.
      return (missed.at(-1)?.seq ?? 0) >= head ? { head, missed } : { head }
    })
  }

  async #letIn(reader: R, stream: string, start: () => Promise<Start | undefined>): Promise<void> {
    const { readers, onError } = this.#options
    this.#admitting++
    try {
      readers.release(reader, stream, await start())
    } catch (error) {
      // The next comparison of memberships lets them in.
      readers.release(reader, stream, undefined)
      onError(error, 'a reader could not be let in')
    } finally {
      this.#admitting--
    }
  }

  /** Channels of many streams at once, and where these stand: what came before the channel was open is in the log. */
  async #settle(): Promise<void> {
    await Promise.resolve()
    while (this.#wanted.size > 0 || this.#unwanted.size > 0) {
      const [wanted, unwanted] = [[...this.#wanted], [...this.#unwanted]]
      this.#wanted.clear()
      this.#unwanted.clear()
      this.#bus?.unsubscribe(unwanted)
      try {
        if (this.#bus?.up) await this.#bus.subscribe(wanted)
        // Not up yet: it takes the channels up with the connection.
        else void this.#bus?.subscribe(wanted).catch(() => {})
        if (!this.#closed) await this.#feed.ask(wanted)
      } catch (error) {
        // They are asked for again at the next tick.
        this.#options.onError(error, 'new streams could not be followed')
      }
    }
    this.#settling = undefined
  }

  #tick(): void {
    const now = performance.now()
    const frozen = now - this.#tickedAt > BLIND_MS
    this.#tickedAt = now
    this.#ticks++
    if (frozen) {
      // Whatever is waiting to be delivered is older than what this node knows of rights.
      this.#learnedAt = -Infinity
      this.#feed.pause()
      return void this.#learn(true)
    }
    if (this.#bus?.up && this.#ticks % CALM_TICKS !== 0) {
      if (!this.#blind) this.#learnedAt = now
      const unasked = this.#feed.unasked
      // Told by the question itself; the next tick asks again.
      if (unasked.length > 0) void this.#feed.ask(unasked).catch(() => {})
      return
    }
    const every = MEMBERSHIP_TICKS * (this.#bus?.up ? CALM_TICKS * 2 : 1)
    void this.#learn(this.#ticks % every === 0)
  }

  /** Asks the database for what the bus did not say. */
  #learn(withMemberships: boolean): Promise<void> {
    if (this.#learning && withMemberships) return this.#learning.then(() => this.#learn(true))
    this.#learning ??= this.#ask(withMemberships)
      .then(
        () => {
          this.#learnedAt = performance.now()
          this.#feed.resume()
        },
        (error: unknown) => {
          if (this.#closed) return
          this.#options.onError(error, 'the database could not be asked')
          if (this.#blind) this.#feed.pause()
        },
      )
      .finally(() => (this.#learning = undefined))
    return this.#learning
  }

  async #ask(withMemberships: boolean): Promise<void> {
    const { truth, endSignIn, endPerson } = this.#options
    const { signInIds, people } = await truth.ended()
    for (const signInId of signInIds) if (!this.#ended.has(signInId)) endSignIn(signInId, 'revoked')
    this.#ended = new Set(signInIds)
    for (const state of people) endPerson(state)
    const { items, since } = await truth.changed(this.#since)
    this.#since = since
    const news = this.#states.news(items).filter(({ stream }) => this.#feed.follows(stream))
    if (news.length > 0 && !this.#closed) this.#tellHere(news)
    if (withMemberships) await this.#compareMemberships()
    if (!this.#closed) await this.#feed.ask(this.#feed.streams)
  }

  async #compareMemberships(): Promise<void> {
    const { readers, truth } = this.#options
    const people = [...new Set([...readers.readers()].map(({ username }) => username))]
    for (let from = 0; from < people.length; from += PEOPLE) {
      const memberships = await truth.memberships(people.slice(from, from + PEOPLE))
      for (const [username, streams] of memberships) {
        for (const reader of readers.readersOf(username)) {
          await this.#compare(reader, new Set(streams))
        }
      }
    }
  }

  async #compare(reader: R, member: ReadonlySet<string>): Promise<void> {
    const { readers, truth } = this.#options
    const own = userStream(reader.username)
    for (const stream of member) void this.#admit(reader, stream)
    for (const stream of [...reader.subscriptions]) {
      if (stream === own || member.has(stream)) continue
      // Who may know of a person is asked whenever they are followed anew.
      if (parseStreamKey(stream)?.kind === 'presence') continue
      // It may have been joined by hand, or a moment ago.
      if ((await truth.readable(reader, stream)) === undefined)
        readers.dismiss(reader, stream, 'permission')
    }
  }
}
