import {
  type ChatState,
  type CollabClient,
  type CollabState,
  isCollabError,
  selectChat,
  selectConnection,
  selectMe,
} from '@collab-kit/client'
import { isBlank, limitDefaults } from '@collab-kit/protocol/runtime'
import {
  adoptStyles,
  type CSSResultGroup,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit'
import { Announcer } from '../../kit/announcer.ts'
import { CollabElement } from '../../kit/element.ts'
import { chat as texts } from '../../kit/localize/en/chat.ts'
import { StoreController } from '../../kit/store-controller.ts'
import { tokens } from '../../kit/tokens.css.ts'
import { chatName } from './chat-header.ts'
import { ChatSession } from './chat-session.ts'
import { chatView, isEmpty, type Stage, stageOf } from './chat-view.ts'
import {
  CollabReadEvent,
  type CollabSendDetail,
  CollabSendEvent,
  CollabSendFailedEvent,
  CollabSentEvent,
} from './collab-chat.events.ts'
import { styles } from './collab-chat.styles.ts'
import { Composer } from './composer.ts'
import { ConnectionView } from './connection-view.ts'
import { Conversation } from './conversation.ts'
import { seqOf } from './entries.ts'
import type { Notices } from './notices.ts'
import { Outgoing } from './outgoing.ts'
import { ReadTracker } from './read-tracker.ts'
import type { Roving } from './roving.ts'
import { Scroller } from './scroller.ts'
import { type Announce, Teller } from './teller.ts'

/**
 * A whole chat: header, messages and composer.
 *
 * @tag collab-chat
 * @summary A chat anyone can drop into a page.
 *
 * @slot header - Replaces name, topic, connection and member count.
 * @slot header-actions - Buttons at the end of the header.
 * @slot banner - A line of your own above the messages.
 * @slot offline - Replaces the line that is shown without a connection.
 * @slot empty - Replaces what is shown before the first message.
 * @slot loading - Replaces the grey shapes while messages load.
 * @slot error - Replaces the sentence that says why the chat cannot be shown.
 * @slot before-composer - A line of your own above the composer.
 * @slot composer-actions - Buttons beside the send button.
 *
 * @csspart base - Everything.
 * @csspart header - The header.
 * @csspart title - Name of the chat.
 * @csspart topic - Topic of the chat.
 * @csspart member-count - How many members there are.
 * @csspart connection - State of the connection.
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
 * @csspart jump-button - Leads to the newest message.
 * @csspart typing - Who is writing.
 * @csspart composer - The form below.
 * @csspart input - The text field.
 * @csspart counter - How much may still be written, near the limit.
 * @csspart send-button - Sends the message.
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
 * @cssprop [--collab-chat-composer-max-block-size=150px] - Highest the text field grows.
 *
 * @cssState ready - Messages can be read.
 * @cssState empty - There are none yet.
 * @cssState loading - They are being loaded.
 * @cssState reconnecting - The connection is lost.
 * @cssState offline - There is no network.
 * @cssState signed-out - Someone has to sign in.
 * @cssState error - The chat cannot be shown.
 * @cssState unread - There are messages below that were not seen.
 * @cssState readonly - Nothing can be written here.
 *
 * @fires {CollabSendEvent} collab-send - A message is about to be sent; cancelable.
 * @fires {CollabSentEvent} collab-sent - The service has it.
 * @fires {CollabSendFailedEvent} collab-send-failed - The service refused it.
 * @fires {CollabReadEvent} collab-read - Everything up to a position was seen.
 */
export class CollabChatElement extends CollabElement {
  static override readonly tag: string = 'collab-chat'
  static override readonly styles: CSSResultGroup = [tokens, ...styles]
  static override readonly properties: PropertyDeclarations = {
    chatId: { attribute: 'chat-id' },
    headingLevel: { attribute: 'heading-level', type: Number },
    label: {},
    announce: {},
    readonly: { type: Boolean, reflect: true },
  }
  static {
    // Where the reader stands is known only once the messages are laid out, and the jump button follows from it.
    this.disableWarning?.('change-in-update')
  }

  /** Which chat. */
  declare chatId: string | undefined
  /** Level of the chat's name among the page's headings, 2–5. Default 2. */
  declare headingLevel: number | undefined
  /** What assistive technology calls this chat, where a page shows one chat twice. Default: its name. */
  declare label: string | undefined
  /** How much of what arrives is spoken by a screen reader. Default `full`. */
  declare announce: Announce | undefined
  /** Nothing can be written. */
  declare readonly: boolean

  readonly #announcer = new Announcer(this, (count) => this.localize.text('sayNew', count))
  readonly #teller = new Teller({
    announcer: this.#announcer,
    localize: this.localize,
    fail: (detail) => this.fail(detail),
  })
  readonly #chat = new StoreController(this, (state: CollabState) =>
    selectChat(state, this.chatId ?? ''),
  )
  readonly #connection = new StoreController(this, selectConnection)
  readonly #me = new StoreController(this, selectMe)
  readonly #users = new StoreController(this, (state: CollabState) => state.users)
  readonly #limits = new StoreController(this, (state: CollabState) => state.limits)
  readonly #connectionView = new ConnectionView(this)
  readonly #session = new ChatSession()
  readonly #conversation = new Conversation()
  readonly #outgoing = new Outgoing({
    sent: (message) => this.dispatchEvent(new CollabSentEvent({ chatId: message.chatId, message })),
    failed: (message) => {
      this.#teller.failed()
      this.dispatchEvent(
        new CollabSendFailedEvent({ chatId: message.chatId, message, error: message.error }),
      )
    },
  })
  readonly #scroller: Scroller = new Scroller(this, {
    endIsNewest: () => this.#conversation.window.followsNewest,
    nearStart: () => this.#reachBack(),
    nearEnd: () => this.#reachForward(),
    atEndChanged: () => this.requestUpdate(),
  })
  readonly #composer: Composer = new Composer(this, {
    send: (body) => this.send(body),
    changed: (text) => this.#typed(text),
    escape: () => void this.scrollToLatest(),
    toMessages: () => this.#roving?.enter(this.#activeKey()),
  })
  readonly #reading = new ReadTracker(this, () => this.#markSeen())

  #draft = ''
  #marked = 0
  #stage: Stage = 'loading'
  #notices: Notices | undefined
  #roving: Roving | undefined

  constructor() {
    super()
    this.readonly = false
    this.localize.include(texts)
  }

  /**
   * Sends a message as if it were written here.
   * @returns `false` when nothing was sent: a listener of `collab-send` refused, or the text is blank or too long.
   */
  send(message: string | Omit<CollabSendDetail, 'chatId'>): boolean {
    const { handle } = this.#session
    if (!handle) return false
    const draft = typeof message === 'string' ? { body: message } : message
    const detail: CollabSendDetail = { chatId: handle.chatId, ...draft }
    if (!this.dispatchEvent(new CollabSendEvent(detail))) return false
    try {
      const { body, data } = detail
      this.#outgoing.add(handle.send(data ? { body, data } : body).clientMessageId)
    } catch (error) {
      // Blank or too long: the text stays where it is, and the page is told. Anything else is a mistake of ours.
      if (!isCollabError(error)) throw error
      this.fail({ ...error.toJSON(), chatId: handle.chatId })
      return false
    }
    void this.scrollToLatest()
    return true
  }

  /** Shows the newest message. */
  async scrollToLatest(): Promise<void> {
    const state = this.#chat.value
    const { window } = this.#conversation
    if (state && !window.followsNewest) {
      window.reset(state.messages)
      this.requestUpdate()
      await this.updateComplete
    }
    this.#scroller.toEnd()
    this.#markSeen()
  }

  /** Puts the focus into the composer. */
  focusComposer(): void {
    this.#composer.focus()
  }

  /** Marks everything as read, seen or not. */
  markRead(): void {
    this.#markUpTo(this.#chat.value?.messages.at(-1)?.seq ?? 0)
  }

  override focus(): void {
    this.focusComposer()
  }

  protected override clientChanged(
    client: CollabClient | undefined,
    previous: CollabClient | undefined,
  ): void {
    super.clientChanged(client, previous)
    this.#open(client)
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('chatId')) this.#open(this.client)
  }

  // Not in willUpdate: only here every controller has read what there is now.
  protected override update(changed: PropertyValues<this>): void {
    const connection = this.#connection.value
    const chat = this.#chat.value
    this.#connectionView.follow(connection?.status, connection?.since ?? 0)
    this.#stage = stageOf({
      addressMissing: this.source.addressMissing,
      chatId: this.chatId,
      connection,
      chat,
    })
    const formHadFocus = Boolean(this.shadowRoot?.activeElement?.closest('.stage'))
    this.#renderAround(chat, () => super.update(changed))
    this.#setStates()
    void this.#fetch().catch(() => {
      // The network is gone for a moment: the next rendering asks again.
    })
    // The form that had the focus is gone: the next thing to do is to write.
    if (formHadFocus && !this.shadowRoot?.activeElement) this.focusComposer()
  }

  protected override updated(): void {
    const chat = this.#chat.value
    // What the person writes wins over a draft that comes back from the store a moment later.
    if (chat && chat.draft !== this.#draft) this.#composer.text = this.#draft = chat.draft
    this.#teller.errors(this.#connection.value, chat)
    this.#teller.connection(this.#connectionView.banner)
    if (chat) this.#outgoing.follow(chat)
    this.#markSeen()
  }

  protected override render(): TemplateResult {
    const { localize, client, source } = this
    const chat = this.#chat.value
    const users = this.#users.value ?? {}
    const me = this.#me.value?.username
    return chatView({
      stage: this.#stage,
      localize,
      client,
      chat,
      users,
      me,
      name: chatName(chat?.chat, { me, users, localize }),
      error: chat?.status === 'refused' ? chat.error : this.#connection.value?.error,
      tokensByPage: source.tokensByPage,
      notices: this.#notices,
      signInReady: customElements.get('collab-sign-in') !== undefined,
      connection: this.#connectionView,
      conversation: this.#conversation,
      active: this.#activeKey(),
      atEnd: this.#scroller.atEnd,
      maxBytes: this.#limits.value?.messageBytes ?? limitDefaults.messageBytes,
      readonly: this.#cannotWrite,
      label: this.label,
      headingLevel: Math.min(Math.max(this.headingLevel ?? 2, 2), 5),
      announcer: this.#announcer,
      composer: this.#composer,
      keydown: (event) => this.#roving?.keydown(event),
      focusin: (event) => this.#roving?.focusin(event),
      look: this,
      retry: (id) => {
        this.#outgoing.add(id)
        this.#session.handle?.retry(id)
      },
      discard: (id) => this.#session.handle?.discard(id),
      reopen: () => this.#session.reopen(),
      loadOlder: () => void this.#session.handle?.loadOlder(),
      jump: () => void this.scrollToLatest().then(() => this.focusComposer()),
    })
  }

  #open(client: CollabClient | undefined): void {
    const before = this.#session.handle
    this.#session.open(client, this.chatId)
    if (before === this.#session.handle) return
    this.#outgoing.clear()
    this.#marked = 0
    if (before?.chatId !== this.#session.handle?.chatId) this.#composer.text = this.#draft = ''
  }

  /** Draws, and keeps the reader where they were. */
  #renderAround(chat: ChatState | undefined, draw: () => void): void {
    const users = this.#users.value ?? {}
    const conversation = this.#conversation
    conversation.window.pinned = [this.#roving?.focused, this.#scroller.inView].flatMap(seqOf)
    const change =
      chat && conversation.take(chat, { me: this.#me.value?.username, atEnd: this.#scroller.atEnd })
    if (change?.rows && !change.opened) this.#scroller.hold()
    if (this.#scroller.atEnd && !change?.opened) conversation.see()
    draw()
    if (!chat || !change) return
    if (change.opened) {
      this.#scroller.start(this.shadowRoot?.querySelector('.unread') ?? undefined)
      this.#teller.opened(chat)
    } else if (change.rows) this.#scroller.settle()
    this.#teller.arrivals(change, { announce: this.announce ?? 'full', users })
  }

  get #cannotWrite(): boolean {
    const chat = this.#chat.value?.chat
    return this.readonly || (chat !== undefined && !chat.permissions.includes('send'))
  }

  #setStates(): void {
    const chat = this.#chat.value
    const stage = this.#stage
    const status = this.#connection.value?.status
    this.setState('ready', stage === 'list')
    this.setState('loading', stage === 'loading')
    this.setState('empty', isEmpty(stage, chat))
    this.setState('signed-out', stage === 'signed-out')
    this.setState('error', stage === 'refused' || stage === 'no-chat' || stage === 'no-service')
    this.setState('offline', status === 'offline')
    this.setState('reconnecting', status === 'reconnecting')
    this.setState(
      'unread',
      stage === 'list' && this.#conversation.unseen(this.#me.value?.username) > 0,
    )
    this.setState('readonly', this.#cannotWrite)
  }

  /** The row that Tab leads to: the last one visited, else the first unread, else the newest. */
  #activeKey(): string | undefined {
    const chat = this.#chat.value
    if (!chat) return undefined
    const { slice, readSeq, window } = this.#conversation
    const drawn = [
      ...chat.messages.slice(slice.start, slice.end).map(({ seq }) => `m${seq}`),
      ...(window.followsNewest
        ? chat.pending.map(({ clientMessageId }) => `p${clientMessageId}`)
        : []),
    ]
    const active = this.#roving?.active
    if (active && drawn.includes(active)) return active
    const unread =
      readSeq === undefined ? undefined : chat.messages.find(({ seq }) => seq > readSeq)
    const key = unread && `m${unread.seq}`
    return key && drawn.includes(key) ? key : drawn.at(-1)
  }

  #typed(text: string): void {
    const { handle } = this.#session
    if (text === this.#draft) return
    this.#draft = text
    handle?.setDraft(text)
    handle?.setTyping(!isBlank(text))
  }

  #reachBack(): void {
    const chat = this.#chat.value
    if (!chat || this.#stage !== 'list') return
    if (this.#conversation.window.earlier(chat.messages)) this.requestUpdate()
    else if (chat.hasOlder && !chat.loadingOlder && !chat.olderError)
      void this.#session.handle?.loadOlder()
  }

  #reachForward(): void {
    const chat = this.#chat.value
    if (chat && this.#conversation.window.later(chat.messages)) this.requestUpdate()
  }

  #markSeen(): void {
    const chat = this.#chat.value
    if (!chat?.chat?.membership || this.#stage !== 'list') return
    if (this.#scroller.atEnd && this.#reading.looking)
      this.#markUpTo(chat.messages.at(-1)?.seq ?? 0)
  }

  #markUpTo(seq: number): void {
    const chat = this.#chat.value
    const { handle } = this.#session
    const read = Math.max(this.#marked, chat?.chat?.membership?.readSeq ?? 0)
    if (!handle || !chat || seq <= read) return
    this.#marked = seq
    handle.markRead(seq)
    this.dispatchEvent(new CollabReadEvent({ chatId: handle.chatId, seq }))
  }

  #leaveList(to: 'before' | 'after'): void {
    if (to === 'before' || this.#cannotWrite) this.shadowRoot?.getElementById('title')?.focus()
    else this.focusComposer()
  }

  /** What is not needed to see the chat is fetched once it is seen, and what most never see only when they do. */
  async #fetch(): Promise<void> {
    const stage = this.#stage
    if (stage === 'list') await this.#fetchRoving()
    if (stage === 'signed-out' && !this.source.tokensByPage) await this.#fetchSignIn()
    else if (isEmpty(stage, this.#chat.value) || (stage !== 'list' && stage !== 'loading')) {
      await this.#fetchNotices()
    }
  }

  async #fetchRoving(): Promise<void> {
    if (this.#roving) return
    const { Roving } = await import('./roving.ts')
    this.#roving ??= new Roving(this, {
      leave: (to) => this.#leaveList(to),
      toNewest: () => this.scrollToLatest(),
    })
  }

  async #fetchSignIn(): Promise<void> {
    if (customElements.get('collab-sign-in')) return
    await import('../collab-sign-in/index.ts')
    this.requestUpdate()
  }

  async #fetchNotices(): Promise<void> {
    if (this.#notices) return
    const { notices } = await import('./notices.ts')
    if (this.#notices) return
    this.localize.include(notices.texts)
    adoptStyles(this.renderRoot as ShadowRoot, [
      ...CollabChatElement.elementStyles,
      ...notices.styles,
    ])
    this.#notices = notices
    this.requestUpdate()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'collab-chat': CollabChatElement
  }
}
