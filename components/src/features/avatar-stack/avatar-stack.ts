import {
  type CSSResultGroup,
  html,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { avatarStack as texts } from '../../kit/localize/en/avatar-stack.ts'
import { rove } from '../../kit/roving.ts'
import { tokens } from '../../kit/tokens.css.ts'
import { Cards } from '../presence/cards.ts'
import { face } from '../presence/face.ts'
import type { Person } from '../presence/people.ts'
import type { ParticipantAction } from '../presence/person-card.ts'
import { select } from '../presence/presence.events.ts'
import { PresenceElement } from '../presence/presence-element.ts'
import type { Notice } from '../presence/presence-notice.ts'
import type { SignInButton } from '../presence/sign-in-button.ts'
import { inOneBreath, personLabel } from '../presence/wording.ts'
import { CollabOverflowOpenEvent } from './avatar-stack.events.ts'
import { styles } from './avatar-stack.styles.ts'
import { facesOf, LineUp, type SelfPlace } from './line-up.ts'
import type { OverflowList } from './overflow-list.ts'
import { Tooltip } from './tooltip.ts'

/** How long somebody takes to leave, milliseconds; the animation takes as long. */
const LEAVING_MS = 120
/** Faces that are shown without saying how many. */
const FACES = 5

/**
 * Who is here, in a small place: faces, one over the other, and how many there are beyond.
 *
 * @tag avatar-stack
 * @summary Faces of those who are here.
 *
 * @slot start - Before the faces.
 * @slot end - After them.
 * @slot participant-actions - Buttons on the card of a person; one with `data-action` fires `collab-participant-action`.
 *
 * @csspart base - Everything.
 * @csspart avatar - Picture or initials of a person.
 * @csspart initials - The initials.
 * @csspart image - The picture.
 * @csspart status-dot - How somebody is here, as a mark.
 * @csspart overflow - The button with the number of those who found no place.
 * @csspart count - How many there are, in words.
 * @csspart popover - The list of those who found no place.
 * @csspart tooltip - Name and state of whom the mouse or the focus is on.
 * @csspart sign-in-button - Leads to the sign-in where nobody is signed in.
 * @csspart sign-in - What the sign-in opens in.
 * @csspart card - Who somebody is, once they are chosen.
 * @csspart actions - What can be done with them.
 *
 * @cssprop [--collab-avatar-size=32px] - Size of the faces.
 * @cssprop [--collab-avatar-overlap=25%] - How much of a face lies over the one before.
 * @cssprop [--collab-avatar-ring=2px] - Width of the ring around each, in the colour of the surface.
 *
 * @fires {CollabParticipantSelectEvent} collab-participant-select - A person was chosen; cancelable: then no card opens.
 * @fires {CollabParticipantActionEvent} collab-participant-action - Something is to be done with a person.
 * @fires {CollabOverflowOpenEvent} collab-overflow-open - The list of those who found no place opened.
 */
export class AvatarStackElement extends PresenceElement {
  static override readonly tag: string = 'avatar-stack'
  static override readonly styles: CSSResultGroup = [tokens, ...styles]
  static override readonly properties: PropertyDeclarations = {
    max: { type: Number },
    size: { reflect: true },
    withCount: { attribute: 'with-count', type: Boolean },
    self: {},
    participantActions: { attribute: false },
  }

  /** Most faces that are shown. Default 5. */
  declare max: number | undefined
  /** How large they are. Default `medium`. */
  declare size: 'small' | 'medium' | 'large' | undefined
  /** Says in words how many there are. */
  declare withCount: boolean
  /** Where the person at this page stands. Default `first`. */
  declare self: SelfPlace | undefined
  /** What can be done with people, on their cards. */
  declare participantActions: readonly ParticipantAction[] | undefined

  readonly #lineUp = new LineUp()
  readonly #cards = new Cards(this, {
    localize: this.localize,
    fetch: () => import('../presence/person-card.ts'),
  })
  readonly #tooltip = new Tooltip(this)
  #people: readonly Person[] = []
  /** Everybody was there already when the first of them were drawn. */
  #settledOnce = false
  #joined = new Set<string>()
  #leaving = new Map<string, { person: Person; index: number }>()
  #faces: readonly Person[] = []
  #active: string | undefined
  #of: unknown
  #overflow: OverflowList | undefined
  #notice: Notice | undefined
  #signIn: SignInButton | undefined

  constructor() {
    super()
    this.withCount = false
    this.localize.include(texts)
  }

  /** Opens the list of those who found no place; nothing happens where everybody did. */
  showOverflow(): void {
    if (!this.#overflow?.open) void this.#toggleOverflow()
  }

  override focus(): void {
    const stops = this.#stops()
    const stop = stops.find(({ tabIndex }) => tabIndex === 0) ?? stops[0]
    ;(stop ?? this.renderRoot.querySelector<HTMLElement>('.base'))?.focus()
  }

  protected override update(changed: PropertyValues<this>): void {
    const had = this.shadowRoot?.activeElement
    const index = had instanceof HTMLElement ? this.#stops().indexOf(had) : -1
    super.update(changed)
    this.setState('empty', this.stage === 'ready' && this.#people.length === 0)
    this.#overflow?.follow(this.#hidden)
    this.#cards.follow(this.#people)
    this.#signIn?.follow(this.stage === 'signed-out')
    void this.#fetch().catch(() => {
      // The network is gone for a moment: the next rendering asks again.
    })
    // What had the focus has left: its neighbour has it, never the page.
    if (!had || this.shadowRoot?.activeElement) return
    const stops = this.#stops()
    const next = index < 0 ? undefined : stops[Math.min(index, stops.length - 1)]
    if (next) next.focus()
    else this.focus()
  }

  protected override render(): TemplateResult {
    this.#arrange()
    const { localize, stage } = this
    const { audience } = this.place.value ?? {}
    const count = audience?.online ?? this.#people.length
    const name = this.#name(count)
    return html`<div
      class="base"
      part="base"
      role="group"
      tabindex="-1"
      aria-label=${name}
      aria-busy=${stage === 'loading' ? 'true' : 'false'}
      @keydown=${this.#keydown}
      @focusin=${this.#focusin}
      @click=${this.#click}
    >
      <span class="font-probe"></span>
      <slot name="start"></slot>
      ${stage === 'loading' ? this.#ghosts() : this.#stack(name)}
      ${stage === 'signed-out' ? this.#signIn?.draw() : nothing}
      ${
        stage === 'ready' && (this.withCount || audience)
          ? html`<span class="count text" part="count">${localize.text('peopleHere', count)}</span>`
          : nothing
      }
      <slot name="end"></slot>
      ${this.#tooltip.render()}
    </div>`
  }

  /** What all of them are called, and how many there are, or why nobody is shown. */
  #name(count: number): string {
    const { label, localize, stage, error } = this
    if (stage === 'ready' && label) return localize.text('groupNamed', count, label)
    if (stage === 'ready') return localize.text('peopleHere', count)
    const said =
      stage === 'loading'
        ? localize.text('loadingPeople')
        : this.#notice?.title(stage, { localize, error })
    return inOneBreath(localize, label, said) || localize.text('people')
  }

  /** What is only needed where people cannot be shown. */
  async #fetch(): Promise<void> {
    const { stage, localize } = this
    if (stage === 'ready' || stage === 'loading') return
    if (!this.#notice) {
      const { notice } = await import('../presence/presence-notice.ts')
      localize.include(notice.texts)
      this.#notice = notice
      this.requestUpdate()
    }
    if (stage !== 'signed-out' || this.#signIn) return
    const { SignInButton } = await import('../presence/sign-in-button.ts')
    if (this.shadowRoot) this.#signIn ??= new SignInButton(this, this.shadowRoot, localize)
    this.requestUpdate()
  }

  get #hidden(): readonly Person[] {
    return this.#people.slice(this.#faces.length)
  }

  #arrange(): void {
    const of = this.client && JSON.stringify(this.target)
    if (of !== this.#of) {
      this.#of = of
      this.#lineUp.clear()
      this.#settledOnce = false
      this.#leaving.clear()
    }
    const all = this.everybody(this.self !== 'hidden')
    this.#people = this.#lineUp.take(all, this.self ?? 'first')
    const before = this.#faces
    this.#faces = this.#people.slice(0, facesOf(this.#people.length, this.max ?? FACES))
    if (this.stage !== 'ready') return
    if (this.#settledOnce) this.#move(before)
    this.#settledOnce = true
  }

  /** Who came and who left among the faces. */
  #move(before: readonly Person[]): void {
    const was = new Set(before.map(({ username }) => username))
    const is = new Set(this.#faces.map(({ username }) => username))
    for (const { username } of this.#faces) {
      this.#leaving.delete(username)
      if (!was.has(username)) this.#joined.add(username)
    }
    const here = new Set(this.#people.map(({ username }) => username))
    for (const [index, person] of before.entries()) {
      const { username } = person
      if (is.has(username) || here.has(username)) continue
      const leaving = { person, index }
      this.#leaving.set(username, leaving)
      setTimeout(() => {
        if (this.#leaving.get(username) !== leaving) return
        this.#leaving.delete(username)
        this.requestUpdate()
      }, LEAVING_MS)
    }
  }

  #stack(name: string): unknown {
    if (this.stage !== 'ready') return nothing
    const left = this.#hidden.length
    const people = [...this.#faces]
    for (const { person, index } of this.#leaving.values()) people.splice(index, 0, person)
    if (people.length + left === 0) return nothing
    const stops = [...this.#faces.map(({ username }) => username), ...(left > 0 ? [''] : [])]
    const active = stops.includes(this.#active ?? ' ') ? this.#active : stops[0]
    return html`<ul class="stack" aria-label=${name}>
      ${repeat(
        people,
        ({ username }) => username,
        (person) => this.#face(person, active),
      )}
      ${
        left > 0
          ? html`<li class="rest">
              <button
                class="overflow"
                part="overflow"
                type="button"
                tabindex=${active === '' ? 0 : -1}
                aria-expanded=${this.#overflow?.open ? 'true' : 'false'}
              >
                <span dir="ltr" aria-hidden="true">+${this.localize.formats.number(left)}</span>
                <span class="hidden">${this.localize.text('morePeople', left)}</span>
              </button>
            </li>`
          : nothing
      }
    </ul>`
  }

  #face(person: Person, active: string | undefined): TemplateResult {
    const { username } = person
    if (this.#leaving.has(username)) {
      return html`<li class="leaving" aria-hidden="true">
        <span class="person">${face(person)}</span>
      </li>`
    }
    return html`<li class=${this.#joined.has(username) ? 'joining' : ''}>
      <button
        class="person"
        type="button"
        tabindex=${active === username ? 0 : -1}
        data-username=${username}
        aria-haspopup="dialog"
        aria-expanded=${this.#cards.openFor === username ? 'true' : 'false'}
      >
        ${face(person)}
        <span class="hidden">${personLabel(this.localize, person, new Date())}</span>
      </button>
    </li>`
  }

  #ghosts(): TemplateResult {
    return html`<ul class="stack ghosts" aria-hidden="true">
      ${Array.from({ length: 3 }, () => html`<li><span class="ghost"></span></li>`)}
    </ul>`
  }

  #stops(): HTMLElement[] {
    return [...(this.shadowRoot?.querySelectorAll<HTMLElement>('.stack button') ?? [])]
  }

  readonly #keydown = (event: KeyboardEvent): void => {
    rove(event, this.#stops(), { axis: 'inline' })
  }

  readonly #focusin = (event: Event): void => {
    if (!(event.target instanceof HTMLElement) || !event.target.closest('.stack')) return
    const key = event.target.dataset['username'] ?? ''
    if (key === this.#active) return
    this.#active = key
    this.requestUpdate()
  }

  readonly #click = (event: Event): void => {
    const button = event.target instanceof Element ? event.target.closest('button') : null
    if (!button?.closest('.stack')) return
    const person = this.#faces.find(({ username }) => username === button.dataset['username'])
    if (person) this.#choose(person, button)
    else void this.#toggleOverflow()
  }

  async #toggleOverflow(): Promise<void> {
    const anchor = this.shadowRoot?.querySelector<HTMLElement>('.overflow')
    const root = this.shadowRoot
    if (!anchor || !root) return
    if (!this.#overflow) {
      const { OverflowList } = await import('./overflow-list.ts')
      this.#overflow ??= new OverflowList(root, {
        localize: this.localize,
        choose: (person) => {
          this.#overflow?.hide()
          this.#choose(person, anchor)
        },
        closed: () => this.requestUpdate(),
      })
    }
    const people = this.#hidden
    this.#tooltip.hide()
    if (this.#overflow.toggle(people, anchor)) {
      this.dispatchEvent(new CollabOverflowOpenEvent({ count: people.length }))
    }
    this.requestUpdate()
  }

  #choose(person: Person, at: HTMLElement): void {
    this.#tooltip.hide()
    if (select(this, person)) void this.#cards.toggle(person, at, this.participantActions)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'avatar-stack': AvatarStackElement
  }
}
