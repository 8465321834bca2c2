import {
  type ActivityState,
  selectActivity,
  type SharedConflict,
  type SharedValue,
} from '@collab-kit/client'
import type { StateValue } from '@collab-kit/protocol'
import { useMemo } from 'react'
import { useCollab } from './use-collab.ts'
import { useCollabState } from './use-collab-state.ts'
import { useOpenActivity } from './use-open-activity.ts'

/** A value that was set here and meanwhile by somebody else as well. */
export interface Conflict<T> extends Omit<SharedConflict, 'mine' | 'theirs'> {
  /** Absent where the key was taken away. */
  mine?: T
  theirs?: T
}

export interface SharedStateInfo<T> {
  /** Of the activity: until it is `joined` for the first time nothing is known of the value. */
  status: ActivityState['status']
  /** Position of the last change; 0 where there is no value. */
  version: number
  /** Who set it last. */
  by: string | undefined
  /** Set here and not confirmed by the service yet. */
  pending: boolean
  conflict: Conflict<T> | undefined
  /** Settles a conflict, or takes note of one that is settled. */
  resolve(whose: 'mine' | 'theirs'): void
  /** Takes the value away, for everybody. */
  remove(): void
}

/** A value that all in an activity share, as `useState` gives it, and what is known of it. */
export type SharedState<T, Absent> = readonly [
  value: T | Absent,
  set: (next: T | ((value: T | Absent) => T)) => void,
  info: SharedStateInfo<T>,
]

/**
 * A value of the shared state of an activity, which is open while the component is mounted. Set here, it is there at
 * once, and kept over absences until the service has it. Only this key draws again.
 *
 * @typeParam T What the value is: JSON. Others write it too, and nobody checks it.
 * @param type What kind of activity.
 * @param id Which one.
 * @param key Which of its values.
 * @param initial Stands in until somebody sets it; the first one given for a key is kept.
 */
export function useSharedState<T>(type: string, id: string, key: string): SharedState<T, undefined>
// oxlint-disable-next-line max-params -- what `useState` takes, after the name of the value
export function useSharedState<T>(
  type: string,
  id: string,
  key: string,
  initial: T,
): SharedState<T, T>
// oxlint-disable-next-line max-params -- as above
export function useSharedState<T>(
  type: string,
  id: string,
  key: string,
  initial?: T,
): SharedState<T, T | undefined> {
  const { store } = useCollab()
  const handle = useOpenActivity(type, id)
  const { entry, conflict, status } = useCollabState((state) => {
    const { shared, conflicts, status } = selectActivity(state, type, id)
    return { entry: at(shared, key), conflict: at(conflicts, key), status }
  })
  const kept = useMemo(() => {
    const valueOf = (known: SharedValue | undefined) => (known ? (known.value as T) : initial)
    return {
      valueOf,
      set: (next: T | ((value: T | undefined) => T)) => {
        const { shared } = selectActivity(store.getState(), type, id)
        const value = next instanceof Function ? next(valueOf(at(shared, key))) : next
        handle.setShared(key, value as StateValue)
      },
      resolve: (whose: 'mine' | 'theirs') => handle.resolve(key, whose),
      remove: () => handle.removeShared(key),
    }
    // Not `initial`: one that is written inline is another one with every drawing.
  }, [store, handle, key])
  return useMemo(() => {
    const { valueOf, set, ...actions } = kept
    const { version = 0, by, pending = false } = entry ?? {}
    const info = { status, version, by, pending, conflict: conflict as Conflict<T>, ...actions }
    return [valueOf(entry), set, info]
  }, [kept, entry, conflict, status])
}

/** Keys are the app's: one may be called as something that every object has. */
const at = <V>(values: Readonly<Record<string, V>>, key: string): V | undefined =>
  Object.hasOwn(values, key) ? values[key] : undefined
