import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Clock } from './clock.ts'
import { initialState, type CollabState } from './state.ts'

/** The store with a writer: changes are gathered and shown together. */
export interface Board {
  /** What elements and hooks read. */
  readonly api: StoreApi<CollabState>
  /** The newest state, shown or not. */
  get(): CollabState
  /** Changes that the service caused; shown at most once per `batchMs`. */
  update(change: (state: CollabState) => CollabState): void
  /** Changes that must be seen at once, with all that came before. */
  commit(change: (state: CollabState) => CollabState): void
  close(): void
}

export function createBoard(clock: Clock, batchMs: number): Board {
  let current = initialState(clock.now())
  let shownAt = -Infinity
  let timer: unknown
  const api = createStore<CollabState>(() => current)

  function show() {
    clock.clearTimeout(timer)
    timer = undefined
    shownAt = clock.now()
    if (api.getState() !== current) api.setState(current, true)
  }

  return {
    api,
    get: () => current,
    update(change) {
      current = change(current)
      if (timer === undefined && api.getState() !== current)
        timer = clock.setTimeout(
          show,
          Math.min(batchMs, Math.max(0, shownAt + batchMs - clock.now())),
        )
    },
    commit(change) {
      current = change(current)
      show()
    },
    close: show,
  }
}
