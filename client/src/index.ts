export { createCollab, type CollabClient } from './client.ts'
export type { CollabAuth } from './auth/auth.ts'
export type { ChatHandle } from './domains/chat/actions.ts'
export type { MessageDraft } from './domains/chat/message.ts'
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
export type { ChatState, PendingMessage } from './domains/chat/model.ts'
export type { CollabStorage } from './storage/storage.ts'
export type {
  Transport,
  TransportFactory,
  TransportHandlers,
  TransportRequest,
} from './connection/transport.ts'
export type { Clock } from './clock.ts'
export {
  selectChat,
  selectMessages,
  selectPending,
  selectTyping,
  selectUnread,
} from './domains/chat/selectors.ts'
export { selectConnection, selectService, selectSignInNeeded } from './domains/system/selectors.ts'
export { selectMe, selectUser, selectUsername } from './domains/users/selectors.ts'
export { CollabError, isCollabError } from '@collab-kit/protocol/runtime'
