import {
  type CollabClient,
  type CollabState,
  selectConnection,
  selectMe,
} from '@collab-kit/client/base'
import { selectChat } from '@collab-kit/client/chat'
import type { ErrorShape } from '@collab-kit/protocol'
import type { PropertyDeclarations, PropertyValues } from 'lit'
import { afterFrame } from '../../kit/after-frame.ts'
import { CollabElement } from '../../kit/element.ts'
import { chat as texts } from '../../kit/localize/en/chat.ts'
import { StoreController } from '../../kit/store-controller.ts'
import { ChatSession } from './chat-session.ts'
import { Sending } from './sending.ts'
import { type Stage, stageOf } from './stage.ts'
import type { Teller } from './teller.ts'

/** Once it is here, what happens is said in its turn. */
let Voice: typeof Teller | undefined

/**
 * What the elements of a chat share: which chat it is, its state, and what is sent from here.
 *
 * @cssState loading - Messages are being loaded.
 * @cssState reconnecting - The connection is lost.
 * @cssState offline - There is no network.
 * @cssState signed-out - Someone has to sign in.
 * @cssState error - The chat cannot be shown.
 *
 * @fires {CollabSendFailedEvent} collab-send-failed - The service refused a message that was sent here.
 * @fires {CollabSentEvent} collab-sent - The service has a message that was sent here.
 */
export abstract class ChatElement extends CollabElement {
  static override readonly properties: PropertyDeclarations = {
    chatId: { attribute: 'chat-id' },
    label: {},
  }

  /** Which chat. */
  declare chatId: string | undefined
  /** What assistive technology calls this element, where a page shows one chat twice. Default: the chat's name. */
  declare label: string | undefined

  protected readonly chat = new StoreController(this, (state: CollabState) =>
    selectChat(state, this.chatId ?? ''),
  )
  protected readonly connection = new StoreController(this, selectConnection)
  protected readonly me = new StoreController(this, selectMe)
  protected readonly users = new StoreController(this, (state: CollabState) => state.users)
  protected readonly session = new ChatSession()
  protected readonly sending = new Sending(this, this.session, {
    fail: (detail) => this.fail(detail),
    failed: () => this.tell((teller) => teller.failed()),
  })
  protected stage: Stage = 'loading'
  #frame: Promise<unknown> | undefined
  #teller: Teller | undefined
  #connectionError: ErrorShape | undefined
  #chatError: ErrorShape | undefined

  constructor() {
    super()
    this.localize.include(texts)
  }

  protected override get settled(): boolean {
    return this.stage !== 'loading'
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

  /** The first change is drawn at once, more of them together after the next frame: no frame has two updates. */
  protected override async scheduleUpdate(): Promise<void> {
    await this.#frame
    this.#frame = afterFrame().then(() => (this.#frame = undefined))
    await super.scheduleUpdate()
  }

  // Not in willUpdate: only here every controller has read what there is now.
  protected override update(changed: PropertyValues<this>): void {
    const status = this.connection.value?.status
    this.stage = stageOf({
      addressMissing: this.source.addressMissing,
      chatId: this.chatId,
      connection: this.connection.value,
      chat: this.chat.value,
    })
    super.update(changed)
    this.setState('loading', this.stage === 'loading')
    this.setState('signed-out', this.stage === 'signed-out')
    this.setState('error', ['refused', 'no-chat', 'no-service'].includes(this.stage))
    this.setState('offline', status === 'offline')
    this.setState('reconnecting', status === 'reconnecting')
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    const chat = this.chat.value
    this.#tellErrors()
    if (chat) this.sending.follow(chat)
  }

  /** What says it; absent until it is fetched. */
  protected get teller(): Teller | undefined {
    return this.#teller
  }

  /** Has something said aloud. What says it is fetched when it is first needed. */
  protected tell(say?: (teller: Teller) => void): void {
    if (!Voice) {
      // Without a network there is nobody to say it; whoever has something to say next, tries again.
      import('./teller.ts').then(
        ({ Teller }) => ((Voice = Teller), this.tell(say)),
        () => {},
      )
      return
    }
    this.#teller ??= new Voice(this, this.localize)
    say?.(this.#teller)
  }

  /** Another chat, or another client. */
  protected opened(): void {
    this.sending.clear()
  }

  #open(client: CollabClient | undefined): void {
    const before = this.session.handle
    this.session.open(client, this.chatId)
    if (before !== this.session.handle) this.opened()
  }

  #tellErrors(): void {
    const connection = this.connection.value
    const refused = connection?.status === 'refused' ? connection.error : undefined
    if (refused && refused !== this.#connectionError) this.fail(refused)
    this.#connectionError = refused
    const chat = this.chat.value
    const failed = chat?.status === 'refused' ? chat.error : (chat?.olderError ?? chat?.newerError)
    if (chat && failed && failed !== this.#chatError) this.fail({ ...failed, chatId: chat.chatId })
    this.#chatError = failed
  }
}
