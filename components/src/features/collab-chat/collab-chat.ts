import type { CollabState } from '@collab-kit/client'
import {
  type CSSResultGroup,
  html,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit'
import { StoreController } from '../../kit/store-controller.ts'
import { tokens } from '../../kit/tokens.css.ts'
import type { Draft } from '../chat/sending.ts'
import { Composer, type SendOn } from '../collab-composer/composer.ts'
import { CollabMessagesElement } from '../collab-messages/collab-messages.ts'
import { chatHeader } from './chat-header.ts'
import { styles } from './collab-chat.styles.ts'

/**
 * A whole chat: header, messages and composer.
 *
 * @tag collab-chat
 * @summary A chat anyone can drop into a page.
 *
 * @slot header - Replaces name, topic, connection and member count.
 * @slot header-actions - Buttons at the end of the header.
 * @slot before-composer - A line of your own above the composer.
 * @slot composer-actions - Buttons beside the send button.
 *
 * @csspart header - The header.
 * @csspart title - Name of the chat.
 * @csspart topic - Topic of the chat.
 * @csspart member-count - How many members there are.
 * @csspart connection - State of the connection.
 * @csspart composer - The form below.
 * @csspart input - The text field.
 * @csspart counter - How much may still be written, near the limit.
 * @csspart send-button - Sends the message.
 *
 * @cssprop [--collab-chat-composer-max-block-size=150px] - Highest the text field grows.
 *
 * @cssState readonly - Nothing can be written here.
 *
 * @fires {CollabSendEvent} collab-send - A message is about to be sent; cancelable.
 */
export class CollabChatElement extends CollabMessagesElement {
  static override readonly tag: string = 'collab-chat'
  static override readonly styles: CSSResultGroup = [tokens, ...styles]
  static override readonly properties: PropertyDeclarations = {
    readonly: { type: Boolean, reflect: true },
    withoutHeader: { attribute: 'without-header', type: Boolean },
    withoutComposer: { attribute: 'without-composer', type: Boolean },
    maxLength: { attribute: 'max-length', type: Number },
    sendOn: { attribute: 'send-on' },
  }

  /** Nothing can be written. */
  declare readonly: boolean
  /** Leaves the header out; its name stays for assistive technology. */
  declare withoutHeader: boolean
  /** Leaves the composer out, as where the page has one of its own; `send()` sends all the same. */
  declare withoutComposer: boolean
  /** Most characters that are taken here, UTF-16 code units. Default: what the service takes. */
  declare maxLength: number | undefined
  /** What sends. Default `enter`. */
  declare sendOn: SendOn | undefined

  readonly #limits = new StoreController(this, (state: CollabState) => state.limits)
  readonly #composer: Composer = new Composer(this, this.session, {
    send: (body) => this.send(body),
    escape: () => void this.scrollToLatest(),
    toMessages: () => this.enterMessages(),
  })

  constructor() {
    super()
    this.readonly = this.withoutHeader = this.withoutComposer = false
  }

  /**
   * Sends a message as if it were written here.
   * @returns `false` when nothing was sent: a listener of `collab-send` refused, or the text is blank or too long.
   */
  send(message: Draft): boolean {
    const sent = this.sending.send(message)
    if (sent) void this.scrollToLatest()
    return sent
  }

  /** Puts the focus into the composer. */
  focusComposer(): void {
    this.#composer.focus()
  }

  /** Puts a text where the caret of the composer is. */
  insertText(text: string): void {
    this.#composer.insert(text)
  }

  override focus(): void {
    if (this.canWrite) this.focusComposer()
    else super.focus()
  }

  protected override get canWrite(): boolean {
    return !this.withoutComposer && this.#mayWrite
  }

  get #mayWrite(): boolean {
    const { chat } = this.chat.value ?? {}
    return !this.readonly && (chat === undefined || chat.permissions.includes('send'))
  }

  protected override leaveMessages(to: 'before' | 'after'): boolean {
    const title = this.shadowRoot?.getElementById('title')
    const next = to === 'after' && this.canWrite ? this.#composer.input : title
    next?.focus()
    return next?.matches(':focus') || super.leaveMessages(to)
  }

  protected override opened(): void {
    super.opened()
    this.#composer.clear()
  }

  protected override update(changed: PropertyValues<this>): void {
    if (this.chat.value) this.#composer.follow(this.chat.value)
    super.update(changed)
    this.setState('readonly', !this.#mayWrite)
  }

  protected override renderHeader(name: string): TemplateResult {
    const { localize, withoutHeader } = this
    return chatHeader({
      chat: this.chat.value?.chat,
      name,
      badge: this.connectionView.badge,
      headingLevel: Math.min(Math.max(this.headingLevel ?? 2, 2), 5),
      hidden: withoutHeader,
      localize,
    })
  }

  protected override renderBelow(name: string): TemplateResult {
    const { localize, withoutComposer } = this
    return html`<div class="below">
      <slot name="before-composer"></slot>
      ${this.#mayWrite || withoutComposer ? nothing : html`<p class="read-only text">${localize.text('readOnly')}</p>`}
      ${this.#composer.render({
        localize,
        name,
        maxBytes: this.#limits.value?.messageBytes,
        maxLength: this.maxLength,
        sendOn: this.sendOn,
        hidden: !this.canWrite,
        end: html`<slot name="composer-actions"></slot>`,
      })}
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'collab-chat': CollabChatElement
  }
}
