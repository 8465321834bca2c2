import type { ChatState, CollabClient } from '@collab-kit/client'
import { type ChatActions, useChatPart } from './use-chat-part.ts'

/** What is known of a chat but its messages, and what can be done in it; the functions stay the same. */
export interface UseChatResult
  extends Pick<ChatState, 'chatId' | 'status' | 'error' | 'chat' | 'typing'>, ChatActions {}

/**
 * Opens a chat while the component is mounted: joins what may be joined, loads the newest page and keeps it live.
 * Messages come by `useMessages`, what is being written by `useDraft`.
 *
 * @param chatId Which chat. Another one is opened when it changes.
 * @param client Default: that of the nearest provider.
 */
export function useChat(chatId: string, client?: CollabClient): UseChatResult {
  return useChatPart(chatId, client, ({ chatId, status, error, chat, typing }) => ({
    chatId,
    status,
    error,
    chat,
    typing,
  }))
}
