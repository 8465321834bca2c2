import { type CollabClient, selectChat } from '@collab-kit/client'
import { useMemo } from 'react'
import { useCollabState } from './use-collab-state.ts'
import { useOpenChat } from './use-open-chat.ts'

/**
 * What is being written in a chat, and the function that keeps it: over a reload too, and shared with every element
 * and hook of the same chat. The chat is open while the component is mounted.
 *
 * @param chatId Which chat.
 * @param client Default: that of the nearest provider.
 */
export function useDraft(
  chatId: string,
  client?: CollabClient,
): readonly [draft: string, setDraft: (text: string) => void] {
  const { setDraft } = useOpenChat(chatId, client)
  const draft = useCollabState((state) => selectChat(state, chatId).draft, client)
  return useMemo(() => [draft, setDraft], [draft, setDraft])
}
