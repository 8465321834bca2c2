import type { InputOf, OwnPresence } from '@collab-kit/protocol'
import type { PresenceTarget } from './model.ts'

/** What changes of one's own presence; what is left out stays, `null` takes it away. */
export type PresenceChanges = Omit<InputOf<'presence.setPresence'>, 'commandId'>

/** Who is here, and what one says of oneself. What is known is in the store: `state.presence`. */
export interface PresenceHandle {
  /**
   * Follows people until the returned function is called, over every change of connection; the place is in the store
   * at once, `loading`. However often the same people are watched, the service is asked once.
   */
  watch(target: PresenceTarget): () => void
  /**
   * Says something else of oneself: at once in the store, taken back when the service refuses it.
   * @throws CollabError why it is refused, or that the service was not reached in time
   */
  set(changes: PresenceChanges): Promise<OwnPresence>
}

/** The same as the client's other parts use it. */
export interface PresenceModule extends PresenceHandle {
  /** Somebody may be at this page: whether they are is told until the returned function is called. */
  attend(): () => void
}
