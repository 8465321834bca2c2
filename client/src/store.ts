import type { DataOf, ErrorShape, EventItem, EventName, Limits, Me, ServiceInfo, User } from '@collab-kit/protocol'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Clock } from './clock.ts'
import type { ChatState } from './domains/chat/state.ts'

/**
 * - `connecting`: the first connection is being made
 * - `live`: everything is up to date
 * - `reconnecting`: the connection is lost or behind, and being mended
 * - `offline`: the browser has no network, or several attempts failed; attempts go on
 * - `signed_out`: there is no token the service takes
 * - `refused`: the service does not let this page or person in; `error` says why
 */
export type ConnectionStatus =
  | 'idle'
  | 'connecting'
  | 'live'
  | 'reconnecting'
  | 'offline'
  | 'signed_out'
  | 'refused'
  | 'closed'

export interface ConnectionInfo {
  status: ConnectionStatus
  /** When the status began, milliseconds since the epoch. */
  since: number
  /** Why the connection is not live. */
  error?: ErrorShape
  /** When the next attempt is made, milliseconds since the epoch. */
  retryAt?: number
  connectionId?: string
  epoch?: string
  /** Failed attempts in a row. */
  attempt: number
}

/** Everything the client knows; never changed in place. */
export interface CollabState {
  connection: ConnectionInfo
  /** Who is signed in; known before `me`, and offline too where the sign-in is remembered. */
  username?: string
  /** The person signed in. */
  me?: Me
  /** Which ways in the service offers; loaded when signed out. */
  service?: ServiceInfo
  /** The limits in force; loaded with the first connection. */
  limits?: Limits
  /** People by username, loaded as messages name them. */
  users: Readonly<Record<string, User>>
  chats: Readonly<Record<string, ChatState>>
}

/** What each event of a domain does to the state; pure. */
export type Appliers<D extends string> = {
  readonly [N in Extract<EventName, `${D}.${string}`>]: (
    state: CollabState,
    item: EventItem<DataOf<N>>,
  ) => CollabState
}

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

export const initialState = (now: number): CollabState => ({
  connection: { status: 'idle', since: now, attempt: 0 },
  users: {},
  chats: {},
})

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
        timer = clock.setTimeout(show, Math.min(batchMs, Math.max(0, shownAt + batchMs - clock.now())))
    },
    commit(change) {
      current = change(current)
      show()
    },
    close: show,
  }
}
