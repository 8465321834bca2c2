import type { CollabClient, CollabState } from '@collab-kit/client'
import { useRef, useSyncExternalStore } from 'react'
import { useCollab } from './use-collab.ts'

/**
 * A part of the client's state, as `useCollabState(selectMe)`; draws again when that part changes, and only then.
 * On a server, and while its page comes to life, it is the state before anything was connected.
 *
 * @param selector Picks the part. Of an object made anew with equal fields the one before is kept.
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
  if (!isPlain(before) || !isPlain(after)) return Object.is(before, after)
  return Object.keys({ ...before, ...after }).every((key) => Object.is(before[key], after[key]))
}

const isPlain = (value: unknown): value is Record<string, unknown> => value?.constructor === Object
