import type { ChatHandle, CollabClient } from '@collab-kit/client'
import { useMemo } from 'react'
import { useCollab } from './use-collab.ts'
import { useHeld } from './use-held.ts'

/** Keeps a chat open while the component is mounted, and a moment longer. */
export function useOpenChat(chatId: string, client?: CollabClient): ChatHandle {
  const found = useCollab(client)
  const handle = useMemo(() => found.chat(chatId), [found, chatId])
  useHeld(() => handle.open(), [handle])
  return handle
}
