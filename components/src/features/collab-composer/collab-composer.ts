import type { CollabState } from '@collab-kit/client'
import { isBlank } from '@collab-kit/protocol/runtime'
import {
  type CSSResultGroup,
  html,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit'
import { composer as texts } from '../../kit/localize/en/composer.ts'
import { liveRegions } from '../../kit/live-regions.ts'
import { StoreController } from '../../kit/store-controller.ts'
import { tokens } from '../../kit/tokens.css.ts'
import { CollabSendEvent } from '../chat/chat.events.ts'
import { ChatElement } from '../chat/chat-element.ts'
import { chatName } from '../chat/chat-name.ts'
import type { Draft } from '../chat/sending.ts'
import { styles } from './collab-composer.styles.ts'
import { Composer, type SendOn } from './composer.ts'

/**
 * The field in which a message is written. With `chat-id` it sends to that chat and keeps the draft; without one it is
 * a text field of the form around it, which Enter submits.
 *
 * @tag collab-composer
 * @summary Writes messages: to a chat, or as a field of a form.
 *
 * @slot start - Buttons before the text.
 * @slot end - Buttons between text and send button.
 *
 * @csspart base - Everything.
 * @csspart composer - The form.
 * @csspart input - The text field.
 * @csspart counter - How much may still be written, near the limit.
 * @csspart send-button - Sends the message.
 * @csspart hint - Why nothing can be written.
 *
 * @cssprop [--collab-chat-composer-max-block-size=150px] - Highest the text field grows.
 *
 * @cssState readonly - The chat takes no messages of this person.
 *
 * @fires {CollabSendEvent} collab-send - A message is about to be sent; cancelable.
 * @fires {InputEvent} input - The text is another one.
 * @fires {Event} change - The text was changed and the field left.
 */
export class CollabComposerElement extends ChatElement {
  static override readonly tag: string = 'collab-composer'
  static readonly formAssociated = true
  static override readonly styles: CSSResultGroup = [tokens, ...styles]
  static override readonly properties: PropertyDeclarations = {
    name: { reflect: true },
    value: { noAccessor: true },
    placeholder: {},
    disabled: { type: Boolean, reflect: true },
    required: { type: Boolean, reflect: true },
    maxLength: { attribute: 'max-length', type: Number },
    sendOn: { attribute: 'send-on' },
  }

  /** Name of the field in its form. */
  declare name: string | undefined
  /** What stands in the empty field. Default: whom the message goes to. */
  declare placeholder: string | undefined
  /** Nothing can be written. */
  declare disabled: boolean
  /** The form around asks for a text. */
  declare required: boolean
  /** Most characters, UTF-16 code units. Default: what the service takes. */
  declare maxLength: number | undefined
  /** What sends. Default `enter`. */
  declare sendOn: SendOn | undefined

  readonly #limits = new StoreController(this, (state: CollabState) => state.limits)
  readonly #composer: Composer = new Composer(this, this.session, {
    send: (body) => this.#send(body),
    changed: (typed) => this.#changed(typed),
  })
  #formDisabled = false

  constructor() {
    super()
    this.disabled = this.required = false
    this.localize.include(texts)
  }

  /** The text. */
  get value(): string {
    return this.#composer.text
  }
  set value(value: string | null | undefined) {
    this.#composer.text = value ?? ''
  }

  /** The form that the field belongs to. */
  get form(): HTMLFormElement | null {
    return this.internals?.form ?? null
  }

  get validity(): ValidityState | undefined {
    return this.internals?.validity
  }

  get validationMessage(): string {
    return this.internals?.validationMessage ?? ''
  }

  checkValidity(): boolean {
    return this.internals?.checkValidity() ?? true
  }

  reportValidity(): boolean {
    return this.internals?.reportValidity() ?? true
  }

  /** Sends a message, the text of the field by default. Gives `false` when nothing was sent. */
  send(message?: Draft): boolean {
    return message === undefined ? this.#composer.send() : this.sending.send(message)
  }

  /** Puts a text where the caret is. */
  insertText(text: string): void {
    this.#composer.insert(text)
  }

  override focus(): void {
    this.#composer.focus()
  }

  formResetCallback(): void {
    this.value = this.getAttribute('value')
  }

  formDisabledCallback(disabled: boolean): void {
    this.#formDisabled = disabled
    this.requestUpdate()
  }

  formStateRestoreCallback(state: File | string | FormData | null): void {
    if (typeof state === 'string') this.value = state
  }

  protected override get settled(): boolean {
    return !this.chatId || super.settled
  }

  protected override opened(): void {
    super.opened()
    if (this.session.handle) this.#composer.clear()
  }

  protected override update(changed: PropertyValues<this>): void {
    if (this.session.handle && this.chat.value) this.#composer.follow(this.chat.value)
    super.update(changed)
    // A field of a form needs no chat.
    if (!this.chatId) this.setState('error', false)
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    this.#validate()
    const root = this.shadowRoot
    // What has the focus is gone: the words in its place get it, never the page.
    if (root?.activeElement?.closest('[hidden]'))
      root.querySelector<HTMLElement>('.read-only')?.focus()
  }

  protected override render(): TemplateResult {
    const { localize, chatId } = this
    const chat = this.chat.value?.chat
    const name = chatName(chat, {
      me: this.me.value?.username,
      users: this.users.value ?? {},
      localize,
    })
    const signedOut = Boolean(chatId) && this.stage === 'signed-out'
    const readonly = chat !== undefined && !chat.permissions.includes('send')
    this.setState('readonly', readonly)
    const hint = signedOut ? 'signInToWrite' : readonly ? 'readOnly' : undefined
    return html`<div class="base" part="base" @change=${this.#left}>
      <span class="font-probe"></span>
      ${hint ? html`<p class="read-only text" part="hint" tabindex="-1">${localize.text(hint)}</p>` : nothing}
      ${this.#composer.render({
        localize,
        name,
        maxBytes: this.#limits.value?.messageBytes,
        maxLength: this.maxLength,
        sendOn: this.sendOn,
        placeholder: this.placeholder,
        label: this.label,
        hidden: hint !== undefined,
        disabled: this.disabled || this.#formDisabled,
        start: html`<slot name="start"></slot>`,
        end: html`<slot name="end"></slot>`,
      })}
      ${liveRegions()}
    </div>`
  }

  // The field's own does not leave the shadow root.
  readonly #left = (): void => void this.dispatchEvent(new Event('change', { bubbles: true }))

  #send(body: string): boolean {
    if (this.chatId) return this.sending.send(body)
    const asked = new CollabSendEvent({ chatId: '', body })
    if (!this.dispatchEvent(asked)) return false
    // The form's own submit handler decides what becomes of the text.
    this.form?.requestSubmit()
    return this.form === null
  }

  #changed(typed: boolean): void {
    this.internals?.setFormValue(this.value)
    // The inner field's own `input` crosses the shadow root; what is put in from elsewhere tells nobody, as in HTML.
    if (typed && this.isConnected) this.#validate()
  }

  #validate(): void {
    const { input } = this.#composer
    if (!input) return
    const valueMissing = this.required && isBlank(this.value)
    const { tooLong } = this.#composer
    const text = valueMissing
      ? this.localize.text('messageMissing')
      : tooLong
        ? (this.shadowRoot?.getElementById('counter')?.textContent?.trim() ?? ' ')
        : ''
    this.internals?.setValidity(text ? { valueMissing, tooLong } : {}, text, input)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'collab-composer': CollabComposerElement
  }
}
