// What `@collab-kit/client/base` is: the client without its chats, for pages that show none. `./chat` adds them.
export { createCollab, type CollabClient } from './client.ts'
export type { CollabAuth } from './auth/auth.ts'
export type { CallRecord } from './calls/calls.ts'
export {
  DEFAULTS,
  type ClientOptions,
  type GetToken,
  type IssuedToken,
  type Timings,
  type TokenReason,
} from './options.ts'
export type { CollabState, ConnectionInfo, ConnectionStatus } from './state.ts'
export type { PresencePlace, PresenceSlice, PresenceTarget } from './domains/presence/model.ts'
export type { PresenceHandle, PresenceChanges } from './domains/presence/handle.ts'
export { placeKey } from './domains/presence/place-key.ts'
export { selectOwnPresence, selectPlace, selectPresence } from './domains/presence/selectors.ts'
export type {
  ActivityParticipant,
  ActivityState,
  KitState,
  SharedConflict,
  SharedValue,
} from './domains/activities/model.ts'
export { activityKey } from './domains/activities/model.ts'
export type {
  ActivityHandle,
  ActivityOptions,
  ConflictPolicy,
} from './domains/activities/handle.ts'
export {
  selectActivity,
  selectParticipants,
  selectPeople,
  selectShared,
  type ActivityPerson,
} from './domains/activities/selectors.ts'
export type { CollabStorage } from './storage/storage.ts'
export type {
  Transport,
  TransportFactory,
  TransportHandlers,
  TransportRequest,
} from './connection/transport.ts'
export type { Clock } from './clock.ts'
export { selectConnection, selectService, selectSignInNeeded } from './domains/system/selectors.ts'
export { selectMe, selectUser, selectUsername } from './domains/users/selectors.ts'
export { CollabError, isCollabError } from '@collab-kit/protocol/runtime'
