import {
  type ActivityHandle,
  type KitState,
  selectActivity,
  selectParticipants,
} from '@collab-kit/client'
import { useMemo } from 'react'
import { useCollabState } from './use-collab-state.ts'
import { type UseActivityOptions, useOpenActivity } from './use-open-activity.ts'

export interface UseFollowResult extends Pick<ActivityHandle, 'follow' | 'unfollow'> {
  /** The connection that this page follows. */
  following: string | undefined
  /** The connections that follow this page, the longest there first. */
  followers: readonly string[]
}

/**
 * Whom one follows in an activity, which is open while the component is mounted, and who follows. Following is told to
 * the others; moving the page along is the part of `<activity-room>`, or of the page itself.
 *
 * @param type What kind of activity.
 * @param id Which one.
 * @param options As of `useActivity`.
 */
export function useFollow(
  type: string,
  id: string,
  options: UseActivityOptions = {},
): UseFollowResult {
  const { follow, unfollow } = useOpenActivity(type, id, options)
  const following = useCollabState(
    (state) => selectActivity(state, type, id).following,
    options.client,
  )
  const followers = useCollabState((state) => {
    const participants = selectParticipants(state, type, id)
    const own = participants.find(({ local }) => local)?.connectionId
    return participants
      .filter(({ state }) => own !== undefined && (state as KitState).following === own)
      .map(({ connectionId }) => connectionId)
  }, options.client)
  return useMemo(
    () => ({ following, followers, follow, unfollow }),
    [following, followers, follow, unfollow],
  )
}
