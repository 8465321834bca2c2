import type { Message } from '@collab-kit/protocol'
import type { CollabState } from '../../state.ts'
import { initialChat, type ChatState, type PendingMessage } from './model.ts'

// Each gives the same object as long as nothing changed: a selector that makes new ones draws for ever.

/** The chat as far as it is known; an idle one for a chat that nobody opened. */
export const selectChat = ({ chats }: CollabState, chatId: string): ChatState =>
  (Object.hasOwn(chats, chatId) ? chats[chatId] : undefined) ?? idleChat(chatId)

/** The window of confirmed messages, in `seq` order without a hole. */
export const selectMessages = (state: CollabState, chatId: string): readonly Message[] =>
  selectChat(state, chatId).messages

/** Messages on their way, in the order of sending. */
export const selectPending = (state: CollabState, chatId: string): readonly PendingMessage[] =>
  selectChat(state, chatId).pending

/** Usernames of others who are writing. */
export const selectTyping = (state: CollabState, chatId: string): readonly string[] =>
  selectChat(state, chatId).typing

/** How many messages are still to be read; 0 for one who is no member. */
export const selectUnread = (state: CollabState, chatId: string): number =>
  selectChat(state, chatId).chat?.membership?.unread ?? 0

function idleChat(chatId: string): ChatState {
  const chat = idle.get(chatId) ?? Object.freeze(initialChat(chatId))
  idle.set(chatId, chat)
  return chat
}
const idle = new Map<string, ChatState>()
