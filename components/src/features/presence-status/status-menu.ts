import type { ChosenState, OwnPresence, PresenceState } from '@collab-kit/protocol'
import type { PresenceChanges } from '@collab-kit/client'
import { html, nothing, render, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import { adopt } from '../../kit/adopt.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import { moment } from '../../kit/localize/moment.ts'
import { graphemes } from '../../kit/person.ts'
import { Floating } from '../presence/floating.ts'
import { statusDot } from '../presence/status-dot.ts'
import { type Expiry, expiresAt, expiries, isExpiry } from './expiry.ts'
import { menuStyles } from './status-menu.styles.ts'

/** Arrow keys go through the choices: what they rest on is meant, milliseconds. */
const REST_MS = 300
/** Most characters of a status text. */
const MOST = 160

const CHOICES = ['available', 'away', 'dnd', 'invisible'] as const
const WORDS = {
  available: 'statusAvailable',
  away: 'statusAway',
  dnd: 'statusDnd',
  invisible: 'statusInvisible',
} as const satisfies Record<ChosenState, string>
const HINTS: Partial<Record<ChosenState, 'dndHint' | 'invisibleHint'>> = {
  dnd: 'dndHint',
  invisible: 'invisibleHint',
}

/** How others see a choice. */
const shownAs = (state: ChosenState): PresenceState => (state === 'invisible' ? 'offline' : state)

export interface StatusMenuOptions {
  localize: Localize
  /** Gives `false` when the service refused it. */
  set: (changes: PresenceChanges) => Promise<boolean>
  changed: () => void
}

/** Where one says how one is here. Fetched when it is first opened. */
export class StatusMenu {
  readonly #options: StatusMenuOptions
  readonly #popover = Object.assign(document.createElement('div'), {
    popover: 'auto',
    className: 'floating menu',
    role: 'dialog',
  })
  readonly #floating: Floating
  #own: OwnPresence | undefined
  /** Chosen here, and not sent yet. */
  #chosen: ChosenState | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #text = ''
  #expiry: Expiry = 'afterNever'
  #tooLong = false
  #failed = false

  constructor(root: ShadowRoot, options: StatusMenuOptions) {
    this.#options = options
    adopt(root, menuStyles)
    this.#popover.part.add('menu')
    root.querySelector('.base')?.append(this.#popover)
    this.#floating = new Floating(this.#popover, () => {
      this.#send()
      options.changed()
    })
  }

  get open(): boolean {
    return this.#floating.anchor !== undefined
  }

  /** What is chosen here and on its way. */
  get chosen(): ChosenState | undefined {
    return this.#chosen
  }

  toggle(anchor: HTMLElement, own: OwnPresence): void {
    this.#own = own
    this.#text = own.status ?? ''
    this.#expiry = own.status ? 'afterNever' : 'after1h'
    this.#failed = this.#tooLong = false
    this.#draw()
    if (!this.#floating.toggle(anchor)) return
    this.#popover.querySelector<HTMLElement>('input:checked')?.focus({ preventScroll: true })
  }

  /** What one says of oneself now, perhaps on another device. */
  follow(own: OwnPresence | undefined): void {
    if (!own) return
    if (this.#text === (this.#own?.status ?? '')) this.#text = own.status ?? ''
    this.#own = own
    if (this.open) this.#draw()
  }

  #draw(): void {
    const { localize } = this.#options
    this.#popover.ariaLabel = localize.text('chooseStatus')
    render(
      html`<fieldset @change=${this.#choose}>
          <legend class="text">${localize.text('chooseStatus')}</legend>
          ${CHOICES.map((state) => this.#choice(state))}
        </fieldset>
        ${this.#form()}
        <div role="alert">
          ${
            this.#failed
              ? html`<p class="failed text" part="error">${localize.text('statusFailed')}</p>`
              : nothing
          }
        </div>`,
      this.#popover,
    )
    if (this.open) this.#floating.place()
  }

  #choice(state: ChosenState): TemplateResult {
    const { localize } = this.#options
    const hint = HINTS[state]
    return html`<label class="choice" part="choice">
      ${statusDot(shownAs(state))}
      <span class="text">${localize.text(WORDS[state])}</span>
      <svg class="check" viewBox="0 0 20 20" aria-hidden="true">
        <path d="m4.5 10.5 3.6 3.6 7.4-8" />
      </svg>
      ${hint ? html`<span class="hint text" id=${hint}>${localize.text(hint)}</span>` : nothing}
      <input
        type="radio"
        name="state"
        value=${state}
        aria-label=${localize.text(WORDS[state])}
        aria-describedby=${hint ?? nothing}
        .checked=${live((this.#chosen ?? this.#own?.state) === state)}
      />
    </label>`
  }

  #form(): TemplateResult {
    const { localize } = this.#options
    const until = this.#own?.status ? this.#own.statusExpiresAt : undefined
    const { formats } = localize
    return html`<form novalidate @submit=${this.#submit}>
      <div class="field">
        <label for="status" class="text">${localize.text('statusText')}</label>
        <input
          id="status"
          part="input"
          dir="auto"
          autocomplete="off"
          placeholder=${localize.text('statusPlaceholder')}
          .value=${live(this.#text)}
          aria-invalid=${this.#tooLong ? 'true' : 'false'}
          aria-describedby=${this.#tooLong ? 'too-long' : until ? 'until' : nothing}
          @input=${this.#write}
        />
        ${
          this.#tooLong
            ? html`<span class="field-error text" part="field-error" id="too-long"
                >${localize.text('statusTooLong', MOST)}</span
              >`
            : nothing
        }
        ${
          until
            ? html`<span class="until text" id="until"
                >${localize.text('clearsAt', moment(formats, new Date(until), new Date()))}</span
              >`
            : nothing
        }
      </div>
      <div class="field">
        <label for="expiry" class="text">${localize.text('clearAfter')}</label>
        <select id="expiry" part="expiry" @change=${this.#expire}>
          ${expiries.map(
            (each) =>
              html`<option value=${each} ?selected=${each === this.#expiry}>
                ${localize.text(each)}
              </option>`,
          )}
        </select>
      </div>
      <div class="buttons">
        ${
          this.#own?.status
            ? html`<button class="link" part="clear-button" type="button" @click=${this.#clear}>
                ${localize.text('clearStatus')}
              </button>`
            : nothing
        }
        <button class="button primary" part="save-button">${localize.text('saveStatus')}</button>
      </div>
    </form>`
  }

  readonly #choose = (event: Event): void => {
    if (!(event.target instanceof HTMLInputElement)) return
    this.#chosen = CHOICES.find((each) => each === (event.target as HTMLInputElement).value)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#send(), REST_MS)
    this.#draw()
    this.#options.changed()
  }

  readonly #write = (event: Event): void => {
    if (event.target instanceof HTMLInputElement) this.#text = event.target.value
    if (this.#tooLong && graphemes(this.#text.trim()) <= MOST) {
      this.#tooLong = false
      this.#draw()
    }
  }

  readonly #expire = (event: Event): void => {
    if (event.target instanceof HTMLSelectElement && isExpiry(event.target.value)) {
      this.#expiry = event.target.value
    }
  }

  readonly #submit = (event: Event): void => {
    event.preventDefault()
    const status = this.#text.trim()
    if (graphemes(status) > MOST) {
      this.#tooLong = true
      this.#draw()
      this.#popover.querySelector<HTMLElement>('#status')?.focus()
      return
    }
    const changes = status
      ? { status, statusExpiresAt: expiresAt(this.#expiry, new Date()) }
      : { status: null, statusExpiresAt: null }
    void this.#save(changes)
  }

  readonly #clear = (): void => {
    this.#text = ''
    // The button goes together with the status.
    this.#popover.querySelector<HTMLElement>('#status')?.focus()
    void this.#save({ status: null, statusExpiresAt: null })
  }

  /** A change that was taken closes the menu; one that was refused stays to be tried again. */
  async #save(changes: PresenceChanges): Promise<void> {
    this.#send()
    if (await this.#set(changes)) this.#floating.hide()
  }

  /** Sends what was chosen. */
  #send(): void {
    clearTimeout(this.#timer)
    const state = this.#chosen
    if (!state || this.#timer === undefined) return
    this.#timer = undefined
    if (state === this.#own?.state) {
      this.#chosen = undefined
      return
    }
    void this.#set({ state }, () => {
      // Meanwhile another one may be chosen.
      if (this.#timer === undefined) this.#chosen = undefined
      this.#options.changed()
    })
  }

  async #set(changes: PresenceChanges, done?: () => void): Promise<boolean> {
    const taken = await this.#options.set(changes)
    this.#failed = !taken
    done?.()
    this.#draw()
    return taken
  }
}
