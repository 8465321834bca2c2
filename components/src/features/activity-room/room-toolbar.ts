import type { ActivityPerson } from '@collab-kit/client'
import type { User } from '@collab-kit/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { initials, personColour } from '../../kit/person.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import type { Badge } from '../chat/connection-view.ts'
import { chatIcon } from '../../kit/chat-icon.ts'
import { peopleIcon } from '../chat/chat-icons.ts'
import { closeIcon, eyeIcon, whereIcon } from './room-icons.ts'
import { displayName, doingOf, leadingOf, type WhereContext } from './room-people.ts'
import { repeat } from 'lit/directives/repeat.js'

/** How many faces stand in the toolbar. */
const FACES = 4
/** How many where it is narrow. */
const FEW_FACES = 2

export interface ToolbarModel {
  localize: Localize
  title: string
  headingLevel: number
  /** What is known is not up to date yet. */
  loading: boolean
  badge: Badge | undefined
  lurking: boolean
  /** Whether shared values cannot be changed here. */
  readonly: boolean
  /** Whether one is in it, or about to be: else nobody is shown. */
  inside: boolean
  people: readonly ActivityPerson[]
  users: Readonly<Record<string, User>>
  followers: number
  /** Username of whom is followed. */
  following: string | undefined
  /** Whether the list of people is open. */
  listed: boolean
  /** Whether it can be seen, and what its button is called; absent where there is none. */
  sidebar: { shown: boolean; label: string } | undefined
  shortcuts: 'on' | 'off' | undefined
  where: WhereContext
  toggleList: () => void
  toggleSidebar: () => void
  follow: (person: ActivityPerson) => void
  unfollow: () => void
  /** Keys and focus of the open list. */
  listKey: (event: KeyboardEvent) => void
  listLeft: (event: FocusEvent) => void
}

/** Title, who is there, and the ways to them. */
export function roomToolbar(model: ToolbarModel): TemplateResult {
  const { localize, title, loading, followers, lurking } = model
  return html`<div class="toolbar chrome" part="toolbar" aria-busy=${loading ? 'true' : 'false'}>
    <div class="title" role="heading" aria-level=${model.headingLevel}>
      ${
        loading
          ? html`<span class="ghost-title" aria-hidden="true"></span
              ><span class="hidden">${localize.text('roomJoining')}</span>`
          : html`<bdi class="cut">${title}</bdi>`
      }
    </div>
    ${lurking ? tag(localize.text('roomWatching')) : nothing}
    ${model.readonly && !lurking ? tag(localize.text('roomReadonly')) : nothing}
    ${connection(model)}
    <div class="space"></div>
    <slot name="toolbar"></slot>
    ${
      followers > 0 && model.inside
        ? html`<span class="followers"
            >${peopleIcon}<span class="text">${localize.text('followers', followers)}</span></span
          >`
        : nothing
    }
    ${model.inside ? peopleButton(model) : nothing} ${sidebarButton(model)}
    ${model.listed && model.inside ? peopleList(model) : nothing}
  </div>`
}

const tag = (text: string): TemplateResult =>
  html`<span class="tag" title=${text}>${eyeIcon}<span class="text">${text}</span></span>`

function connection({ badge, localize }: ToolbarModel): TemplateResult | typeof nothing {
  if (!badge || badge === 'live') return nothing
  return html`<span class="badge ${badge}"
    ><span class="dot"></span><span class="text">${localize.text(badge)}</span></span
  >`
}

/** The faces are the button: whoever wants to know who is there presses on them. */
function peopleButton(model: ToolbarModel): TemplateResult {
  const { localize, people, users, loading, listed, shortcuts } = model
  const count = people.length
  return html`<button
    class="people-button"
    part="people-button"
    type="button"
    id="people-button"
    title=${localize.text('roomPeople')}
    aria-haspopup="dialog"
    aria-expanded=${listed ? 'true' : 'false'}
    aria-keyshortcuts=${shortcuts === 'off' ? nothing : 'Alt+Shift+P'}
    @click=${model.toggleList}
  >
    <span class="hidden">${localize.text('roomPeopleHere', count)}</span
    ><span class="faces" aria-hidden="true"
      >${
        loading
          ? [0, 1, 2].map(() => html`<span class="ghost-face"></span>`)
          : people.slice(0, FACES).map(({ username }) => face(username, users))
      }${[FEW_FACES, FACES].map((faces) =>
        count > faces
          ? html`<span class="more of-${faces} text"
              >+${localize.formats.number(count - faces)}</span
            >`
          : nothing,
      )}</span
    >${whereIcon}
  </button>`
}

const face = (username: string, users: ToolbarModel['users']): TemplateResult =>
  html`<span class="avatar person-${personColour(username)}"
    >${initials(displayName(users, username))}</span
  >`

function sidebarButton({ sidebar, toggleSidebar }: ToolbarModel) {
  if (!sidebar) return nothing
  const { shown, label } = sidebar
  return html`<button
    class="icon-button sidebar-button"
    part="sidebar-button"
    type="button"
    title=${label}
    aria-label=${label}
    aria-expanded=${shown ? 'true' : 'false'}
    @click=${toggleSidebar}
  >
    ${chatIcon}
  </button>`
}

function peopleList(model: ToolbarModel): TemplateResult {
  const { localize, people, listKey, listLeft, toggleList } = model
  const alone = people.every(({ local }) => local)
  return html`<div
    class="people"
    part="people"
    role="dialog"
    aria-labelledby="people-title"
    @keydown=${listKey}
    @focusout=${listLeft}
  >
    <div class="people-head">
      <div id="people-title" class="people-title text" tabindex="-1" role="heading" aria-level="3">
        ${localize.text('roomPeopleHere', people.length)}
      </div>
      <button
        class="icon-button"
        type="button"
        aria-label=${localize.text('roomClose')}
        title=${localize.text('roomClose')}
        @click=${toggleList}
      >
        ${closeIcon}
      </button>
    </div>
    <ul>
      ${repeat(
        people,
        ({ username }) => username,
        (person) => personRow(model, person),
      )}
    </ul>
    ${alone ? html`<p class="alone text">${localize.text('roomOnlyYou')}</p>` : nothing}
  </div>`
}

function personRow(model: ToolbarModel, person: ActivityPerson): TemplateResult {
  const { localize, users, where } = model
  const name = displayName(users, person.username)
  return html`<li class="person-${personColour(person.username)}">
    <span class="avatar" aria-hidden="true">${initials(name)}</span>
    <span class="who"
      ><bdi class="cut name">${person.local ? localize.text('roomYou', name) : name}</bdi
      ><span class="cut doing text">${doingOf(person, where)}</span></span
    >
    ${followButton(model, person, name)}
  </li>`
}

function followButton(model: ToolbarModel, person: ActivityPerson, name: string) {
  if (person.local || !leadingOf(person)) return nothing
  const { localize, following, follow, unfollow } = model
  const followed = following === person.username
  return html`<button
    class="button small ${followed ? 'pressed' : ''}"
    part="follow-button"
    type="button"
    aria-label=${localize.text(followed ? 'stopFollowingPerson' : 'followPerson', name)}
    @click=${followed ? unfollow : () => follow(person)}
  >
    ${localize.text(followed ? 'stopFollowing' : 'follow')}
  </button>`
}
