import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** Whether the person can be looking at the element: page in front and with the focus, element on the screen. */
export class ReadTracker implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement
  readonly #check: () => void
  #onScreen = true
  #observer: IntersectionObserver | undefined
  #abort: AbortController | undefined

  /** @param check Called when that may have become so. */
  constructor(host: ReactiveControllerHost & HTMLElement, check: () => void) {
    this.#host = host
    this.#check = check
    host.addController(this)
  }

  get looking(): boolean {
    return this.#onScreen && this.#host.isConnected && !document.hidden && document.hasFocus()
  }

  hostConnected(): void {
    this.#abort = new AbortController()
    const { signal } = this.#abort
    window.addEventListener('focus', this.#check, { signal })
    document.addEventListener('visibilitychange', this.#check, { signal })
    this.#observer = new IntersectionObserver((entries) => {
      this.#onScreen = entries.at(-1)?.isIntersecting ?? true
      this.#check()
    })
    this.#observer.observe(this.#host)
  }

  hostDisconnected(): void {
    this.#abort?.abort()
    this.#observer?.disconnect()
  }
}
