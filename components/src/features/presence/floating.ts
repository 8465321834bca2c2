import { dismissable } from '../../kit/dismiss.ts'

const GAP_PX = 6
const EDGE_PX = 8

/** Something of the top layer that belongs to a button: opens below it, or above where there is no room. */
export class Floating {
  readonly #popover: HTMLElement
  readonly #closed: () => void
  #anchor: HTMLElement | undefined
  /** The button it was open for when a press on that began, which closes it by itself. */
  #pressed: HTMLElement | undefined
  #abort: AbortController | undefined

  /** @param popover An element with the attribute `popover`. */
  constructor(popover: HTMLElement, closed: () => void) {
    this.#popover = popover
    this.#closed = closed
    popover.addEventListener('beforetoggle', (event) => {
      if (event.newState === 'closed') this.#close()
    })
  }

  /** The button it is open for. */
  get anchor(): HTMLElement | undefined {
    return this.#anchor
  }

  /** Opens it, or closes it where it is open for this button. Gives whether it is open now. */
  toggle(anchor: HTMLElement): boolean {
    const wasOpen = this.#anchor === anchor || this.#pressed === anchor
    this.#pressed = undefined
    this.hide()
    if (!wasOpen) this.show(anchor)
    return !wasOpen
  }

  show(anchor: HTMLElement): void {
    this.hide()
    this.#anchor = anchor
    this.#popover.showPopover()
    this.place()
    this.#abort = new AbortController()
    const { signal } = this.#abort
    const place = () => this.place()
    const closed = dismissable(this.#popover, () => this.hide())
    signal.addEventListener('abort', closed)
    window.addEventListener('resize', place, { signal })
    window.addEventListener('pointerdown', (event) => this.#press(event), { signal, capture: true })
    document.addEventListener('scroll', place, { signal, capture: true, passive: true })
  }

  hide(): void {
    if (this.#anchor) this.#popover.hidePopover()
  }

  /** Beside its button, whole in the window. */
  place(): void {
    const anchor = this.#anchor
    if (!anchor?.isConnected) return this.hide()
    const { style } = this.#popover
    const at = anchor.getBoundingClientRect()
    const { width, height } = this.#popover.getBoundingClientRect()
    const { clientWidth, clientHeight } = document.documentElement
    const below = at.bottom + GAP_PX
    const fits = below + height <= clientHeight - EDGE_PX
    const above = at.top - GAP_PX - height
    const top = fits || above < EDGE_PX ? Math.min(below, clientHeight - EDGE_PX - height) : above
    const rtl = getComputedStyle(anchor).direction === 'rtl'
    const left = rtl ? at.right - width : at.left
    style.top = `${Math.max(top, EDGE_PX)}px`
    style.left = `${Math.max(Math.min(left, clientWidth - EDGE_PX - width), EDGE_PX)}px`
  }

  #press(event: PointerEvent): void {
    if (!this.#anchor || !event.composedPath().includes(this.#anchor)) return
    this.#pressed = this.#anchor
    // What never became a click means nothing for the next one.
    const forget = () => (this.#pressed = undefined)
    setTimeout(() => window.addEventListener('pointerdown', forget, { once: true, capture: true }))
  }

  #close(): void {
    const anchor = this.#anchor
    if (!anchor) return
    this.#abort?.abort()
    this.#anchor = undefined
    const root = this.#popover.getRootNode() as ShadowRoot
    if (this.#popover.contains(root.activeElement)) anchor.focus()
    this.#closed()
  }
}
