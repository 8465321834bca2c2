import { css, html, nothing, render, type TemplateResult } from 'lit'
import { adopt } from '../../kit/adopt.ts'
import { buttonStyles } from '../../kit/button.styles.ts'
import type { CollabElement } from '../../kit/element.ts'
import { signIn } from '../../kit/localize/en/sign-in.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import { Floating } from './floating.ts'
import { floatingStyles } from './floating.styles.ts'

/** The way in where there is no room for the form: a button, and the form behind it. Fetched where nobody is signed in. */
export class SignInButton {
  readonly #host: CollabElement
  readonly #localize: Localize
  readonly #popover = Object.assign(document.createElement('div'), {
    popover: 'auto',
    className: 'floating sign-in',
    tabIndex: -1,
    role: 'dialog',
  })
  readonly #floating: Floating
  /** It was opened: what is written stays until nobody has to sign in. */
  #wanted = false

  constructor(host: CollabElement, root: ShadowRoot, localize: Localize) {
    this.#host = host
    this.#localize = localize
    localize.include(signIn)
    adopt(root, ...styles)
    this.#popover.part.add('sign-in')
    root.append(this.#popover)
    this.#floating = new Floating(this.#popover, () => host.requestUpdate())
    // The form grows with what it has to say.
    new ResizeObserver(() => this.#floating.place()).observe(this.#popover)
  }

  get open(): boolean {
    return this.#floating.anchor !== undefined
  }

  draw(): TemplateResult {
    return html`<button
      class="button"
      part="sign-in-button"
      type="button"
      aria-haspopup="dialog"
      aria-expanded=${this.open ? 'true' : 'false'}
      @click=${this.#click}
    >
      <span class="text">${this.#localize.text('signIn')}</span>
    </button>`
  }

  /** Nobody has to sign in any more, or all is as before. */
  follow(needed: boolean): void {
    if (!needed) {
      this.#wanted = false
      this.#floating.hide()
    }
    this.#draw()
  }

  readonly #click = async ({ currentTarget }: Event): Promise<void> => {
    try {
      await import('../collab-sign-in/index.ts')
    } catch {
      // No network: it can be tried again.
      return
    }
    if (!(currentTarget instanceof HTMLElement) || !currentTarget.isConnected) return
    this.#wanted = true
    this.#draw()
    if (this.#floating.toggle(currentTarget)) await this.#enter()
    this.#host.requestUpdate()
  }

  /** Into the form, as soon as there is one. */
  async #enter(): Promise<void> {
    this.#popover.focus({ preventScroll: true })
    const form = this.#popover.querySelector('collab-sign-in')
    await form?.whenReady()
    if (this.open) form?.focus()
  }

  #draw(): void {
    const { client, i18n, density } = this.#host
    this.#popover.ariaLabel = this.#localize.text('signIn')
    render(
      this.#wanted
        ? html`<collab-sign-in
            .client=${client}
            .i18n=${i18n}
            .density=${density}
          ></collab-sign-in>`
        : nothing,
      this.#popover,
    )
  }
}

const styles = [
  buttonStyles,
  floatingStyles,
  css`
    .sign-in {
      inline-size: 320px;
      padding: 12px;
    }
    .sign-in:focus-visible {
      outline-offset: -2px;
    }
  `,
]
