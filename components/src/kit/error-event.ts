import type { ErrorShape } from '@collab-kit/protocol'

export interface CollabErrorDetail extends Pick<ErrorShape, 'code' | 'message' | 'retryable'> {
  details?: ErrorShape['details']
  /** Which chat it is about, when it is about one. */
  chatId?: string
}

/** Something went wrong that the person cannot mend alone. */
export class CollabErrorEvent extends CustomEvent<CollabErrorDetail> {
  static readonly type = 'collab-error'
  constructor(detail: CollabErrorDetail) {
    super(CollabErrorEvent.type, { detail, bubbles: true, composed: true })
  }
}

declare global {
  interface HTMLElementEventMap {
    'collab-error': CollabErrorEvent
  }
}
