import { parseStreamKey, presence } from '@collab-kit/protocol'
import type { Published } from '../../kernel/outbox.ts'
import { lives, type Follower } from './follower.ts'
import { unknown } from './rules.ts'
import { seesAll, type Asking } from './snapshot.ts'
import { tellStates } from './telling.ts'
import type { Ground } from './watched.ts'

const { presenceChanged } = presence.events

/** What other nodes do to what may be known is looked for this often, milliseconds. */
const REVIEW_MS = 3000
/** A question that failed is asked again after this time, milliseconds. */
const AGAIN_MS = 1000
/** Most pairs of a reader and another person in one question. */
const PAIRS = 2000

/** People of whom a reader may or may not know, and whether they were told of them till now. */
type Names = Map<string, boolean>

export interface ReviewsOptions {
  edge: Ground
  followers(): Iterable<Follower>
  /** Of whom in its places this one may know is another question now. */
  renew(follower: Follower): void
}

/** Of whom readers may know, asked again whenever that may have changed: where not everybody may know of everybody. */
export class Reviews {
  readonly #ground: Ground
  readonly #options: Omit<ReviewsOptions, 'edge'>
  #pending = new Map<Follower, Names>()
  #asking = false
  #armed = false

  constructor({ edge, ...options }: ReviewsOptions) {
    const { after, afterAnswer, connectionsOf, lookup, now, policy } = edge
    this.#ground = { after, afterAnswer, connectionsOf, lookup, now, policy }
    this.#options = options
  }

  /** Somebody is followed from this node. */
  begin(): void {
    const { after, policy } = this.#ground
    if (this.#armed || !policy.shared || policy.presenceVisibility === 'everyone') return
    this.#armed = true
    after(REVIEW_MS, () => {
      this.#armed = false
      const all = this.#limited()
      if (all.length > 0) this.begin()
      // What is asked already is asked once more when that is done.
      if (this.#asking) return
      for (const each of all) this.#note(each, each.wanted)
      void this.#run()
    })
  }

  /** Followers to whom not everybody is known. */
  #limited(): Follower[] {
    const { policy } = this.#ground
    return [...this.#options.followers()].filter(
      ({ connection: { caller } }) => !seesAll({ policy, caller }),
    )
  }

  /** Somebody came to a place, list or chat, or went: before anybody is told. */
  heard(item: Published): void {
    const { presenceVisibility } = this.#ground.policy
    if (presenceVisibility === 'everyone') return
    const kind = parseStreamKey(item.stream)
    if (presenceVisibility === 'contacts') {
      if (kind?.kind === 'user') this.#heardOfList(kind.id[0] ?? '', item)
    } else if (kind?.kind === 'chat' || kind?.kind === 'activity') this.#heardOfPlace(item)
    if (this.#pending.size > 0) this.#ground.afterAnswer(() => void this.#run())
  }

  #heardOfList(owner: string, { people = { came: '' } }: Published): void {
    const username = 'went' in people ? people.went : people.came
    for (const each of this.#limited()) {
      if (each.username !== username) continue
      if ('went' in people) this.#doubt(each, [owner])
      else if (each.misses(owner)) this.#note(each, [owner])
    }
  }

  #heardOfPlace({ stream, people, dismisses, ends }: Published): void {
    const came = people && 'came' in people ? people.came : undefined
    const went = new Set([dismisses, people && 'went' in people ? people.went : undefined])
    const { connectionsOf } = this.#ground
    for (const each of this.#limited()) {
      const { username } = each
      const isIn = () => connectionsOf(username).some((one) => one.reads(stream))
      if (went.has(username) || (ends && isIn())) this.#doubt(each, each.wanted)
      for (const name of went)
        if (name !== undefined && each.follows(name) && isIn()) this.#doubt(each, [name])
      if (came === username) this.#note(each, each.wanted)
      else if (came !== undefined && each.misses(came)) this.#note(each, [came])
    }
  }

  /** Nothing is told of these until it is known whether it may be. */
  #doubt(follower: Follower, usernames: readonly string[]): void {
    const known = this.#note(follower, usernames)
    follower.doubts++
    let lost = false
    for (const each of usernames) {
      if (!follower.suspend(each)) continue
      known.set(each, true)
      lost = true
    }
    if (lost) this.#options.renew(follower)
  }

  /** Of these it is asked whether they may be known. */
  #note(follower: Follower, usernames: readonly string[]): Names {
    const known = this.#pending.get(follower) ?? new Map<string, boolean>()
    this.#pending.set(follower, known)
    for (const each of usernames) known.set(each, known.get(each) ?? false)
    return known
  }

  async #run(): Promise<void> {
    if (this.#asking || this.#pending.size === 0) return
    this.#asking = true
    const asked = [...this.#pending].filter(([follower]) => lives(this.#ground, follower))
    this.#pending = new Map()
    try {
      for (const some of parts(asked)) await this.#review(some)
    } catch {
      // The database is away: of those in doubt nothing is told until it says that it may be.
      for (const [follower, names] of asked) {
        const known = this.#note(follower, [...names.keys()])
        for (const [each, was] of names) if (was) known.set(each, true)
      }
      this.#asking = false
      this.#ground.after(AGAIN_MS, () => void this.#run())
      return
    }
    this.#asking = false
    await this.#run()
  }

  async #review(some: readonly [Follower, Names][]): Promise<void> {
    const asked = some.map(([{ connection }, names]): Asking => ({
      reader: connection.caller,
      usernames: [...names.keys()],
    }))
    const answer = await this.#ground.lookup('presence.?known', { asked })
    const { known } = answer as { known: string[][] }
    const held = some.map(([follower, names], index): [{ follower: Follower }, string[]] => [
      { follower },
      this.#settle(follower, names, new Set(known[index])),
    ])
    try {
      await tellStates(this.#ground, held)
    } catch (error) {
      // They are let in anew, and told with it.
      for (const [{ follower }, names] of held) for (const each of names) follower.suspend(each)
      throw error
    }
  }

  /** Those who may be known are followed, the others are as if they had never been; answers whose streams are held. */
  #settle(follower: Follower, names: Names, known: ReadonlySet<string>): string[] {
    if (!lives(this.#ground, follower)) return []
    const again = this.#pending.get(follower)
    const came: string[] = []
    let changed = false
    for (const [username, was] of names) {
      // In doubt anew.
      if (again?.has(username)) again.set(username, was || again.get(username) === true)
      else if (known.has(username)) {
        if (follower.follows(username) && !was) continue
        changed = true
        if (follower.asked.has(username) && !follower.named.has(username)) came.push(username)
      } else if (follower.suspend(username) || was) {
        changed = true
        follower.connection.tell(presenceChanged, unknown(username), username)
      }
    }
    const fitting = follower.fitting(this.#ground.policy.limits, came, undefined)
    for (const each of fitting) follower.named.add(each)
    if (changed) this.#options.renew(follower)
    return follower.follow(fitting)
  }
}

/** Questions that are small enough; whoever asks much has one of their own. */
function parts(asked: readonly [Follower, Names][]): [Follower, Names][][] {
  const all: [Follower, Names][][] = []
  let size = PAIRS
  for (const each of asked) {
    if (size + each[1].size > PAIRS) {
      all.push([])
      size = 0
    }
    all.at(-1)!.push(each)
    size += each[1].size
  }
  return all
}
