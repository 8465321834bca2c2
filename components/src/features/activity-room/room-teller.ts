import type { ActivityParticipant } from '@collab-kit/client'
import type { ReactiveControllerHost } from 'lit'
import { Announcer } from '../../kit/announcer.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import { announceFor } from '../chat/announce-choice.ts'
import type { BoundHint } from '../activity/bound-model.ts'
import type { Banner } from '../chat/connection-view.ts'
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

/** Says aloud what sighted people see happen in a room. */
export class RoomTeller {
  readonly #announcer: Announcer
  readonly #localize: Localize
  #came = new Set<string>()
  #went = new Set<string>()
  #together: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost & HTMLElement, localize: Localize) {
    this.#localize = localize
    this.#announcer = new Announcer(host, (count) => localize.text('roomPeopleHere', count))
  }

  say(text: string, assertive = false): void {
    this.#announcer.announce(text, { assertive })
  }

  connection(banner: Banner): void {
    const text = this.#localize.text(BANNER_TEXTS[banner])
    this.#announcer.announce(text, { topic: 'connection' })
  }

  /** Something stands beside a field: what somebody else wrote, or that it cannot be changed. */
  hint(
    { kind, key, by, theirs }: BoundHint,
    { me, nameOf }: { me: string | undefined; nameOf: (username: string) => string },
  ): void {
    const localize = this.#localize
    if (kind === 'readonly') return this.say(localize.text('fieldReadonly'))
    if (kind !== 'held') return
    const value = readable(localize, theirs) || localize.text('fieldEmpty')
    const whose = by === undefined ? 'sayHeldMeanwhile' : 'sayHeldByYou'
    const text =
      by === undefined || by === me
        ? localize.text(whose, value)
        : localize.text('sayHeld', nameOf(by), value)
    this.#announcer.announce(text, { topic: `held ${key}`, delay: TYPING_MS })
  }

  people(
    { joined, left }: Record<'joined' | 'left', readonly ActivityParticipant[]>,
    { count, nameOf }: { count: number; nameOf: (username: string) => string },
  ): void {
    if (joined.length + left.length === 0 || count > CROWD || announceFor(undefined) === 'off')
      return
    for (const { username } of joined) {
      if (!this.#went.delete(username)) this.#came.add(username)
    }
    for (const { username } of left) {
      if (!this.#came.delete(username)) this.#went.add(username)
    }
    this.#together ??= setTimeout(() => this.#tellPeople(nameOf), TOGETHER_MS)
  }

  stop(): void {
    clearTimeout(this.#together)
    this.#together = undefined
    this.#came.clear()
    this.#went.clear()
  }

  #tellPeople(nameOf: (username: string) => string): void {
    const { formats } = this.#localize
    const list = (names: ReadonlySet<string>) =>
      formats.list([...names].map((username) => formats.isolate(nameOf(username))))
    if (this.#came.size > 0) this.say(this.#localize.text('sayJoined', list(this.#came)))
    if (this.#went.size > 0) this.say(this.#localize.text('sayLeft', list(this.#went)))
    this.stop()
  }
}
