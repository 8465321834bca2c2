import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** Narrower than this the sidebar stands below the content and opens by its button, pixels. */
const NARROW = 640

type SidebarHost = ReactiveControllerHost & HTMLElement & { sidebar: 'open' | 'closed' | undefined }

/** Whether the sidebar is open: as the page or the person says, else as the width allows. */
export class RoomSidebar implements ReactiveController {
  readonly #host: SidebarHost
  #sizes: ResizeObserver | undefined
  #narrow = false
  #fits = true

  constructor(host: SidebarHost) {
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {
    this.#measure()
    // In a frame of its own: what changes here changes sizes.
    this.#sizes ??= new ResizeObserver(() => requestAnimationFrame(() => this.#measure()))
    this.#sizes.observe(this.#host)
  }

  hostDisconnected(): void {
    this.#sizes?.disconnect()
  }

  get narrow(): boolean {
    return this.#narrow
  }

  get open(): boolean {
    const { sidebar } = this.#host
    return sidebar ? sidebar === 'open' : this.#fits
  }

  #measure(): void {
    const narrow = this.#host.clientWidth < NARROW
    // Nothing is taken away from whoever writes in it.
    const fits = !narrow || (this.#fits && this.#hasFocus)
    if (narrow === this.#narrow && fits === this.#fits) return
    this.#narrow = narrow
    this.#fits = fits
    this.#host.requestUpdate()
  }

  get #hasFocus(): boolean {
    return this.#host.shadowRoot?.querySelector('.sidebar')?.matches(':focus-within') ?? false
  }
}
