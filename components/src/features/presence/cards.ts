import type { LitElement } from 'lit'
import type { Localize } from '../../kit/localize/localize.ts'
import type { Person } from './people.ts'
import type * as card from './person-card.ts'
import { CollabParticipantActionEvent, detailOf } from './presence.events.ts'

export interface CardsOptions {
  localize: Localize
  /** Fetches what draws a card. */
  fetch: () => Promise<typeof card>
}

/** Opens the cards of people; what draws one is fetched with the first. */
export class Cards {
  readonly #host: LitElement
  readonly #options: CardsOptions
  #card: card.PersonCard | undefined

  constructor(host: LitElement, options: CardsOptions) {
    this.#host = host
    this.#options = options
  }

  /** Whose card is open. */
  get openFor(): string | undefined {
    return this.#card?.openFor
  }

  /** What is known of people now. */
  follow(people: readonly Person[]): void {
    this.#card?.follow(people)
  }

  /** Opens the card of somebody beside their button, or closes it where it is open there. */
  async toggle(
    person: Person,
    at: HTMLElement,
    actions: readonly card.ParticipantAction[] = [],
  ): Promise<void> {
    const host = this.#host
    const root = host.shadowRoot
    if (!root) return
    try {
      const { PersonCard } = await this.#options.fetch()
      this.#card ??= new PersonCard(root, {
        localize: this.#options.localize,
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
