import type { Message, OutputOf } from '@collab-kit/protocol'
import type { ChatState } from './model.ts'

// The window is a slice of the chat without a hole. At the newest message it grows by events, elsewhere by pages only.

export type History = OutputOf<'chat.readHistory'>

/** One end of the window: how to ask for what is beyond, and where the state tells of it. */
export const OLDER = {
  index: 0,
  ask: 'before',
  has: 'hasOlder',
  loading: 'loadingOlder',
  error: 'olderError',
} as const
export const NEWER = {
  index: -1,
  ask: 'after',
  has: 'hasNewer',
  loading: 'loadingNewer',
  error: 'newerError',
} as const
export type End = typeof OLDER | typeof NEWER

/** Messages that leave the window together. The borders follow from `seq` alone, so they never move. */
const CHUNK = 40

/** Position of the message at an end; 0 in an empty window. */
export const borderOf = ({ messages }: ChatState, { index }: End): number =>
  messages.at(index)?.seq ?? 0

/** A window of the newest page, which continues nothing that was there. */
export function replaced(state: ChatState, { items, nextCursor }: History): ChatState {
  const { olderError: _olderError, newerError: _newerError, ...rest } = state
  return {
    ...rest,
    messages: items,
    hasOlder: nextCursor !== undefined,
    loadingOlder: false,
    hasNewer: false,
    loadingNewer: false,
    discontinuity: state.discontinuity + 1,
  }
}

/** Another page in place of the window: the newest, or one around a position, of which no cursor leads on. */
export function jumped(state: ChatState, history: History, around: boolean): ChatState {
  const next = replaced(state, history)
  return {
    ...next,
    hasOlder: around ? (history.items[0]?.number ?? 1) > 1 : next.hasOlder,
    hasNewer: newestOf(state) > borderOf(next, NEWER),
  }
}

/** Adds the page beyond an end. */
export function extended(state: ChatState, end: End, history: History): ChatState {
  const from = borderOf(state, end)
  const { items, head, nextCursor } = history
  const newer = end === NEWER
  const beyond = items.filter(({ seq }) => (newer ? seq > from : seq < from))
  const messages = newer ? [...state.messages, ...beyond] : [...beyond, ...state.messages]
  // The last page holds everything up to its head; what was said after it came as an event, and was not added.
  const isShort = newer && newestOf(state) > Math.max(head, messages.at(-1)?.seq ?? 0)
  const goesOn = (nextCursor !== undefined && beyond.length > 0) || isShort
  return { ...state, [end.has]: goesOn, messages }
}

/** Drops whole chunks at an end of a window of more than so many messages. */
export function cut(state: ChatState, { index, has }: End, most: number): ChatState {
  const { messages } = state
  if (messages.length <= most) return state
  let at = index ? most : messages.length - most
  while (chunkOf(messages[at]) === chunkOf(messages[at - 1])) at += index || 1
  return { ...state, [has]: true, messages: index ? messages.slice(0, at) : messages.slice(at) }
}

const chunkOf = (message: Message | undefined) => message && Math.floor(message.seq / CHUNK)

/** The newest message that was told of: later ones are still to come as events. */
const newestOf = ({ chat }: ChatState) => chat?.lastMessage?.seq ?? 0
