import type {
  Api,
  CollabError,
  DataOf,
  EventItem,
  EventName,
  InputOf,
  Me,
  OperationName,
} from '@collab-kit/protocol'
import type { StoreApi } from 'zustand/vanilla'
import type { CallRecord } from './calls/calls.ts'
import type { PendingMessage } from './domains/chat/state.ts'
import type { ClientOptions } from './options.ts'
import type { CollabState, ConnectionStatus } from './store.ts'

/** What to send: a text, or a text with more. */
export type MessageDraft =
  | string
  | { body: string; data?: Record<string, unknown>; replyTo?: string; mentions?: string[] }

export interface ChatHandle {
  readonly chatId: string
  /**
   * Joins what may be joined, loads the newest page and keeps the chat live until the returned function is called.
   */
  open(): () => void
  /**
   * Sends a message: at once in the store and the outbox, confirmed by the service later.
   * @throws CollabError `invalid_payload` for a blank body, `too_large` for one over the limit
   */
  send(message: MessageDraft): PendingMessage
  /** Sends a failed message again, now. */
  retry(clientMessageId: string): void
  /** Gives up a message that is not sent yet. */
  discard(clientMessageId: string): void
  /** Adds the page before the oldest message; a failure is `olderError` of the chat's state. */
  loadOlder(): Promise<void>
  /** Tells the others that you write; throttled, ends by itself. */
  setTyping(typing: boolean): void
  /** Everything up to this position is read, the newest by default. */
  markRead(seq?: number): void
  /** Keeps what is being written, over a reload too. */
  setDraft(text: string): void
}

/** Sign-in to accounts of the service. */
export interface CollabAuth {
  register(input: InputOf<'auth.register'>): Promise<Me>
  signIn(input: InputOf<'auth.signIn'>): Promise<Me>
  continueAsGuest(input: InputOf<'auth.continueAsGuest'>): Promise<Me>
  /** Ends this device's sign-in and forgets it. */
  signOut(): Promise<void>
}

export interface CollabClient {
  /** Every operation as `api.<domain>.<operation>(input)`; a refusal rejects with CollabError. */
  readonly api: Api
  readonly store: StoreApi<CollabState>
  readonly status: ConnectionStatus
  readonly auth: CollabAuth
  chat(chatId: string): ChatHandle
  /** Connects unless that is done or under way; after a refusal it tries again. */
  connect(): void
  /** Events of the wire, finished calls, changes of status, and errors that no call can report. Returns the end. */
  on<N extends EventName>(name: N, handler: (item: EventItem<DataOf<N>>) => void): () => void
  on(name: 'call' | `call:${OperationName}`, handler: (call: CallRecord) => void): () => void
  on(name: 'status', handler: (status: ConnectionStatus) => void): () => void
  on(name: 'error', handler: (error: CollabError) => void): () => void
  /** Ends this client; the last one of the same service and account ends the connection. */
  close(): void
}

/**
 * A client of the service. Clients of the same service, account and token source share one connection and one store.
 * Connects with `connect()`, the first `open()` or the first call.
 */
export function createCollab(_options: ClientOptions): CollabClient {
  throw new Error('not built yet')
}
