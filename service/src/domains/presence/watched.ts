import { CollabError, presence, type Audience, type Presence } from '@collab-kit/protocol'
import type { Edge } from '../../kernel/context.ts'
import { lives, setPeople, type Watch } from './follower.ts'
import { named, streamOf, type Place } from './places.ts'
import type { PlaceAnswer, PlaceQuestion } from './questions.ts'
import { readStates, tellStates } from './telling.ts'

const { audienceChanged } = presence.events

/** The number of a crowd is told at most this often, milliseconds. */
const AUDIENCE_MS = 1000

/** Where a node may not be told who comes and goes, and who may know of it, it asks this often, milliseconds. */
const DEAF_MS = 3000

/** What a place needs of the thread it is watched on; nothing of whoever watched it first. */
export type Ground = Pick<
  Edge,
  'after' | 'afterAnswer' | 'connectionsOf' | 'lookup' | 'now' | 'policy'
>

export interface Snapshot {
  items: Presence[]
  audience?: Audience
}

/** A place that is watched from this node, and by whom. */
export class Watched {
  readonly watches = new Set<Watch>()
  readonly #ground: Ground
  readonly #place: Place
  /** Nobody watches it any more. */
  readonly #onEmpty: () => void
  /** Readers whose right is in doubt and not being asked for; `true`: everybody's. */
  #doubtful: Set<string> | true = new Set()
  /** Somebody came or went since it was asked. */
  #dirty = false
  #asking = false
  /** Rises with everything that is heard of the place. */
  #news = 0
  /** Rises with every question: what an earlier one answers does not overwrite what a later one did. */
  #questions = 0
  #stamp: number | undefined
  #timer: { at: number; cancel: () => void } | undefined
  #checkedAt: number

  constructor(edge: Ground, place: Place, onEmpty: () => void) {
    const { after, afterAnswer, connectionsOf, lookup, now, policy } = edge
    this.#ground = { after, afterAnswer, connectionsOf, lookup, now, policy }
    this.#place = place
    this.#onEmpty = onEmpty
    this.#checkedAt = now()
  }

  /** Let somebody in who has just begun to watch, or asks anew, and answer what is so now. */
  async enter(edge: Edge, watch: Watch): Promise<Snapshot> {
    const { caller } = edge
    for (;;) {
      const [number, news, { doubts }] = [++this.#questions, this.#news, watch]
      const answer = await this.#ask({ readers: [caller], doubtful: [caller.username] })
      if (!lives(this.#ground, watch.follower)) return { items: [] }
      if (answer.refused.length > 0) {
        this.leave(watch)
        throw new CollabError('not_found', { details: { ...named(this.#place) } })
      }
      // Their right was put in doubt after it was asked.
      if (watch.doubts !== doubts) continue
      if (!this.watches.has(watch)) return { items: [] }
      const snapshot = await this.#admit(edge, watch, answer)
      watch.pending = false
      const isLate = watch.answered > number || answer.stamp < (this.#stamp ?? 0)
      if (news !== this.#news || isLate) this.#dirty = true
      this.#arm()
      this.#ground.afterAnswer(() => this.#refreshSoon())
      return snapshot
    }
  }

  async #admit(edge: Edge, watch: Watch, answer: PlaceAnswer): Promise<Snapshot> {
    const { follower } = watch
    const online = answer.online?.[follower.username]
    if (online !== undefined) {
      count(watch)
      watch.told = { online, total: answer.total }
      watch.toldAt = this.#ground.now()
      return { items: [], audience: { ...named(this.#place), ...watch.told } }
    }
    const visible = answer.seen?.[follower.username] ?? []
    watch.hidden = without(answer.names, visible)
    const fresh = visible.filter((each) => !watch.people?.has(each))
    follower.makeRoom(this.#ground.policy.limits, fresh)
    return { items: await readStates(edge, answer.names ?? [], setPeople(watch, visible)) }
  }

  /** One connection watches the place no more. */
  leave(watch: Watch): void {
    if (this.watches.has(watch)) setPeople(watch, undefined)
    this.remove(watch)
  }

  /** The same of a connection that has ended, and whose streams are gone. */
  remove(watch: Watch): void {
    if (!this.watches.delete(watch)) return
    watch.follower.watches.delete(streamOf(this.#place))
    if (this.watches.size > 0) return
    this.#stop()
    this.#onEmpty()
  }

  /** Somebody came or went, or who may know of it is another question for these; asked when what is told is on its way. */
  heard(doubtful: readonly (string | true)[], went?: string): void {
    this.#news++
    // Who is back by the time it is asked has come anew.
    for (const watch of this.watches) {
      const left =
        watch.people?.has(went ?? '') && [...watch.people].filter((each) => each !== went)
      if (left) setPeople(watch, left)
    }
    this.#dirty = true
    for (const who of doubtful) this.#doubt(who)
    this.#ground.afterAnswer(() => this.#refreshSoon())
  }

  /** Of whom of the place somebody may know is another question now: what is answered to an earlier one is not it. */
  renew(watch: Watch): void {
    watch.answered = ++this.#questions
    this.heard([])
  }

  /** Until it is known whether they still may, they are told nothing. */
  #doubt(who: string | true): void {
    const theirs = [...this.watches].filter(
      ({ follower }) => who === true || follower.username === who,
    )
    if (theirs.length === 0) return
    if (who === true) this.#doubtful = true
    else if (this.#doubtful !== true) this.#doubtful.add(who)
    for (const watch of theirs) {
      watch.doubts++
      if (watch.people) setPeople(watch, [])
    }
  }

  #isDoubtful(username: string): boolean {
    return this.#doubtful === true || this.#doubtful.has(username)
  }

  #ask(question: Omit<PlaceQuestion, 'place'>): Promise<PlaceAnswer> {
    const { lookup } = this.#ground
    return lookup('presence.?place', { place: this.#place, ...question }) as Promise<PlaceAnswer>
  }

  get #entered(): Watch[] {
    return [...this.watches].filter(({ pending }) => !pending)
  }

  #refreshSoon(): void {
    const all = this.#entered
    if (this.#asking || !this.#dirty || all.length === 0) return
    // A crowd is counted at its own pace; who may not know of it any more is asked at once.
    const counted = all.every(({ people }) => people === undefined)
    const doubts = this.#doubtful === true || this.#doubtful.size > 0
    if (!counted || doubts) void this.#refresh()
  }

  /** Ask who is in the place, and follow them instead of those who were. */
  async #refresh(): Promise<void> {
    this.#asking = true
    this.#stop()
    const [doubtful, dirty] = [this.#doubtful, this.#dirty]
    this.#dirty = false
    this.#doubtful = new Set()
    const number = ++this.#questions
    const readers = [...this.#readers().values()]
    const inDoubt = doubtful === true ? readers.map(({ username }) => username) : [...doubtful]
    const known = dirty || inDoubt.length > 0 ? undefined : this.#stamp
    try {
      const stamp = known === undefined ? {} : { stamp: known }
      const answer = await this.#ask({ readers, doubtful: inDoubt, ...stamp })
      this.#stamp = answer.stamp
      if (!answer.unchanged) await this.#apply(answer, number)
    } catch {
      // Asked again with all that is in doubt, as the database may be away for a while.
      this.#dirty = true
      this.#doubtful = both(doubtful, this.#doubtful)
      this.#armFor(AUDIENCE_MS)
      return
    } finally {
      this.#asking = false
    }
    this.#arm()
    this.#refreshSoon()
  }

  /** The people who watch, each once. */
  #readers() {
    return new Map(
      this.#entered.map(({ follower: { username, connection } }) => [username, connection.caller]),
    )
  }

  async #apply(answer: PlaceAnswer, number: number): Promise<void> {
    const held: [Watch, string[]][] = []
    for (const watch of this.#entered) {
      const { follower } = watch
      const { username } = follower
      // They are asked for again, or were meanwhile.
      if (this.#isDoubtful(username)) continue
      if (watch.answered > number) continue
      watch.answered = number
      if (answer.refused.includes(username)) this.leave(watch)
      else if (answer.online) this.#tellCount(watch, answer)
      else if (answer.seen?.[username] && lives(this.#ground, follower)) {
        delete watch.told
        watch.hidden = without(answer.names, answer.seen[username])
        const { limits } = this.#ground.policy
        const names = follower.fitting(limits, answer.seen[username], watch.people)
        held.push([watch, setPeople(watch, names)])
      }
    }
    await tellStates(this.#ground, held)
  }

  #tellCount(watch: Watch, { online, total }: PlaceAnswer): void {
    const now = online?.[watch.follower.username]
    if (now === undefined) return
    count(watch)
    if (watch.told?.online === now && watch.told.total === total) return
    // The next count tells them, unless it is as it was by then.
    if (!this.#isOver(AUDIENCE_MS, watch.toldAt)) return void (this.#dirty = true)
    watch.told = { online: now, total }
    watch.toldAt = this.#ground.now()
    const data = { ...named(this.#place), online: now, total }
    watch.follower.connection.tell(audienceChanged, data)
  }

  /** Whether so much time has gone by; clocks that are set back are not waited for. */
  #isOver(ms: number, since = -Infinity): boolean {
    return Math.abs(this.#ground.now() - since) >= ms
  }

  /** Whether this node may miss who comes and goes, and whose right ends. */
  get #deaf(): boolean {
    const stream = streamOf(this.#place)
    return (
      this.#ground.policy.shared &&
      this.#entered.some(({ follower: { connection } }) => !connection.reads(stream))
    )
  }

  /** Counts a crowd again after a while, and looks who is where this node may not be told. */
  #arm(): void {
    if (this.#entered.some(({ people }) => people === undefined)) this.#armFor(AUDIENCE_MS)
    else if (this.#deaf) this.#armFor(DEAF_MS)
  }

  #armFor(ms: number): void {
    const at = this.#ground.now() + ms
    if (this.watches.size === 0 || (this.#timer && this.#timer.at <= at)) return
    this.#stop()
    this.#timer = { at, cancel: this.#ground.after(ms, () => this.#due()) }
  }

  #stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #due(): void {
    this.#timer = undefined
    // Whoever is asking arms it anew.
    if (this.#asking) return
    if (this.#deaf && this.#isOver(DEAF_MS, this.#checkedAt)) {
      this.#checkedAt = this.#ground.now()
      this.#dirty = true
      // Asked for, and told of what goes on till then: they would be left and let in again and again.
      this.#doubtful = true
    }
    void this.#refresh()
  }
}

/** From now on nobody of a place is told one by one. */
function count(watch: Watch): void {
  setPeople(watch, undefined)
  watch.hidden = new Set()
}

function without(names: readonly string[] = [], seen: readonly string[] = []): Set<string> {
  const left = new Set(names)
  for (const each of seen) left.delete(each)
  return left
}

const both = (one: Set<string> | true, other: Set<string> | true): Set<string> | true =>
  one === true || other === true ? true : new Set([...one, ...other])
