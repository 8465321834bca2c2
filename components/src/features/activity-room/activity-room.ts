import {
  type ActivityOptions,
  type ActivityPerson,
  type ActivityState,
  type CollabClient,
  type CollabState,
  selectActivity,
  selectConnection,
  selectPeople,
  selectUsername,
} from '@collab-kit/client/base'
import type { StateValue } from '@collab-kit/protocol'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { CollabElement } from '../../kit/element.ts'
import { activity as texts } from '../../kit/localize/en/activity.ts'
import { chat as connectionTexts } from '../../kit/localize/en/chat.ts'
import { StoreController } from '../../kit/store-controller.ts'
import { tokens } from '../../kit/tokens.css.ts'
import type { CustomPlaces } from '../activity/anchors.ts'
import { type Banner, ConnectionView } from '../chat/connection-view.ts'
import { CollabStateConflictEvent } from './activity-room.events.ts'
import { styles } from './activity-room.styles.ts'
import { ActivitySession } from './activity-session.ts'
import { RoomFields } from './room-fields.ts'
import { RoomFollowing } from './room-following.ts'
import { displayName, leadingOf, ownOf } from './room-people.ts'
import { RoomNews } from './room-news.ts'
import { RoomPlaces } from './room-places.ts'
import { RoomRegions } from './room-regions.ts'
import { isLoading, roomStage, type Stage } from './room-stage.ts'
import { RoomTeller } from './room-teller.ts'
import { roomView } from './room-view.ts'

/** Narrower than this the sidebar stands below the content and opens by its button, pixels. */
const NARROW = 640

/**
 * Makes what a page shows something that several people do together: who is there and where, cursors, following,
 * fields that are filled in together, and a chat beside it.
 *
 * The page's own content is the default slot and stays in the light DOM as it is. What has `data-collab-bind="KEY"` in
 * it is kept the same for all: fields are changed and followed, other elements show the value. While the focus is in a
 * field nothing is replaced in it; what others write waits beside it. `data-collab-anchor` names parts of the content
 * that cursors refer to, `data-collab-scroll` scrollers that are followed.
 *
 * @tag activity-room
 * @summary People, cursors, following and shared fields around any content.
 *
 * @slot - The page's own content.
 * @slot toolbar - Buttons of your own in the toolbar.
 * @slot sidebar - Beside the content, before the chat.
 * @slot status - A line of your own under the toolbar.
 * @slot ended - Replaces what is said once the activity has ended.
 * @slot cursor - A `template` of a cursor. What has `data-name` in it gets the person's name, and
 *   `var(--collab-cursor-color)` is their colour.
 *
 * @csspart base - Everything.
 * @csspart toolbar - Title, people and buttons.
 * @csspart people-button - The faces; opens the list of people.
 * @csspart people - The list of people and what they do.
 * @csspart follow-button - Follows somebody, or ends it.
 * @csspart sidebar-button - Opens and closes the sidebar.
 * @csspart status - The line under the toolbar.
 * @csspart content - Around the page's content.
 * @csspart overlay - Over the content; takes no pointer.
 * @csspart cursor - One person's cursor; its corner is the place.
 * @csspart pointer - Its arrow, or the mark at the edge for somebody whose place is out of view.
 * @csspart label - The name at it.
 * @csspart edit-outline - Around a field that somebody else is in.
 * @csspart field-hint - Below a field: what somebody else wrote.
 * @csspart follow-frame - Around the content while somebody is followed.
 * @csspart sidebar - Beside the content.
 * @csspart notice - Why the activity cannot be used.
 * @csspart notice-button - The way on from there.
 * @csspart dialog - Says that one was removed, or that it has ended.
 * @csspart close-button - Closes it.
 *
 * @cssprop [--collab-room-sidebar-inline-size=20rem] - Width of the sidebar.
 * @cssprop [--collab-room-follow-width=3px] - Width of the frame while somebody is followed.
 * @cssprop [--collab-room-overlay-z=1000] - How far above the content cursors and outlines stand, as in `z-index`.
 * @cssprop [--collab-cursor-size=20px] - Size of a cursor's arrow.
 * @cssprop --collab-cursor-label-bg - Background of names at cursors. Default: the person's colour.
 *
 * @cssState loading - Not in it yet.
 * @cssState reconnecting - The connection is lost.
 * @cssState offline - There is no network.
 * @cssState signed-out - Someone has to sign in.
 * @cssState error - The activity cannot be opened.
 * @cssState full - There is no room.
 * @cssState lurking - One only watches.
 * @cssState readonly - Shared values cannot be changed here.
 * @cssState following - Somebody is followed.
 * @cssState removed - One was put out.
 * @cssState ended - The activity is gone.
 * @cssState narrow - The sidebar stands below the content.
 *
 * @fires {CollabParticipantJoinEvent} collab-participant-join - Somebody came.
 * @fires {CollabParticipantLeaveEvent} collab-participant-leave - Somebody left.
 * @fires {CollabFollowStartEvent} collab-follow-start - Somebody is followed.
 * @fires {CollabFollowStopEvent} collab-follow-stop - Nobody is followed any more; `reason` says why.
 * @fires {CollabStateChangeEvent} collab-state-change - A shared value is another one.
 * @fires {CollabStateConflictEvent} collab-state-conflict - Two changed a value at once; cancelable.
 * @fires {CollabRemovedEvent} collab-removed - The person was put out.
 * @fires {CollabActivityEndedEvent} collab-activity-ended - The activity is gone.
 */
export class ActivityRoomElement extends CollabElement {
  static override readonly tag: string = 'activity-room'
  static override readonly styles: CSSResultGroup = [tokens, ...styles]
  static override readonly properties: PropertyDeclarations = {
    activityType: { attribute: 'activity-type' },
    activityId: { attribute: 'activity-id' },
    label: {},
    headingLevel: { attribute: 'heading-level', type: Number },
    lurk: { type: Boolean },
    withChat: { attribute: 'with-chat', type: Boolean },
    chatId: { attribute: 'chat-id' },
    withoutToolbar: { attribute: 'without-toolbar', type: Boolean },
    cursors: {},
    following: {},
    regionKeys: { attribute: 'region-keys', type: Boolean },
    shortcuts: {},
    create: { attribute: false },
    toPoint: { attribute: false },
    fromPoint: { attribute: false },
    listed: { state: true },
    sidebarOpen: { state: true },
    narrow: { state: true },
    dismissed: { state: true },
  }

  /** Kind of the activity, as the page names it. */
  declare activityType: string | undefined
  /** Which activity of that kind. */
  declare activityId: string | undefined
  /** What the room is called. Default: the activity's title. */
  declare label: string | undefined
  /** Level of the title among the page's headings. Default 2. */
  declare headingLevel: number | undefined
  /** Only watches, unseen by those who do not run the activity. */
  declare lurk: boolean
  /** Puts a chat beside the content. */
  declare withChat: boolean
  /** Which chat. Default: the one named `TYPE.ID` after the activity; the page's own service makes it. */
  declare chatId: string | undefined
  /** Leaves the toolbar out. */
  declare withoutToolbar: boolean
  /** Cursors of everybody, of nobody, or only those of the others. Default `on`. */
  declare cursors: 'on' | 'off' | 'self-off' | undefined
  /** Whom to follow: a username, or a connection of somebody. */
  declare following: string | undefined
  /** Whether Control+F6 leads from one part of the room to the next. */
  declare regionKeys: boolean
  /** `off`: Alt+Shift+P and Alt+Shift+U do nothing here. */
  declare shortcuts: 'on' | 'off' | undefined
  /** How the activity is made by the first who joins; `false` joins only what is there. */
  declare create: ActivityOptions['create']
  /** Where a position is on the screen, for content that is not made of elements; see `fromPoint`. */
  declare toPoint: CustomPlaces['toPoint']
  /** The position of a point of the screen (`clientX`, `clientY`), in any numbers that `toPoint` understands. */
  declare fromPoint: CustomPlaces['fromPoint']

  declare private listed: boolean
  declare private sidebarOpen: boolean | undefined
  declare private narrow: boolean
  declare private dismissed: boolean

  readonly #activity = new StoreController(this, (state: CollabState) =>
    selectActivity(state, this.activityType ?? '', this.activityId ?? ''),
  )
  readonly #people = new StoreController(this, (state: CollabState) =>
    selectPeople(state, this.activityType ?? '', this.activityId ?? ''),
  )
  readonly #connection = new StoreController(this, selectConnection)
  readonly #users = new StoreController(this, (state: CollabState) => state.users)
  readonly #username = new StoreController(this, selectUsername)
  readonly #connectionView = new ConnectionView(this)
  readonly #session = new ActivitySession()
  readonly #news = new RoomNews(this, (detail) => this.fail(detail))
  readonly #fields: RoomFields
  readonly #following: RoomFollowing
  readonly #teller: RoomTeller
  #places: RoomPlaces | undefined
  #sizes: ResizeObserver | undefined
  #stage: Stage = 'joining'
  #banner: Banner | undefined
  #signInReady = false

  constructor() {
    super()
    this.lurk = this.withChat = this.withoutToolbar = this.regionKeys = false
    this.listed = this.narrow = this.dismissed = false
    this.localize.include({ ...connectionTexts, ...texts })
    this.#teller = new RoomTeller(this, this.localize)
    const shared = {
      element: this,
      handle: () => this.#session.handle,
      activity: () => this.#activity.value,
      changed: () => this.requestUpdate(),
    }
    new RoomRegions(this, {
      regions: () => this.regionKeys,
      shortcuts: () => this.shortcuts !== 'off',
      togglePeople: () => this.togglePeople(),
      enterHint: () => this.#fields.enterHint(),
    })
    this.#fields = new RoomFields(
      {
        ...shared,
        conflicted: (conflict) => !this.dispatchEvent(new CollabStateConflictEvent(conflict)),
        hinted: (hint) =>
          this.#teller.hint(hint, {
            me: this.#username.value,
            nameOf: (username) => this.#nameOf(username),
          }),
      },
      this.localize,
    )
    this.#following = new RoomFollowing({
      ...shared,
      say: (what, username) => this.#teller.say(this.localize.text(what, this.#nameOf(username))),
    })
  }

  /** The shared values by key, those set here included. */
  get shared(): Readonly<Record<string, StateValue>> {
    const entries = Object.entries(this.#activity.value?.shared ?? {})
    return Object.fromEntries(entries.map(([key, { value }]) => [key, value]))
  }

  /** Sets a shared value for everybody. */
  setShared(key: string, value: StateValue): void {
    this.#session.handle?.setShared(key, value)
  }

  /** Decides a conflict whose `collab-state-conflict` was prevented. */
  resolve(key: string, choice: 'mine' | 'theirs'): void {
    this.#fields.resolve(key, choice)
  }

  /**
   * Shows what somebody else sees, until a key or the pointer is used here.
   * @param whom A username, or a connection of somebody.
   * @returns `false` where nobody of that name can be followed
   */
  follow(whom: string): boolean {
    const people = this.#people.value ?? []
    const person = people.find(({ username }) => username === whom)
    const connectionId = person ? leadingOf(person)?.connectionId : whom
    const participant = this.#activity.value?.participants[connectionId ?? '']
    if (!participant || participant.local) return false
    this.#session.handle?.follow(participant.connectionId)
    return true
  }

  /** Follows nobody any more. */
  unfollow(): void {
    this.#session.handle?.unfollow()
  }

  /** Leaves the activity; the content stays as it is. */
  leave(): void {
    this.#session.leave()
    this.requestUpdate()
  }

  /** Comes back after having left, or having been put out. */
  rejoin(): void {
    this.dismissed = false
    this.#session.rejoin(this.#options)
    this.requestUpdate()
  }

  /** Opens or closes the list of people and what they do. */
  togglePeople(): void {
    this.listed = !this.listed
    const target = this.listed ? '#people-title' : '#people-button'
    void this.updateComplete.then(() => this.#focusOn(target))
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.narrow = this.clientWidth < NARROW
    // In a frame of its own: what changes here changes sizes.
    this.#sizes ??= new ResizeObserver(() =>
      requestAnimationFrame(() => (this.narrow = this.clientWidth < NARROW)),
    )
    this.#sizes.observe(this)
    if (this.#session.handle) this.#fields.connect()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#fields.disconnect()
    this.#places?.stop()
    this.#teller.stop()
    this.#sizes?.disconnect()
    this.listed = false
  }

  protected override get settled(): boolean {
    return !isLoading(this.#stage, this.#activity.value, this.#connection.value)
  }

  protected override clientChanged(
    client: CollabClient | undefined,
    previous: CollabClient | undefined,
  ): void {
    super.clientChanged(client, previous)
    this.#open(client)
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const named = ['activityType', 'activityId', 'lurk'] as const
    if (named.some((name) => changed.has(name))) this.#open(this.client)
    if (changed.has('following') && this.hasUpdated) this.#followAsked()
  }

  // Not in willUpdate: only here every controller has read what there is now.
  protected override update(changed: PropertyValues<this>): void {
    const connection = this.#connection.value
    this.#connectionView.follow(connection?.status, connection?.since ?? 0)
    const before = this.#stage
    this.#stage = roomStage({
      addressMissing: this.source.addressMissing,
      named: Boolean(this.activityType && this.activityId),
      tokensByPage: this.source.tokensByPage,
      connection,
      activity: this.#activity.value,
      left: this.#session.left,
    })
    if (before !== this.#stage) this.dismissed = false
    this.#fields.follow({
      activity: this.#activity.value,
      me: this.#username.value,
      writable: this.#writable,
      nameOf: (username) => this.#nameOf(username),
    })
    super.update(changed)
    this.#showStates(connection?.status)
    if (before !== this.#stage) this.#entered(this.#stage)
  }

  protected override render(): TemplateResult {
    const { localize, client } = this
    const activity = this.#activity.value
    const banner = this.#connectionView.banner
    if (banner !== this.#banner && banner) this.#teller.connection(banner)
    this.#banner = banner
    const own = ownOf(activity)
    if (this.withChat) void import('../collab-chat/index.ts')
    return roomView({
      localize,
      client,
      stage: this.#stage,
      activity,
      connection: this.#connection.value,
      badge: this.#connectionView.badge,
      banner,
      people: this.#people.value ?? [],
      users: this.#users.value ?? {},
      me: this.#username.value,
      own: own?.connectionId,
      lurking: own?.lurking ?? false,
      readonly: this.#stage === 'joined' && !this.#writable,
      name: this.label ?? activity?.activity?.title ?? localize.text('roomLabel'),
      headingLevel: Math.min(Math.max(this.headingLevel ?? 2, 2), 5),
      chatId: this.withChat
        ? (this.chatId ?? `${this.activityType}.${this.activityId}`)
        : undefined,
      sidebarOpen: this.sidebarOpen ?? !this.narrow,
      listed: this.listed,
      dismissed: this.dismissed,
      signInReady: this.#signInReady,
      withoutToolbar: this.withoutToolbar,
      shortcuts: this.shortcuts,
      look: { i18n: this.i18n, density: this.density },
      followed: this.#following.followed,
      fields: this.#fields,
      root: this,
      act: {
        togglePeople: () => this.togglePeople(),
        toggleSidebar: () => (this.sidebarOpen = !(this.sidebarOpen ?? !this.narrow)),
        follow: (person: ActivityPerson) => this.follow(person.username),
        unfollow: () => this.unfollow(),
        rejoin: () => this.rejoin(),
        dismiss: () => this.#dismiss(),
        redraw: () => this.requestUpdate(),
        closePeople: () => (this.listed = false),
      },
    })
  }

  protected override firstUpdated(changed: PropertyValues): void {
    super.firstUpdated(changed)
    this.#followAsked()
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    const activity = this.#activity.value
    if (activity) this.#tellChanges(activity)
    this.#fields.settle(activity)
    this.#fields.place()
    if (this.isConnected) this.#showPlaces(activity)
  }

  get #options(): ActivityOptions {
    return { lurk: this.lurk, ...(this.create !== undefined && { create: this.create }) }
  }

  get #writable(): boolean {
    const { activity } = this.#activity.value ?? {}
    if (this.#stage !== 'joined' && this.#stage !== 'joining') return false
    const own = ownOf(this.#activity.value)
    return !(own?.lurking ?? this.lurk) && (activity?.permissions.includes('set_state') ?? true)
  }

  #nameOf(username: string): string {
    return displayName(this.#users.value ?? {}, username)
  }

  #open(client: CollabClient | undefined): void {
    const wanted = { type: this.activityType, id: this.activityId, ...this.#options }
    if (this.#session.isOpen(client, wanted)) return
    // What was typed belongs to the activity before.
    this.#fields.disconnect()
    this.#session.open(client, wanted)
    this.#news.forget()
    this.#following.forget()
    if (this.#session.handle && this.isConnected) this.#fields.connect()
  }

  #followAsked(): void {
    const { following } = this
    const joined = this.#activity.value?.status === 'joined'
    if (following && joined && following !== this.#following.followed?.username)
      this.follow(following)
    else if (!following && this.#following.followed) this.unfollow()
  }

  #showPlaces(activity: ActivityState | undefined): void {
    const content = this.renderRoot.querySelector<HTMLElement>('.content')
    const overlay = this.renderRoot.querySelector<HTMLElement>('.cursor-layer')
    if (!content || !overlay) return
    this.#places ??= new RoomPlaces(
      { content, overlay },
      {
        handle: () => this.#session.handle,
        custom: () => ({ toPoint: this.toPoint, fromPoint: this.fromPoint }),
        stopped: (reason) => {
          this.following = undefined
          this.#following.stopped(reason)
        },
      },
    )
    const slot = this.renderRoot.querySelector<HTMLSlotElement>('slot[name=cursor]')
    this.#places.update({
      activity,
      connection: this.#connection.value?.status,
      users: this.#users.value ?? {},
      username: this.#username.value,
      cursors: this.cursors ?? 'on',
      template: slot?.assignedElements()[0],
    })
    this.#following.update(activity)
  }

  #tellChanges(activity: ActivityState): void {
    const changes = this.#news.tell(activity, this.#connection.value)
    const count = this.#people.value?.length ?? 0
    this.#teller.people(changes, { count, nameOf: (username) => this.#nameOf(username) })
    if (activity.status === 'joined' && this.following && !this.#following.followed)
      this.#followAsked()
  }

  #showStates(status: string | undefined): void {
    const stage = this.#stage
    const own = ownOf(this.#activity.value)
    this.setState('loading', !this.settled)
    this.setState('reconnecting', status === 'reconnecting')
    this.setState('offline', status === 'offline')
    this.setState('signed-out', stage === 'signed-out')
    this.setState('error', ['no-service', 'no-activity', 'unknown-page', 'refused'].includes(stage))
    this.setState('full', stage === 'full')
    this.setState('removed', stage === 'removed')
    this.setState('ended', stage === 'ended')
    this.setState('lurking', stage === 'joined' && (own?.lurking ?? false))
    this.setState('readonly', stage === 'joined' && !this.#writable)
    this.setState('following', this.#following.followed !== undefined)
    this.setState('narrow', this.narrow)
  }

  /** The room as a whole is another one now. */
  #entered(stage: Stage): void {
    if (this.#activity.value) this.#news.entered(stage, this.#activity.value)
    if (stage === 'signed-out')
      void import('../collab-sign-in/index.ts').then(() => {
        this.#signInReady = true
        this.requestUpdate()
      })
    if (stage !== 'removed' && stage !== 'ended') return
    // Whoever does something else on the page is told, and not taken away from it.
    const { activeElement, body } = document
    if (activeElement === body || this.contains(activeElement) || activeElement === this)
      this.#focusOn('#notice-title', '.dialog')
    else
      this.#teller.say(
        this.localize.text(stage === 'ended' ? 'roomEndedTitle' : 'roomRemovedTitle'),
        true,
      )
  }

  #dismiss(): void {
    this.dismissed = true
    void this.updateComplete.then(() => this.#focusOn('.app'))
  }

  /** The focus goes to the first of these that takes it. */
  #focusOn(...selectors: string[]): void {
    for (const selector of selectors) {
      this.renderRoot.querySelector<HTMLElement>(selector)?.focus()
      if (this.shadowRoot?.activeElement?.matches(selector)) return
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'activity-room': ActivityRoomElement
  }
}
