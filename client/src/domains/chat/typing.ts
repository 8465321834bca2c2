import type { DataOf } from '@collab-kit/protocol'
import type { DomainContext } from '../context.ts'
import { patchChat, withTyping } from './state.ts'

/** Who is writing: says so for oneself, and forgets others who do not say it again. */
export class Typing {
  readonly #context: DomainContext
  /** Own typing by chat: when it was told last, and the timer that ends it. */
  readonly #own = new Map<string, { toldAt: number; timer: unknown }>()
  /** Timers by chat and person. */
  readonly #others = new Map<string, unknown>()

  constructor(context: DomainContext) {
    this.#context = context
  }

  set(chatId: string, typing: boolean): void {
    const { clock, timings } = this.#context
    const own = this.#own.get(chatId)
    clock.clearTimeout(own?.timer)
    if (!typing) {
      if (own && this.#own.delete(chatId)) this.#tell(chatId, false)
      return
    }
    const now = clock.now()
    const due = !own || Math.abs(now - own.toldAt) >= timings.typingEveryMs
    const timer = clock.setTimeout(() => this.set(chatId, false), timings.typingIdleMs)
    this.#own.set(chatId, { toldAt: due ? now : own.toldAt, timer })
    if (due) this.#tell(chatId, true)
  }

  /** A message is the end of typing for everybody: nothing more is to be told. */
  sent(chatId: string): void {
    this.#context.clock.clearTimeout(this.#own.get(chatId)?.timer)
    this.#own.delete(chatId)
  }

  /** Starts to forget somebody whose typing was just told. */
  heard({ chatId, username, typing }: DataOf<'chat.typingChanged'>): void {
    const { clock, timings } = this.#context
    const key = `${chatId}/${username}`
    clock.clearTimeout(this.#others.get(key))
    this.#others.delete(key)
    if (typing)
      this.#others.set(
        key,
        clock.setTimeout(() => this.#forget(chatId, username), timings.typingForgetMs),
      )
  }

  /** The connection is gone: nobody is known to be writing. */
  clear(): void {
    const { board, clock } = this.#context
    for (const timer of [
      ...this.#others.values(),
      ...[...this.#own.values()].map((own) => own.timer),
    ])
      clock.clearTimeout(timer)
    this.#others.clear()
    this.#own.clear()
    for (const chatId of Object.keys(board.get().chats))
      board.update(
        patchChat(chatId, (chat) => (chat.typing.length ? { ...chat, typing: [] } : chat)),
      )
  }

  #forget(chatId: string, username: string) {
    this.#others.delete(`${chatId}/${username}`)
    this.#context.board.update(patchChat(chatId, (chat) => withTyping(chat, username, false)))
  }

  #tell(chatId: string, typing: boolean) {
    // Worth nothing a moment later: never repeated, and nobody waits for the answer.
    this.#context.calls.attempt('chat.setTyping', { chatId, typing }).catch(() => {})
  }
}
