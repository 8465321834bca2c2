import { CollabError } from '@collab-kit/protocol/runtime'
import type { DomainContext } from '../context.ts'
import { patchChat, readTo } from './state.ts'

interface Mark {
  wanted: number
  told: number
  /** Set from when it is to be told until it is. */
  timer: unknown
}

const AGAIN_MS = 2_000

/** Own read marks: shown at once, told to the service a little later and together, never backwards. */
export class ReadMarks {
  readonly #context: DomainContext
  readonly #marks = new Map<string, Mark>()

  constructor(context: DomainContext) {
    this.#context = context
  }

  /** Everything up to a position is read, up to the newest message that is known of by default. */
  mark(chatId: string, seq?: number): void {
    const { board } = this.#context
    const { chat, messages } = board.get().chats[chatId] ?? {}
    if (!chat?.membership || !messages) return
    const { lastMessage = messages.at(-1) } = chat
    const upTo = seq ?? Infinity
    const message =
      lastMessage && lastMessage.seq <= upTo
        ? lastMessage
        : messages.findLast((each) => each.seq <= upTo)
    const wanted = seq ?? message?.seq ?? 0
    const mark = this.#marks.get(chatId) ?? { wanted: 0, told: 0, timer: undefined }
    if (wanted <= Math.max(mark.wanted, chat.membership.readSeq)) return
    mark.wanted = wanted
    this.#marks.set(chatId, mark)
    if (message) {
      const shown = { readSeq: wanted, readNumber: message.number }
      board.update(patchChat(chatId, (each) => readTo(each, shown)))
    }
    this.#later(chatId)
  }

  /** A connection is there: tells what waits. */
  flush(): void {
    for (const chatId of this.#marks.keys()) this.#later(chatId)
  }

  clear(): void {
    for (const { timer } of this.#marks.values()) this.#context.clock.clearTimeout(timer)
    this.#marks.clear()
  }

  #later(chatId: string, ms = this.#context.timings.markReadMs) {
    const { clock } = this.#context
    const mark = this.#marks.get(chatId)
    if (!mark || mark.timer !== undefined || mark.wanted <= mark.told) return
    mark.timer = clock.setTimeout(() => void this.#tell(chatId, mark), ms)
  }

  async #tell(chatId: string, mark: Mark) {
    const { calls } = this.#context
    const seq = mark.wanted
    let again: number | undefined
    // The next connection asks again.
    if (!calls.open) return void (mark.timer = undefined)
    try {
      await calls.attempt('chat.markRead', { chatId, seq })
      mark.told = seq
    } catch (error) {
      // A mark that the service does not take is not worth a word; one that was lost is told again.
      if (error instanceof CollabError && error.retryable) again = error.retryAfterMs ?? AGAIN_MS
      else mark.told = seq
    }
    mark.timer = undefined
    this.#later(chatId, again)
  }
}
