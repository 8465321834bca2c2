import type { Me } from '@collab-kit/protocol'

/** Someone signed in here. */
export class CollabSignedInEvent extends CustomEvent<{ user: Me }> {
  static readonly type = 'collab-signed-in'
  constructor(detail: { user: Me }) {
    super(CollabSignedInEvent.type, { detail, bubbles: true, composed: true })
  }
}

declare global {
  interface HTMLElementEventMap {
    'collab-signed-in': CollabSignedInEvent
  }
}
