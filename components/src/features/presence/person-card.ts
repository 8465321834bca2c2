import { css, html, nothing, render, type TemplateResult } from 'lit'
import { adopt } from '../../kit/adopt.ts'
import { presenceMore as texts } from '../../kit/localize/en/presence-more.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import { moment } from '../../kit/localize/moment.ts'
import { rove } from '../../kit/roving.ts'
import { face } from './face.ts'
import { Floating } from './floating.ts'
import { floatingStyles } from './floating.styles.ts'
import type { Person } from './people.ts'
import { statusDot } from './status-dot.ts'
import { stateText } from './wording.ts'

/** Something that can be done with a person. */
export interface ParticipantAction {
  /** What the event says. */
  action: string
  /** What stands on the button, in the language of the page. */
  label: string
  /** Whether it takes something away: then it looks that way. */
  danger?: boolean
  /** Whether it is offered for somebody; default: for everybody but oneself. */
  offered?: (person: Person) => boolean
}

export interface CardOptions {
  localize: Localize
  act: (action: string, person: Person) => void
  closed: () => void
}

/** Who somebody is, and what can be done with them. Fetched when it is first opened. */
export class PersonCard {
  readonly #options: CardOptions
  readonly #host: Element
  readonly #popover = Object.assign(document.createElement('div'), {
    popover: 'auto',
    className: 'floating card',
    tabIndex: -1,
    role: 'dialog',
  })
  readonly #floating: Floating
  #person: Person | undefined
  #actions: readonly ParticipantAction[] = []

  constructor(root: ShadowRoot, options: CardOptions) {
    this.#options = options
    this.#host = root.host
    options.localize.include(texts)
    adopt(root, styles)
    this.#popover.part.add('card')
    root.append(this.#popover)
    this.#popover.addEventListener('keydown', (event) =>
      rove(event, this.#buttons(), { axis: 'block', wraps: true }),
    )
    this.#popover.addEventListener('click', (event) => this.#click(event))
    this.#floating = new Floating(this.#popover, () => {
      this.#person = undefined
      options.closed()
    })
  }

  /** Whose card is open. */
  get openFor(): string | undefined {
    return this.#person?.username
  }

  /** Opens the card of somebody beside their button, or closes it where it is open there. */
  toggle(person: Person, anchor: HTMLElement, actions: readonly ParticipantAction[]): void {
    this.#actions = actions
    this.#draw(person)
    if (!this.#floating.toggle(anchor)) return
    this.#person = person
    const [first] = this.#buttons()
    ;(first ?? this.#popover).focus({ preventScroll: true })
  }

  hide(): void {
    this.#floating.hide()
  }

  /** What is known of people now. */
  follow(people: readonly Person[]): void {
    const open = this.#person?.username
    const person = open && people.find(({ username }) => username === open)
    if (!person) return
    this.#person = person
    this.#draw(person)
    this.#floating.place()
  }

  #draw(person: Person): void {
    this.#popover.ariaLabel = person.name
    render(this.#content(person), this.#popover)
  }

  #content(person: Person): TemplateResult {
    const { localize } = this.#options
    const { name, username, user, state, presence, self } = person
    const tag = self ? 'presenceYou' : user?.guest ? 'presenceGuest' : undefined
    const seen = state === 'offline' ? presence?.lastSeenAt : undefined
    const offered = this.#actions.filter(({ offered = notSelf }) => offered(person))
    return html`<div class="card-head">
        ${face(person)}
        <div class="card-who">
          <bdi class="card-name">${name}</bdi>
          <span class="card-also"
            >${name === username ? nothing : html`<bdi>${username}</bdi>`}
            ${tag ? html`<span class="tag">${localize.text(tag)}</span>` : nothing}</span
          >
        </div>
      </div>
      <div class="card-state">
        ${statusDot(state)}<span class="text">${stateText(localize, state)}</span>
      </div>
      ${presence?.status ? html`<p class="card-status" dir="auto">${presence.status}</p>` : nothing}
      ${
        seen
          ? html`<p class="card-seen text">
              ${localize.text('lastSeenAt', moment(localize.formats, new Date(seen), new Date()))}
            </p>`
          : nothing
      }
      <div
        class="card-actions"
        part="actions"
        ?hidden=${offered.length === 0 && !this.#host.querySelector('[slot=participant-actions]')}
        role="group"
        aria-label=${localize.text('actionsFor', name)}
      >
        ${offered.map(
          ({ action, label, danger }) =>
            html`<button
              class="card-action ${danger ? 'danger' : ''}"
              type="button"
              data-action=${action}
            >
              ${label}
            </button>`,
        )}
        <slot name="participant-actions"></slot>
      </div>`
  }

  #click(event: Event): void {
    const person = this.#person
    const chosen = event
      .composedPath()
      .find((each) => each instanceof HTMLElement && each.dataset['action'] !== undefined)
    if (!person || !(chosen instanceof HTMLElement)) return
    this.hide()
    this.#options.act(chosen.dataset['action'] ?? '', person)
  }

  /** The buttons of the card, then those of the page. */
  #buttons(): HTMLElement[] {
    const own = this.#popover.querySelectorAll<HTMLElement>('button')
    const slotted = this.#popover.querySelector('slot')?.assignedElements({ flatten: true }) ?? []
    const pages = slotted.filter((each): each is HTMLElement => each instanceof HTMLElement)
    return [...own, ...pages].filter((each) => each.tabIndex >= 0)
  }
}

const notSelf = ({ self }: Person): boolean => !self

const styles = css`
  ${floatingStyles}
  .card {
    --_avatar: 48px;
    inline-size: 264px;
    padding: 16px;
  }
  .card:focus-visible {
    outline-offset: -2px;
  }
  .card-head {
    display: flex;
    align-items: center;
    gap: 12px;
  }
  .card-who {
    display: grid;
    min-inline-size: 0;
  }
  .card-name {
    font-weight: 650;
    font-size: 1.0667em;
    letter-spacing: -0.01em;
    line-height: 1.3;
    overflow-wrap: anywhere;
  }
  .card-also {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 8px;
    color: var(--_quiet);
    font-size: 0.8667em;
    overflow-wrap: anywhere;
  }
  .card-state {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-block-start: 12px;
    font-weight: 550;
    font-size: 0.9333em;
  }
  .card-status,
  .card-seen {
    margin: 6px 0 0;
    font-size: 0.9333em;
    overflow-wrap: anywhere;
    text-align: left;
  }
  .card:dir(rtl) .card-status {
    text-align: right;
  }
  .card-seen {
    color: var(--_quiet);
  }
  .card-actions {
    display: grid;
    gap: 2px;
    margin: 12px -8px -8px;
    padding-block-start: 8px;
    border-block-start: 1px solid var(--_border);
  }
  .card-actions[hidden] {
    display: none;
  }
  .card-action,
  .card ::slotted(*) {
    display: block;
    inline-size: 100%;
    min-block-size: 36px;
    padding: 7px 8px;
    border: 0;
    border-radius: 8px;
    background: none;
    font: inherit;
    color: inherit;
    text-align: start;
    cursor: pointer;
  }
  .card-action:hover,
  .card ::slotted(:hover) {
    background: color-mix(in oklab, var(--_raised), var(--_text) 6%);
  }
  .card-action:focus-visible {
    outline-offset: -2px;
  }
  .card-action.danger {
    color: var(--_danger);
  }
  @media (pointer: coarse) {
    .card-action,
    .card ::slotted(*) {
      min-block-size: 44px;
    }
  }
`
