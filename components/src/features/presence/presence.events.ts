import type { Presence, PresenceState } from '@collab-kit/protocol'
import type { Person } from './people.ts'

/** Somebody in a list of people. */
export interface ParticipantDetail {
  username: string
  /** Their display name; the username while the profile is not loaded. */
  name: string
  state: PresenceState
  /** Absent while nothing is known of them. */
  presence?: Presence
}

/** A person was chosen. Cancelable: then their card does not open. */
export class CollabParticipantSelectEvent extends CustomEvent<ParticipantDetail> {
  static readonly type = 'collab-participant-select'
  constructor(detail: ParticipantDetail) {
    super(CollabParticipantSelectEvent.type, {
      detail,
      bubbles: true,
      composed: true,
      cancelable: true,
    })
  }
}

export interface ParticipantActionDetail extends ParticipantDetail {
  /** What is to be done, as the page named it. */
  action: string
}

/** Something is to be done with a person: one of `participantActions`, or a slotted button with `data-action`. */
export class CollabParticipantActionEvent extends CustomEvent<ParticipantActionDetail> {
  static readonly type = 'collab-participant-action'
  constructor(detail: ParticipantActionDetail) {
    super(CollabParticipantActionEvent.type, { detail, bubbles: true, composed: true })
  }
}

/** Tells the page who was chosen. @returns whether it leaves the rest to the element */
export const select = (host: Element, person: Person): boolean =>
  host.dispatchEvent(new CollabParticipantSelectEvent(detailOf(person)))

export function detailOf({ username, name, state, presence }: Person): ParticipantDetail {
  return { username, name, state, ...(presence && { presence }) }
}

declare global {
  interface HTMLElementEventMap {
    'collab-participant-select': CollabParticipantSelectEvent
    'collab-participant-action': CollabParticipantActionEvent
  }
}
