export interface KeepingOptions {
  /** Says in the database that this node lives. */
  say(): Promise<unknown>
  /** How often it is said, milliseconds. */
  everyMs: number
  /** Milliseconds of a clock that is never set back. Default: the process's. */
  now?(): number
}

/**
 * This node's sign of life. While it does not get through, that of the others may not either: what their silence means can
 * be told only after a while in which they could have spoken.
 */
export class Keeping {
  readonly #options: Required<KeepingOptions>
  #since: number | undefined
  #last = Number.NEGATIVE_INFINITY

  constructor(options: KeepingOptions) {
    this.#options = { now: () => performance.now(), ...options }
  }

  /** Whether it has been said without a break for long enough to judge others by their silence. */
  get isSteady(): boolean {
    const now = this.#options.now()
    return this.#since !== undefined && now - this.#since >= this.#pause && !this.#isBroken(now)
  }

  /** Rejects where it could not be said. */
  async keep(): Promise<void> {
    const { say, now } = this.#options
    try {
      await say()
    } catch (error) {
      this.#since = undefined
      throw error
    }
    const at = now()
    if (this.#since === undefined || this.#isBroken(at)) this.#since = at
    this.#last = at
  }

  get #pause(): number {
    return 2 * this.#options.everyMs
  }

  /** A process that stood still has said nothing either. */
  #isBroken(at: number): boolean {
    return at - this.#last > this.#pause
  }
}
