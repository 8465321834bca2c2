'use client'

export * from './elements/index.ts'
export { CollabProvider } from './provider.tsx'
export type { CollabClientProps, CollabConnectionProps, CollabProviderProps } from './provider.tsx'
export { useActivity, type UseActivityResult } from './hooks/use-activity.ts'
export { useChat, type UseChatResult } from './hooks/use-chat.ts'
export { useCollab } from './hooks/use-collab.ts'
export { useCollabState } from './hooks/use-collab-state.ts'
export { useConnection, type UseConnectionResult } from './hooks/use-connection.ts'
export { type Cursor, useCursors } from './hooks/use-cursors.ts'
export { useDraft } from './hooks/use-draft.ts'
export { useFollow, type UseFollowResult } from './hooks/use-follow.ts'
export { useMessages, type UseMessagesResult } from './hooks/use-messages.ts'
export type { UseActivityOptions } from './hooks/use-open-activity.ts'
export { useOwnPresence } from './hooks/use-own-presence.ts'
export { useParticipants, type UseParticipantsResult } from './hooks/use-participants.ts'
export { type PresentPerson, usePresence, type UsePresenceResult } from './hooks/use-presence.ts'
export {
  type Conflict,
  type SharedState,
  type SharedStateInfo,
  useSharedState,
} from './hooks/use-shared-state.ts'
