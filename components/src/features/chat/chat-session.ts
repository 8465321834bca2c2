import type { CollabClient } from '@collab-kit/client/base'
// The import of it gives clients their chats.
import type { ChatHandle } from '@collab-kit/client/chat'
import '@collab-kit/client/chat'

/** The one chat that an element keeps open. */
export class ChatSession {
  #client: CollabClient | undefined
  #handle: ChatHandle | undefined
  #release: (() => void) | undefined

  get handle(): ChatHandle | undefined {
    return this.#handle
  }

  /** Opens this chat and lets go of the one before. Nothing to open: only lets go. */
  open(client: CollabClient | undefined, chatId: string | undefined): void {
    const handle = client && chatId ? client.chat(chatId) : undefined
    if (this.#client === client && this.#handle?.chatId === handle?.chatId) return
    // First the new one: what both need stays connected.
    const release = handle?.open()
    this.#release?.()
    this.#client = client
    this.#handle = handle
    this.#release = release
  }

  /** Tries again after a refusal. */
  reopen(): void {
    this.#client?.connect()
    const handle = this.#handle
    if (!handle) return
    this.#release?.()
    this.#release = handle.open()
  }
}
