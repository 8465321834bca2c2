import type { DataOf, EventItem, EventName } from '@collab-kit/protocol'
import type { AppliedLater, CollabState, Unkept } from '../state.ts'
import { authEvents } from './auth/state.ts'
import { streamsEvents } from './streams/state.ts'
import { systemEvents } from './system/state.ts'
import { usersEvents } from './users/state.ts'

/** One line per domain; complete by its type, but for what the client keeps nothing of. */
const appliers: {
  [N in Exclude<EventName, Unkept | AppliedLater>]: (
    state: CollabState,
    item: EventItem<DataOf<N>>,
  ) => CollabState
} = {
  ...systemEvents,
  ...streamsEvents,
  ...authEvents,
  ...usersEvents,
}

/** A domain that came later applies its events from now on. */
export const register = (events: object): void => void Object.assign(appliers, events)

/** What an event does to the state; an event of a newer service does nothing. */
export function apply(state: CollabState, item: EventItem): CollabState {
  if (!Object.hasOwn(appliers, item.name)) return state
  return appliers[item.name as keyof typeof appliers](state, item as EventItem<never>)
}
