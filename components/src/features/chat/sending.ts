import type { ChatState, PendingMessage } from '@collab-kit/client'
import type { Message } from '@collab-kit/protocol'

export interface OutgoingOptions {
  sent: (message: Message) => void
  failed: (message: PendingMessage) => void
}

/** Follows the messages that were sent here until the service has them or refuses them. */
export class Outgoing {
  readonly #options: OutgoingOptions
  readonly #waiting = new Map<string, PendingMessage['state']>()

  constructor(options: OutgoingOptions) {
    this.#options = options
  }

  add(clientMessageId: string): void {
    this.#waiting.set(clientMessageId, 'queued')
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
        if (waiting.state === 'failed' && before !== 'failed') this.#options.failed(waiting)
        continue
      }
      this.#waiting.delete(id)
      const message = messages.findLast((each) => each.clientMessageId === id)
      // Neither waiting nor there: the person gave it up.
      if (message) this.#options.sent(message)
    }
  }
}
