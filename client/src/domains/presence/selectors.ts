import type { OwnPresence, Presence } from '@collab-kit/protocol'
import type { CollabState } from '../../state.ts'
import type { PresencePlace, PresenceTarget } from './model.ts'
import { placeKey } from './place-key.ts'

/** Whether and how a person is here; nothing for one who is not watched. */
export const selectPresence = (state: CollabState, username: string): Presence | undefined =>
  state.presence.people[username]

/** The people of a target; nothing for one that is not watched. */
export const selectPlace = (
  state: CollabState,
  target: PresenceTarget,
): PresencePlace | undefined => state.presence.places[placeKey(target)]

/** What oneself says; loaded with the first watch or change. */
export const selectOwnPresence = (state: CollabState): OwnPresence | undefined => state.presence.own
