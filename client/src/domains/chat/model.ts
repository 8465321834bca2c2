import type { Chat, ErrorShape, Message } from '@collab-kit/protocol'

/** A message on its way: drawn after the confirmed ones. */
export interface PendingMessage {
  clientMessageId: string
  chatId: string
  body: string
  data?: Record<string, unknown>
  replyTo?: string
  mentions?: string[]
  /** By this device's clock, ISO 8601. */
  createdAt: string
  state: 'queued' | 'sending' | 'failed'
  /** Why it failed. */
  error?: ErrorShape
}

export interface ChatState {
  chatId: string
  /** `refused`: `error` says why (`not_found`, `forbidden`). */
  status: 'idle' | 'loading' | 'ready' | 'refused'
  error?: ErrorShape
  /** Kept up to date: `lastNumber`, `lastMessage`, `memberCount`, `membership`. */
  chat?: Chat
  /** The window: confirmed messages in `seq` order without a hole; with `hasNewer` it ends before the newest. */
  messages: readonly Message[]
  /** The chat begins before the window. */
  hasOlder: boolean
  loadingOlder: boolean
  /** Why the last page before the window was not loaded. */
  olderError?: ErrorShape
  /** The chat goes on after the window: what is said is counted in `chat`, and not added to `messages`. */
  hasNewer: boolean
  loadingNewer: boolean
  /** Why the last page after the window was not loaded. */
  newerError?: ErrorShape
  /** Optimistic messages in the order of sending. */
  pending: readonly PendingMessage[]
  /** Usernames of others who are writing. */
  typing: readonly string[]
  draft: string
  /** Rises when `messages` was replaced, by a jump or loaded anew, and is no continuation of what was there. */
  discontinuity: number
}

export const initialChat = (chatId: string): ChatState => ({
  chatId,
  status: 'idle',
  messages: [],
  hasOlder: false,
  loadingOlder: false,
  hasNewer: false,
  loadingNewer: false,
  pending: [],
  typing: [],
  draft: '',
  discontinuity: 0,
})
