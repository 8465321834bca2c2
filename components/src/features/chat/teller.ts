import type { Message, User } from '@collab-kit/protocol'
import type { ReactiveControllerHost } from 'lit'
import { Announcer } from '../../kit/announcer.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import type { Banner } from './connection-view.ts'
import type { Change } from '../collab-messages/conversation.ts'

/** A message read out loud ends here, characters. */
const SPOKEN = 140
/** Wait for the next page of older messages before saying how many came, milliseconds. */
const OLDER_MS = 500

/** How much of what arrives is spoken by a screen reader. */
export type Announce = 'full' | 'summary' | 'off'

/** Says aloud what sighted people see happen. */
export class Teller {
  readonly #announcer: Announcer
  readonly #localize: Localize
  #older = 0

  constructor(host: ReactiveControllerHost & HTMLElement, localize: Localize) {
    this.#localize = localize
    this.#announcer = new Announcer(host, (count) => localize.text('sayNew', count))
  }

  arrivals(
    change: Change,
    { announce, users }: { announce: Announce; users: Readonly<Record<string, User>> },
  ): void {
    const announcer = this.#announcer
    const localize = this.#localize
    if (change.older > 0) {
      this.#older += change.older
      const text = localize.text('sayOlder', this.#older)
      announcer.announce(text, { topic: 'older', delay: OLDER_MS, spoken: () => (this.#older = 0) })
    }
    if (announce === 'off' || change.arrived.length === 0) return
    announcer.incoming(
      change.arrived.map((message) =>
        announce === 'full' ? this.#spoken(message, users) : localize.text('sayNew', 1),
      ),
    )
  }

  opened(unread: number): void {
    this.#announcer.announce(this.#localize.text('sayUnread', unread), { topic: 'unread' })
  }

  failed(): void {
    this.#announcer.announce(this.#localize.text('sayFailed'), { assertive: true })
  }

  connection(banner: Banner): void {
    const text = banner === 'recovered' ? 'backOnline' : (`${banner}Banner` as const)
    this.#announcer.announce(this.#localize.text(text), { topic: 'connection' })
  }

  #spoken({ sender, body }: Message, users: Readonly<Record<string, User>>): string {
    const localize = this.#localize
    const name = users[sender]?.displayName ?? sender
    const text = body.length > SPOKEN ? `${body.slice(0, SPOKEN)}…` : body
    return localize.text('sayMessage', name, text)
  }
}
