import type {
  DataOf,
  ErrorShape,
  EventItem,
  EventName,
  Limits,
  Me,
  ServiceInfo,
  User,
} from '@collab-kit/protocol'
import type { ActivityState } from './domains/activities/model.ts'
import type { ChatState } from './domains/chat/model.ts'
import { initialPresence, type PresenceSlice } from './domains/presence/model.ts'

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
  presence: PresenceSlice
  /** By `TYPE/ID`. */
  activities: Readonly<Record<string, ActivityState>>
}

/** Events that the client passes on and keeps nothing of; those of the stream `service` never reach a page. */
export type Unkept =
  | `auth.signed${string}`
  | 'system.reset'
  | `contacts.${string}`
  | `users.user${'Registered' | 'Removed' | 'Disabled' | 'Enabled'}`
  | 'users.roleChanged'
  | 'users.propertyChanged'
  | 'users.blockedChanged'

/** Events of domains that come when they are used, and apply them from then on. */
export type AppliedLater = `${'chat' | 'presence' | 'activities'}.${string}`

/** What each event of a domain does to the state; pure. */
export type Appliers<D extends string> = {
  readonly [N in Exclude<Extract<EventName, `${D}.${string}`>, Unkept>]: (
    state: CollabState,
    item: EventItem<DataOf<N>>,
  ) => CollabState
}

export const initialState = (now: number): CollabState => ({
  connection: { status: 'idle', since: now, attempt: 0 },
  users: {},
  chats: {},
  presence: initialPresence,
  activities: {},
})
