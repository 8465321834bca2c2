import type { PendingMessage } from '@collab-kit/client'
import type { ErrorShape, Message } from '@collab-kit/protocol'

/** What is about to be sent; a listener may change `body` and `data`. */
export interface CollabSendDetail {
  readonly chatId: string
  body: string
  data?: Record<string, unknown>
}

/** A message is about to be sent. Cancelable: then nothing is sent and the text stays in the composer. */
export class CollabSendEvent extends CustomEvent<CollabSendDetail> {
  static readonly type = 'collab-send'
  constructor(detail: CollabSendDetail) {
    super(CollabSendEvent.type, { detail, bubbles: true, composed: true, cancelable: true })
  }
}

/** The service has a message that was sent here. */
export class CollabSentEvent extends CustomEvent<{ chatId: string; message: Message }> {
  static readonly type = 'collab-sent'
  constructor(detail: { chatId: string; message: Message }) {
    super(CollabSentEvent.type, { detail, bubbles: true, composed: true })
  }
}

export interface CollabSendFailedDetail {
  chatId: string
  message: PendingMessage
  error: ErrorShape | undefined
}

/** The service refused a message that was sent here. */
export class CollabSendFailedEvent extends CustomEvent<CollabSendFailedDetail> {
  static readonly type = 'collab-send-failed'
  constructor(detail: CollabSendFailedDetail) {
    super(CollabSendFailedEvent.type, { detail, bubbles: true, composed: true })
  }
}

/** Everything up to `seq` was seen. */
export class CollabReadEvent extends CustomEvent<{ chatId: string; seq: number }> {
  static readonly type = 'collab-read'
  constructor(detail: { chatId: string; seq: number }) {
    super(CollabReadEvent.type, { detail, bubbles: true, composed: true })
  }
}

export interface CollabHistoryLoadDetail {
  chatId: string
  /** How many messages came. */
  count: number
  /** Whether there are still earlier ones. */
  hasOlder: boolean
}

/** Older messages were loaded. */
export class CollabHistoryLoadEvent extends CustomEvent<CollabHistoryLoadDetail> {
  static readonly type = 'collab-history-load'
  constructor(detail: CollabHistoryLoadDetail) {
    super(CollabHistoryLoadEvent.type, { detail, bubbles: true, composed: true })
  }
}

declare global {
  interface HTMLElementEventMap {
    'collab-send': CollabSendEvent
    'collab-sent': CollabSentEvent
    'collab-send-failed': CollabSendFailedEvent
    'collab-read': CollabReadEvent
    'collab-history-load': CollabHistoryLoadEvent
  }
}
