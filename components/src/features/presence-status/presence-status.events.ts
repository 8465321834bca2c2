import type { OwnPresence } from '@collab-kit/protocol'

/** The service has what one says of oneself here. */
export class CollabPresenceChangedEvent extends CustomEvent<OwnPresence> {
  static readonly type = 'collab-presence-changed'
  constructor(detail: OwnPresence) {
    super(CollabPresenceChangedEvent.type, { detail, bubbles: true, composed: true })
  }
}

declare global {
  interface HTMLElementEventMap {
    'collab-presence-changed': CollabPresenceChangedEvent
  }
}
