import type { ActivityState, ConnectionInfo } from '@collab-kit/client'
import type { CollabErrorDetail } from '../../kit/error-event.ts'
import {
  CollabActivityEndedEvent,
  CollabParticipantJoinEvent,
  CollabParticipantLeaveEvent,
  CollabRemovedEvent,
  CollabStateChangeEvent,
} from './activity-room.events.ts'
import { type RoomChanges, RoomWatch } from './room-changes.ts'
import type { Stage } from './room-stage.ts'

/** Tells the page what happens in a room, as events of its element. */
export class RoomNews {
  readonly #element: HTMLElement
  readonly #fail: (detail: CollabErrorDetail) => void
  readonly #watch = new RoomWatch()
  #failure: unknown
  #refused: ActivityState['refused'] | undefined

  constructor(element: HTMLElement, fail: (detail: CollabErrorDetail) => void) {
    this.#element = element
    this.#fail = fail
  }

  /** Another activity. */
  forget(): void {
    this.#watch.forget()
    this.#refused = undefined
  }

  /** @returns what has changed since it was told last */
  tell(activity: ActivityState, connection: ConnectionInfo | undefined): RoomChanges {
    const changes = this.#watch.follow(activity)
    for (const participant of changes.joined)
      this.#element.dispatchEvent(new CollabParticipantJoinEvent({ participant }))
    for (const participant of changes.left)
      this.#element.dispatchEvent(new CollabParticipantLeaveEvent({ participant }))
    for (const change of changes.shared)
      this.#element.dispatchEvent(new CollabStateChangeEvent(change))
    const refused = connection?.status === 'refused' ? connection.error : undefined
    const error = refused ?? activity.error
    if (error && error !== this.#failure) this.#fail(error)
    this.#failure = error
    const before = this.#refused
    this.#refused = activity.refused
    // What was refused before the element was there is no news.
    for (const [key, refusal] of before ? Object.entries(activity.refused) : [])
      if (before?.[key] !== refusal)
        this.#fail({ ...refusal, details: { ...refusal.details, key } })
    return changes
  }

  /** The room as a whole is another one now. */
  entered(stage: Stage, { type, id, reason, permission = false }: ActivityState): void {
    if (stage === 'removed')
      this.#element.dispatchEvent(new CollabRemovedEvent({ reason, permission }))
    if (stage === 'ended') this.#element.dispatchEvent(new CollabActivityEndedEvent({ type, id }))
  }
}
