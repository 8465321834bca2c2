import type {
  ActivityPerson,
  ActivityState,
  CollabClient,
  ConnectionInfo,
} from '@collab-kit/client'
import type { User } from '@collab-kit/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import type { Density } from '../../kit/element.ts'
import { liveRegions } from '../../kit/live-regions.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import type { Messages } from '../../kit/localize/messages.ts'
import { personColour } from '../../kit/person.ts'
import { followersOf } from '../activity/follow.ts'
import { cloudOffIcon } from '../chat/cloud-off-icon.ts'
import type { Badge, Banner } from '../chat/connection-view.ts'
import type { RoomFields } from './room-fields.ts'
import { editOutlines, fieldHints } from './room-hints.ts'
import { coverNotice, type NoticeModel, roomDialog } from './room-notices.ts'
import { displayName, nameOfPlace, type WhereContext } from './room-people.ts'
import { COVERED, type Stage } from './room-stage.ts'
import { BANNER_TEXTS } from './room-teller.ts'
import { roomToolbar } from './room-toolbar.ts'

export interface RoomModel {
  localize: Localize
  client: CollabClient | undefined
  stage: Stage
  activity: ActivityState | undefined
  connection: ConnectionInfo | undefined
  badge: Badge | undefined
  banner: Banner | undefined
  people: readonly ActivityPerson[]
  users: Readonly<Record<string, User>>
  /** Username of who sits here, and the connection of this page. */
  me: string | undefined
  own: string | undefined
  lurking: boolean
  /** Whether shared values cannot be changed here. */
  readonly: boolean
  name: string
  headingLevel: number
  /** Absent where there is no chat. */
  chatId: string | undefined
  /** What it is called, and its button. */
  chatLabel: string | undefined
  /** Whether the sidebar may be seen, where there is one. */
  sidebarOpen: boolean
  listed: boolean
  /** What was said of the end was read and closed. */
  dismissed: boolean
  signInReady: boolean
  withoutToolbar: boolean
  shortcuts: 'on' | 'off' | undefined
  look: { i18n: Partial<Messages> | undefined; density: Density | undefined }
  followed: { username: string } | undefined
  fields: RoomFields
  root: HTMLElement
  act: RoomActs
}

export interface RoomActs {
  togglePeople: () => void
  closePeople: () => void
  toggleSidebar: () => void
  follow: (person: ActivityPerson) => void
  unfollow: () => void
  rejoin: () => void
  dismiss: () => void
  redraw: () => void
}

/** Everything of a room but what the page puts into it. */
export function roomView(model: RoomModel): TemplateResult {
  const { stage, name, dismissed } = model
  const out = (stage === 'removed' || stage === 'ended') && !dismissed
  const covered = out || COVERED.has(stage)
  return html`<div class="base" part="base" role="region" aria-label=${name}>
    <span class="font-probe"></span>
    ${liveRegions()} ${model.withoutToolbar ? nothing : toolbar(model)}
    <div class="status chrome" part="status">
      ${statusLine(model)}<slot name="status" @slotchange=${model.act.redraw}></slot>
    </div>
    <div class="content ${covered ? `covered ${stage}` : ''}" part="content">
      <div class="app" tabindex="-1" role="group" aria-label=${name} ?inert=${covered}>
        <slot></slot>
      </div>
      <div
        class="overlay ${model.banner && model.banner !== 'recovered' ? 'faded' : ''}"
        part="overlay"
        aria-hidden="true"
      >
        <div class="cursor-layer"></div>
        ${editOutlines({
          editors: covered ? new Map() : model.fields.editors,
          users: model.users,
          localize: model.localize,
        })}
      </div>
      <div class="layer">${covered ? nothing : hints(model)}</div>
      ${followFrame(model)} ${covered ? cover(model, out) : nothing}
    </div>
    ${sidebar(model)}
    <div hidden><slot name="cursor" @slotchange=${model.act.redraw}></slot></div>
  </div>`
}

function toolbar(model: RoomModel): TemplateResult {
  const { localize, stage, activity, people, users, own, act, followed } = model
  const where: WhereContext = {
    localize,
    own,
    nameOf: (connectionId) => {
      const username = activity?.participants[connectionId]?.username
      return username === undefined ? undefined : displayName(users, username)
    },
    fieldOf: (key) => model.fields.nameOf(key),
    placeOf: (anchor) => nameOfPlace(model.root, anchor),
  }
  return roomToolbar({
    localize,
    title: model.name,
    headingLevel: model.headingLevel,
    loading: stage === 'joining' && !activity?.activity,
    badge: model.badge,
    lurking: model.lurking,
    readonly: model.readonly,
    inside: stage === 'joined' || stage === 'joining',
    people,
    users,
    followers: followersOf(activity?.participants ?? {}, own).length,
    following: followed?.username,
    listed: model.listed,
    sidebar: hasSidebar(model) ? { shown: isShown(model), label: sidebarLabel(model) } : undefined,
    shortcuts: model.shortcuts,
    where,
    toggleList: act.togglePeople,
    toggleSidebar: act.toggleSidebar,
    follow: act.follow,
    unfollow: act.unfollow,
    listKey: (event) => {
      if (event.key !== 'Escape') return
      event.preventDefault()
      act.togglePeople()
    },
    listLeft: ({ currentTarget, relatedTarget }) => {
      const list = currentTarget as HTMLElement
      const button = list.parentElement?.querySelector('#people-button')
      if (
        relatedTarget instanceof Node &&
        !list.contains(relatedTarget) &&
        relatedTarget !== button
      )
        act.closePeople()
    },
  })
}

function statusLine(model: RoomModel): TemplateResult | typeof nothing {
  const { localize, stage, banner, act, dismissed } = model
  if (stage === 'no-activity' || stage === 'no-service') {
    const [title, text] =
      stage === 'no-activity'
        ? ([localize.text('roomNoActivityTitle'), localize.text('roomNoActivity')] as const)
        : ([localize.text('roomNoServiceTitle'), localize.text('roomNoService')] as const)
    return html`<div class="banner"><span class="text">${title}. ${text}</span></div>`
  }
  if (stage === 'left' || ((stage === 'removed' || stage === 'ended') && dismissed)) {
    const mayReturn = stage !== 'ended' && !model.activity?.permission
    return html`<div class="banner">
      <span class="text">${localize.text('roomGone')}</span>${
        mayReturn
          ? html`<button class="link" type="button" part="notice-button" @click=${act.rejoin}>
              ${localize.text('roomJoinAgain')}
            </button>`
          : nothing
      }
    </div>`
  }
  if (!banner) return nothing
  return html`<div class="banner ${banner}">
    ${banner === 'recovered' ? nothing : cloudOffIcon}<span class="text"
      >${localize.text(BANNER_TEXTS[banner])}</span
    >
  </div>`
}

function hints({ fields, localize, users, me }: RoomModel): TemplateResult {
  return fieldHints({
    localize,
    hints: fields.hints,
    users,
    me,
    useTheirs: (key) => fields.useTheirs(key),
    keepMine: (key) => fields.keepMine(key),
    back: (hint) => fields.back(hint),
    left: (hint) => fields.left(hint),
  })
}

function followFrame({ followed, users, localize, act }: RoomModel) {
  if (!followed) return nothing
  const name = displayName(users, followed.username)
  return html`<div
    class="follow-frame person-${personColour(followed.username)}"
    part="follow-frame"
  >
    <div class="follow-note chrome">
      <span class="cut text">${localize.text('following', name)}</span>
      <button
        class="button"
        part="follow-button"
        type="button"
        aria-label=${localize.text('stopFollowingPerson', name)}
        @click=${act.unfollow}
      >
        ${localize.text('stopFollowing')}
      </button>
    </div>
  </div>`
}

/** What stands before the content. */
function cover(model: RoomModel, out: boolean): TemplateResult {
  const { localize, stage, connection, activity, headingLevel, act, client, look } = model
  const notice: NoticeModel = {
    stage,
    localize,
    connection,
    activity,
    headingLevel: headingLevel + 1,
    retry: act.rejoin,
    close: act.dismiss,
  }
  if (stage !== 'signed-out')
    return html`<div class="cover chrome">${out ? roomDialog(notice) : coverNotice(notice)}</div>`
  return html`<div
    class="cover chrome"
    tabindex="-1"
    role="group"
    aria-label=${model.name}
    aria-busy=${model.signInReady ? 'false' : 'true'}
  >
    ${
      model.signInReady
        ? html`<div class="sign-in">
            <collab-sign-in
              .client=${client}
              .i18n=${look.i18n}
              .density=${look.density}
              .headingLevel=${headingLevel + 1}
            ></collab-sign-in>
          </div>`
        : html`<span class="hidden">${localize.text('loadingSignIn')}</span>`
    }
  </div>`
}

/** Whoever is not signed in sees none. */
const hasSidebar = ({ chatId, root, stage }: RoomModel): boolean =>
  stage !== 'signed-out' &&
  (chatId !== undefined || [...root.children].some(({ slot }) => slot === 'sidebar'))

const isShown = (model: RoomModel): boolean => hasSidebar(model) && model.sidebarOpen

const sidebarLabel = ({ chatId, chatLabel, localize }: RoomModel): string =>
  chatId === undefined ? localize.text('roomSidebar') : (chatLabel ?? localize.text('chat'))

function sidebar(model: RoomModel): TemplateResult {
  const { client, chatId, chatLabel, look, headingLevel, act } = model
  const shown = isShown(model)
  return html`<div class="sidebar" part="sidebar" ?hidden=${!shown}>
    <div class="sidebar-inner">
      <slot name="sidebar" @slotchange=${act.redraw}></slot>
      ${
        shown && chatId !== undefined
          ? html`<collab-chat
              .client=${client}
              .chatId=${chatId}
              .label=${chatLabel}
              .i18n=${look.i18n}
              .density=${look.density}
              .headingLevel=${headingLevel + 1}
            ></collab-chat>`
          : nothing
      }
    </div>
  </div>`
}
