import { isCollabError } from '@collab-kit/client/base'
import type { ChatHandle, ChatState } from '@collab-kit/client/chat'
import {
  adoptStyles,
  type CSSResult,
  type CSSResultGroup,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit'
import { tokens } from '../../kit/tokens.css.ts'
import type { Announce } from '../chat/announce-choice.ts'
import { CollabHistoryLoadEvent, CollabReadEvent } from '../chat/chat.events.ts'
import { ChatElement } from '../chat/chat-element.ts'
import { chatName } from '../chat/chat-name.ts'
import { type Banner, ConnectionView } from '../chat/connection-view.ts'
import type { Notices } from '../chat/notices.ts'
import { isEmpty } from '../chat/stage.ts'
import { styles } from './collab-messages.styles.ts'
import { Conversation } from './conversation.ts'
import { seqOf } from './entries.ts'
import type { Failures } from './failures.ts'
import type { Renderers } from './message-row.ts'
import { messagesView } from './messages-view.ts'
import { ReadTracker } from './read-tracker.ts'
import type { Roving } from './roving.ts'
import { Scroller } from './scroller.ts'

/** How messages look: each in a bubble, or flat, one below the other. */
export type Variant = 'bubbles' | 'rows'

/**
 * The messages of a chat, newest at the end.
 *
 * @tag collab-messages
 * @summary The conversation alone, without header and composer.
 *
 * @slot banner - A line of your own above the messages.
 * @slot offline - Replaces the line that is shown without a connection.
 * @slot empty - Replaces what is shown before the first message.
 * @slot loading - Replaces the grey shapes while messages load.
 * @slot error - Replaces the sentence that says why the chat cannot be shown.
 *
 * @csspart base - Everything.
 * @csspart banner - The line that tells of a lost connection.
 * @csspart messages - The list.
 * @csspart message - One message.
 * @csspart message-own - One message of the person signed in.
 * @csspart message-avatar - The sender's initials.
 * @csspart message-author - The sender's name.
 * @csspart message-body - The text.
 * @csspart message-time - When it was sent.
 * @csspart message-failure - Why a message was not sent, with its buttons.
 * @csspart retry-button - Sends a failed message again.
 * @csspart discard-button - Gives a failed message up.
 * @csspart day-heading - First message of a day.
 * @csspart unread-marker - First unread message.
 * @csspart load-older-button - Loads older messages.
 * @csspart unread-button - Leads to the first unread message where that is far up.
 * @csspart jump-button - Leads to the newest message.
 * @csspart typing - Who is writing.
 * @csspart options-button - Leads to what people choose for themselves; seen while it has the focus.
 * @csspart keyboard-help - The dialog with that choice and the table of keys.
 * @csspart announce-options - How much a screen reader says of new messages, in that dialog.
 * @csspart notice-button - Button of a state without messages.
 *
 * @cssprop [--collab-chat-block-size=min(640px, 80dvh)] - Height where the page gives none.
 * @cssprop [--collab-chat-max-inline-size=880px] - Widest the conversation gets.
 * @cssprop [--collab-chat-bubble-radius=18px] - Corners of messages.
 * @cssprop --collab-chat-bubble-bg - Background of others' messages.
 * @cssprop --collab-chat-bubble-own-bg - Background of one's own messages.
 * @cssprop --collab-chat-bubble-own-fg - Text of one's own messages.
 * @cssprop [--collab-chat-gap=14px] - Space between groups of messages.
 * @cssprop [--collab-chat-avatar-size=30px] - Size of the initials.
 * @cssprop [--collab-scrim=rgb(0 0 0 / 40%)] - What lies over the page behind the table of keys.
 *
 * @cssState ready - Messages can be read.
 * @cssState empty - There are none yet.
 * @cssState unread - There are messages below that were not seen.
 *
 * @fires {CollabReadEvent} collab-read - Everything up to a position was seen.
 * @fires {CollabHistoryLoadEvent} collab-history-load - Older messages were loaded.
 */
export class CollabMessagesElement extends ChatElement {
  static override readonly tag: string = 'collab-messages'
  static override readonly styles: CSSResultGroup = [tokens, ...styles]
  static override readonly properties: PropertyDeclarations = {
    headingLevel: { attribute: 'heading-level', type: Number },
    announce: {},
    shortcuts: {},
    variant: { reflect: true },
    renderers: { attribute: false },
  }
  static {
    // Where the reader stands is known only once the messages are laid out, and the jump button follows from it.
    this.disableWarning?.('change-in-update')
  }

  /** Level of the chat's name among the page's headings, 2–5; days and markers are one below. Default 2. */
  declare headingLevel: number | undefined
  /** How much of what arrives is spoken by a screen reader. Default `full`. */
  declare announce: Announce | undefined
  /** Whether single keys do something while a message has the focus (`?` shows the keys). Default `on`. */
  declare shortcuts: 'on' | 'off' | undefined
  /** How messages look. Default `bubbles`. */
  declare variant: Variant | undefined
  /** Draws parts of a message in the page's own way. */
  declare renderers: Renderers | undefined

  protected readonly connectionView = new ConnectionView(this)
  readonly #conversation = new Conversation()
  readonly #scroller: Scroller = new Scroller(this, {
    endIsNewest: () => this.#followsNewest,
    nearStart: () => this.#reachBack(),
    nearEnd: () => this.#reachForward(),
    rest: () => this.#fill(),
    atEndChanged: () => this.requestUpdate(),
  })
  readonly #reading = new ReadTracker(this, () => this.#markSeen())

  #marked = 0
  /** Whoever asked for the newest has left behind what was unread: Tab does not lead back there. */
  #leftUnread = false
  #banner: Banner | undefined
  #hadFocus: { element: Element; inList: boolean } | undefined
  #notices: Notices | undefined
  #failures: Failures | undefined
  #roving: Roving | undefined
  #fetchedStyles: CSSResult[] = []
  /** Where the next window of messages is to be looked at: a position, or the first unread message. */
  #target: number | 'unread' | undefined

  /** Shows the newest message. */
  async scrollToLatest(): Promise<void> {
    const state = this.chat.value
    if (state?.hasNewer) await this.#load((handle) => handle.loadLatest())
    else if (state && !this.#followsNewest) this.#conversation.window.reset(state.messages)
    this.#leftUnread = true
    if (this.#roving) this.#roving.active = undefined
    this.requestUpdate()
    await this.updateComplete
    this.#scroller.toEnd()
    this.#markSeen()
  }

  /**
   * Shows one message, loading what is around it when it is far from what is loaded.
   *
   * @param message Its `messageId`, where it is loaded, or its `seq`.
   * @param options.focus Puts the keyboard focus on it as well. Default: false.
   * @returns `false` when there is no such message.
   */
  async scrollToMessage(
    message: string | number,
    { focus = false }: { focus?: boolean } = {},
  ): Promise<boolean> {
    const seq =
      typeof message === 'number'
        ? message
        : this.chat.value?.messages.find(({ messageId }) => messageId === message)?.seq
    if (seq === undefined || !(await this.#show(seq, `m${seq}`))) return false
    if (focus) await this.#fetchRoving()
    if (focus) this.#roving?.enter(`m${seq}`)
    return true
  }

  /** Shows the first message that was unread when the chat was opened, and puts the focus on it. */
  async scrollToFirstUnread(): Promise<void> {
    const { readSeq } = this.#conversation
    if (readSeq === undefined) return
    await this.#show(readSeq, 'unread')
    await this.#fetchRoving()
    const first = this.chat.value?.messages.find(({ seq }) => seq > readSeq)
    if (first) this.#roving?.enter(`m${first.seq}`)
  }

  /** Marks everything as read, seen or not. */
  markRead(): void {
    const { chat } = this.chat.value ?? {}
    this.#markUpTo(chat?.lastMessage?.seq ?? this.#newest)
  }

  override focus(): void {
    void this.#fetchRoving().then(() => this.enterMessages())
  }

  /** Whether messages can be written here. */
  protected get canWrite(): boolean {
    return false
  }

  /** What stands above the messages. */
  protected renderHeader(_name: string): TemplateResult | typeof nothing {
    return nothing
  }

  /** What stands below them. */
  protected renderBelow(_name: string): TemplateResult | typeof nothing {
    return nothing
  }

  /** The keyboard leaves the list. Gives `false` when there is nowhere to go. */
  protected leaveMessages(_to: 'before' | 'after'): boolean {
    const base = this.shadowRoot?.querySelector<HTMLElement>('.base')
    base?.focus({ preventScroll: true })
    return base !== undefined
  }

  protected enterMessages(): void {
    this.#roving?.enter(this.#activeKey())
  }

  protected override opened(): void {
    super.opened()
    this.#marked = 0
    this.#leftUnread = false
    this.#target = undefined
  }

  protected override update(changed: PropertyValues<this>): void {
    const connection = this.connection.value
    this.connectionView.follow(connection?.status, connection?.since ?? 0)
    const had = this.shadowRoot?.activeElement ?? undefined
    this.#hadFocus = had && { element: had, inList: had.closest('.scroller') !== null }
    this.#renderAround(this.chat.value, () => super.update(changed))
    const { stage } = this
    this.setState('ready', stage === 'list')
    this.setState('empty', isEmpty(stage, this.chat.value))
    this.setState('unread', stage === 'list' && this.#unseen > 0)
    void this.#fetch().catch(() => {
      // The network is gone for a moment: the next rendering asks again.
    })
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    this.#keepFocus()
    this.#tellBanner()
    this.#markSeen()
  }

  protected override render(): TemplateResult {
    const { localize, client, source } = this
    const chat = this.chat.value
    const users = this.users.value ?? {}
    const me = this.me.value?.username
    const name = chatName(chat?.chat, { me, users, localize })
    return messagesView({
      stage: this.stage,
      localize,
      client,
      chat,
      users,
      me,
      name,
      error: chat?.status === 'refused' ? chat.error : this.connection.value?.error,
      tokensByPage: source.tokensByPage,
      notices: this.#notices,
      signInReady: customElements.get('collab-sign-in') !== undefined,
      connection: this.connectionView,
      teller: this.teller,
      conversation: this.#conversation,
      followsNewest: this.#followsNewest,
      active: this.#activeKey(),
      unseen: this.#unseen,
      atEnd: this.#scroller.atEnd,
      label: this.label,
      headingLevel: Math.min(Math.max(this.headingLevel ?? 2, 2), 5),
      header: this.renderHeader(name),
      below: this.renderBelow(name),
      shortcuts: this.shortcuts,
      keydown: (event) => this.#roving?.keydown(event),
      focusin: (event) => this.#roving?.focusin(event),
      variant: this.variant === 'rows' ? 'rows' : 'bubbles',
      renderers: this.renderers,
      failures: this.#failures,
      look: this,
      write: this.canWrite ? () => this.focus() : undefined,
      retry: (id) => this.sending.retry(id),
      discard: (id) => this.session.handle?.discard(id),
      reopen: () => this.session.reopen(),
      loadOlder: () => {
        void this.session.handle?.loadOlder()
        // From here one reads on upwards.
        this.shadowRoot?.querySelector('article')?.focus({ preventScroll: true })
      },
      loadNewer: () => void this.session.handle?.loadNewer(),
      jump: () => void this.scrollToLatest().then(() => this.focus()),
      jumpToUnread: () => void this.scrollToFirstUnread(),
    })
  }

  /** What had the focus is gone: what is there now has it, never the page. */
  #keepFocus(): void {
    const had = this.#hadFocus
    const active = this.shadowRoot?.activeElement
    // What is hidden loses the focus only when the browser draws.
    if (!had || (active && active !== had.element) || active?.closest('[hidden]') === null) return
    const row = had.inList ? this.#scroller.inView : undefined
    if (row instanceof HTMLElement && this.#roving) this.#roving.focus(row)
    else if (this.stage === 'list' || (this.stage === 'loading' && this.canWrite)) this.focus()
    else this.leaveMessages('before')
  }

  /** Whether the newest message of all is drawn. */
  get #followsNewest(): boolean {
    return this.#conversation.window.followsNewest && !this.chat.value?.hasNewer
  }

  get #newest(): number {
    return this.chat.value?.messages.at(-1)?.seq ?? 0
  }

  get #unseen(): number {
    return this.#scroller.atEnd ? 0 : this.#conversation.unseen(this.me.value?.username)
  }

  /** Draws the window around a position and looks there. */
  async #show(seq: number, key: string): Promise<boolean> {
    const { chat } = this
    const loaded = () => {
      const { messages = [], hasOlder, hasNewer } = chat.value ?? {}
      const first = messages[0]?.seq ?? Infinity
      return (first <= seq || !hasOlder) && (seq <= this.#newest || !hasNewer)
    }
    if (!loaded()) {
      this.#target = key === 'unread' ? key : seq
      await this.#load((handle) => handle.loadAround(seq))
      await this.updateComplete
      return this.#row(key) !== null
    }
    this.#conversation.window.around(chat.value?.messages ?? [], seq)
    this.requestUpdate()
    await this.updateComplete
    const row = this.#row(key)
    if (row) this.#scroller.toRow(row)
    return row !== null
  }

  /** What cannot be loaded leaves what is shown as it is, and the page is told. */
  async #load(jump: (handle: ChatHandle) => Promise<void>): Promise<void> {
    const { handle } = this.session
    try {
      if (handle) await jump(handle)
    } catch (error) {
      // Anything else is a mistake of ours.
      if (!isCollabError(error)) throw error
      this.#target = undefined
      this.fail({ ...error.toJSON(), ...(handle && { chatId: handle.chatId }) })
    }
  }

  #row(key: string): Element | null | undefined {
    return key === 'unread'
      ? this.shadowRoot?.querySelector('.unread')
      : this.shadowRoot?.querySelector(`[data-key="${key}"]`)
  }

  /** Draws, and keeps the reader where they were. */
  #renderAround(chat: ChatState | undefined, draw: () => void): void {
    const users = this.users.value ?? {}
    const conversation = this.#conversation
    conversation.window.pinned = [this.#roving?.focused, this.#scroller.inView].flatMap(seqOf)
    const change =
      chat && conversation.take(chat, { me: this.me.value?.username, atEnd: this.#scroller.atEnd })
    if (change?.rows && !change.opened) this.#scroller.hold()
    if (this.#scroller.atEnd && !change?.opened) conversation.see()
    draw()
    if (!chat || !change) return
    if (change.opened) this.#openAt(chat)
    else if (change.rows) this.#scroller.settle()
    const { older: count, arrived } = change
    if (count + arrived.length === 0) return
    if (count > 0) {
      const { chatId, hasOlder } = chat
      this.dispatchEvent(new CollabHistoryLoadEvent({ chatId, count, hasOlder }))
    }
    this.tell((teller) => teller.arrivals(change, { announce: this.announce, users }))
  }

  #tellBanner(): void {
    const { banner } = this.connectionView
    if (banner && banner !== this.#banner) {
      this.tell((teller) => {
        teller.connection(banner)
        // It is shown by it as well.
        this.requestUpdate()
      })
    }
    this.#banner = banner
  }

  #openAt(chat: ChatState): void {
    const target = this.#target
    this.#target = undefined
    const row =
      target === undefined || target === 'unread' ? this.#row('unread') : this.#row(`m${target}`)
    if (target !== undefined && row) return this.#scroller.toRow(row)
    this.#scroller.start(row ?? undefined)
    this.tell((teller) => teller.opened(chat))
  }

  /** The row that Tab leads to: the last one visited, else the first unread, else the newest. */
  #activeKey(): string | undefined {
    const chat = this.chat.value
    if (!chat) return undefined
    const { slice, readSeq } = this.#conversation
    const drawn = [
      ...chat.messages.slice(slice.start, slice.end).map(({ seq }) => `m${seq}`),
      ...(this.#followsNewest
        ? chat.pending.map(({ clientMessageId }) => `p${clientMessageId}`)
        : []),
    ]
    const active = this.#roving?.active
    if (active && drawn.includes(active)) return active
    const from = this.#leftUnread ? undefined : readSeq
    const unread = from === undefined ? undefined : chat.messages.find(({ seq }) => seq > from)
    const key = unread && `m${unread.seq}`
    return key && drawn.includes(key) ? key : drawn.at(-1)
  }

  #reachBack(): void {
    const chat = this.chat.value
    if (!chat || this.stage !== 'list') return
    if (this.#onOlder) return
    if (this.#conversation.window.earlier(chat.messages)) this.requestUpdate()
    else if (chat.hasOlder && !chat.loadingOlder && !chat.olderError)
      void this.session.handle?.loadOlder()
  }

  /** Whoever stands on that button decides: what came by itself would push it out of sight. */
  get #onOlder(): boolean {
    return this.shadowRoot?.activeElement?.matches('.older > .link') ?? false
  }

  #fill(): void {
    if (this.#onOlder) return
    const { messages = [] } = this.chat.value ?? {}
    if (this.#conversation.window.fill(messages)) this.requestUpdate()
  }

  #reachForward(): void {
    const chat = this.chat.value
    if (!chat || this.stage !== 'list') return
    if (this.#conversation.window.later(chat.messages)) this.requestUpdate()
    else if (chat.hasNewer && !chat.loadingNewer && !chat.newerError)
      void this.session.handle?.loadNewer()
  }

  #markSeen(): void {
    const chat = this.chat.value
    if (!chat?.chat?.membership || this.stage !== 'list') return
    if (this.#scroller.atEnd && this.#reading.looking) this.#markUpTo(this.#newest)
  }

  #markUpTo(seq: number): void {
    const chat = this.chat.value
    const { handle } = this.session
    const read = Math.max(this.#marked, chat?.chat?.membership?.readSeq ?? 0)
    if (!handle || !chat || seq <= read) return
    this.#marked = seq
    handle.markRead(seq)
    this.dispatchEvent(new CollabReadEvent({ chatId: handle.chatId, seq }))
  }

  /** What is not needed to see the chat is fetched once it is seen, and what most never see only when they do. */
  async #fetch(): Promise<void> {
    const { stage } = this
    if (stage === 'list') this.tell()
    if (stage === 'list') await this.#fetchRoving()
    if (this.chat.value?.pending.some(({ state }) => state === 'failed'))
      await this.#fetchFailures()
    if (this.variant === 'rows') this.#adopt((await import('./rows.styles.ts')).rowsStyles)
    if (stage === 'signed-out' && !this.source.tokensByPage) await this.#fetchSignIn()
    else if (isEmpty(stage, this.chat.value) || (stage !== 'list' && stage !== 'loading')) {
      await this.#fetchNotices()
    }
  }

  async #fetchRoving(): Promise<void> {
    if (this.#roving) return
    const { readingStyles, startReading } = await import('./reading.ts')
    if (this.#roving) return
    this.#adopt(...readingStyles)
    this.#roving = startReading(this, this.localize, {
      leave: (to) => this.leaveMessages(to),
      toNewest: () => this.scrollToLatest(),
      canWrite: () => this.canWrite,
    })
  }

  async #fetchSignIn(): Promise<void> {
    if (customElements.get('collab-sign-in')) return
    await import('../collab-sign-in/index.ts')
    this.requestUpdate()
  }

  async #fetchFailures(): Promise<void> {
    if (this.#failures) return
    const { failures } = await import('./failures.ts')
    if (this.#failures) return
    this.localize.include(failures.texts)
    this.#adopt(failures.styles)
    this.#failures = failures
    this.requestUpdate()
  }

  async #fetchNotices(): Promise<void> {
    if (this.#notices) return
    const { notices } = await import('../chat/notices.ts')
    if (this.#notices) return
    this.localize.include(notices.texts)
    this.#adopt(...notices.styles)
    this.#notices = notices
    this.requestUpdate()
  }

  #adopt(...more: CSSResult[]): void {
    if (more.every((each) => this.#fetchedStyles.includes(each))) return
    this.#fetchedStyles.push(...more)
    const { elementStyles } = this.constructor as typeof CollabMessagesElement
    adoptStyles(this.renderRoot as ShadowRoot, [...elementStyles, ...this.#fetchedStyles])
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'collab-messages': CollabMessagesElement
  }
}
