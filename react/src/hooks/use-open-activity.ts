import type { ActivityHandle, ActivityOptions, CollabClient } from '@collab-kit/client'
import { useMemo, useRef } from 'react'
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
  const held = useRef({ handle, opens: 0 })
  // An object written inline is another one with every drawing: only what can change opens anew.
  useHeld(() => {
    if (held.current.handle !== handle) held.current = { handle, opens: 0 }
    const own = held.current
    const { state, ...rest } = options
    // What is shown from the start may be another by now: it is not put back by opening anew.
    const close = handle.open(own.opens++ || !state ? rest : options)
    return () => {
      own.opens--
      close()
    }
  }, [handle, options.lurk, options.conflicts])
  return handle
}
