import type { CollabClient, CollabState } from '@collab-kit/client'
import { useRef, useSyncExternalStore } from 'react'
import { useCollab } from './use-collab.ts'

/**
 * A part of the client's state, as `useCollabState(selectMe)`; draws again when that part changes, and only then.
 * On a server, and while its page comes to life, it is the state before anything was connected.
 *
 * @param selector Picks the part. Of an object or list made anew with equal members the one before is kept.
 * @param client Default: that of the nearest provider.
 */
export function useCollabState<T>(selector: (state: CollabState) => T, client?: CollabClient): T {
  const { store } = useCollab(client)
  const last = useRef<T>(undefined)
  const read = (state: CollabState) => {
    const next = selector(state)
    return isSame(last.current, next) ? (last.current as T) : (last.current = next)
  }
  return useSyncExternalStore(
    store.subscribe,
    () => read(store.getState()),
    () => read(store.getInitialState()),
  )
}

function isSame(before: unknown, after: unknown): boolean {
  const kind = kindOf(before)
  if (!kind || kind !== kindOf(after)) return Object.is(before, after)
  const [a, b] = [before, after] as Record<string, unknown>[]
  return Object.keys({ ...a, ...b }).every((key) => Object.is(a?.[key], b?.[key]))
}

/** What is compared member by member. */
const kindOf = (value: unknown) => [Object, Array].find((kind) => value?.constructor === kind)
