import type { ActivityHandle, ActivityOptions, CollabClient } from '@collab-kit/client'
import { useMemo } from 'react'
import { useCollab } from './use-collab.ts'
import { useHeld } from './use-held.ts'

export interface UseActivityOptions extends ActivityOptions {
  /** Default: that of the nearest provider. */
  client?: CollabClient | undefined
}

/** Keeps an activity open while the component is mounted, and a moment longer. */
export function useOpenActivity(
  type: string,
  id: string,
  { client, ...options }: UseActivityOptions = {},
): ActivityHandle {
  const found = useCollab(client)
  const handle = useMemo(() => found.activity(type, id), [found, type, id])
  // An object written inline is another one with every drawing: only what can change opens anew.
  useHeld(() => handle.open(options), [handle, options.lurk, options.conflicts])
  return handle
}
