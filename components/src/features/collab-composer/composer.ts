import type { ChatState } from '@collab-kit/client'
import { isBlank, limitDefaults } from '@collab-kit/protocol/runtime'
import {
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit'
import type { Localize } from '../../kit/localize/localize.ts'
import { graphemes } from '../../kit/person.ts'
import { sendIcon } from '../chat/chat-icons.ts'
import type { ChatSession } from '../chat/chat-session.ts'

/** From this share of the limit on the rest is counted. */
const NEAR_LIMIT = 0.9

/** What sends: Enter, or Enter together with Ctrl or Command. */
export type SendOn = 'enter' | 'mod-enter'

export interface ComposerOptions {
  /** Sends the text. Gives `true` when it is on its way and the composer can be emptied. */
  send: (body: string) => boolean
  /** Another text stands in the composer; `typed` when the person wrote it here. */
  changed?: (typed: boolean) => void
  /** Escape with nothing to give up. */
  escape?: () => void
  /** Alt and arrow up: to the messages. */
  toMessages?: () => void
}

export interface ComposerModel {
  localize: Localize
  /** Name of the chat; empty while it is not known. */
  name: string
  /** Largest message, bytes of UTF-8. Default: the service's usual limit. */
  maxBytes?: number | undefined
  /** Most characters; no limit by default. */
  maxLength?: number | undefined
  sendOn?: SendOn | undefined
  placeholder?: string | undefined
  label?: string | undefined
  hidden?: boolean
  disabled?: boolean
  /** What stands before the text. */
  start?: TemplateResult
  /** What stands between text and button. */
  end?: TemplateResult
}

/** The text being written, kept as the chat's draft, and everything around it. */
export class Composer implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement
  readonly #session: ChatSession
  readonly #options: ComposerOptions
  #text = ''
  #draft = ''
  #composing = false
  #sendOn: SendOn = 'enter'
  /** Characters too many. */
  #excess = 0

  constructor(
    host: ReactiveControllerHost & HTMLElement,
    session: ChatSession,
    options: ComposerOptions,
  ) {
    this.#host = host
    this.#session = session
    this.#options = options
    host.addController(this)
  }

  get text(): string {
    return this.#text
  }

  /** Takes over a text that comes from elsewhere, unless an input method is at work here. */
  set text(text: string) {
    if (text !== this.#text && !this.#composing) this.#set(text, false)
  }

  get tooLong(): boolean {
    return this.#excess > 0
  }

  get input(): HTMLTextAreaElement | undefined {
    return (this.#host.shadowRoot?.getElementById('input') ?? undefined) as
      | HTMLTextAreaElement
      | undefined
  }

  hostUpdated(): void {
    const { input } = this
    // Only what comes from elsewhere is put in: setting what is there already would move the caret.
    if (input && input.value !== this.#text && !this.#composing) input.value = this.#text
    this.#grow()
  }

  /** What the person writes wins over a draft that comes back from the store a moment later. */
  follow({ draft }: ChatState): void {
    if (draft === this.#draft) return
    this.#draft = draft
    this.text = draft
  }

  /** Another chat: its draft comes with it. */
  clear(): void {
    this.#draft = ''
    this.text = ''
  }

  focus(): void {
    this.input?.focus()
  }

  /** Puts a text in the place of what is selected, or where the caret is. */
  insert(text: string): void {
    const { input } = this
    if (!input) return
    input.setRangeText(text, input.selectionStart, input.selectionEnd, 'end')
    this.#write(input.value)
  }

  render(model: ComposerModel): TemplateResult {
    const { localize, name, placeholder, disabled = false } = model
    const label =
      model.label || (name ? localize.text('composerLabel', name) : localize.text('composerPlain'))
    const hint =
      placeholder || (short(name) === name ? label : localize.text('composerLabel', short(name)))
    const rest = this.#rest(model)
    this.#sendOn = model.sendOn ?? 'enter'
    const over = this.tooLong
    return html`<form
      class="composer"
      part="composer"
      ?hidden=${model.hidden ?? false}
      @submit=${this.#submit}
    >
      <label class="hidden" for="input">${label}</label>
      <div class=${over ? 'field over' : 'field'}>
        ${model.start ?? nothing}
        <textarea
          id="input"
          part="input"
          rows="1"
          dir=${this.#text ? 'auto' : nothing}
          enterkeyhint=${this.#sendOn === 'enter' ? 'send' : nothing}
          aria-keyshortcuts=${this.#options.toMessages ? 'Alt+ArrowUp' : nothing}
          placeholder=${hint}
          ?disabled=${disabled}
          aria-describedby=${rest ? 'counter' : nothing}
          aria-invalid=${over ? 'true' : nothing}
          @input=${this.#typed}
          @keydown=${this.#keydown}
          @compositionstart=${() => (this.#composing = true)}
          @compositionend=${() => (this.#composing = false)}
        ></textarea>
        ${model.end ?? nothing}
        <button
          class="send"
          part="send-button"
          type="submit"
          aria-disabled=${over || disabled || isBlank(this.#text) ? 'true' : 'false'}
          aria-label=${localize.text('send')}
          title=${localize.text('send')}
        >
          ${sendIcon}
        </button>
      </div>
      ${
        rest
          ? html`<div class=${over ? 'counter over' : 'counter'} id="counter" part="counter">
              ${rest}
            </div>`
          : nothing
      }
    </form>`
  }

  /** Sends what is written, unless there is nothing or too much. */
  send(): boolean {
    if (this.tooLong || isBlank(this.#text) || this.input?.disabled) return false
    if (!this.#options.send(this.#text)) return false
    this.#write('')
    return true
  }

  /** The service's limit is in bytes; people count characters, so the rest is told in characters like those written. */
  #rest({ localize, maxBytes = limitDefaults.messageBytes, maxLength }: ComposerModel): string {
    const bytes = byteLength(this.#text, maxBytes)
    const share = this.#text.length / Math.max(bytes, 1)
    // In UTF-16 units, by the stricter of the two limits.
    const most = Math.min(maxLength ?? Infinity, Math.floor(maxBytes * share) || Infinity)
    const left = most - this.#text.length
    const each = this.#text.length / Math.max(countGraphemes(this.#text), 1)
    this.#excess = bytes > maxBytes || left < 0 ? Math.max(Math.ceil(-left / each), 1) : 0
    if (this.#excess > 0) return localize.text('tooLong', this.#excess)
    return left < most * (1 - NEAR_LIMIT)
      ? localize.text('leftToWrite', Math.floor(left / each))
      : ''
  }

  #write(text: string): void {
    this.#set(text, true)
    if (text === this.#draft) return
    this.#draft = text
    const { handle } = this.#session
    handle?.setDraft(text)
    handle?.setTyping(!isBlank(text))
  }

  #set(text: string, typed: boolean): void {
    this.#text = text
    this.#options.changed?.(typed)
    this.#host.requestUpdate()
  }

  readonly #typed = (event: InputEvent): void => {
    this.#write((event.target as HTMLTextAreaElement).value)
  }

  readonly #keydown = (event: KeyboardEvent): void => {
    // While an input method is open its keys are its own; Safari tells it only by 229.
    if (event.isComposing || event.keyCode === 229) return
    if (event.key === 'Enter' && this.#sends(event)) {
      event.preventDefault()
      this.send()
    } else if (event.key === 'Escape') {
      this.#options.escape?.()
    } else if (event.key === 'ArrowUp' && event.altKey && this.#options.toMessages) {
      event.preventDefault()
      this.#options.toMessages()
    }
  }

  #sends({ shiftKey, altKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
    if (shiftKey || altKey) return false
    return (ctrlKey || metaKey) === (this.#sendOn === 'mod-enter')
  }

  readonly #submit = (event: Event): void => {
    event.preventDefault()
    this.send()
    this.focus()
  }

  /** Where the browser does not size a text field by its content. */
  #grow(): void {
    const { input } = this
    if (!input || CSS.supports('field-sizing', 'content')) return
    input.style.blockSize = 'auto'
    input.style.blockSize = `${input.scrollHeight}px`
  }
}

/** A name that fits into a line; a placeholder is not shortened by the browser. */
function short(name: string): string {
  return name.length > 26 ? `${name.slice(0, 24).toWellFormed()}…` : name
}

/** Characters as a reader counts them; in a long text those of its beginning stand for all. */
function countGraphemes(text: string): number {
  const sample = text.slice(0, 2000)
  return (graphemes(sample) * text.length) / Math.max(sample.length, 1)
}

const encoder = new TextEncoder()

/** Exact where it matters: a text that cannot come near the limit is not counted at every key. */
function byteLength(text: string, maxBytes: number): number {
  const most = text.length * 3
  return most < maxBytes * NEAR_LIMIT ? text.length : encoder.encode(text).length
}
