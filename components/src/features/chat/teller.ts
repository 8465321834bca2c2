import type { ChatState } from '@collab-kit/client'
import type { Message, User } from '@collab-kit/protocol'
import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit'
import { Announcer } from '../../kit/announcer.ts'
import { said as texts } from '../../kit/localize/en/said.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import { type Announce, announceFor } from './announce-choice.ts'
import { cloudOffIcon } from './cloud-off-icon.ts'
import type { Banner } from './connection-view.ts'
import type { Change } from '../collab-messages/conversation.ts'

/** A message read out loud ends here, characters. */
const SPOKEN = 140
/** Wait for the next page of older messages before saying how many came, milliseconds. */
const OLDER_MS = 500

const TEXTS = {
  offline: 'offlineBanner',
  reconnecting: 'reconnectingBanner',
  recovered: 'backOnline',
} as const

/** Says aloud what sighted people see happen. */
export class Teller {
  readonly #announcer: Announcer
  readonly #localize: Localize
  #older = 0

  constructor(host: ReactiveControllerHost & HTMLElement, localize: Localize) {
    this.#localize = localize
    localize.include(texts)
    this.#announcer = new Announcer(host, (count) => localize.text('sayNew', count))
  }

  /** @param options.announce What the page wants, as far as the person has not chosen. */
  arrivals(
    change: Change,
    options: { announce: Announce | undefined; users: Readonly<Record<string, User>> },
  ): void {
    const { users } = options
    const announce = announceFor(options.announce)
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

  /** What was unread when the chat was opened, and since when where the first of it is loaded. */
  opened({ chat, messages, hasOlder }: ChatState): void {
    const { unread = 0, readSeq = 0 } = chat?.membership ?? {}
    if (unread === 0) return
    const { formats } = this.#localize
    const first = messages.findIndex(({ seq }) => seq > readSeq)
    const at = first > 0 || !hasOlder ? messages[first]?.createdAt : undefined
    const text = at
      ? this.#localize.text('unreadSince', unread, formats.since(new Date(at), new Date()))
      : this.#localize.text('sayUnread', unread)
    this.#announcer.announce(text, { topic: 'unread' })
  }

  failed(): void {
    this.#announcer.announce(this.#localize.text('sayFailed'), { assertive: true })
  }

  /** What is shown of the connection. */
  banner(banner: Banner, waiting: number): TemplateResult {
    const text =
      banner === 'offline' && waiting > 0
        ? this.#localize.text('offlineQueued', waiting)
        : this.#localize.text(TEXTS[banner])
    return html`${banner === 'recovered' ? nothing : cloudOffIcon}<span class="text">${text}</span>`
  }

  connection(banner: Banner): void {
    this.#announcer.announce(this.#localize.text(TEXTS[banner]), { topic: 'connection' })
  }

  #spoken({ sender, body }: Message, users: Readonly<Record<string, User>>): string {
    const localize = this.#localize
    const name = users[sender]?.displayName ?? sender
    const text = body.length > SPOKEN ? `${body.slice(0, SPOKEN)}…` : body
    return localize.text('sayMessage', name, text)
  }
}
