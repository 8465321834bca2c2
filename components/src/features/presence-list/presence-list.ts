import type { PresencePlace } from '@collab-kit/client/base'
import {
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
import type { ParticipantAction } from '../presence/person-card.ts'
import { select } from '../presence/presence.events.ts'
import { PresenceElement } from '../presence/presence-element.ts'
import { rowOf } from '../presence/row-of.ts'
import { Arrangement, type Group } from './arrangement.ts'
import type { Comings } from './comings.ts'
import type { Extras } from './extras.ts'
import { byStatus, type GroupBy, type Grouping, together } from './grouping.ts'
import type { Interaction } from './interaction.ts'
import { ghosts, groupList, staleNote } from './parts.ts'
import { firstOf, Rows } from './rows.ts'
import { isSame } from './same.ts'
import { styles } from './presence-list.styles.ts'

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

  readonly #arrangement = new Arrangement()
  readonly #rowsOf = new Rows()
  #all: readonly Person[] = []
  /** Of them those to show, in their order. */
  #people: readonly Person[] = []
  #groups: readonly Group[] = []
  /** Of them those that have a row by now. */
  #drawnGroups: readonly Group[] = []
  #grouping: Grouping = byStatus
  /** Some are not shown because they are offline. */
  #away = false
  #shown = 0
  #drawn = ROWS_AT_ONCE
  #searchable = false
  #arrangedBy: readonly unknown[] = []
  #of: unknown
  #interaction: Interaction | undefined
  #comings: Comings | undefined
  #extras: Extras | undefined

  constructor() {
    super()
    this.withSelf = this.withSearch = false
  }

  /** Puts the focus on a person; `false` when they are not shown. */
  focusParticipant(username: string): boolean {
    const found = this.#rows().find(({ dataset }) => dataset['username'] === username)
    found?.focus()
    return found !== undefined
  }

  override focus(): void {
    const active = this.#rows().find((each) => each.tabIndex === 0)
    ;(active ?? this.renderRoot.querySelector<HTMLElement>('.base'))?.focus({ preventScroll: true })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#comings?.clear()
  }

  protected override update(changed: PropertyValues<this>): void {
    this.#follow()
    super.update(changed)
    this.#drawRows()
    const audience = this.#audience
    const ready = this.stage === 'ready'
    if (ready && !audience && !this.stale) {
      this.#comings?.follow(this.#all, this.announce)
    }
    this.setState('audience', ready && audience !== undefined)
    this.setState('empty', ready && this.#shown === 0 && !audience)
    void this.#fetch().catch(() => {
      // The network is gone for a moment: the next rendering asks again.
    })
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
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
    const audience = this.#audience
    const count = audience?.total ?? people.length
    const ready = stage === 'ready'
    return html`<section
      class="base ${this.layout === 'inline' ? 'inline' : ''} ${people.length > MANY ? 'many' : ''}"
      part="base"
      tabindex="-1"
      aria-label=${ready ? localize.text('groupNamed', count, label) : label}
      aria-busy=${stage === 'loading' || this.#extras?.pages?.loading ? 'true' : 'false'}
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
          ? html`<div class="search" part="search">
              ${this.#extras?.search?.draw(people.length)}
            </div>`
          : nothing
      }
      <div class="scroller" @click=${this.#click}>
        ${this.#content(people)}
        <div class="empty" ?hidden=${!ready || people.length > 0 || audience !== undefined}>
          <slot name="empty"
            >${this.#extras?.notice?.empty({
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

  /** How many there are, where they are too many to be told one by one. */
  get #audience(): PresencePlace['audience'] {
    return this.place.value?.audience
  }

  get #query(): string {
    return this.#extras?.search?.query ?? ''
  }

  get #mayBeSearched(): boolean {
    return this.#searchable || this.withSearch
  }

  get #level(): number {
    return Math.min(Math.max(this.headingLevel ?? 2, 2), 5)
  }

  /** Those to show, in their order; sets the groups. */
  #arrange(): readonly Person[] {
    const audience = this.#audience
    const all = audience
      ? (this.#extras?.pages?.people(this.me.value, this.users.value ?? {}) ?? [])
      : this.everybody(this.withSelf)
    this.#all = all
    this.#searchable ||= all.length > SEARCH_FROM && !audience
    const online = this.show === 'online' ? all.filter(({ state }) => state !== 'offline') : all
    const people = this.#extras?.search?.find(online) ?? online
    this.#away = all.length > online.length
    const groupBy = this.layout === 'inline' || audience ? 'none' : (this.groupBy ?? 'status')
    this.#grouping =
      groupBy === 'status'
        ? byStatus
        : (groupBy === 'role' && this.#extras?.byRole(this.roleOf)) || together
    const by = [this.#query, this.show, groupBy, this.sort, this.#of, this.localize.locale]
    const same = isSame(by, this.#arrangedBy)
    this.#arrangedBy = by
    this.#groups = this.#arrangement.take(people, {
      ...this.#grouping,
      order: this.sort ?? (groupBy === 'status' ? byName : hereFirst)(this.localize.formats.locale),
      keep: same ? this.#interaction?.keep : undefined,
    })
    this.#interaction?.follow(all)
    return (this.#people = this.#groups.flatMap((group) => group.people))
  }

  #content(people: readonly Person[]): unknown {
    const { stage, localize } = this
    if (stage === 'loading') return ghosts(localize)
    if (stage !== 'ready') {
      const { error } = this
      const retry = () => this.retry()
      const context = { host: this, localize, error, level: this.#level + 1, retry }
      return this.#extras?.notice?.draw(stage, context)
    }
    const audience = this.#audience
    const most = this.#extras?.expanded ? Infinity : (this.max ?? Infinity)
    this.#shown = Math.min(people.length, most)
    this.#drawnGroups = firstOf(this.#groups, Math.min(this.#drawn, this.#shown))
    const left = people.length - this.#shown
    return html`${audience && this.#extras?.pages?.drawNumber(audience.online, audience.total)}
    ${groupList(this.#groups, this.#drawnGroups, {
      localize,
      heading: (key) => this.#grouping.label(key, localize),
      label: this.label ?? localize.text('people'),
      level: this.#level + 1,
    })}
    ${left > 0 ? this.#extras?.drawMore(left) : nothing}
    ${audience && this.#extras?.pages?.drawMore(this.client, this.target)}`
  }

  #drawRows(): void {
    const { localize, roleOf } = this
    this.#rowsOf.draw(this.renderRoot.querySelectorAll('.group ul'), this.#drawnGroups, {
      localize,
      active: this.#active(),
      open: this.#interaction?.openFor,
      roleOf,
      now: new Date(),
    })
  }

  #rows(): HTMLElement[] {
    return [...(this.shadowRoot?.querySelectorAll<HTMLElement>('.who') ?? [])]
  }

  /** Who Tab leads to: the one visited last, else the first. */
  #active(): string | undefined {
    const people = this.#people
    const last = people.find(({ username }) => username === this.#interaction?.active)
    return (last ?? people[0])?.username
  }

  readonly #click = async ({ target }: Event): Promise<void> => {
    const row = rowOf(target)
    const person = this.#all.find(({ username }) => username === row?.dataset['username'])
    if (!row || !person || !select(this, person)) return
    if (!this.#interaction) await this.#fetchLater()
    this.#interaction?.toggleCard(person, row)
  }

  /** Begins anew with other people. */
  #follow(): void {
    const of = this.client && JSON.stringify(this.target)
    if (of === this.#of) return
    this.#of = of
    this.#drawn = ROWS_AT_ONCE
    this.#searchable = false
    this.#comings?.clear()
    this.#extras?.clear()
  }

  async #fetch(): Promise<void> {
    if (!this.#interaction) await this.#fetchLater()
    const { stage } = this
    const ready = stage === 'ready'
    const audience = ready && this.#audience !== undefined
    await this.#extras?.fetch({
      stage,
      empty: ready && this.#shown === 0 && !audience,
      searchable: ready && this.#mayBeSearched,
      audience,
      inline: this.layout === 'inline',
    })
  }

  /** Who was here when it was sent for did not come. */
  async #fetchLater(): Promise<void> {
    const before = this.stage === 'ready' ? this.#all : undefined
    const of = this.#of
    // The network is gone for a moment: the next rendering asks again.
    const later = await import('./later.ts').catch(() => undefined)
    if (!later || this.#interaction) return
    ;[this.#interaction, this.#extras, this.#comings] = later.start(this, {
      localize: this.localize,
      // From here, so that bundlers leave what cards share with the list in the page's own file.
      fetch: () => import('../presence/person-card.ts'),
      fail: (error) => this.fail(error),
    })
    if (before && of === this.#of) this.#comings.follow(before, this.announce)
    this.requestUpdate()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'presence-list': PresenceListElement
  }
}
