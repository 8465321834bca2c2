import type { ServiceInfo } from '@collab-kit/protocol'
import { initialChat, type ChatState } from './domains/chat/state.ts'
import type { CollabState, ConnectionInfo } from './store.ts'

export const selectConnection = (state: CollabState): ConnectionInfo => state.connection
export const selectUsername = (state: CollabState): string | undefined => state.username
export const selectMe = (state: CollabState): CollabState['me'] => state.me
export const selectService = (state: CollabState): ServiceInfo | undefined => state.service
/** The chat as far as it is known; an idle one for a chat that nobody opened. */
export const selectChat = (state: CollabState, chatId: string): ChatState =>
  state.chats[chatId] ?? idleChat(chatId)
export const selectUser = (state: CollabState, username: string): CollabState['users'][string] | undefined =>
  state.users[username]
/** Whether a person has to sign in before anything goes on. */
export const selectSignInNeeded = (state: CollabState): boolean => state.connection.status === 'signed_out'

/** The same object every time: a selector that makes new ones draws for ever. */
function idleChat(chatId: string): ChatState {
  let chat = idle.get(chatId)
  if (!chat) idle.set(chatId, (chat = Object.freeze(initialChat(chatId))))
  return chat
}
const idle = new Map<string, ChatState>()
