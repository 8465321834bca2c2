import { css, html, nothing, render } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { adopt } from '../../kit/adopt.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import { rove } from '../../kit/roving.ts'
import { face } from '../presence/face.ts'
import { Floating } from '../presence/floating.ts'
import { floatingStyles } from '../presence/floating.styles.ts'
import type { Person } from '../presence/people.ts'
import { rowOf } from '../presence/row-of.ts'
import { personLabel } from '../presence/wording.ts'

export interface OverflowOptions {
  localize: Localize
  choose: (person: Person, at: HTMLElement) => void
  closed: () => void
}

/** Those who found no place in the stack, as a list. Fetched when it is first opened. */
export class OverflowList {
  readonly #options: OverflowOptions
  readonly #popover = Object.assign(document.createElement('div'), {
    popover: 'auto',
    className: 'floating popover',
    tabIndex: -1,
  })
  readonly #floating: Floating
  #people: readonly Person[] = []

  constructor(root: ShadowRoot, options: OverflowOptions) {
    this.#options = options
    adopt(root, styles)
    this.#popover.part.add('popover')
    this.#popover.id = 'overflow'
    root.querySelector('.base')?.append(this.#popover)
    this.#popover.addEventListener('click', (event) => this.#click(event))
    this.#popover.addEventListener('keydown', (event) =>
      rove(event, [...this.#popover.querySelectorAll<HTMLElement>('.who')]),
    )
    this.#floating = new Floating(this.#popover, () => options.closed())
  }

  get open(): boolean {
    return this.#floating.anchor !== undefined
  }

  /** @returns whether it is open now */
  toggle(people: readonly Person[], anchor: HTMLElement): boolean {
    this.#draw(people)
    if (!this.#floating.toggle(anchor)) return false
    this.#popover.querySelector<HTMLElement>('.who')?.focus({ preventScroll: true })
    return true
  }

  /** Who found no place now; with nobody it closes. */
  follow(people: readonly Person[]): void {
    if (!this.open) return
    if (people.length === 0) return this.#floating.hide()
    const had = rowOf((this.#popover.getRootNode() as ShadowRoot).activeElement)
    this.#draw(people)
    if (had && !had.isConnected) this.#popover.querySelector<HTMLElement>('.who')?.focus()
    this.#floating.place()
  }

  hide(): void {
    this.#floating.hide()
  }

  #draw(people: readonly Person[]): void {
    this.#people = people
    const { localize } = this.#options
    const now = new Date()
    const name = localize.text('morePeople', people.length)
    // A press beside the names puts the focus on the whole.
    this.#popover.ariaLabel = name
    render(
      html`<ul aria-label=${name}>
        ${repeat(
          people,
          ({ username }) => username,
          (person, index) =>
            html`<li>
              <button
                class="who"
                type="button"
                data-username=${person.username}
                tabindex=${index === 0 ? 0 : -1}
              >
                ${face(person)}
                <span class="hidden">${personLabel(localize, person, now)}</span>
                <span class="who-words" aria-hidden="true"
                  ><span class="who-name" dir="auto">${person.name}</span>${
                    person.presence?.status
                      ? html`<span class="who-status" dir="auto">${person.presence.status}</span>`
                      : nothing
                  }</span
                >
              </button>
            </li>`,
        )}
      </ul>`,
      this.#popover,
    )
  }

  #click(event: Event): void {
    const at = rowOf(event.target)
    const person = this.#people.find(({ username }) => username === at?.dataset['username'])
    if (person && at) this.#options.choose(person, at)
  }
}

const styles = css`
  ${floatingStyles}
  .popover {
    --_avatar: 28px;
    inline-size: 260px;
    padding: 6px;
  }
  .popover ul {
    display: block;
    padding: 0;
  }
  .who {
    display: flex;
    align-items: center;
    gap: 10px;
    inline-size: 100%;
    min-block-size: 40px;
    padding: 4px 8px;
    border-radius: 8px;
    text-align: start;
  }
  .who:hover {
    background: color-mix(in oklab, var(--_raised), var(--_text) 6%);
  }
  .who:focus-visible {
    outline-offset: -2px;
  }
  .who-words {
    min-inline-size: 0;
    line-height: 1.35;
  }
  .who-name,
  .who-status {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    text-align: left;
  }
  .who:dir(rtl) :is(.who-name, .who-status) {
    text-align: right;
  }
  .who-name {
    font-weight: 550;
  }
  .who-status {
    color: var(--_quiet);
    font-size: 0.8667em;
  }
  @media (pointer: coarse) {
    .who {
      min-block-size: 44px;
    }
  }
`
