import {
  type CollabClient,
  type PresenceHandle,
  selectOwnPresence,
  selectUsername,
} from '@collab-kit/client'
import type { OwnPresence } from '@collab-kit/protocol'
import { useMemo } from 'react'
import { useCollab } from './use-collab.ts'
import { useCollabState } from './use-collab-state.ts'
import { useHeld } from './use-held.ts'

/**
 * What one says of oneself, nothing until it is loaded, and the function that changes it: at once here, taken back
 * when the service refuses it, of which its promise tells.
 *
 * @param client Default: that of the nearest provider.
 */
export function useOwnPresence(
  client?: CollabClient,
): readonly [own: OwnPresence | undefined, set: PresenceHandle['set']] {
  const { presence } = useCollab(client)
  const { set } = presence
  const username = useCollabState(selectUsername, client)
  const own = useCollabState(selectOwnPresence, client)
  // Loaded with whomever one watches.
  useHeld(
    () => (username ? presence.watch({ usernames: [username] }) : undefined),
    [presence, username],
  )
  return useMemo(() => [own, set], [own, set])
}
