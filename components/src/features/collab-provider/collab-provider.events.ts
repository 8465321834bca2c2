import type { ConnectionStatus, IssuedToken, TokenReason } from '@collab-kit/client'
import type { ErrorShape } from '@collab-kit/protocol'

export interface CollabStatusChangeDetail {
  status: ConnectionStatus
  previous: ConnectionStatus
}

/** The connection's status is another one. */
export class CollabStatusChangeEvent extends CustomEvent<CollabStatusChangeDetail> {
  static readonly type = 'collab-status-change'
  constructor(detail: CollabStatusChangeDetail) {
    super(CollabStatusChangeEvent.type, { detail, bubbles: true, composed: true })
  }
}

/** The service does not take the token, or there is none: someone has to sign in. */
export class CollabAuthErrorEvent extends CustomEvent<{ error: ErrorShape | undefined }> {
  static readonly type = 'collab-auth-error'
  constructor(detail: { error: ErrorShape | undefined }) {
    super(CollabAuthErrorEvent.type, { detail, bubbles: true, composed: true })
  }
}

/** What a page answers with: a token alone, or with its end. */
type TokenAnswer = string | IssuedToken

/**
 * A token is wanted, and nothing of the provider says where it comes from. Whoever answers by `respondWith` is asked
 * for every token from then on; where nobody does, people sign in to the service itself.
 */
export class CollabTokenRequestEvent extends CustomEvent<{ reason: TokenReason }> {
  static readonly type = 'collab-token-request'
  #answer: Promise<TokenAnswer> | undefined
  constructor(detail: { reason: TokenReason }) {
    super(CollabTokenRequestEvent.type, { detail, bubbles: true, composed: true })
  }

  /** What was answered; nothing when nobody did. */
  get answer(): Promise<TokenAnswer> | undefined {
    return this.#answer
  }

  /**
   * Answers the request; no other listener hears of it.
   * @throws DOMException `InvalidStateError` when it is answered already, or when its listeners are done.
   */
  respondWith(token: TokenAnswer | Promise<TokenAnswer>): void {
    if (this.#answer || this.eventPhase === Event.NONE)
      throw new DOMException('It is too late to answer.', 'InvalidStateError')
    this.stopImmediatePropagation()
    this.#answer = Promise.resolve(token)
    this.#answer.catch(() => {
      // Whoever waits for the token is told.
    })
  }
}

declare global {
  interface HTMLElementEventMap {
    'collab-status-change': CollabStatusChangeEvent
    'collab-auth-error': CollabAuthErrorEvent
  }
  // It is heard at the document as well.
  interface GlobalEventHandlersEventMap {
    'collab-token-request': CollabTokenRequestEvent
  }
}
