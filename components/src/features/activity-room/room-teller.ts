import type { ActivityPerson } from '@collab-kit/client'
import type { ReactiveControllerHost } from 'lit'
import { Announcer } from '../../kit/announcer.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import { announceFor } from '../chat/announce-choice.ts'
import type { BoundHint } from '../activity/bound-model.ts'
import type { Banner } from '../chat/connection-view.ts'
import type { RoomChanges } from './room-changes.ts'
import { readable } from './room-hints.ts'

/** Who comes and goes is told together, at most this often, milliseconds. */
const TOGETHER_MS = 5000
/** With more people than this nobody's coming and going is told. */
const CROWD = 20
/** A change of somebody who goes on typing is told when they pause for this time, milliseconds. */
const TYPING_MS = 1200

export const BANNER_TEXTS = {
  reconnecting: 'roomReconnecting',
  offline: 'roomOffline',
  recovered: 'roomBack',
} as const satisfies Record<Banner, string>

export interface TellerHost {
  /** Username of who sits here. */
  me(): string | undefined
  nameOf(username: string): string
  /** What the field of a key is called. */
  fieldOf(key: string): string
}

/** Says aloud what sighted people see happen in a room. */
export class RoomTeller {
  readonly #announcer: Announcer
  readonly #localize: Localize
  readonly #host: TellerHost
  #came = new Set<string>()
  #went = new Set<string>()
  #together: ReturnType<typeof setTimeout> | undefined

  constructor(
    element: ReactiveControllerHost & HTMLElement,
    { localize, ...host }: TellerHost & { localize: Localize },
  ) {
    this.#localize = localize
    this.#host = host
    this.#announcer = new Announcer(element, (count) => localize.text('roomPeopleHere', count))
  }

  say(text: string, assertive = false): void {
    this.#announcer.announce(text, { assertive })
  }

  connection(banner: Banner): void {
    const text = this.#localize.text(BANNER_TEXTS[banner])
    this.#announcer.announce(text, { topic: 'connection' })
  }

  /** One is out of it, which whoever does something else on the page is told. */
  out(stage: 'removed' | 'ended'): void {
    this.say(this.#localize.text(stage === 'ended' ? 'roomEndedTitle' : 'roomRemovedTitle'), true)
  }

  /** Something stands beside a field: what somebody else wrote, or that it cannot be changed. */
  hint({ kind, key, by, theirs }: BoundHint): void {
    const localize = this.#localize
    const { me, nameOf, fieldOf } = this.#host
    if (kind === 'readonly') return this.say(localize.text('fieldReadonly'))
    if (kind === 'refused') return this.say(localize.text('sayRefused', fieldOf(key)))
    if (kind !== 'held') return
    const value = readable(localize, theirs) || localize.text('fieldEmpty')
    const whose = by === undefined ? 'sayHeldMeanwhile' : 'sayHeldByYou'
    const text =
      by === undefined || by === me()
        ? localize.text(whose, value)
        : localize.text('sayHeld', nameOf(by), value)
    this.#announcer.announce(text, { topic: `held ${key}`, delay: TYPING_MS })
  }

  /** @param people Everybody who is there now. */
  people(changes: Pick<RoomChanges, 'joined' | 'left'>, people: readonly ActivityPerson[]): void {
    const { came, went } = comings(changes, people)
    const me = this.#host.me() ?? ''
    came.delete(me)
    went.delete(me)
    if (came.size + went.size === 0 || people.length > CROWD || announceFor(undefined) === 'off')
      return
    for (const username of came) if (!this.#went.delete(username)) this.#came.add(username)
    for (const username of went) if (!this.#came.delete(username)) this.#went.add(username)
    this.#together ??= setTimeout(() => this.#tellPeople(), TOGETHER_MS)
  }

  stop(): void {
    clearTimeout(this.#together)
    this.#together = undefined
    this.#came.clear()
    this.#went.clear()
  }

  #tellPeople(): void {
    const { nameOf } = this.#host
    const { formats } = this.#localize
    const list = (names: ReadonlySet<string>) =>
      formats.list([...names].map((username) => formats.isolate(nameOf(username))))
    if (this.#came.size > 0) this.say(this.#localize.text('sayJoined', list(this.#came)))
    if (this.#went.size > 0) this.say(this.#localize.text('sayLeft', list(this.#went)))
    this.stop()
  }
}

/** Who is there that was not, and the other way round: with another page of the same person nobody comes or goes. */
function comings(
  { joined, left }: Pick<RoomChanges, 'joined' | 'left'>,
  people: readonly ActivityPerson[],
): { came: Set<string>; went: Set<string> } {
  const isNew = new Set(joined.map(({ connectionId }) => connectionId))
  const before = new Set(left.map(({ username }) => username))
  const now = new Set<string>()
  for (const { username, connections } of people) {
    now.add(username)
    if (connections.some(({ connectionId }) => !isNew.has(connectionId))) before.add(username)
  }
  return {
    came: new Set(joined.map(({ username }) => username).filter((each) => !before.has(each))),
    went: new Set(left.map(({ username }) => username).filter((each) => !now.has(each))),
  }
}
