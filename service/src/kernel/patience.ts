/** Waits for results, but not for ever: one timer for all of them, for all are waited for equally long. */
export class Patience<T> {
  readonly #ms: number
  /** The oldest first. */
  readonly #waits = new Set<Wait>()
  #timer: NodeJS.Timeout | undefined

  /** `ms` is how long each is waited for, in real time. */
  constructor(ms: number) {
    this.#ms = ms
  }

  /** The result, or `late` when it does not come in time. */
  wait(result: Promise<T>, late: T): Promise<T> {
    return new Promise((resolve, reject) => {
      const wait: Wait = { until: performance.now() + this.#ms, give: () => resolve(late) }
      this.#waits.add(wait)
      if (this.#timer === undefined) this.#timer = this.#start(this.#ms)
      result.then(
        (value) => {
          this.#waits.delete(wait)
          resolve(value)
        },
        (error: unknown) => {
          this.#waits.delete(wait)
          reject(error as Error)
        },
      )
    })
  }

  #start(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#look(), ms).unref()
  }

  #look(): void {
    this.#timer = undefined
    const now = performance.now()
    for (const wait of this.#waits) {
      if (wait.until > now) {
        this.#timer = this.#start(wait.until - now)
        return
      }
      this.#waits.delete(wait)
      wait.give()
    }
  }
}

interface Wait {
  /** On the clock of `performance.now()`. */
  until: number
  give(): void
}
