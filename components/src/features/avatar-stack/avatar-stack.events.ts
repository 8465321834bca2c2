/** The list of those who found no place in a stack opened. */
export class CollabOverflowOpenEvent extends CustomEvent<{ count: number }> {
  static readonly type = 'collab-overflow-open'
  constructor(detail: { count: number }) {
    super(CollabOverflowOpenEvent.type, { detail, bubbles: true, composed: true })
  }
}

declare global {
  interface HTMLElementEventMap {
    'collab-overflow-open': CollabOverflowOpenEvent
  }
}
