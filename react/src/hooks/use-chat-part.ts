import { type ChatHandle, type ChatState, type CollabClient, selectChat } from '@collab-kit/client'
import { useMemo } from 'react'
import { useCollabState } from './use-collab-state.ts'
import { useOpenChat } from './use-open-chat.ts'

/** What can be done in a chat. */
export type ChatActions = Omit<ChatHandle, 'chatId' | 'open' | 'setDraft'>

/** A part of what is known of a chat, with what can be done in it; the same object as long as nothing in it changes. */
export function useChatPart<T>(
  chatId: string,
  client: CollabClient | undefined,
  part: (chat: ChatState) => T,
): T & ChatActions {
  const handle = useOpenChat(chatId, client)
  const known = useCollabState((state) => part(selectChat(state, chatId)), client)
  return useMemo(() => {
    const { chatId: _chatId, open: _open, setDraft: _setDraft, ...actions } = handle
    return { ...actions, ...known }
  }, [handle, known])
}
