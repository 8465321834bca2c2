import type { LitElement } from 'lit'
import type { Localize } from '../../kit/localize/localize.ts'
import type { Person } from './people.ts'
import type { ParticipantAction, PersonCard } from './person-card.ts'
import {
  CollabParticipantActionEvent,
  CollabParticipantSelectEvent,
  detailOf,
} from './presence.events.ts'

/** Opens the cards of people; what draws one is fetched with the first. */
export class Cards {
  readonly #host: LitElement
  readonly #localize: Localize
  #card: PersonCard | undefined

  constructor(host: LitElement, localize: Localize) {
    this.#host = host
    this.#localize = localize
  }

  /** Whose card is open. */
  get openFor(): string | undefined {
    return this.#card?.openFor
  }

  /** What is known of people now. */
  follow(people: readonly Person[]): void {
    this.#card?.follow(people)
  }

  /** Somebody was chosen: their card opens beside the button, unless the page has something else in mind. */
  async choose(
    person: Person,
    at: HTMLElement,
    actions: readonly ParticipantAction[] = [],
  ): Promise<void> {
    const host = this.#host
    const root = host.shadowRoot
    if (!host.dispatchEvent(new CollabParticipantSelectEvent(detailOf(person))) || !root) return
    try {
      const { PersonCard } = await import('./person-card.ts')
      this.#card ??= new PersonCard(root, {
        localize: this.#localize,
        act: (action, chosen) =>
          host.dispatchEvent(new CollabParticipantActionEvent({ ...detailOf(chosen), action })),
        closed: () => host.requestUpdate(),
      })
    } catch {
      // No network: it can be tried again.
      return
    }
    this.#card.toggle(person, at, actions)
    host.requestUpdate()
  }
}
