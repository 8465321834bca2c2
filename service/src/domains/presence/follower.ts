import { CollabError, presenceStream, type Limits } from '@collab-kit/protocol'
import type { Connection, Edge } from '../../kernel/context.ts'

/** A place followed by one connection. */
export interface Watch {
  readonly follower: Follower
  /** Those of its people who are followed one by one; nothing where they are counted. */
  people: Set<string> | undefined
  /** Those of its people of whom may not be known. */
  hidden: ReadonlySet<string>
  /** It waits for its first answer: nothing is told before. */
  pending: boolean
  /** How often the right to it was put in doubt. */
  doubts: number
  /** The last question whose answer it was told. */
  answered: number
  /** The number that was told last, unless people were told since. */
  told?: { online: number; total: number }
  /** When a number was told last, milliseconds since 1970. */
  toldAt?: number
}

export const newWatch = (follower: Follower): Watch => ({
  follower,
  people: new Set(),
  hidden: new Set(),
  pending: true,
  doubts: 0,
  answered: 0,
})

/** From now on these are the people of a place; answers those whose streams are held. */
export function setPeople(watch: Watch, names: readonly string[] | undefined): string[] {
  const before = watch.people ?? new Set<string>()
  const after = names && new Set(names)
  watch.people = after
  const came = [...(after ?? [])].filter((each) => !before.has(each))
  const went = [...before].filter((each) => !after?.has(each))
  const held = watch.follower.follow(came)
  for (const username of went) watch.follower.unfollow(username)
  return held
}

/** Whether the connection has not ended while something was asked. */
export const lives = (
  edge: Pick<Edge, 'connectionsOf'>,
  { connection: { id, caller } }: Pick<Follower, 'connection'>,
): boolean => edge.connectionsOf(caller.username).some((each) => each.id === id)

/** Whose presence one connection follows, for however many of its targets. */
export class Follower {
  readonly connection: Connection
  /** People by name, followed one by one. */
  readonly named = new Set<string>()
  /** People who were asked for by name: those too of whom may not be known now. */
  readonly asked = new Set<string>()
  /** How often it was in doubt whether somebody may be known of. */
  doubts = 0
  /** Places by their streams. */
  readonly watches = new Map<string, Watch>()
  /** For how many targets each person is followed. */
  readonly #counts = new Map<string, number>()

  constructor(connection: Connection) {
    this.connection = connection
  }

  get username(): string {
    return this.connection.caller.username
  }

  follows(username: string): boolean {
    return this.#counts.has(username)
  }

  /** Everybody who is followed or was asked for, or is hidden in a place. */
  get wanted(): string[] {
    const hidden = [...this.watches.values()].flatMap((watch) => [...watch.hidden])
    return [...new Set([...this.#counts.keys(), ...this.asked, ...hidden])]
  }

  /** Whether it is of use to tell that this person may be known of now. */
  misses(username: string): boolean {
    if (this.follows(username)) return false
    return (
      this.asked.has(username) ||
      [...this.watches.values()].some(({ hidden }) => hidden.has(username))
    )
  }

  /** @throws CollabError `limit_exceeded` where these are too many for one connection */
  makeRoom({ presencePeople: max }: Limits, usernames: readonly string[]): void {
    const fresh = usernames.filter((each) => !this.follows(each))
    if (this.#counts.size + fresh.length > max)
      throw new CollabError('limit_exceeded', { details: { limit: 'presencePeople', max } })
  }

  /**
   * These are asked for by name; answers those who were not before.
   *
   * @throws CollabError `limit_exceeded` where they are too many for one connection
   */
  ask({ presencePeople: max }: Limits, usernames: readonly string[]): string[] {
    const fresh = usernames.filter((each) => !this.asked.has(each))
    if (this.asked.size + fresh.length > max)
      throw new CollabError('limit_exceeded', { details: { limit: 'presencePeople', max } })
    for (const each of fresh) this.asked.add(each)
    return fresh
  }

  /** @throws CollabError `limit_exceeded` where it watches as many places as one connection may join streams */
  makePlace({ joinedStreams: max }: Limits): void {
    if (this.watches.size < max) return
    throw new CollabError('limit_exceeded', {
      details: { limit: 'joinedStreams', max, reason: 'room_limit' },
    })
  }

  /** As many of these as the connection may follow, beside those that one of its targets holds already. */
  fitting(
    { presencePeople: max }: Limits,
    names: readonly string[],
    held: ReadonlySet<string> | undefined,
  ): string[] {
    let room = max - this.#counts.size
    return names.filter((each) => held?.has(each) || this.follows(each) || room-- > 0)
  }

  /** One target more for these people; answers those whose streams are held from now on. */
  follow(usernames: Iterable<string>): string[] {
    const held: string[] = []
    for (const username of usernames) {
      const count = this.#counts.get(username) ?? 0
      this.#counts.set(username, count + 1)
      if (count > 0) continue
      this.connection.hold(presenceStream(username), 'bound')
      held.push(username)
    }
    return held
  }

  unfollow(username: string): void {
    const count = this.#counts.get(username) ?? 0
    if (count > 1) this.#counts.set(username, count - 1)
    else if (this.#counts.delete(username)) this.connection.drop(presenceStream(username))
  }

  /** The stream was left by hand: no target holds it any more. */
  forget(username: string): void {
    this.asked.delete(username)
    this.#lose(username)
  }

  /** Nothing is told of somebody until it is known whether it may be; answers whether they were followed. */
  suspend(username: string): boolean {
    const followed = this.follows(username)
    this.#lose(username)
    if (followed) this.connection.drop(presenceStream(username))
    return followed
  }

  #lose(username: string): void {
    this.#counts.delete(username)
    this.named.delete(username)
    for (const { people } of this.watches.values()) people?.delete(username)
  }
}
