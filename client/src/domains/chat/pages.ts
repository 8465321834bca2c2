import type { InputOf } from '@collab-kit/protocol'
import { toCollabError } from '../../errors.ts'
import type { Outbox } from '../../outbox/outbox.ts'
import type { DomainContext } from '../context.ts'
import type { ChatState } from './model.ts'
import { patchChat } from './state.ts'
import { borderOf, extended, jumped } from './window-moves.ts'
import { cut, NEWER, OLDER, type End } from './window.ts'

/** Moves the windows of chats: page by page at their ends, or by a jump. */
export class Pages {
  readonly #context: DomainContext
  readonly #outbox: Outbox
  /** The last jump by chat: an earlier one that ends late says nothing. */
  readonly #jumps = new Map<string, object>()

  constructor(context: DomainContext, outbox: Outbox) {
    this.#context = context
    this.#outbox = outbox
  }

  /** Adds the page beyond an end; a failure is told by the state. */
  async extend(chatId: string, end: End): Promise<void> {
    const state = this.#state(chatId)
    if (!state?.[end.has] || state[end.loading]) return
    const from = borderOf(state, end)
    this.#patch(state, ({ [end.error]: _error, ...chat }) => ({ ...chat, [end.loading]: true }))
    try {
      const history = await this.#read({ chatId, [end.ask]: from })
      this.#patch(state, (chat) => {
        const next = { ...chat, [end.loading]: false }
        // Cut meanwhile: the page does not join what is left.
        if (borderOf(chat, end) !== from) return next
        const other = end === OLDER ? NEWER : OLDER
        return cut(extended(next, end, history), other, this.#context.windowSize)
      })
      const isSame = this.#state(chatId)?.discontinuity === state.discontinuity
      // What was said while the last page was on its way is still missing.
      if (isSame && history.items.length && history.nextCursor === undefined)
        await this.extend(chatId, end)
    } catch (error) {
      // Shown where the messages would be, with a way to try again.
      const reason = toCollabError(error).toJSON()
      this.#patch(state, (chat) => ({ ...chat, [end.loading]: false, [end.error]: reason }))
    }
  }

  /** Replaces the window by the page around a position, or by the newest unless it ends there. */
  async jump(chatId: string, around?: number): Promise<void> {
    const jump = {}
    this.#jumps.set(chatId, jump)
    const state = this.#state(chatId)
    if (!state?.chat || (around === undefined && !state.hasNewer)) return
    try {
      const history = await this.#read({ chatId, ...(around !== undefined && { around }) })
      if (this.#jumps.get(chatId) !== jump) return
      this.#patch(state, (chat) => jumped(chat, history, around !== undefined))
      // What was said meanwhile is still missing.
      if (around === undefined) await this.extend(chatId, NEWER)
    } catch (error) {
      // Nobody waits for a jump that another took the place of.
      if (this.#jumps.get(chatId) === jump) throw error
    }
  }

  async #read(input: InputOf<'chat.readHistory'>) {
    const { calls, people } = this.#context
    const history = await calls.call('chat.readHistory', input)
    this.#outbox.confirmed(input.chatId, history.items)
    people.want(history.items.map(({ sender }) => sender))
    return history
  }

  #state(chatId: string): ChatState | undefined {
    return this.#context.board.get().chats[chatId]
  }

  /** Loaded anew or left meanwhile, a chat has nothing to do with what was asked for. */
  #patch({ chatId, discontinuity }: ChatState, change: (chat: ChatState) => ChatState) {
    this.#context.board.commit(
      patchChat(chatId, (chat) =>
        chat.chat && chat.discontinuity === discontinuity ? change(chat) : chat,
      ),
    )
  }
}
