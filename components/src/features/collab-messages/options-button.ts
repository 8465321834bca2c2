import { css, html, type ReactiveController, type ReactiveControllerHost, render } from 'lit'
import { options as texts } from '../../kit/localize/en/options.ts'
import type { Localize } from '../../kit/localize/localize.ts'

/** There for whoever comes by keys or with a screen reader; for others only while it has the focus. */
export const optionsStyles = css`
  .options {
    position: absolute;
    z-index: 2;
    inset-block-start: 12px;
    inset-inline: 12px;
    inline-size: fit-content;
    min-block-size: 40px;
    margin-inline: auto;
    padding: 6px 16px;
    border: 1px solid var(--_border);
    border-radius: 20px;
    background: var(--_raised);
    color: var(--_accent-text);
    /* On messages of any colour its ring stands on a ground of its own. */
    box-shadow: 0 0 0 2px light-dark(#fff, #000);
    font-size: 0.8667em;
    font-weight: 650;
  }
  /* As large as when it is seen, for fingers that feel their way; a mouse goes through it. */
  .options:not(:focus) {
    clip-path: inset(50%);
  }
  /* What else is in this place goes below it. */
  .before:focus-within ~ .up {
    inset-block-start: 64px;
  }
  @media (pointer: coarse) {
    .options {
      min-block-size: 44px;
    }
  }
  @media print {
    .options {
      display: none;
    }
  }
`

/** The way to what a person chooses for themselves, before the messages. */
export class OptionsButton implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement
  readonly #localize: Localize
  readonly #show: () => void
  readonly #holder = Object.assign(document.createElement('div'), { className: 'before' })

  constructor(host: ReactiveControllerHost & HTMLElement, localize: Localize, show: () => void) {
    this.#host = host
    this.#localize = localize
    this.#show = show
    localize.include(texts)
  }

  hostConnected(): void {
    this.hostUpdated()
  }

  hostUpdated(): void {
    const main = this.#host.shadowRoot?.querySelector('.main')
    if (!main) return
    if (this.#holder.parentNode !== main) main.prepend(this.#holder)
    render(
      html`<button
        class="options"
        part="options-button"
        type="button"
        aria-haspopup="dialog"
        @click=${this.#show}
      >
        ${this.#localize.text('options')}
      </button>`,
      this.#holder,
    )
  }
}
