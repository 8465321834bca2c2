import {
  type CollabClient,
  placeKey,
  type PresencePlace,
  type PresenceTarget,
  selectPlace,
  selectPresence,
  selectUser,
} from '@collab-kit/client'
import type { Presence, User } from '@collab-kit/protocol'
import { useMemo } from 'react'
import { useCollab } from './use-collab.ts'
import { useCollabState } from './use-collab-state.ts'
import { useHeld } from './use-held.ts'

/** Somebody, and how they are here. */
export interface PresentPerson extends Presence {
  /** Their profile, once it is loaded. */
  user: User | undefined
}

export interface UsePresenceResult extends Pick<PresencePlace, 'status' | 'error' | 'audience'> {
  /** Who belongs to it, as the service names them; empty where only the number is told: `audience`. */
  people: readonly PresentPerson[]
}

/**
 * Who is here of some people, of one's contacts, or of those in a chat or an activity; followed while the component is
 * mounted.
 *
 * @param target Whose presence. May be written inline: the same people are the same target.
 * @param client Default: that of the nearest provider.
 */
export function usePresence(target: PresenceTarget, client?: CollabClient): UsePresenceResult {
  const { presence } = useCollab(client)
  useHeld(() => presence.watch(target), [presence, placeKey(target)])
  const place = useCollabState((state) => selectPlace(state, target), client)
  const usernames = place?.usernames ?? []
  const known = useCollabState(
    (state) => usernames.map((username) => selectPresence(state, username)),
    client,
  )
  const users = useCollabState(
    (state) => usernames.map((username) => selectUser(state, username)),
    client,
  )
  return useMemo(() => {
    const { status = 'loading', error, audience } = place ?? {}
    const people = usernames.map((username, at): PresentPerson => {
      const offline = { username, rev: 0, state: 'offline' } as const
      return { ...(known[at] ?? offline), user: users[at] }
    })
    return { status, error, audience, people }
  }, [place, known, users])
}
