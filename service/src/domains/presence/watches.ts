import { parseStreamKey, userStream } from '@collab-kit/protocol'
import type { Connection, Edge } from '../../kernel/context.ts'
import type { Published } from '../../kernel/outbox.ts'
import { Follower, lives, newWatch } from './follower.ts'
import { placeOf, streamOf, type Place, type Target } from './places.ts'
import { Reviews } from './reviews.ts'
import type { Asking } from './snapshot.ts'
import { readStates, tellStates } from './telling.ts'
import { Watched, type Snapshot } from './watched.ts'

/** Who follows whose presence on this node, and how that moves with the people of a place. */
export class Watches {
  readonly #followers = new Map<string, Follower>()
  /** By their streams. */
  readonly #places = new Map<string, Watched>()
  #reviews: Reviews | undefined

  /** Follow a target and answer what is so now; what changes meanwhile is held until that is known. */
  async subscribe(edge: Edge, target: Target): Promise<Snapshot> {
    // It may have ended while its right was asked: nobody would take away what it is given now.
    if (!lives(edge, { connection: edge.connection! })) return { items: [] }
    const follower = this.#follower(edge)
    const place = placeOf(target, edge.caller.username)
    return place
      ? this.#subscribePlace(edge, follower, place)
      : this.#subscribeNames(edge, follower, target.usernames ?? [])
  }

  unsubscribe(edge: Edge, target: Target): void {
    const follower = this.#followers.get(edge.connection?.id ?? '')
    if (!follower) return
    for (const username of target.usernames ?? []) follower.asked.delete(username)
    const place = placeOf(target, edge.caller.username)
    if (place) return this.#forget(follower, streamOf(place))
    const names = target.usernames ?? [...follower.named]
    for (const username of names) if (follower.named.delete(username)) follower.unfollow(username)
    if (target.usernames) return
    follower.asked.clear()
    for (const stream of [...follower.watches.keys()]) this.#forget(follower, stream)
  }

  /** The connection is gone, and its streams with it. */
  disconnected({ id }: Connection): void {
    const follower = this.#followers.get(id)
    this.#followers.delete(id)
    for (const [stream, watch] of [...(follower?.watches ?? [])])
      this.#places.get(stream)?.remove(watch)
  }

  /** Somebody came to a place or went, or who may read of it is another question now. */
  heard(edge: Edge, item: Published): void {
    const { stream, people, dismisses, rechecks, ends, blocks } = item
    this.#reviews?.heard(item)
    if (blocks?.blocked === false)
      edge.afterAnswer(() => void this.#tellUnblocked(edge, stream, blocks.username))
    const went = people && 'went' in people ? people.went : undefined
    const doubtful = [ends || rechecks === true || undefined, dismisses, went, rechecks]
    this.#places.get(stream)?.heard(
      doubtful.filter((each) => each !== undefined),
      went,
    )
  }

  #follower(edge: Edge): Follower {
    const connection = edge.connection!
    const known = this.#followers.get(connection.id)
    if (known) return known
    const follower = new Follower(connection)
    this.#followers.set(connection.id, follower)
    this.#reviewing(edge).begin()
    // What ends here by what another node said is told by nothing else.
    connection.onLeft((stream) => {
      const key = parseStreamKey(stream)
      if (key?.kind === 'presence') follower.forget(key.id[0] ?? '')
      if (follower.watches.has(stream))
        this.#places.get(stream)?.heard([connection.caller.username])
    })
    return follower
  }

  #reviewing(edge: Edge): Reviews {
    this.#reviews ??= new Reviews({
      edge,
      followers: () => this.#followers.values(),
      renew: ({ watches }) => {
        for (const [stream, watch] of watches) this.#places.get(stream)?.renew(watch)
      },
    })
    return this.#reviews
  }

  async #subscribeNames(edge: Edge, follower: Follower, usernames: string[]): Promise<Snapshot> {
    const names = [...new Set(usernames)]
    const { limits } = edge.policy
    const asked = follower.ask(limits, names)
    try {
      const visible = await this.#visible(edge, follower, names)
      if (!lives(edge, follower)) return { items: [] }
      const fresh = visible.filter((each) => !follower.named.has(each))
      follower.makeRoom(limits, fresh)
      for (const each of fresh) follower.named.add(each)
      return { items: await readStates(edge, names, follower.follow(fresh)) }
    } catch (error) {
      for (const each of asked) if (!follower.named.has(each)) follower.asked.delete(each)
      throw error
    }
  }

  /** Of whom of these may be known, and was not in doubt while it was asked. */
  async #visible(edge: Edge, follower: Follower, usernames: string[]): Promise<string[]> {
    for (;;) {
      const { doubts } = follower
      const asked: Asking[] = [{ reader: edge.caller, usernames }]
      const { known } = (await edge.lookup('presence.?known', { asked })) as { known: string[][] }
      if (follower.doubts === doubts) return known[0] ?? []
    }
  }

  async #subscribePlace(edge: Edge, follower: Follower, place: Place): Promise<Snapshot> {
    const stream = streamOf(place)
    const known = follower.watches.get(stream)
    if (!known) follower.makePlace(edge.policy.limits)
    const watched = this.#places.get(stream) ?? this.#watch(edge, place)
    const watch = known ?? newWatch(follower)
    follower.watches.set(stream, watch)
    watched.watches.add(watch)
    try {
      return await watched.enter(edge, watch)
    } catch (error) {
      if (!known) watched.leave(watch)
      throw error
    }
  }

  #watch(edge: Edge, place: Place): Watched {
    const stream = streamOf(place)
    const watched = new Watched(edge, place, () => this.#places.delete(stream))
    this.#places.set(stream, watched)
    return watched
  }

  #forget(follower: Follower, stream: string): void {
    const watched = this.#places.get(stream)
    const watch = follower.watches.get(stream)
    if (watched && watch) watched.leave(watch)
  }

  /** What was kept from somebody while they had blocked a person whom they follow. */
  async #tellUnblocked(edge: Edge, ownStream: string, username: string): Promise<void> {
    const readers = [...this.#followers.values()].filter(
      (each) => userStream(each.username) === ownStream && each.follows(username),
    )
    try {
      await tellStates(
        edge,
        readers.map((follower) => [{ follower }, [username]]),
      )
    } catch {
      // They are told with the next change, or when they ask anew.
    }
  }
}

export const createWatches = (): Watches => new Watches()
