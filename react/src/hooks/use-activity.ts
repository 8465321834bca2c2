import { type ActivityHandle, type ActivityState, selectActivity } from '@collab-kit/client'
import { useMemo } from 'react'
import { useCollabState } from './use-collab-state.ts'
import { type UseActivityOptions, useOpenActivity } from './use-open-activity.ts'

const ACTIONS = [
  'rejoin',
  'setState',
  'removeState',
  'clearState',
  'setShared',
  'removeShared',
  'clearShared',
  'resolve',
  'broadcast',
  'onBroadcast',
  'follow',
  'unfollow',
] as const satisfies (keyof ActivityHandle)[]

/** What is known of an activity but who and what is in it, and what can be done there; the functions stay the same. */
export interface UseActivityResult
  extends
    Pick<ActivityState, 'type' | 'id' | 'status' | 'error' | 'reason' | 'permission' | 'activity'>,
    Pick<ActivityHandle, (typeof ACTIONS)[number]> {}

/**
 * Is in an activity while the component is mounted. Who is in it comes by `useParticipants`, what they share by
 * `useSharedState`, where their pointers are by `useCursors`, whom one follows by `useFollow`.
 *
 * @param type What kind of activity, as `workshop`.
 * @param id Which one. Another one is joined when it changes.
 * @param options May be written inline: `create` and `state` are read when it is joined, `lurk` and `conflicts` may
 *   change.
 */
export function useActivity(
  type: string,
  id: string,
  options: UseActivityOptions = {},
): UseActivityResult {
  const handle = useOpenActivity(type, id, options)
  const known = useCollabState((state) => {
    const { status, error, reason, permission, activity } = selectActivity(state, type, id)
    return { type, id, status, error, reason, permission, activity }
  }, options.client)
  return useMemo(() => {
    const actions = Object.fromEntries(ACTIONS.map((name) => [name, handle[name]]))
    return { ...known, ...actions } as UseActivityResult
  }, [handle, known])
}
