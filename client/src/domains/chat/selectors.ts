import type { CollabState } from '../../state.ts'
import { initialChat, type ChatState } from './model.ts'

/** The chat as far as it is known; an idle one for a chat that nobody opened. */
export const selectChat = (state: CollabState, chatId: string): ChatState =>
  state.chats[chatId] ?? idleChat(chatId)

/** The same object every time: a selector that makes new ones draws for ever. */
function idleChat(chatId: string): ChatState {
  const chat = idle.get(chatId) ?? Object.freeze(initialChat(chatId))
  idle.set(chatId, chat)
  return chat
}
const idle = new Map<string, ChatState>()
