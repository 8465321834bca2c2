import {
  type CollabClient,
  isCollabError,
  type PresenceChanges,
  selectConnection,
  selectOwnPresence,
} from '@collab-kit/client/base'
import {
  type CSSResultGroup,
  html,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit'
import { buttonStyles } from '../../kit/button.styles.ts'
import { CollabElement } from '../../kit/element.ts'
import { ownPresence as texts } from '../../kit/localize/en/own-presence.ts'
import { presence as shared } from '../../kit/localize/en/presence.ts'
import { StoreController } from '../../kit/store-controller.ts'
import { tokens } from '../../kit/tokens.css.ts'
import { type Barrier, barrierOf } from '../presence/access.ts'
import type { SignInButton } from '../presence/sign-in-button.ts'
import { statusDot } from '../presence/status-dot.ts'
import { inOneBreath } from '../presence/wording.ts'
import { CollabPresenceChangedEvent } from './presence-status.events.ts'
import { styles } from './presence-status.styles.ts'
import type { StatusMenu } from './status-menu.ts'

const WORDS = {
  available: 'statusAvailable',
  away: 'statusAway',
  dnd: 'statusDnd',
  invisible: 'statusInvisible',
} as const

const REASONS = {
  'no-service': 'noPresenceServiceTitle',
  refused: 'presenceRefused',
  'signed-out': 'presenceSignInTitle',
  'session-ended': 'presenceSignInAgainTitle',
} as const satisfies Record<Barrier, string>

/**
 * What one says of oneself: a button that shows it, and a menu to say something else.
 *
 * @tag presence-status
 * @summary One's own state and status text.
 *
 * @csspart base - Everything.
 * @csspart button - Shows state and status text, and opens the menu.
 * @csspart status-dot - The state as a mark.
 * @csspart state - The state in words.
 * @csspart status - The status text, or why nothing can be said.
 * @csspart sign-in-button - Leads to the sign-in where nobody is signed in.
 * @csspart sign-in - What the sign-in opens in.
 * @csspart menu - Where something else is said.
 * @csspart choice - A state to choose.
 * @csspart input - The status text to be written.
 * @csspart expiry - After which time the status text goes.
 * @csspart save-button - Says the status text.
 * @csspart clear-button - Takes the status text away.
 * @csspart field-error - What is wrong with the status text.
 * @csspart error - Says that a change was not taken.
 *
 * @cssState loading - It is not known yet what one says of oneself.
 * @cssState ready - It is known.
 * @cssState offline - The connection is lost: what is chosen is not told to anybody yet.
 * @cssState signed-out - Someone has to sign in.
 * @cssState error - Nothing can be said.
 * @cssState open - The menu is open.
 *
 * @fires {CollabPresenceChangedEvent} collab-presence-changed - The service has what was said here.
 */
export class PresenceStatusElement extends CollabElement {
  static override readonly tag: string = 'presence-status'
  static override readonly styles: CSSResultGroup = [tokens, buttonStyles, ...styles]
  static override readonly properties: PropertyDeclarations = {
    withoutText: { attribute: 'without-text', type: Boolean },
  }

  /** Shows the state alone; the status text stays in the menu and in the button's name. */
  declare withoutText: boolean

  readonly #own = new StoreController(this, selectOwnPresence)
  readonly #connection = new StoreController(this, selectConnection)
  readonly #me = new StoreController(this, (state) => state.me?.username ?? state.username)
  #menu: StatusMenu | undefined
  /** The words for why nothing can be said are here. */
  #explained = false
  #signIn: SignInButton | undefined
  #barrier: Barrier | undefined
  #watched: { client: CollabClient; username: string; release: () => void } | undefined

  constructor() {
    super()
    this.withoutText = false
    this.localize.include({ ...shared, ...texts })
  }

  override focus(): void {
    this.renderRoot.querySelector('button')?.focus()
  }

  protected override get settled(): boolean {
    return this.#own.value !== undefined || this.#barrier !== undefined
  }

  protected override clientChanged(
    client: CollabClient | undefined,
    previous: CollabClient | undefined,
  ): void {
    super.clientChanged(client, previous)
    if (client?.status === 'idle') client.connect()
    this.#watch(client)
  }

  protected override update(changed: PropertyValues<this>): void {
    this.#watch(this.client)
    const had = this.shadowRoot?.activeElement
    this.#barrier = barrierOf(this.source, this.#connection.value)
    super.update(changed)
    const status = this.#connection.value?.status
    const signedOut = status === 'signed_out'
    this.setState('loading', !this.settled)
    this.setState('ready', this.#own.value !== undefined && !this.#barrier)
    this.setState('signed-out', signedOut)
    this.setState('error', this.#barrier !== undefined && !signedOut)
    this.setState('offline', status === 'offline' || status === 'reconnecting')
    this.setState('open', this.#menu?.open ?? false)
    this.#menu?.follow(this.#own.value)
    this.#signIn?.follow(this.#barrier === 'signed-out')
    void this.#fetch().catch(() => {
      // The network is gone for a moment: the next rendering asks again.
    })
    // What had the focus is gone: what took its place has it, never the page.
    if (had && !this.shadowRoot?.activeElement) this.focus()
  }

  protected override render(): TemplateResult {
    const way = this.#barrier === 'signed-out' && this.#signIn
    return html`<div class="base" part="base" aria-busy=${this.settled ? 'false' : 'true'}>
      <span class="font-probe"></span>
      ${way ? way.draw() : this.#button()}
    </div>`
  }

  #button(): TemplateResult {
    const { localize, withoutText } = this
    const barrier = this.#barrier
    const own = barrier ? undefined : this.#own.value
    const state = own && (this.#menu?.chosen ?? own.state)
    const reason = barrier && this.#explained ? localize.text(REASONS[barrier]) : undefined
    const status = reason ?? own?.status
    const word = localize.text(state ? WORDS[state] : 'presenceUnknown')
    return html`<button
      class="button own"
      part="button"
      type="button"
      aria-haspopup="dialog"
      aria-expanded=${this.#menu?.open ? 'true' : 'false'}
      aria-disabled=${own ? 'false' : 'true'}
      @click=${this.#click}
    >
      ${statusDot(state && state !== 'invisible' ? state : 'offline')}
      <span class="hidden"
        >${inOneBreath(localize, localize.text('yourStatus'), word, status)}</span
      >
      <span class="words" aria-hidden="true"
        ><span class="state text" part="state">${word}</span>${
          status && !withoutText
            ? html`<span class="status" part="status"><bdi>${status}</bdi></span>`
            : nothing
        }</span
      >
      ${
        barrier
          ? nothing
          : html`<svg class="chevron" viewBox="0 0 20 20" aria-hidden="true">
              <path d="m5 7.5 5 5 5-5" />
            </svg>`
      }
    </button>`
  }

  /** What is only needed where nothing can be said. */
  async #fetch(): Promise<void> {
    if (!this.#barrier) return
    if (!this.#explained) {
      const { presenceMore } = await import('../../kit/localize/en/presence-more.ts')
      this.localize.include(presenceMore)
      this.#explained = true
      this.requestUpdate()
    }
    if (this.#barrier !== 'signed-out' || this.#signIn) return
    const { SignInButton } = await import('../presence/sign-in-button.ts')
    if (this.shadowRoot) this.#signIn ??= new SignInButton(this, this.shadowRoot, this.localize)
    this.requestUpdate()
  }

  /** What one says is loaded with the first watch: that of oneself costs least. */
  #watch(client: CollabClient | undefined): void {
    const username = this.#me.value
    if (this.#watched?.client === client && this.#watched?.username === username) return
    const release = client && username && client.presence.watch({ usernames: [username] })
    this.#watched?.release()
    this.#watched = client && username && release ? { client, username, release } : undefined
  }

  readonly #click = async (event: Event): Promise<void> => {
    const button = event.currentTarget
    const root = this.shadowRoot
    if (!(button instanceof HTMLElement) || !root || this.#barrier || !this.#own.value) return
    if (!this.#menu) {
      const { StatusMenu } = await import('./status-menu.ts')
      this.#menu ??= new StatusMenu(root, {
        localize: this.localize,
        set: (changes) => this.#set(changes),
        changed: () => this.requestUpdate(),
      })
    }
    if (this.#own.value) this.#menu.toggle(button, this.#own.value)
    this.requestUpdate()
  }

  async #set(changes: PresenceChanges): Promise<boolean> {
    try {
      const own = await this.client?.presence.set(changes)
      if (own) this.dispatchEvent(new CollabPresenceChangedEvent(own))
      return own !== undefined
    } catch (error) {
      // Anything else is a mistake of ours.
      if (!isCollabError(error)) throw error
      this.fail(error.toJSON())
      return false
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'presence-status': PresenceStatusElement
  }
}
