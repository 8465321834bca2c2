import type { ChatState, CollabClient } from '@collab-kit/client'
import { type ChatActions, useChatPart } from './use-chat-part.ts'

/** The messages of a chat and those on their way, and what can be done; the functions stay the same. */
export interface UseMessagesResult
  extends Omit<ChatState, 'error' | 'chat' | 'typing' | 'draft'>, ChatActions {}

/**
 * The messages of a chat, which is open while the component is mounted. `messages` are confirmed and in order,
 * `pending` are drawn after them until the service has them.
 *
 * @param chatId Which chat. Another one is opened when it changes.
 * @param client Default: that of the nearest provider.
 */
export function useMessages(chatId: string, client?: CollabClient): UseMessagesResult {
  return useChatPart(
    chatId,
    client,
    ({ error: _error, chat: _chat, typing: _typing, draft: _draft, ...messages }) => messages,
  )
}
