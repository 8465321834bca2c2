import type { StateValue } from '@collab-kit/protocol'
import { defaultOf, isOurs, readControl, writeControl } from './bound-control.ts'
import type { BoundElements } from './bound-elements.ts'

export interface BoundGuardHost {
  /** Whether changes are taken. */
  writable(): boolean
  /** What the service has of a key. */
  valueOf(key: string): StateValue | undefined
  /** Somebody tried to change what they may not. */
  refused(key: string, control: Element): void
}

/** Keeps controls as they are for who may not change them; they can be entered, read and copied from. */
export class BoundGuard {
  readonly #elements: BoundElements
  readonly #host: BoundGuardHost
  /** What was in the control when it was entered. */
  #before: { control: Element; value: StateValue } | undefined

  constructor(elements: BoundElements, host: BoundGuardHost) {
    this.#elements = elements
    this.#host = host
  }

  entered(control: Element, key: string): void {
    this.#before = { control, value: readControl(control, this.#elements.of(key).controls) }
  }

  /** What would type or tick is stopped before it does. */
  stop(event: Event): void {
    if (this.#host.writable() || isOurs(event)) return
    const bound = this.#elements.controlOf(event)
    if (!bound) return
    const { control, key } = bound
    const ticks = control instanceof HTMLInputElement && /^(checkbox|radio)$/.test(control.type)
    if (event.type === 'click' && !ticks) return
    event.preventDefault()
    this.#host.refused(key, control)
  }

  /** What was changed nevertheless, as in a list, is as before. @returns whether it was another one */
  putBack(control: Element, key: string): boolean {
    const { controls } = this.#elements.of(key)
    const value =
      this.#host.valueOf(key) ??
      (this.#before?.control === control ? this.#before.value : defaultOf(control, controls))
    return value !== undefined && writeControl(control, value, controls)
  }
}
