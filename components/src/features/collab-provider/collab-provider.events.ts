import type { ConnectionStatus } from '@collab-kit/client'
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

declare global {
  interface HTMLElementEventMap {
    'collab-status-change': CollabStatusChangeEvent
    'collab-auth-error': CollabAuthErrorEvent
  }
}
