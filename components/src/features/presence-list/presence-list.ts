import {
  type CSSResult,
  type CSSResultGroup,
  html,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit'
import { liveRegions } from '../../kit/live-regions.ts'
import { tokens } from '../../kit/tokens.css.ts'
import { byName, hereFirst, type Order, type Person } from '../presence/people.ts'
import { Cards } from '../presence/cards.ts'
import type { ParticipantAction } from '../presence/person-card.ts'
import { PresenceElement } from '../presence/presence-element.ts'
import type { Notice } from '../presence/presence-notice.ts'
import { RowRoving, rowOf } from '../presence/row-roving.ts'
import { Arrangement, type Group } from './arrangement.ts'
import type { AudiencePages } from './audience.ts'
import { Comings } from './comings.ts'
import { groupingOf, type GroupBy, roleLabel } from './grouping.ts'
import { ghosts, groupList, staleNote } from './parts.ts'
import { firstOf, Rows } from './rows.ts'
import { styles } from './presence-list.styles.ts'
import type { Search } from './search.ts'

/** From more people than this on they can be searched. */
const SEARCH_FROM = 12
/** Rows that are drawn in one go: a frame has time for more, a slow telephone has not. */
const ROWS_AT_ONCE = 40
/** From this many rows on those out of sight are not laid out. */
const MANY = 100

/**
 * Who is here: people with their state, their status, and what can be done with them.
 *
 * @tag presence-list
 * @summary Who is here, and how.
 *
 * @slot header - Replaces title and count.
 * @slot empty - Replaces what stands there when nobody is shown.
 * @slot participant-actions - Buttons on the card of a person; one with `data-action` fires `collab-participant-action`.
 *
 * @csspart base - Everything.
 * @csspart header - Title and count.
 * @csspart stale - Says that the connection is lost.
 * @csspart search - The search box.
 * @csspart group - People under one heading.
 * @csspart group-label - The heading.
 * @csspart participant - A person.
 * @csspart avatar - Picture or initials.
 * @csspart initials - The initials.
 * @csspart image - The picture.
 * @csspart status-dot - How somebody is here, as a mark.
 * @csspart name - A name.
 * @csspart role-label - A word beside the name, as “You”.
 * @csspart activity - The status text, or when somebody was last seen.
 * @csspart more-button - Shows those above `max`.
 * @csspart card - Who somebody is, once they are chosen.
 * @csspart actions - What can be done with them.
 * @csspart audience - How many are here, where they are too many to be told one by one.
 * @csspart audience-button - Shows the next of them.
 * @csspart notice-button - Button of a state without people.
 *
 * @cssprop [--collab-presence-avatar-size=32px] - Size of the pictures.
 * @cssprop [--collab-presence-gap=10px] - Space between picture and name.
 *
 * @cssState ready - People are shown.
 * @cssState audience - There are too many to be told one by one.
 *
 * @fires {CollabParticipantSelectEvent} collab-participant-select - A person was chosen; cancelable: then no card opens.
 * @fires {CollabParticipantActionEvent} collab-participant-action - Something is to be done with a person.
 */
export class PresenceListElement extends PresenceElement {
  static override readonly tag: string = 'presence-list'
  static override readonly styles: CSSResultGroup = [tokens, ...styles]
  static override readonly properties: PropertyDeclarations = {
    show: {},
    groupBy: { attribute: 'group-by' },
    max: { type: Number },
    withSelf: { attribute: 'with-self', type: Boolean },
    withSearch: { attribute: 'with-search', type: Boolean },
    layout: { reflect: true },
    announce: {},
    headingLevel: { attribute: 'heading-level', type: Number },
    sort: { attribute: false },
    roleOf: { attribute: false },
    participantActions: { attribute: false },
    expanded: { state: true },
  }

  /** Whether people who are offline are shown. Default `all`. */
  declare show: 'all' | 'online' | undefined
  /** What people are put together by. Default `status`. */
  declare groupBy: GroupBy | undefined
  /** Most people that are shown at first. Default: all. */
  declare max: number | undefined
  /** Shows the person at this page as well. */
  declare withSelf: boolean
  /** Shows the search box however few there are; beyond 12 people it is always there. */
  declare withSearch: boolean
  /** One below the other, or side by side. Default `list`. */
  declare layout: 'list' | 'inline' | undefined
  /** Whether a screen reader tells who comes and leaves; above 20 people nobody is told. Default `summary`. */
  declare announce: 'off' | 'summary' | undefined
  /** Level of the title among the page's headings, 2–5; groups are one below. Default 2. */
  declare headingLevel: number | undefined
  /** How people of one group come after each other. Default: by name, oneself first. */
  declare sort: Order | undefined
  /** What somebody is here, shown beside the name and used by `group-by="role"`. Default: `role` of their data. */
  declare roleOf: ((person: Person) => string | undefined) | undefined
  /** What can be done with people, on their cards. */
  declare participantActions: readonly ParticipantAction[] | undefined

  declare private expanded: boolean

  readonly #arrangement = new Arrangement()
  readonly #roving = new RowRoving(() => this.#rows())
  readonly #cards = new Cards(this, this.localize)
  readonly #comings = new Comings(this, this.localize)
  readonly #rowsOf = new Rows()
  #groups: readonly Group[] = []
  /** Of them those that have a row by now. */
  #drawnGroups: readonly Group[] = []
  #grouping = groupingOf('status', undefined)
  /** Some are not shown because they are offline. */
  #away = false
  #shown = 0
  #drawn = ROWS_AT_ONCE
  #searchable = false
  #pointer = false
  #arrangedBy: readonly unknown[] = []
  #of: unknown
  #hadFocus: { username: string; index: number } | undefined
  #notice: Notice | undefined
  #pages: AudiencePages | undefined
  #search: Search | undefined
  #fetched: CSSResult[] = []

  constructor() {
    super()
    this.withSelf = this.withSearch = this.expanded = false
  }

  /** Puts the focus on a person; `false` when they are not shown. */
  focusParticipant(username: string): boolean {
    const found = this.#rows().find(({ dataset }) => dataset['username'] === username)
    if (found) this.#roving.focus(found)
    return found !== undefined
  }

  override focus(): void {
    const active = this.#rows().find((each) => each.tabIndex === 0)
    if (active) this.#roving.focus(active)
    else this.renderRoot.querySelector<HTMLElement>('.base')?.focus({ preventScroll: true })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#comings.clear()
  }

  protected override update(changed: PropertyValues<this>): void {
    this.#follow()
    const had = rowOf(this.shadowRoot?.activeElement ?? null)
    this.#hadFocus = had && {
      username: had.dataset['username'] ?? '',
      index: this.#rows().indexOf(had),
    }
    super.update(changed)
    const { audience } = this.place.value ?? {}
    this.setState('ready', this.stage === 'ready')
    this.setState('audience', this.stage === 'ready' && audience !== undefined)
    this.setState('empty', this.stage === 'ready' && this.#shown === 0 && !audience)
    void this.#fetch().catch(() => {
      // The network is gone for a moment: the next rendering asks again.
    })
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    this.#drawRows()
    this.#keepFocus()
    // The next frame draws the next rows.
    if (this.#drawn < this.#shown) {
      this.#drawn += ROWS_AT_ONCE
      this.requestUpdate()
    }
  }

  protected override render(): TemplateResult {
    const { localize, stage } = this
    const people = this.#arrange()
    const label = this.label ?? localize.text('people')
    const { audience } = this.place.value ?? {}
    const count = audience?.total ?? people.length
    const ready = stage === 'ready'
    return html`<section
      class="base ${this.layout === 'inline' ? 'inline' : ''} ${people.length > MANY ? 'many' : ''}"
      part="base"
      tabindex="-1"
      aria-label=${ready ? localize.text('groupNamed', count, label) : label}
      aria-busy=${stage === 'loading' || this.#pages?.loading ? 'true' : 'false'}
    >
      <span class="font-probe"></span>
      <header class="head" part="header">
        <slot name="header"
          ><div class="title text" role="heading" aria-level=${this.#level}>
            ${label}<span class="count" ?hidden=${!ready || count === 0}
              >${localize.formats.number(count)}</span
            >
          </div></slot
        >
      </header>
      ${this.stale ? staleNote(localize) : nothing}
      ${
        ready && this.#mayBeSearched
          ? html`<div class="search" part="search">${this.#search?.draw(people.length)}</div>`
          : nothing
      }
      <div
        class="scroller"
        @click=${this.#click}
        @keydown=${this.#keydown}
        @focusin=${this.#focusin}
        @focusout=${this.#release}
        @pointerenter=${this.#enter}
        @pointerleave=${this.#leave}
      >
        ${this.#content(people)}
        <div class="empty" ?hidden=${!ready || people.length > 0 || audience !== undefined}>
          <slot name="empty"
            >${this.#notice?.empty({
              localize,
              query: this.#query,
              target: this.target,
              away: this.#away,
            })}</slot
          >
        </div>
      </div>
      ${liveRegions()}
    </section>`
  }

  get #query(): string {
    return this.#search?.query ?? ''
  }

  get #mayBeSearched(): boolean {
    return this.#searchable || this.withSearch
  }

  get #level(): number {
    return Math.min(Math.max(this.headingLevel ?? 2, 2), 5)
  }

  /** Whether people stay where they are: somebody points at them or has the focus among them. */
  get #held(): boolean {
    const active = this.shadowRoot?.activeElement
    return this.#pointer || this.#cards.openFor !== undefined || !!active?.closest('.scroller')
  }

  /** Those to show, in their order; sets the groups. */
  #arrange(): readonly Person[] {
    const { audience } = this.place.value ?? {}
    const all = audience
      ? (this.#pages?.people(this.me.value, this.users.value ?? {}) ?? [])
      : this.everybody(this.withSelf)
    this.#searchable ||= all.length > SEARCH_FROM && !audience
    const online = this.show === 'online' ? all.filter(({ state }) => state !== 'offline') : all
    const people = this.#search?.find(online) ?? online
    this.#away = all.length > online.length
    const groupBy = this.layout === 'inline' || audience ? 'none' : (this.groupBy ?? 'status')
    this.#grouping = groupingOf(groupBy, this.roleOf)
    const by = [this.#query, this.show, groupBy, this.sort, this.#of, this.localize.locale]
    const same = by.every((each, index) => Object.is(each, this.#arrangedBy[index]))
    this.#arrangedBy = by
    this.#groups = this.#arrangement.take(people, {
      ...this.#grouping,
      order: this.sort ?? (groupBy === 'status' ? byName : hereFirst)(this.localize.formats.locale),
      held: same && this.#held,
    })
    this.#cards.follow(all)
    return this.#groups.flatMap((group) => group.people)
  }

  #content(people: readonly Person[]): unknown {
    const { stage, localize } = this
    if (stage === 'loading') return ghosts(localize)
    if (stage !== 'ready') {
      const { error } = this
      const retry = () => this.retry()
      return this.#notice?.draw(stage, { localize, error, retry }) ?? nothing
    }
    const { audience } = this.place.value ?? {}
    const most = this.expanded ? Infinity : (this.max ?? Infinity)
    this.#shown = Math.min(people.length, most)
    this.#drawnGroups = firstOf(this.#groups, Math.min(this.#drawn, this.#shown))
    const left = people.length - this.#shown
    return html`${
      audience ? (this.#pages?.drawNumber(audience.online, audience.total) ?? nothing) : nothing
    }
    ${groupList(this.#groups, this.#drawnGroups, {
      localize,
      heading: (key) => this.#grouping.label(key, localize),
      label: this.label ?? localize.text('people'),
      level: this.#level + 1,
    })}
    ${
      left > 0
        ? html`<button class="link more" part="more-button" type="button" @click=${this.#expand}>
            ${localize.text('morePeople', left)}
          </button>`
        : nothing
    }
    ${audience ? (this.#pages?.drawMore(this.client, this.target) ?? nothing) : nothing}`
  }

  #drawRows(): void {
    const { localize, roleOf } = this
    this.#rowsOf.draw(this.renderRoot.querySelectorAll('.group ul'), this.#drawnGroups, {
      localize,
      active: this.#active(),
      open: this.#cards.openFor,
      roleOf: (person) => roleLabel(person, localize, roleOf),
      roles: roleOf,
      now: new Date(),
    })
  }

  #rows(): HTMLElement[] {
    return [...(this.shadowRoot?.querySelectorAll<HTMLElement>('.who') ?? [])]
  }

  /** Who Tab leads to: the one visited last, else the first. */
  #active(): string | undefined {
    const people = this.#groups.flatMap((group) => group.people)
    const last = people.find(({ username }) => username === this.#roving.active)
    return (last ?? people[0])?.username
  }

  readonly #click = (event: Event): void => {
    const at = rowOf(event.target)
    const person = this.#person(at?.dataset['username'])
    if (at && person) void this.#cards.choose(person, at, this.participantActions)
  }

  #person(username: string | undefined): Person | undefined {
    return this.#groups.flatMap((group) => group.people).find((each) => each.username === username)
  }

  readonly #keydown = (event: KeyboardEvent): void => {
    if (this.#roving.keydown(event)) event.preventDefault()
  }

  readonly #focusin = (event: Event): void => {
    const username = rowOf(event.target)?.dataset['username']
    if (!username || username === this.#roving.active) return
    this.#roving.active = username
    this.requestUpdate()
  }

  readonly #release = (): void => this.requestUpdate()

  readonly #enter = (event: PointerEvent): void => {
    this.#pointer = event.pointerType === 'mouse'
  }

  readonly #leave = (): void => {
    this.#pointer = false
    this.requestUpdate()
  }

  readonly #expand = (): void => {
    const next = this.#rows().length
    this.expanded = true
    void this.updateComplete.then(() => {
      const first = this.#rows()[next]
      if (first) this.#roving.focus(first)
    })
  }

  /** What had the focus is gone: who took its place has it, never the page. */
  #keepFocus(): void {
    const had = this.#hadFocus
    if (!had || this.shadowRoot?.activeElement) return
    const rows = this.#rows()
    const next = rows[Math.min(had.index, rows.length - 1)]
    if (!this.focusParticipant(had.username)) {
      if (next) this.#roving.focus(next)
      else this.focus()
    }
  }

  /** Notes who came and left, and begins anew with other people. */
  #follow(): void {
    const of = this.client && this.target && `${JSON.stringify(this.target)}`
    if (of !== this.#of) {
      this.#of = of
      this.#drawn = ROWS_AT_ONCE
      this.#searchable = this.expanded = false
      this.#comings.clear()
      this.#pages?.clear()
    }
    const place = this.place.value
    if (place?.status !== 'ready' || place.audience || this.stale) return
    this.#comings.follow(this.everybody(this.withSelf), this.announce)
  }

  /** What only some states need, once one of them is there. */
  async #fetch(): Promise<void> {
    const ready = this.stage === 'ready'
    const { audience } = this.place.value ?? {}
    const noted = ready ? this.#shown === 0 && !audience : this.stage !== 'loading'
    if (noted && !this.#notice) {
      const { notice } = await import('../presence/presence-notice.ts')
      this.#notice ??= this.#adopt(notice.styles, notice)
      this.localize.include(notice.texts)
      this.requestUpdate()
    }
    if (ready && this.#mayBeSearched && !this.#search) {
      const { Search } = await import('./search.ts')
      this.#search ??= this.#adopt(
        Search.styles,
        new Search({
          localize: this.localize,
          changed: () => this.requestUpdate(),
          leave: () => this.focus(),
        }),
      )
      this.requestUpdate()
    }
    if (this.layout === 'inline') this.#adopt([(await import('./inline.styles.ts')).inlineStyles])
    if (audience && !this.#pages) {
      const { AudiencePages } = await import('./audience.ts')
      this.#pages ??= this.#adopt(
        AudiencePages.styles,
        new AudiencePages({
          localize: this.localize,
          changed: () => this.requestUpdate(),
          fail: (error) => this.fail(error),
        }),
      )
      this.requestUpdate()
    }
  }

  #adopt<T>(more: readonly CSSResult[], part?: T): T | undefined {
    const root = this.shadowRoot
    const sheets = more
      .filter((each) => !this.#fetched.includes(each))
      .flatMap(({ styleSheet }) => (styleSheet ? [styleSheet] : []))
    this.#fetched.push(...more)
    if (root && sheets.length > 0) root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...sheets]
    return part
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'presence-list': PresenceListElement
  }
}
