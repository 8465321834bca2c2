import {
  html,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit'
import { dismissable } from '../../kit/dismiss.ts'

const GAP_PX = 14
const EDGE_PX = 8
/** The mouse may go from the face to the tooltip, milliseconds. */
const LINGER_MS = 120

/** Tells what is under the mouse or has the focus: the label of it, for those who see. Escape puts it away. */
export class Tooltip implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement
  #at: HTMLElement | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #abort: AbortController | undefined
  /** Ends that Escape is listened to. */
  #dismissed: (() => void) | undefined

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {
    this.#abort = new AbortController()
    const { signal } = this.#abort
    const root = this.#host.shadowRoot ?? this.#host
    const show = (event: Event) => this.#show(event)
    const leave = () => this.#later()
    // Before the first drawing there is no root to listen to.
    void this.#host.updateComplete.then(() => {
      if (signal.aborted) return
      const inner = this.#host.shadowRoot ?? root
      inner.addEventListener('pointerover', show, { signal })
      inner.addEventListener('focusin', show, { signal })
      inner.addEventListener('pointerout', leave, { signal })
      inner.addEventListener('focusout', leave, { signal })
    })
  }

  hostDisconnected(): void {
    this.#abort?.abort()
    this.hide()
  }

  /** What it says follows what it is about; it goes where that is gone. */
  hostUpdated(): void {
    if (!this.#at?.isConnected) this.hide()
    else if (this.#tip?.matches(':popover-open')) this.#write(this.#at)
  }

  render(): TemplateResult {
    return html`<div class="tooltip text" part="tooltip" popover="manual" aria-hidden="true"></div>`
  }

  hide(): void {
    clearTimeout(this.#timer)
    this.#at = undefined
    this.#dismissed?.()
    this.#dismissed = undefined
    const tip = this.#tip
    if (tip?.matches(':popover-open')) tip.hidePopover()
  }

  get #tip(): HTMLElement | null {
    return this.#host.shadowRoot?.querySelector<HTMLElement>('.tooltip') ?? null
  }

  #show(event: Event): void {
    const { target } = event
    if (!(target instanceof Element)) return
    if (target.closest('.tooltip')) return clearTimeout(this.#timer)
    const at = target.closest<HTMLElement>('.stack button')
    if (!at || at.ariaExpanded === 'true') return
    // A finger presses: the card tells more.
    if (event instanceof PointerEvent && event.pointerType !== 'mouse') return
    if (event.type === 'focusin' && !at.matches(':focus-visible')) return
    clearTimeout(this.#timer)
    this.#at = at
    // The focus may come back from something that is just closing: nothing can be shown in the middle of that.
    this.#timer = setTimeout(() => {
      if (this.#at === at && at.isConnected && at.ariaExpanded !== 'true') this.#write(at)
    })
  }

  #write(at: HTMLElement): void {
    const tip = this.#tip
    if (!tip) return
    tip.textContent = at.querySelector('.hidden')?.textContent ?? ''
    if (!tip.matches(':popover-open')) tip.showPopover()
    this.#dismissed ??= dismissable(tip, () => this.hide())
    const face = at.getBoundingClientRect()
    const { width, height } = tip.getBoundingClientRect()
    const { clientWidth } = document.documentElement
    const above = face.top - GAP_PX - height
    const left = face.left + face.width / 2 - width / 2
    tip.style.top = `${above < EDGE_PX ? face.bottom + GAP_PX : above}px`
    tip.style.left = `${Math.max(Math.min(left, clientWidth - EDGE_PX - width), EDGE_PX)}px`
  }

  #later(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      const focused = this.#host.shadowRoot?.activeElement
      if (focused && focused === this.#at && focused.matches(':focus-visible')) return
      this.hide()
    }, LINGER_MS)
  }
}
