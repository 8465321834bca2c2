import type { ChatState, PendingMessage } from '@collab-kit/client'
import type { Message } from '@collab-kit/protocol'
import { countAfter } from './entries.ts'
import { MessageWindow, type Slice } from './message-window.ts'

/** More arrivals than this at once come in without movement. */
const MOVING = 6

/** What a new state of the chat brought. */
export interface Change {
  /** Messages of others that came in live. */
  arrived: readonly Message[]
  /** How many older messages were added. */
  older: number
  /** First sight of the messages, or of others than before. */
  opened: boolean
  /** Whether rows have to be drawn anew. */
  rows: boolean
}

const NOTHING: Change = { arrived: [], older: 0, opened: false, rows: false }

/** What one sees of a chat: which messages are drawn, which are new, and where the person had read. */
export class Conversation {
  readonly window = new MessageWindow()
  /** Keys of rows that come in with a movement. */
  readonly fresh = new Set<string>()
  #state: ChatState | undefined
  #opened: { chatId: string; discontinuity: number } | undefined
  #slice: Slice = { start: 0, end: 0 }
  #readSeq: number | undefined
  #unread = 0
  /** Up to where the reader has seen everything. */
  #seen = { seq: 0, number: 0 }

  /** Where the person had read when the chat was opened; nothing when all was read. */
  get readSeq(): number | undefined {
    return this.#readSeq
  }

  /** How many messages were unread then. */
  get unread(): number {
    return this.#unread
  }

  get slice(): Slice {
    return this.#slice
  }

  /** @param atEnd Whether the reader is at the newest message. */
  take(state: ChatState, { me, atEnd }: { me: string | undefined; atEnd: boolean }): Change {
    const previous = this.#state
    this.#state = state
    if (state.status !== 'ready') {
      if (this.#opened && this.#opened.chatId !== state.chatId) this.#forget()
      return { ...NOTHING, rows: this.#cut(state, previous) }
    }
    const opened = this.#opened
    if (
      opened?.chatId !== state.chatId ||
      opened.discontinuity !== state.discontinuity ||
      !previous
    ) {
      return this.#open(state)
    }
    if (state === previous) return { ...NOTHING, rows: this.#cut(state, previous) }
    const arrived = newer(state.messages, previous.messages)
    const older = olderCount(state.messages, previous.messages)
    if (older > 0 && this.#slice.start === 0) this.window.earlier(state.messages)
    if (arrived.length > 0) this.window.bound(state.messages, atEnd)
    if (atEnd) this.#refresh(arrived, state.pending, { previous, me })
    return {
      arrived: arrived.filter((message) => message.sender !== me),
      older,
      opened: false,
      rows: this.#cut(state, previous),
    }
  }

  /** The reader is at the end: all is seen. */
  see(): void {
    const last = this.#state?.messages.at(-1)
    if (last && last.seq > this.#seen.seq) this.#seen = { seq: last.seq, number: last.number }
  }

  /** How many messages of others came since the reader was at the end. */
  unseen(me: string | undefined): number {
    const state = this.#state
    if (!state) return 0
    // What is not loaded cannot be told apart by its sender.
    if (state.hasNewer) return Math.max((state.chat?.lastNumber ?? 0) - this.#seen.number, 0)
    return countAfter(state, this.#seen.seq, me)
  }

  /** How many messages were unread, where the first of them is further up than what is loaded. */
  readonly unreadAbove = ({ messages, hasOlder }: ChatState): number =>
    this.#readSeq !== undefined && hasOlder && (messages[0]?.seq ?? 0) > this.#readSeq + 1
      ? this.#unread
      : 0

  #open(state: ChatState): Change {
    const membership = state.chat?.membership
    const last = state.messages.at(-1)
    if (this.#opened?.chatId !== state.chatId) {
      const unread = (membership?.unread ?? 0) > 0 ? membership : undefined
      this.#readSeq = unread?.readSeq
      this.#unread = unread?.unread ?? 0
      this.#seen = unread
        ? { seq: unread.readSeq, number: unread.readNumber }
        : { seq: last?.seq ?? 0, number: last?.number ?? 0 }
    }
    this.#opened = { chatId: state.chatId, discontinuity: state.discontinuity }
    this.fresh.clear()
    this.window.reset(state.messages)
    this.#cut(state, undefined)
    return { ...NOTHING, opened: true, rows: true }
  }

  #forget(): void {
    this.#opened = undefined
    this.#readSeq = undefined
    this.#slice = { start: 0, end: 0 }
    this.fresh.clear()
  }

  #cut(state: ChatState, previous: ChatState | undefined): boolean {
    const { start, end } = this.#slice
    this.#slice = this.window.slice(state.messages)
    return (
      previous?.messages !== state.messages ||
      previous.pending !== state.pending ||
      previous.hasOlder !== state.hasOlder ||
      previous.loadingOlder !== state.loadingOlder ||
      previous.hasNewer !== state.hasNewer ||
      previous.newerError !== state.newerError ||
      previous.olderError !== state.olderError ||
      this.#slice.start !== start ||
      this.#slice.end !== end
    )
  }

  #refresh(
    arrived: readonly Message[],
    pending: readonly PendingMessage[],
    { previous, me }: { previous: ChatState; me: string | undefined },
  ): void {
    const known = new Set(previous.pending.map(({ clientMessageId }) => clientMessageId))
    const keys = [
      // One's own came in when they were sent.
      ...arrived.filter((message) => message.sender !== me).map(({ seq }) => `m${seq}`),
      ...pending
        .filter((each) => !known.has(each.clientMessageId))
        .map((each) => `p${each.clientMessageId}`),
    ]
    if (keys.length === 0) return
    this.fresh.clear()
    if (keys.length <= MOVING) for (const key of keys) this.fresh.add(key)
  }
}

function newer(messages: readonly Message[], before: readonly Message[]): readonly Message[] {
  const last = before.at(-1)?.seq ?? 0
  let start = messages.length
  while (start > 0 && (messages[start - 1]?.seq ?? 0) > last) start--
  return start === messages.length ? [] : messages.slice(start)
}

function olderCount(messages: readonly Message[], before: readonly Message[]): number {
  const first = before[0]?.seq
  if (first === undefined || messages === before) return 0
  let count = 0
  while (count < messages.length && (messages[count]?.seq ?? Infinity) < first) count++
  return count
}
