import type { ChatState, ConnectionInfo } from '@collab-kit/client'
import type { ErrorShape, Message, User } from '@collab-kit/protocol'
import type { Announcer } from '../../kit/announcer.ts'
import type { CollabErrorDetail } from '../../kit/error-event.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import type { Banner } from './connection-view.ts'
import type { Change } from './conversation.ts'

/** A message read out loud ends here, characters. */
const SPOKEN = 140
/** Wait for the next page of older messages before saying how many came, milliseconds. */
const OLDER_MS = 500

/** How much of what arrives is spoken by a screen reader. */
export type Announce = 'full' | 'summary' | 'off'

export interface TellerOptions {
  announcer: Announcer
  localize: Localize
  /** Tells the page. */
  fail: (detail: CollabErrorDetail) => void
}

/** Says aloud what sighted people see happen, and tells the page what went wrong; each thing once. */
export class Teller {
  readonly #options: TellerOptions
  #banner: Banner | undefined
  #connectionError: ErrorShape | undefined
  #chatError: ErrorShape | undefined
  #older = 0

  constructor(options: TellerOptions) {
    this.#options = options
  }

  arrivals(
    change: Change,
    { announce, users }: { announce: Announce; users: Readonly<Record<string, User>> },
  ): void {
    const { announcer, localize } = this.#options
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

  opened(chat: ChatState): void {
    const unread = chat.chat?.membership?.unread ?? 0
    if (unread > 0) {
      this.#options.announcer.announce(this.#options.localize.text('sayUnread', unread), {
        topic: 'unread',
      })
    }
  }

  failed(): void {
    this.#options.announcer.announce(this.#options.localize.text('sayFailed'), { assertive: true })
  }

  connection(banner: Banner | undefined): void {
    if (banner === this.#banner) return
    this.#banner = banner
    if (!banner) return
    const text = banner === 'recovered' ? 'backOnline' : `${banner}Banner`
    this.#options.announcer.announce(this.#options.localize.text(text as 'backOnline'), {
      topic: 'connection',
    })
  }

  errors(connection: ConnectionInfo | undefined, chat: ChatState | undefined): void {
    const refused = connection?.status === 'refused' ? connection.error : undefined
    if (refused && refused !== this.#connectionError) this.#options.fail(refused)
    this.#connectionError = refused
    const failed = chat?.status === 'refused' ? chat.error : chat?.olderError
    if (chat && failed && failed !== this.#chatError)
      this.#options.fail({ ...failed, chatId: chat.chatId })
    this.#chatError = failed
  }

  #spoken({ sender, body }: Message, users: Readonly<Record<string, User>>): string {
    const { localize } = this.#options
    const name = localize.formats.isolate(users[sender]?.displayName ?? sender)
    const text = body.length > SPOKEN ? `${body.slice(0, SPOKEN)}…` : body
    return localize.text('sayMessage', name, text)
  }
}
