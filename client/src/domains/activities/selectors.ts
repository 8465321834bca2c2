import type { CollabState } from '../../state.ts'
import {
  activityKey,
  initialActivity,
  type ActivityParticipant,
  type ActivityState,
  type SharedValue,
} from './model.ts'

// Each gives the same object as long as nothing changed: a selector that makes new ones draws for ever.

/** A person in an activity, with all their connections. */
export interface ActivityPerson {
  username: string
  /** Whether it is oneself. */
  local: boolean
  /** Whether all their connections only read along. */
  lurking: boolean
  /** The longest there first. */
  connections: readonly ActivityParticipant[]
}

/** The activity as far as it is known; an idle one where nobody opened it. */
export function selectActivity(state: CollabState, type: string, id: string): ActivityState {
  const key = activityKey(type, id)
  return state.activities[key] ?? idleActivity(key, type, id)
}

/** The connections in it, the longest there first. */
export const selectParticipants = (
  state: CollabState,
  type: string,
  id: string,
): readonly ActivityParticipant[] =>
  once(lists, selectActivity(state, type, id).participants, (all) => Object.values(all))

/** The people in it, each once, the longest there first. */
export const selectPeople = (
  state: CollabState,
  type: string,
  id: string,
): readonly ActivityPerson[] =>
  once(folded, selectActivity(state, type, id).participants, (all) =>
    [...Map.groupBy(Object.values(all), ({ username }) => username)].map(
      ([username, connections]) => ({
        username,
        local: connections.some(({ local }) => local) || username === state.username,
        lurking: connections.every(({ lurking }) => lurking),
        connections,
      }),
    ),
  )

/** The shared state by key. */
export const selectShared = (
  state: CollabState,
  type: string,
  id: string,
): Readonly<Record<string, SharedValue>> => selectActivity(state, type, id).shared

type Participants = ActivityState['participants']

const lists = new WeakMap<Participants, readonly ActivityParticipant[]>()
const folded = new WeakMap<Participants, readonly ActivityPerson[]>()
const idle = new Map<string, ActivityState>()

function once<K extends object, V>(made: WeakMap<K, V>, key: K, make: (key: K) => V): V {
  const value = made.get(key) ?? make(key)
  made.set(key, value)
  return value
}

function idleActivity(key: string, type: string, id: string): ActivityState {
  const activity = idle.get(key) ?? Object.freeze(initialActivity(type, id))
  idle.set(key, activity)
  return activity
}
