import type { DomainContext } from '../context.ts'
import { patchChat } from './state.ts'

/** What is being written, kept over a reload. */
export class Drafts {
  readonly #context: DomainContext
  readonly #timers = new Map<string, unknown>()

  constructor(context: DomainContext) {
    this.#context = context
  }

  set(chatId: string, text: string): void {
    const { board, clock, timings } = this.#context
    board.commit(
      patchChat(chatId, (chat) => (chat.draft === text ? chat : { ...chat, draft: text })),
    )
    clock.clearTimeout(this.#timers.get(chatId))
    this.#timers.set(
      chatId,
      clock.setTimeout(() => this.#write(chatId), timings.draftMs),
    )
  }

  /** Fills in what was kept, unless something is being written already. */
  async load(chatId: string): Promise<void> {
    const { board, storage } = this.#context
    const key = this.#key(chatId)
    if (key === undefined) return
    const text = await storage.get(key)
    if (typeof text !== 'string' || this.#timers.has(chatId) || this.#key(chatId) !== key) return
    board.update(patchChat(chatId, (chat) => (chat.draft ? chat : { ...chat, draft: text })))
  }

  /** Writes what is not written yet, as before the page goes. */
  flush(): void {
    for (const chatId of [...this.#timers.keys()]) this.#write(chatId)
  }

  #write(chatId: string) {
    this.#context.clock.clearTimeout(this.#timers.get(chatId))
    this.#timers.delete(chatId)
    const key = this.#key(chatId)
    const text = this.#context.board.get().chats[chatId]?.draft
    if (key === undefined || text === undefined) return
    const { storage } = this.#context
    void (text ? storage.set(key, text) : storage.delete(key))
  }

  #key(chatId: string): string | undefined {
    const prefix = this.#context.keyOf('draft')
    return prefix && `${prefix}${encodeURIComponent(chatId)}`
  }
}
