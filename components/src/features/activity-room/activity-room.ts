import type { ActivityPerson, ActivityState } from '@collab-kit/client'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { activity as texts } from '../../kit/localize/en/activity.ts'
import { chat as connectionTexts } from '../../kit/localize/en/chat.ts'
import { tokens } from '../../kit/tokens.css.ts'
import type { CustomPlaces } from '../activity/anchors.ts'
import type { FollowScroll } from '../activity/follow.ts'
import { type Banner, ConnectionView } from '../chat/connection-view.ts'
import { ActivityElement } from './activity-element.ts'
import { CollabStateConflictEvent } from './activity-room.events.ts'
import { styles } from './activity-room.styles.ts'
import { RoomFields } from './room-fields.ts'
import { RoomFocus } from './room-focus.ts'
import { RoomFollowing } from './room-following.ts'
import { RoomNews } from './room-news.ts'
import { RoomPlaces } from './room-places.ts'
import { RoomRegions } from './room-regions.ts'
import { RoomSidebar } from './room-sidebar.ts'
import { COVERED, showStates, type Stage } from './room-stage.ts'
import { RoomTeller } from './room-teller.ts'
import { roomView } from './room-view.ts'

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
 * @cssState sidebar - The sidebar can be seen.
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
export class ActivityRoomElement extends ActivityElement {
  static override readonly tag: string = 'activity-room'
  static override readonly styles: CSSResultGroup = [tokens, ...styles]
  static override readonly properties: PropertyDeclarations = {
    label: {},
    headingLevel: { attribute: 'heading-level', type: Number },
    withChat: { attribute: 'with-chat', type: Boolean },
    chatId: { attribute: 'chat-id' },
    chatLabel: { attribute: 'chat-label' },
    sidebar: { reflect: true },
    withoutToolbar: { attribute: 'without-toolbar', type: Boolean },
    cursors: {},
    following: {},
    followScroll: { attribute: 'follow-scroll' },
    regionKeys: { attribute: 'region-keys', type: Boolean },
    shortcuts: {},
    toPoint: { attribute: false },
    fromPoint: { attribute: false },
    listed: { state: true },
    dismissed: { state: true },
  }

  /** What the room is called. Default: the activity's title. */
  declare label: string | undefined
  /** Level of the title among the page's headings. Default 2. */
  declare headingLevel: number | undefined
  /** Puts a chat beside the content. */
  declare withChat: boolean
  /** Which chat. Default: the one named `TYPE.ID` after the activity; the page's own service makes it. */
  declare chatId: string | undefined
  /** What the chat is called, and the button that opens it. Default: the chat's own name, and “Chat”. */
  declare chatLabel: string | undefined
  /** Whether what stands beside the content can be seen; its button changes it. Default: where there is room. */
  declare sidebar: 'open' | 'closed' | undefined
  /** Leaves the toolbar out. */
  declare withoutToolbar: boolean
  /** Cursors of everybody, of nobody, or only those of the others. Default `on`. */
  declare cursors: 'on' | 'off' | 'self-off' | undefined
  /** Whom to follow: a username, or a connection of somebody. */
  declare following: string | undefined
  /**
   * What moves while somebody is followed: all that shows the content, or nothing around it. Default `page`; `content`
   * where the page holds another room beside this one.
   */
  declare followScroll: FollowScroll | undefined
  /** Whether Control+F6 leads from one part of the room to the next. */
  declare regionKeys: boolean
  /** `off`: Alt+Shift+P and Alt+Shift+U do nothing here. */
  declare shortcuts: 'on' | 'off' | undefined
  /** Where a position is on the screen, for content that is not made of elements; see `fromPoint`. */
  declare toPoint: CustomPlaces['toPoint']
  /** The position of a point of the screen (`clientX`, `clientY`), in any numbers that `toPoint` understands. */
  declare fromPoint: CustomPlaces['fromPoint']

  declare private listed: boolean
  declare private dismissed: boolean

  readonly #connectionView = new ConnectionView(this)
  readonly #news = new RoomNews(this, (detail) => this.fail(detail))
  readonly #fields: RoomFields
  readonly #following: RoomFollowing
  readonly #teller: RoomTeller
  readonly #sidebar = new RoomSidebar(this)
  readonly #focus = new RoomFocus(this)
  #places: RoomPlaces | undefined
  #stage: Stage = 'joining'
  #banner: Banner | undefined
  #signInReady = false

  constructor() {
    super()
    this.withChat = this.withoutToolbar = this.regionKeys = this.listed = this.dismissed = false
    this.localize.include({ ...connectionTexts, ...texts })
    this.#teller = new RoomTeller(this, {
      localize: this.localize,
      me: () => this.username.value,
      nameOf: (username) => this.nameOf(username),
      fieldOf: (key) => this.#fields.nameOf(key),
    })
    const shared = {
      element: this,
      handle: () => this.session.handle,
      activity: () => this.activity.value,
      people: () => this.people.value ?? [],
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
        hinted: (hint) => this.#teller.hint(hint),
      },
      this.localize,
    )
    this.#following = new RoomFollowing({
      ...shared,
      say: (what, username) => this.#teller.say(this.localize.text(what, this.nameOf(username))),
    })
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
    return this.#following.start(whom)
  }

  /** Follows nobody any more. */
  unfollow(): void {
    this.session.handle?.unfollow()
  }

  /** Opens or closes the list of people and what they do. */
  togglePeople(): void {
    this.listed = !this.listed
    const target = this.listed ? '#people-title' : '#people-button'
    void this.updateComplete.then(() => this.#focus.on(target))
  }

  override connectedCallback(): void {
    super.connectedCallback()
    // What was given back to the page is the room's again.
    if (this.hasUpdated) this.requestUpdate()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#fields.disconnect()
    this.#places?.stop()
    this.#teller.stop()
    this.listed = false
  }

  protected override closing(): void {
    // What was typed belongs to the activity before.
    this.#fields.disconnect()
    this.#news.forget()
    this.#following.forget()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (changed.has('following') && this.hasUpdated) this.#following.ask(this.following)
  }

  // Not in willUpdate: only here every controller has read what there is now.
  protected override update(changed: PropertyValues<this>): void {
    const connection = this.connection.value
    this.#connectionView.follow(connection?.status, connection?.since ?? 0)
    const before = this.#stage
    this.#stage = this.stage
    if (before !== this.#stage) this.dismissed = false
    this.#fields.follow({
      stage: this.#stage,
      activity: this.activity.value,
      me: this.username.value,
      writable: this.writable,
      nameOf: (username) => this.nameOf(username),
    })
    this.#focus.note()
    super.update(changed)
    this.#focus.keep(this.#covered)
    this.#showStates()
    if (before !== this.#stage) this.#entered(this.#stage)
  }

  protected override render(): TemplateResult {
    const banner = this.#connectionView.banner
    if (banner !== this.#banner && banner) this.#teller.connection(banner)
    this.#banner = banner
    if (this.withChat) void import('../collab-chat/index.ts')
    return roomView({
      ...this.known,
      stage: this.#stage,
      badge: this.#connectionView.badge,
      banner,
      readonly: this.#stage === 'joined' && !this.writable,
      name: this.label ?? this.activity.value?.activity?.title ?? this.localize.text('roomLabel'),
      headingLevel: Math.min(Math.max(this.headingLevel ?? 2, 2), 5),
      chatId: this.withChat
        ? (this.chatId ?? `${this.activityType}.${this.activityId}`)
        : undefined,
      chatLabel: this.chatLabel,
      sidebarOpen: this.#sidebar.open,
      listed: this.listed,
      dismissed: this.dismissed,
      signInReady: this.#signInReady,
      withoutToolbar: this.withoutToolbar,
      shortcuts: this.shortcuts,
      followed: this.#following.followed,
      fields: this.#fields,
      root: this,
      act: {
        togglePeople: () => this.togglePeople(),
        toggleSidebar: () => (this.sidebar = this.#sidebar.open ? 'closed' : 'open'),
        follow: (person: ActivityPerson) => this.follow(person.username),
        unfollow: () => this.unfollow(),
        rejoin: () => this.rejoin(),
        dismiss: () => (this.dismissed = true),
        redraw: () => this.requestUpdate(),
        closePeople: () => (this.listed = false),
      },
    })
  }

  protected override firstUpdated(changed: PropertyValues): void {
    super.firstUpdated(changed)
    this.#following.ask(this.following)
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    const activity = this.activity.value
    if (activity) this.#tellChanges(activity)
    this.#fields.settle(activity)
    this.#fields.place()
    if (this.isConnected) this.#showPlaces(activity)
  }

  /** Whether something stands before the content. */
  get #covered(): boolean {
    return COVERED.has(this.#stage) || (/^(removed|ended)$/.test(this.#stage) && !this.dismissed)
  }

  #showPlaces(activity: ActivityState | undefined): void {
    this.#places ??= RoomPlaces.of({
      element: this,
      handle: () => this.session.handle,
      custom: () => ({ toPoint: this.toPoint, fromPoint: this.fromPoint }),
      scroll: () => this.followScroll,
      stopped: (reason) => {
        this.following = undefined
        this.#following.stopped(reason)
      },
    })
    this.#places?.update({
      activity,
      connection: this.connection.value?.status,
      users: this.users.value ?? {},
      username: this.username.value,
      cursors: this.cursors ?? 'on',
    })
    this.#following.update(activity)
  }

  #tellChanges(activity: ActivityState): void {
    const changes = this.#news.tell(activity, this.connection.value)
    this.#teller.people(changes, this.people.value ?? [])
    if (activity.status === 'joined' && this.following && !this.#following.followed)
      this.#following.ask(this.following)
  }

  #showStates(): void {
    const room = { setState: (name: string, on: boolean) => this.setState(name, on) }
    showStates(room, {
      stage: this.#stage,
      connection: this.connection.value?.status,
      loading: !this.settled,
      lurking: this.known.lurking,
      writable: this.writable,
      following: this.#following.followed !== undefined,
      narrow: this.#sidebar.narrow,
      sidebar: this.renderRoot.querySelector('.sidebar:not([hidden])') !== null,
    })
  }

  /** The room as a whole is another one now. */
  #entered(stage: Stage): void {
    if (this.activity.value) this.#news.entered(stage, this.activity.value)
    if (stage === 'signed-out')
      void import('../collab-sign-in/index.ts').then(() => {
        this.#signInReady = true
        this.requestUpdate()
      })
    if (stage !== 'removed' && stage !== 'ended') return
    if (this.#focus.isHere) this.#focus.on('#notice-title', '.dialog')
    else this.#teller.out(stage)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'activity-room': ActivityRoomElement
  }
}
