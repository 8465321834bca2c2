import type { CollabClient, CollabState } from '@collab-kit/client'
import type { ReactiveController, ReactiveControllerHost } from 'lit'

export interface StoreControllerHost extends ReactiveControllerHost {
  readonly client: CollabClient | undefined
}

/**
 * Keeps one selected part of the client's state and updates the element when that part changes, and only then.
 * `value` is `undefined` while the element has no client.
 */
export class StoreController<T> implements ReactiveController {
  readonly #host: StoreControllerHost
  readonly #selector: (state: CollabState) => T
  readonly #changed: ((value: T | undefined) => void) | undefined
  #client: CollabClient | undefined
  #unsubscribe: (() => void) | undefined
  #value: T | undefined

  /**
   * @param selector Picks the part; gives the same object as long as nothing in it changed.
   * @param changed Called with every new value, before the element updates.
   */
  constructor(
    host: StoreControllerHost,
    selector: (state: CollabState) => T,
    changed?: (value: T | undefined) => void,
  ) {
    this.#host = host
    this.#selector = selector
    this.#changed = changed
    host.addController(this)
  }

  get value(): T | undefined {
    return this.#value
  }

  hostConnected(): void {
    this.#follow()
  }

  /** Runs before every render: the client, or what the selector looks at, may be another now. */
  hostUpdate(): void {
    if (this.#client !== this.#host.client) this.#follow()
    else this.#read()
  }

  hostDisconnected(): void {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
    this.#client = undefined
  }

  #follow(): void {
    this.#unsubscribe?.()
    this.#client = this.#host.client
    this.#unsubscribe = this.#client?.store.subscribe(() => {
      if (this.#read()) this.#host.requestUpdate()
    })
    this.#read()
  }

  #read(): boolean {
    const state = this.#client?.store.getState()
    const value = state && this.#selector(state)
    if (Object.is(value, this.#value)) return false
    this.#value = value
    this.#changed?.(value)
    return true
  }
}
