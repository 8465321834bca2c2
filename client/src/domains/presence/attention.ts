import type { DomainContext } from '../context.ts'
import { watchIdle } from './idle.ts'

/** An event stream that says nothing for 20 s is taken for gone. */
const BEAT_MS = 8_000

/** Tells the service whether somebody is at this page, while anything here wants to be seen. */
export class Attention {
  readonly #context: DomainContext
  #wanted = 0
  #unwatch: (() => void) | undefined
  #idle = false
  #timer: unknown

  constructor(context: DomainContext) {
    this.#context = context
  }

  /** @returns the end of it, to be called once */
  attend(): () => void {
    const { clock, timings, calls } = this.#context
    if (this.#wanted++ === 0) {
      const { idleAfterMs, hiddenIdleMs } = timings
      const onChange = (idle: boolean) => {
        this.#idle = idle
        this.#tell()
      }
      this.#unwatch = watchIdle({ clock, idleAfterMs, hiddenIdleMs, onChange })
      if (calls.isStream && !this.#idle) this.#tell()
    }
    return () => {
      if (--this.#wanted === 0) this.stop()
    }
  }

  /** A connection is there, which counts as used until it says otherwise. */
  opened(): void {
    if (this.#wanted && (this.#idle || this.#context.calls.isStream)) this.#tell()
  }

  /** The connection is gone. */
  closed(): void {
    this.#context.clock.clearTimeout(this.#timer)
  }

  /** Nobody looks any more. An event stream that has said something goes on with it: who falls silent is taken for gone. */
  stop(): void {
    this.#unwatch?.()
    this.#unwatch = undefined
    if (!this.#idle) return
    // As one who never said it.
    this.#idle = false
    this.#tell()
  }

  #tell() {
    const { calls, clock } = this.#context
    clock.clearTimeout(this.#timer)
    this.#say()
    if (calls.isStream) this.#timer = clock.setTimeout(() => this.#tell(), BEAT_MS)
  }

  #say() {
    const { calls } = this.#context
    // The next connection says it anew.
    if (calls.open) calls.attempt('presence.setIdle', { idle: this.#idle }).catch(() => {})
  }
}
