import type { ChatHandle, CollabClient } from '@collab-kit/client'
import { useEffect, useMemo } from 'react'
import { RELEASE_DELAY_MS } from '../lease.ts'
import { useCollab } from './use-collab.ts'

/** Keeps a chat open while the component is mounted, and a moment longer. */
export function useOpenChat(chatId: string, client?: CollabClient): ChatHandle {
  const found = useCollab(client)
  const handle = useMemo(() => found.chat(chatId), [found, chatId])
  useEffect(() => {
    const close = handle.open()
    return () => void setTimeout(close, RELEASE_DELAY_MS)
  }, [handle])
  return handle
}
