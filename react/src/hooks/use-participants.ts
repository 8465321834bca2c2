import {
  type ActivityParticipant,
  type ActivityPerson,
  selectParticipants,
  selectPeople,
} from '@collab-kit/client'
import { useCollabState } from './use-collab-state.ts'
import { type UseActivityOptions, useOpenActivity } from './use-open-activity.ts'

export interface UseParticipantsResult {
  /** Each person once, with all their connections; the longest there first. */
  people: readonly ActivityPerson[]
  /** The connections one by one, the longest there first. */
  participants: readonly ActivityParticipant[]
}

/**
 * Who is in an activity, which is open while the component is mounted, and what each connection shows of itself: the
 * component draws again with every change of that, moving pointers too. Who is there and no more: `usePresence`.
 *
 * @param type What kind of activity.
 * @param id Which one.
 * @param options As of `useActivity`.
 */
export function useParticipants(
  type: string,
  id: string,
  options: UseActivityOptions = {},
): UseParticipantsResult {
  useOpenActivity(type, id, options)
  return useCollabState(
    (state) => ({
      people: selectPeople(state, type, id),
      participants: selectParticipants(state, type, id),
    }),
    options.client,
  )
}
