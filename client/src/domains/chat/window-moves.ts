import type { ChatState } from './model.ts'
import { NEWER, replaced, type End, type History } from './window.ts'

// What moves a window; fetched when somebody scrolls.

/** Position of the message at an end; 0 in an empty window. */
export const borderOf = ({ messages }: ChatState, { index }: End): number =>
  messages.at(index)?.seq ?? 0

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

/** The newest message that was told of: later ones are still to come as events. */
const newestOf = ({ chat }: ChatState) => chat?.lastMessage?.seq ?? 0
