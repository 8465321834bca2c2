import { CollabError, presenceStream, type Limits } from '@collab-kit/protocol'
import type { Connection } from '../../kernel/context.ts'

/** A place followed by one connection. */
export interface Watch {
  follower: Follower
  /** Those of its people who are followed one by one; nothing where they are counted. */
  people: Set<string> | undefined
  /** The number that was told last. */
  told?: { online: number; total: number }
}

/** Whose presence one connection follows, for however many of its targets. */
export class Follower {
  readonly connection: Connection
  /** People by name, asked for one by one. */
  readonly named = new Set<string>()
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

  /** @throws CollabError `limit_exceeded` where these are too many for one connection */
  makeRoom({ presencePeople: max }: Limits, usernames: readonly string[]): void {
    const fresh = usernames.filter((each) => !this.follows(each))
    if (this.#counts.size + fresh.length > max)
      throw new CollabError('limit_exceeded', { details: { limit: 'presencePeople', max } })
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
    this.#counts.delete(username)
    this.named.delete(username)
    for (const { people } of this.watches.values()) people?.delete(username)
  }
}
