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

/** Drops whole chunks at an end of a window of more than so many messages. */
export function cut(state: ChatState, { index, has }: End, most: number): ChatState {
  const { messages } = state
  if (messages.length <= most) return state
  let at = index ? most : messages.length - most
  while (chunkOf(messages[at]) === chunkOf(messages[at - 1])) at += index || 1
  return { ...state, [has]: true, messages: index ? messages.slice(0, at) : messages.slice(at) }
}

const chunkOf = (message: Message | undefined) => message && Math.floor(message.seq / CHUNK)
