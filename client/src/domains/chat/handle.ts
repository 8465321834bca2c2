import type { MessageDraft } from './message.ts'
import type { PendingMessage } from './model.ts'

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
  /** Sends a failed message again, as the newest. */
  retry(clientMessageId: string): void
  /** Gives up a message that is not sent yet. */
  discard(clientMessageId: string): void
  /**
   * Adds the page before the window; a failure is `olderError` of the chat's state. Of a window of
   * more than `windowSize` messages the other end is dropped by then: `hasNewer`.
   */
  loadOlder(): Promise<void>
  /**
   * Adds the page after the window, up to the newest message and on with what is said from then on; a failure is
   * `newerError` of the chat's state. Otherwise as `loadOlder`.
   */
  loadNewer(): Promise<void>
  /**
   * Replaces the window by the page around a position of the chat: at once when it is there, with what is shown kept
   * until then, and for good when it cannot be had. Resolved without effect for a chat that is not loaded, and when
   * another jump or a loading anew takes its place.
   * @throws CollabError why the page cannot be had, as `invalid_cursor` for a position that the chat has not reached
   */
  loadAround(seq: number): Promise<void>
  /**
   * Replaces the window by the newest page, as `loadAround` does; nothing for a window that ends with the newest.
   * @throws CollabError why the page cannot be had
   */
  loadLatest(): Promise<void>
  /** Tells the others that you write; throttled, ends by itself. */
  setTyping(typing: boolean): void
  /** Everything up to this position is read; by default all of the chat, whatever the window shows of it. */
  markRead(seq?: number): void
  /** Keeps what is being written, over a reload too. */
  setDraft(text: string): void
}

/** All chats of a page. */
export interface ChatModule {
  handle(chatId: string): ChatHandle
}
