import { isCollabError } from '@collab-kit/client/base'
import type { ChatState, PendingMessage } from '@collab-kit/client/chat'
import type { CollabErrorDetail } from '../../kit/error-event.ts'
import {
  type CollabSendDetail,
  CollabSendEvent,
  CollabSendFailedEvent,
  CollabSentEvent,
} from './chat.events.ts'
import type { ChatSession } from './chat-session.ts'

/** What can be given to be sent: the text alone, or with data beside it. */
export type Draft = string | Omit<CollabSendDetail, 'chatId'>

export interface SendingOptions {
  /** Tells the page what went wrong. */
  fail: (detail: CollabErrorDetail) => void
  /** The service refused a message. */
  failed: () => void
}

/** Sends from an element, and follows what was sent here until the service has it or refuses it. */
export class Sending {
  readonly #host: HTMLElement
  readonly #session: ChatSession
  readonly #options: SendingOptions
  readonly #waiting = new Map<string, PendingMessage['state']>()

  constructor(host: HTMLElement, session: ChatSession, options: SendingOptions) {
    this.#host = host
    this.#session = session
    this.#options = options
  }

  /** @returns `false` when nothing was sent: a listener refused, or the text is blank or too long. */
  send(message: Draft): boolean {
    const { handle } = this.#session
    if (!handle) return false
    const draft = typeof message === 'string' ? { body: message } : message
    const detail: CollabSendDetail = { chatId: handle.chatId, ...draft }
    if (!this.#host.dispatchEvent(new CollabSendEvent(detail))) return false
    try {
      const { body, data } = detail
      const { clientMessageId } = handle.send(data ? { body, data } : body)
      this.#waiting.set(clientMessageId, 'queued')
      return true
    } catch (error) {
      // Blank or too long: the text stays where it is, and the page is told. Anything else is a mistake of ours.
      if (!isCollabError(error)) throw error
      this.#options.fail({ ...error.toJSON(), chatId: handle.chatId })
      return false
    }
  }

  retry(clientMessageId: string): void {
    this.#waiting.set(clientMessageId, 'queued')
    this.#session.handle?.retry(clientMessageId)
  }

  clear(): void {
    this.#waiting.clear()
  }

  follow({ pending, messages }: ChatState): void {
    if (this.#waiting.size === 0) return
    const byId = new Map(pending.map((each) => [each.clientMessageId, each]))
    for (const [id, before] of this.#waiting) {
      const waiting = byId.get(id)
      if (waiting) {
        this.#waiting.set(id, waiting.state)
        if (waiting.state === 'failed' && before !== 'failed') this.#failed(waiting)
        continue
      }
      this.#waiting.delete(id)
      const message = messages.findLast((each) => each.clientMessageId === id)
      // Neither waiting nor there: the person gave it up.
      if (message)
        this.#host.dispatchEvent(new CollabSentEvent({ chatId: message.chatId, message }))
    }
  }

  #failed(message: PendingMessage): void {
    const { chatId, error } = message
    this.#options.failed()
    this.#host.dispatchEvent(new CollabSendFailedEvent({ chatId, message, error }))
  }
}
