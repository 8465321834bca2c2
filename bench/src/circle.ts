import type { Buffer } from 'node:buffer'
import { performance } from 'node:perf_hooks'
import { ChangeReader, ofPayload, toStatus, versionOf } from './changes.ts'
import { startMeter, type Reading } from './meter.ts'
import { Histogram } from './statistics.ts'
import type { Target } from './targets.ts'
import type { Seen, Watcher } from './watcher.ts'

/** Where they meet: one server, or several without a meter. */
export type CircleTarget = Pick<Target, 'name' | 'changeItem' | 'meet'> &
  Partial<Pick<Target, 'server'>>

export interface CircleOptions {
  people: number
  /** How many others each of them watches, and is watched by. */
  watched: number
}

/** What was told while it was measured. */
export interface Told {
  reading: Reading
  /** One person's change told to one watcher. */
  notifications: number
  changes: number
  /** That held a notification, and their payloads. */
  frames: number
  bytes: number
  /** From a change until its last watcher was told. */
  latency: Histogram
}

/** How many connect, or ask, at once. */
const ENTERING = 20
/** Of a call. */
const USERNAMES = 200
/** Without any news for so long, what is missing will not come. */
const PATIENCE_MS = 10_000
/** They decode every frame whole, so that the quick reading of the others may be trusted. */
const WITNESSES = 3

interface Change {
  at: number
  /** Watchers who know nothing of it yet. */
  left: number
}

/** People who watch one another, what they say of themselves, and what each of them has been told of the others. */
export class Circle {
  readonly #target: CircleTarget
  readonly #options: CircleOptions
  readonly #reader: ChangeReader
  readonly #watchers: Watcher[] = []
  readonly #persons = new Map<string, number>()
  /** All changes of each person, the first one is version 1. */
  readonly #changes: Change[][]
  /** By watcher and person, what was told last. */
  readonly #versions: Int32Array
  readonly #revs: Int32Array
  readonly #witnessed: Map<string, Seen>[] = []
  #untold = 0
  #unacknowledged = 0
  #settled: (() => void) | undefined
  #lastNews = 0
  #counts = { notifications: 0, changes: 0, frames: 0, bytes: 0 }
  #latency = new Histogram()

  private constructor(target: CircleTarget, options: CircleOptions) {
    this.#target = target
    this.#options = options
    this.#reader = new ChangeReader(target.changeItem)
    this.#changes = Array.from({ length: options.people }, () => [])
    this.#versions = new Int32Array(options.people ** 2)
    this.#revs = new Int32Array(options.people ** 2)
  }

  /** New people on a target, each of whom watches others. */
  static async gather(target: CircleTarget, options: CircleOptions): Promise<Circle> {
    const circle = new Circle(target, options)
    await circle.#inTurn((index) => circle.#enter(index))
    const offsets = offsetsOf(options)
    await circle.#inTurn((index) =>
      circle.#watch(
        index,
        offsets.map((offset) => (index + offset) % options.people),
      ),
    )
    return circle
  }

  get size(): number {
    return this.#options.people
  }

  /** Let one of them say something else of themselves. */
  change(person: number, onReply = () => {}): void {
    const changes = this.#changes[person]!
    const { watched } = this.#options
    this.#untold += watched
    this.#unacknowledged++
    this.#counts.changes++
    const version = changes.push({ at: performance.now(), left: watched })
    this.#watchers[person]!.setStatus(toStatus(person, version), (payload) => {
      if (payload.includes('"ok":false')) throw new Error(`refused: ${payload.toString()}`)
      this.#unacknowledged--
      onReply()
      this.#settle()
    })
  }

  /** Resolves when every change is acknowledged and was told to all its watchers. */
  async settled(): Promise<void> {
    this.#lastNews = performance.now()
    let patience: NodeJS.Timeout | undefined
    await new Promise<void>((resolve, reject) => {
      this.#settled = resolve
      patience = setInterval(() => {
        if (performance.now() - this.#lastNews < PATIENCE_MS) return
        const missing = `${this.#untold} notifications and ${this.#unacknowledged} replies`
        reject(new Error(`${this.#target.name}: ${missing} never came`))
      }, 1000)
      this.#settle()
    }).finally(() => clearInterval(patience))
  }

  /** Of a change to one watcher, since they met. */
  get notifications(): number {
    return this.#counts.notifications
  }

  /** Start counting; the returned function ends it. Throws where the target has no server to meter. */
  measure(): () => Told {
    const { server } = this.#target
    if (!server) throw new Error('This circle cannot be metered.')
    const before = { ...this.#counts }
    this.#latency = new Histogram()
    const stop = startMeter(server)
    return () => {
      const reading = stop()
      const { notifications, changes, frames, bytes } = this.#counts
      return {
        reading,
        notifications: notifications - before.notifications,
        changes: changes - before.changes,
        frames: frames - before.frames,
        bytes: bytes - before.bytes,
        latency: this.#latency,
      }
    }
  }

  /** How many of all that watchers hold differs from what the server says, and from what was said last. */
  async wrong(): Promise<number> {
    const truth = await this.#truth()
    const { people, watched } = this.#options
    const offsets = offsetsOf(this.#options)
    let wrong = 0
    for (let watcher = 0; watcher < people; watcher++) {
      for (let each = 0; each < watched; each++) {
        const person = (watcher + offsets[each]!) % people
        if (!this.#isRight(watcher, person, truth[person]!)) wrong++
      }
    }
    return wrong
  }

  close(): void {
    for (const { connection } of this.#watchers) connection.close()
  }

  #isRight(watcher: number, person: number, truth: Seen): boolean {
    const at = watcher * this.size + person
    const said = this.#changes[person]!.length
    const witnessed = this.#witnessed[watcher]?.get(truth.username)
    return (
      this.#revs[at] === truth.rev &&
      this.#versions[at] === said &&
      versionOf(truth.status) === said &&
      (!this.#witnessed[watcher] ||
        (witnessed?.rev === truth.rev && witnessed.status === truth.status))
    )
  }

  async #truth(): Promise<readonly Seen[]> {
    const truth: Seen[] = []
    for (let from = 0; from < this.size; from += USERNAMES) {
      const some = this.#watchers.slice(from, from + USERNAMES).map(({ username }) => username)
      for (const seen of await this.#watchers[0]!.look(some))
        truth[this.#persons.get(seen.username)!] = seen
    }
    return truth
  }

  async #inTurn(task: (index: number) => Promise<void>): Promise<void> {
    for (let from = 0; from < this.size; from += ENTERING) {
      const some = Array.from(
        { length: Math.min(ENTERING, this.size - from) },
        (_, at) => from + at,
      )
      await Promise.all(some.map(task))
    }
  }

  async #enter(index: number): Promise<void> {
    const watcher = await this.#target.meet({
      onText: (payload) => this.#receive(index, payload),
      onLost: (reason) => {
        throw new Error(`${this.#target.name} closed a connection: ${reason}`)
      },
    })
    this.#watchers[index] = watcher
    this.#persons.set(watcher.username, index)
  }

  async #watch(index: number, persons: readonly number[]): Promise<void> {
    if (index < WITNESSES) this.#witnessed[index] = new Map()
    const usernames = persons.map((person) => this.#watchers[person]!.username)
    for (const seen of await this.#watchers[index]!.watch(usernames)) this.#see(index, seen)
  }

  /** Everything that a connection is told and that is no reply. */
  #receive(index: number, payload: Buffer): boolean {
    const now = performance.now()
    const witnessed = this.#witnessed[index]
    let count = 0
    const plain = this.#reader.read(payload, (person, version, rev) => {
      count++
      this.#tell(index, { person, version, rev, now })
    })
    if (!plain) for (const seen of ofPayload(payload)) this.#see(index, seen)
    if (plain && count === 0) return false
    this.#counts.frames++
    this.#counts.bytes += payload.length
    this.#lastNews = now
    if (witnessed) witness(witnessed, ofPayload(payload), plain ? count : undefined)
    this.#settle()
    return true
  }

  #see(index: number, seen: Seen): void {
    const person = this.#persons.get(seen.username)!
    const version = versionOf(seen.status)
    const now = performance.now()
    this.#tell(index, { person, version, rev: seen.rev, now })
    const witnessed = this.#witnessed[index]
    if (witnessed) remember(witnessed, seen)
  }

  #tell(
    watcher: number,
    told: { person: number; version: number; rev: number; now: number },
  ): void {
    const { person, version, rev, now } = told
    this.#counts.notifications++
    const at = watcher * this.size + person
    // What is known already is dropped, as every reader of states does.
    if (rev <= this.#revs[at]!) return
    this.#revs[at] = rev
    const changes = this.#changes[person]!
    if (version > changes.length) throw new Error(`told of ${person} what was never said`)
    // Who is told of the newest needs no older one.
    for (let each = this.#versions[at]!; each < version; each++) {
      this.#untold--
      const change = changes[each]!
      if (--change.left === 0) this.#latency.add(now - change.at)
    }
    this.#versions[at] = version
  }

  #settle(): void {
    if (this.#untold === 0 && this.#unacknowledged === 0) this.#settled?.()
  }
}

function remember(known: Map<string, Seen>, seen: Seen): void {
  if ((known.get(seen.username)?.rev ?? -1) < seen.rev) known.set(seen.username, seen)
}

/** What the witness reads in full has to be what was read quickly. */
function witness(known: Map<string, Seen>, told: readonly Seen[], count: number | undefined): void {
  if (count !== undefined && told.length !== count)
    throw new Error(`read ${count} notifications in a frame of ${told.length}`)
  for (const seen of told) remember(known, seen)
}

/**
 * Whom each person watches, as distances in the order of arrival: the same for all, so that everybody is watched by as
 * many, and without any order, so that neighbours have few watchers in common.
 */
function offsetsOf({ people, watched }: CircleOptions): readonly number[] {
  const offsets = new Set<number>()
  for (let value = 1; offsets.size < watched;) {
    // A small multiplicative generator (Lehmer's): the same people on both servers, and in every run.
    value = (value * 48_271) % 0x7fff_ffff
    const offset = value % people
    if (offset > 0) offsets.add(offset)
  }
  return [...offsets]
}
