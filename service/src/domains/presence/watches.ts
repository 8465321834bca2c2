import {
  parseStreamKey,
  presence,
  presenceStream,
  userStream,
  type Audience,
  type Presence,
} from '@collab-kit/protocol'
import type { Connection, Edge } from '../../kernel/context.ts'
import type { Published } from '../../kernel/outbox.ts'
import { Follower, type Watch } from './follower.ts'
import { named, placeOf, streamOf, type Place, type Target } from './places.ts'
import type { PlaceAnswer, PlaceQuestion, StatesAnswer } from './questions.ts'

const { audienceChanged, presenceChanged } = presence.events

/** The number of a crowd is told at most this often, milliseconds. */
const AUDIENCE_MS = 1000

/** The people of a place that no connection of this node reads are looked up this often, milliseconds. */
const DEAF_MS = 3000

/** A place that is watched from this node, by its stream. */
interface Watched {
  place: Place
  watches: Set<Watch>
  /** Readers whose right is in doubt; `true`: everybody's. */
  doubtful: Set<string> | true
  /** Somebody came or went since it was asked. */
  dirty: boolean
  asking: boolean
  stamp?: number
  cancel?: () => void
}

export interface Snapshot {
  items: Presence[]
  audience?: Audience
}

/** Who follows whose presence on this node, and how that moves with the people of a place. */
export class Watches {
  readonly #followers = new Map<string, Follower>()
  readonly #places = new Map<string, Watched>()

  /** Follow a target and answer what is so now; what changes meanwhile is held until that is known. */
  async subscribe(edge: Edge, target: Target): Promise<Snapshot> {
    const follower = this.#follower(edge)
    const place = placeOf(target, edge.caller.username)
    return place
      ? this.#subscribePlace(edge, follower, place)
      : this.#subscribeNames(edge, follower, target.usernames ?? [])
  }

  unsubscribe(edge: Edge, target: Target): void {
    const follower = this.#followers.get(edge.connection?.id ?? '')
    if (!follower) return
    const place = placeOf(target, edge.caller.username)
    if (place) return this.#forget(follower, streamOf(place))
    const names = target.usernames ?? [...follower.named]
    for (const username of names) if (follower.named.delete(username)) follower.unfollow(username)
    if (target.usernames) return
    for (const stream of [...follower.watches.keys()]) this.#forget(follower, stream)
  }

  /** The connection is gone, and its streams with it. */
  disconnected({ id }: Connection): void {
    const follower = this.#followers.get(id)
    this.#followers.delete(id)
    for (const stream of follower?.watches.keys() ?? []) this.#leave(follower!, stream)
  }

  /** Somebody came to a place or went, or who may read of it is another question now. */
  heard(edge: Edge, { stream, people, dismisses, rechecks, ends, blocks }: Published): void {
    if (blocks?.blocked === false)
      edge.afterAnswer(() => void this.#tellUnblocked(edge, stream, blocks.username))
    const watched = this.#places.get(stream)
    if (!watched) return
    watched.dirty = true
    const went = people && 'went' in people ? people.went : undefined
    if (ends || rechecks === true) this.#doubt(watched, true)
    for (const username of [dismisses, went, rechecks])
      if (typeof username === 'string') this.#doubt(watched, username)
    edge.afterAnswer(() => this.#refreshSoon(edge, stream, watched))
  }

  /** Until it is known whether they still may, they are told nothing. */
  #doubt(watched: Watched, who: string | true): void {
    if (who === true) watched.doubtful = true
    else if (watched.doubtful !== true) watched.doubtful.add(who)
    for (const watch of watched.watches) {
      const { username } = watch.follower
      if (watch.people && (who === true || who === username)) this.#setPeople(watch, [])
    }
  }

  #follower(edge: Edge): Follower {
    const connection = edge.connection!
    const known = this.#followers.get(connection.id)
    if (known) return known
    const follower = new Follower(connection)
    this.#followers.set(connection.id, follower)
    // What ends here by what another node said is told by nothing else.
    connection.onLeft((stream) => {
      const key = parseStreamKey(stream)
      if (key?.kind === 'presence') follower.forget(key.id[0] ?? '')
      const watched = follower.watches.has(stream) && this.#places.get(stream)
      if (!watched) return
      watched.dirty = true
      this.#doubt(watched, connection.caller.username)
      edge.afterAnswer(() => this.#refreshSoon(edge, stream, watched))
    })
    return follower
  }

  /** Whether a connection has not ended while something was asked. */
  #lives(edge: Edge, { connection }: Follower): boolean {
    const { id, caller } = connection
    return (
      this.#followers.has(id) && edge.connectionsOf(caller.username).some((each) => each.id === id)
    )
  }

  async #subscribeNames(edge: Edge, follower: Follower, usernames: string[]): Promise<Snapshot> {
    const names = [...new Set(usernames)]
    const reader = edge.caller
    const visible = await edge.lookup('presence.?visible', { usernames: names, reader })
    if (!this.#lives(edge, follower)) return { items: [] }
    const fresh = (visible as { names: string[] }).names.filter((each) => !follower.named.has(each))
    follower.makeRoom(edge.policy.limits, fresh)
    for (const each of fresh) follower.named.add(each)
    return { items: await this.#snapshot(edge, names, follower.follow(fresh)) }
  }

  async #subscribePlace(edge: Edge, follower: Follower, place: Place): Promise<Snapshot> {
    const stream = streamOf(place)
    const watched = this.#watch(place, stream)
    const watch = follower.watches.get(stream) ?? { follower, people: new Set() }
    follower.watches.set(stream, watch)
    watched.watches.add(watch)
    try {
      const answer = await ask(edge, { place, readers: [edge.caller], doubtful: [] })
      if (!this.#lives(edge, follower)) return { items: [] }
      const reader = edge.caller.username
      const online = answer.online?.[reader]
      if (online !== undefined) {
        this.#setPeople(watch, undefined)
        watch.told = { online, total: answer.total }
        this.#count(edge, stream, watched)
        return { items: [], audience: { ...named(place), ...watch.told } }
      }
      const { names = [] } = answer
      const visible = answer.seen?.[reader] ?? []
      const known = watch.people
      follower.makeRoom(
        edge.policy.limits,
        visible.filter((each) => !known?.has(each)),
      )
      const items = await this.#snapshot(edge, names, this.#setPeople(watch, visible))
      this.#count(edge, stream, watched)
      // What was heard before there was anybody to compare with.
      if (watched.dirty) edge.afterAnswer(() => this.#refreshSoon(edge, stream, watched))
      return { items }
    } catch (error) {
      this.#forget(follower, stream)
      throw error
    }
  }

  #watch(place: Place, stream: string): Watched {
    const known = this.#places.get(stream)
    if (known) return known
    const watched: Watched = {
      place,
      watches: new Set(),
      doubtful: new Set(),
      dirty: false,
      asking: false,
    }
    this.#places.set(stream, watched)
    return watched
  }

  /** From now on these are the people of a place; answers those whose streams are held. */
  #setPeople(watch: Watch, names: readonly string[] | undefined): string[] {
    const before = watch.people ?? new Set<string>()
    const after = names && new Set(names)
    watch.people = after
    const came = [...(after ?? [])].filter((each) => !before.has(each))
    const went = [...before].filter((each) => !after?.has(each))
    const held = watch.follower.follow(came)
    for (const username of went) watch.follower.unfollow(username)
    return held
  }

  /** Read what is so, then let go what was held: nothing is lost in between. */
  async #snapshot(
    edge: Edge,
    usernames: readonly string[],
    held: readonly string[],
  ): Promise<Presence[]> {
    const connection = edge.connection!
    try {
      const reader = edge.caller
      const answer = await edge.lookup('presence.?snapshot', { usernames, reader })
      return (answer as { items: Presence[] }).items
    } finally {
      for (const username of held) connection.release(presenceStream(username), 0)
    }
  }

  #forget(follower: Follower, stream: string): void {
    const watch = follower.watches.get(stream)
    if (!watch) return
    this.#setPeople(watch, undefined)
    this.#leave(follower, stream)
    follower.watches.delete(stream)
  }

  #leave(follower: Follower, stream: string): void {
    const watched = this.#places.get(stream)
    const watch = follower.watches.get(stream)
    if (!watched || !watch) return
    watched.watches.delete(watch)
    if (watched.watches.size > 0) return
    watched.cancel?.()
    this.#places.delete(stream)
  }

  #refreshSoon(edge: Edge, stream: string, watched: Watched): void {
    if (watched.asking || !watched.dirty || this.#places.get(stream) !== watched) return
    // A crowd is counted at its own pace; who may not know of it any more is asked at once.
    const counted = [...watched.watches].every(({ people }) => people === undefined)
    const doubts = watched.doubtful === true || watched.doubtful.size > 0
    if (counted && !doubts) return
    void this.#refresh(edge, stream, watched)
  }

  /** Ask who is in a place, and follow them instead of those who were. */
  async #refresh(edge: Edge, stream: string, watched: Watched): Promise<void> {
    watched.asking = true
    watched.cancel?.()
    const { doubtful, dirty } = watched
    watched.dirty = false
    watched.doubtful = new Set()
    try {
      const readers = readersOf(watched)
      const answer = await ask(edge, {
        place: watched.place,
        readers,
        doubtful: doubtful === true ? readers.map(({ username }) => username) : [...doubtful],
        ...(!dirty && watched.stamp !== undefined && { stamp: watched.stamp }),
      })
      watched.stamp = answer.stamp
      if (!answer.unchanged) await this.#apply(edge, watched, answer)
    } catch {
      // Asked again with what is in doubt, as the database may be away for a while.
      watched.dirty = true
      watched.doubtful = doubtful
      watched.cancel = edge.after(AUDIENCE_MS, () => void this.#refresh(edge, stream, watched))
      return
    } finally {
      watched.asking = false
    }
    this.#count(edge, stream, watched)
    this.#refreshSoon(edge, stream, watched)
  }

  /** Counts a crowd again after a while, and looks who is where this node is told of no comings and goings. */
  #count(edge: Edge, stream: string, watched: Watched): void {
    watched.cancel?.()
    if (this.#places.get(stream) !== watched) return
    const all = [...watched.watches]
    const deaf = edge.policy.shared && all.every((each) => !each.follower.connection.reads(stream))
    if (all.every(({ people }) => people !== undefined) && !deaf) return
    watched.cancel = edge.after(deaf ? DEAF_MS : AUDIENCE_MS, () => {
      if (deaf) watched.dirty = true
      void this.#refresh(edge, stream, watched)
    })
  }

  async #apply(edge: Edge, { place, watches }: Watched, answer: PlaceAnswer): Promise<void> {
    const held: [Watch, string[]][] = []
    for (const watch of [...watches]) {
      const { follower } = watch
      const { username } = follower
      if (answer.refused.includes(username)) this.#forget(follower, streamOf(place))
      else if (answer.online) this.#tellCount(place, watch, answer)
      else if (answer.seen?.[username] && this.#lives(edge, follower)) {
        delete watch.told
        const names = follower.fitting(edge.policy.limits, answer.seen[username], watch.people)
        held.push([watch, this.#setPeople(watch, names)])
      }
    }
    await this.#tellStates(edge, held)
  }

  #tellCount(place: Place, watch: Watch, { online, total }: PlaceAnswer): void {
    const now = online?.[watch.follower.username]
    if (now === undefined) return
    this.#setPeople(watch, undefined)
    if (watch.told?.online === now && watch.told.total === total) return
    watch.told = { online: now, total }
    watch.follower.connection.tell(audienceChanged, { ...named(place), online: now, total })
  }

  /** Tell those who follow somebody from now on how they are. */
  async #tellStates(
    edge: Edge,
    held: readonly [Pick<Watch, 'follower'>, string[]][],
  ): Promise<void> {
    const usernames = [...new Set(held.flatMap(([, names]) => names))]
    if (usernames.length === 0) return
    const readers = [...new Set(held.map(([{ follower }]) => follower.username))]
    try {
      const answer = await edge.lookup('presence.?states', { usernames, readers })
      const { items, blocks } = answer as StatesAnswer
      const states = new Map(items.map((item) => [item.username, item]))
      const blocked = new Set(blocks.map(({ owner, username }) => `${owner}\n${username}`))
      for (const [{ follower }, names] of held) {
        const { connection } = follower
        for (const username of names) {
          const item = states.get(username)
          if (!item || item.rev === 0 || !follower.follows(username)) continue
          if (blocked.has(`${follower.username}\n${username}`)) continue
          connection.tell(presenceChanged, item, username)
        }
      }
    } finally {
      for (const [{ follower }, names] of held)
        for (const username of names) follower.connection.release(presenceStream(username), 0)
    }
  }

  /** What was kept from somebody while they had blocked a person whom they follow. */
  async #tellUnblocked(edge: Edge, ownStream: string, username: string): Promise<void> {
    const readers = [...this.#followers.values()].filter(
      (each) => userStream(each.username) === ownStream && each.follows(username),
    )
    try {
      await this.#tellStates(
        edge,
        readers.map((follower) => [{ follower }, [username]]),
      )
    } catch {
      // They are told with the next change, or when they ask anew.
    }
  }
}

const ask = async (edge: Edge, question: PlaceQuestion): Promise<PlaceAnswer> =>
  (await edge.lookup('presence.?place', { ...question })) as PlaceAnswer

/** The people who watch a place, each once. */
const readersOf = ({ watches }: Watched): PlaceQuestion['readers'] => [
  ...new Map(
    [...watches].map(({ follower: { connection } }) => [
      connection.caller.username,
      connection.caller,
    ]),
  ).values(),
]

export const createWatches = (): Watches => new Watches()
