import { isBlank } from '@collab-kit/protocol/runtime'
import {
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit'
import { sendIcon } from './chat-icons.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import { graphemes } from '../../kit/person.ts'

/** From this share of the limit on the rest is counted. */
const NEAR_LIMIT = 0.9

export interface ComposerOptions {
  /** Sends the text. Gives `true` when it is on its way and the composer can be emptied. */
  send: (body: string) => boolean
  /** What stands in the composer now. */
  changed: (text: string) => void
  /** Escape with nothing to give up. */
  escape: () => void
  /** Alt and arrow up: to the messages. */
  toMessages: () => void
}

export interface ComposerModel {
  localize: Localize
  /** Name of the chat, isolated; empty while it is not known. */
  name: string
  /** Largest message, bytes of UTF-8. */
  maxBytes: number
  hidden: boolean
}

/** The text being written, and everything around it. */
export class Composer implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement
  readonly #options: ComposerOptions
  #text = ''
  #composing = false
  #tooLong = 0

  constructor(host: ReactiveControllerHost & HTMLElement, options: ComposerOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  get text(): string {
    return this.#text
  }

  /** Takes over a text that comes from elsewhere: the kept draft, or another element of the same chat. */
  set text(text: string) {
    if (text === this.#text || this.#composing) return
    this.#text = text
    this.#host.requestUpdate()
  }

  hostUpdated(): void {
    const input = this.#input
    // Only what comes from elsewhere is put in: setting what is there already would move the caret.
    if (input && input.value !== this.#text && !this.#composing) input.value = this.#text
    this.#grow()
  }

  focus(): void {
    this.#input?.focus()
  }

  get #input(): HTMLTextAreaElement | undefined {
    return this.#host.shadowRoot?.querySelector('textarea') ?? undefined
  }

  render({ localize, name, maxBytes, hidden }: ComposerModel): TemplateResult {
    const label = name ? localize.text('composerLabel', name) : localize.text('composerPlain')
    const bytes = byteLength(this.#text, maxBytes)
    this.#tooLong = Math.max(bytes - maxBytes, 0)
    const counted = bytes > maxBytes * NEAR_LIMIT
    const sendable = this.#tooLong === 0 && !isBlank(this.#text)
    return html`<form class="composer" part="composer" ?hidden=${hidden} @submit=${this.#submit}>
      <label class="hidden" for="input">${label}</label>
      <div class=${this.#tooLong > 0 ? 'field over' : 'field'}>
        <textarea
          id="input"
          part="input"
          rows="1"
          dir=${this.#text ? 'auto' : nothing}
          enterkeyhint="send"
          placeholder=${short(name) === name ? label : localize.text('composerLabel', short(name))}
          aria-describedby=${counted ? 'counter' : nothing}
          aria-invalid=${this.#tooLong > 0 ? 'true' : nothing}
          @input=${this.#typed}
          @keydown=${this.#keydown}
          @compositionstart=${() => (this.#composing = true)}
          @compositionend=${() => (this.#composing = false)}
        ></textarea>
        <slot name="composer-actions"></slot>
        <button
          class="send"
          part="send-button"
          type="submit"
          aria-disabled=${sendable ? 'false' : 'true'}
          aria-label=${localize.text('send')}
          title=${localize.text('send')}
        >
          ${sendIcon}
        </button>
      </div>
      ${
        counted
          ? html`<div
              class=${this.#tooLong > 0 ? 'counter over' : 'counter'}
              id="counter"
              part="counter"
            >
              ${this.#rest(localize, bytes, maxBytes)}
            </div>`
          : nothing
      }
    </form>`
  }

  /** The limit is in bytes; people count characters, so the rest is told in characters like those written. */
  #rest(localize: Localize, bytes: number, maxBytes: number): string {
    const each = bytes / Math.max(countGraphemes(this.#text), 1)
    return this.#tooLong > 0
      ? localize.text('tooLong', Math.max(Math.ceil(this.#tooLong / each), 1))
      : localize.text('leftToWrite', Math.floor((maxBytes - bytes) / each))
  }

  readonly #typed = (event: InputEvent): void => {
    this.#text = (event.target as HTMLTextAreaElement).value
    this.#options.changed(this.#text)
    this.#host.requestUpdate()
  }

  readonly #keydown = (event: KeyboardEvent): void => {
    // While an input method is open its keys are its own; Safari tells it only by 229.
    if (event.isComposing || event.keyCode === 229) return
    if (
      event.key === 'Enter' &&
      !event.shiftKey &&
      !event.altKey &&
      !event.ctrlKey &&
      !event.metaKey
    ) {
      event.preventDefault()
      this.send()
    } else if (event.key === 'Escape') {
      this.#options.escape()
    } else if (event.key === 'ArrowUp' && event.altKey) {
      event.preventDefault()
      this.#options.toMessages()
    }
  }

  readonly #submit = (event: Event): void => {
    event.preventDefault()
    this.send()
    this.focus()
  }

  /** Sends what is written, unless there is nothing or too much. */
  send(): boolean {
    if (this.#tooLong > 0 || isBlank(this.#text)) return false
    if (!this.#options.send(this.#text)) return false
    this.#text = ''
    this.#options.changed('')
    this.#host.requestUpdate()
    return true
  }

  /** Where the browser does not size a text field by its content. */
  #grow(): void {
    const input = this.#input
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
