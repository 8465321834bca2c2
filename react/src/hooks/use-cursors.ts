import {
  type ActivityParticipant,
  type CollabState,
  type KitState,
  selectParticipants,
} from '@collab-kit/client'
import { useCollabState } from './use-collab-state.ts'
import { type UseActivityOptions, useOpenActivity } from './use-open-activity.ts'

/** Where somebody's pointer is; the same object until it moves. */
export interface Cursor extends NonNullable<KitState['cursor']> {
  connectionId: string
  username: string
}

/**
 * The others' pointers in an activity, which is open while the component is mounted; draws again when one moves,
 * comes or goes, and only then. One's own is told by `setState({ cursor: { inline, block } })` of `useActivity`.
 *
 * @param type What kind of activity.
 * @param id Which one.
 * @param options As of `useActivity`.
 */
export function useCursors(
  type: string,
  id: string,
  options: UseActivityOptions = {},
): readonly Cursor[] {
  useOpenActivity(type, id, options)
  return useCollabState(
    (state: CollabState) => selectParticipants(state, type, id).flatMap(cursorOf),
    options.client,
  )
}

/** By where it is, which is one object until it moves. */
const known = new WeakMap<object, Cursor>()

function cursorOf({ local, state, connectionId, username }: ActivityParticipant): Cursor[] {
  const { cursor } = state as KitState
  // Others can put anything there.
  if (local || !cursor || typeof cursor !== 'object') return []
  const made = known.get(cursor) ?? { ...cursor, connectionId, username }
  known.set(cursor, made)
  return [made]
}
