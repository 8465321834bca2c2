import type { ReactiveController } from 'lit'
import type { CollabElement } from '../../kit/element.ts'
import { focusOn, rove } from '../../kit/roving.ts'
import { Cards, type CardsOptions } from '../presence/cards.ts'
import type { Person } from '../presence/people.ts'
import type { ParticipantAction } from '../presence/person-card.ts'
import { rowOf } from '../presence/row-of.ts'
import type { Keep } from './arrangement.ts'
import { keepPlaces } from './keep-places.ts'

export interface InteractionHost extends CollabElement {
  readonly participantActions: readonly ParticipantAction[] | undefined
}

/**
 * What people do with the rows: they are one stop of Tab in which arrows lead from one to the next, each opens a card,
 * and while somebody points at them or has the focus among them they stay where they are.
 */
export class Interaction implements ReactiveController {
  /** Who Tab leads to, once somebody was chosen. */
  active: string | undefined
  readonly #host: InteractionHost
  readonly #cards: Cards
  #pointer = false
  #had: { username: string | undefined; index: number } | undefined

  constructor(host: InteractionHost, options: CardsOptions) {
    this.#host = host
    this.#cards = new Cards(host, options)
    const scroller = host.shadowRoot?.querySelector<HTMLElement>('.scroller')
    if (scroller) this.#listen(scroller)
    host.addController(this)
    // Somebody may have been faster than this code.
    this.#enter(host.shadowRoot?.activeElement ?? null)
  }

  /** Whose card is open. */
  get openFor(): string | undefined {
    return this.#cards.openFor
  }

  /** How people stay where they are, while somebody looks at them. */
  get keep(): Keep | undefined {
    const active = this.#host.shadowRoot?.activeElement
    const looked = this.#pointer || this.openFor !== undefined || !!active?.closest('.scroller')
    return looked ? keepPlaces : undefined
  }

  /** What is known of people now. */
  follow(people: readonly Person[]): void {
    this.#cards.follow(people)
  }

  /** Opens the card of somebody beside their row, or closes it. */
  toggleCard(person: Person, row: HTMLElement): void {
    void this.#cards.toggle(person, row, this.#host.participantActions)
  }

  /** Before the rows change: where the focus is. */
  hostUpdate(): void {
    const { activeElement } = this.#host.shadowRoot ?? {}
    const row = rowOf(activeElement ?? null)
    const index = row ? this.#rows().indexOf(row) : -1
    this.#had = activeElement ? { username: row?.dataset['username'], index } : undefined
  }

  /** What had the focus is gone: who took its place has it, never the page. */
  hostUpdated(): void {
    const had = this.#had
    if (!had || this.#host.shadowRoot?.activeElement) return
    const rows = this.#rows()
    const next =
      rows.find(({ dataset }) => dataset['username'] === had.username) ??
      rows[Math.min(had.index, rows.length - 1)]
    if (next) focusOn(next)
    else this.#host.focus()
  }

  #listen(scroller: HTMLElement): void {
    scroller.addEventListener('keydown', (event) => rove(event, this.#rows()))
    scroller.addEventListener('focusin', ({ target }) => this.#enter(target))
    scroller.addEventListener('focusout', () => this.#host.requestUpdate())
    this.#pointer = scroller.matches(':hover') && matchMedia('(hover: hover)').matches
    scroller.addEventListener('pointerover', ({ pointerType }) => {
      this.#pointer = pointerType === 'mouse'
    })
    scroller.addEventListener('pointerleave', () => {
      this.#pointer = false
      this.#host.requestUpdate()
    })
  }

  /** The buttons of the people, in their order. */
  #rows(): HTMLElement[] {
    return [...(this.#host.shadowRoot?.querySelectorAll<HTMLElement>('.who') ?? [])]
  }

  #enter(target: EventTarget | null): void {
    const username = rowOf(target)?.dataset['username']
    if (!username || username === this.active) return
    this.active = username
    this.#host.requestUpdate()
  }
}
