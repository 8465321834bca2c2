/**
 * Lets a value go at most so often. The first goes at once, of those that come in between only the last; a value that
 * is the same as the one before does not go.
 */
export class Pace<T> {
  readonly #gapMs: number
  readonly #read: () => T
  readonly #send: (value: T) => void
  readonly #isSame: (one: T, other: T) => boolean
  #timer: ReturnType<typeof setTimeout> | undefined
  #last = -Infinity
  #sent: { value: T } | undefined

  /**
   * @param options.gapMs Least time between two, milliseconds.
   * @param options.read Asked when a value may go, and not before: it may be costly.
   */
  constructor(options: {
    gapMs: number
    read: () => T
    send: (value: T) => void
    isSame: (one: T, other: T) => boolean
  }) {
    this.#gapMs = options.gapMs
    this.#read = options.read
    this.#send = options.send
    this.#isSame = options.isSame
  }

  /** There may be another value. */
  touch(): void {
    if (this.#timer !== undefined) return
    const wait = this.#last + this.#gapMs - performance.now()
    if (wait <= 0) this.flush()
    else this.#timer = setTimeout(() => this.flush(), wait)
  }

  /** Does not wait for its turn. */
  flush(): void {
    this.clear()
    const value = this.#read()
    if (this.#sent && this.#isSame(this.#sent.value, value)) return
    this.#last = performance.now()
    this.#sent = { value }
    this.#send(value)
  }

  /** Drops what waits. */
  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** The next value goes even where it is the same: whoever had the last one has lost it. */
  forget(): void {
    this.#sent = undefined
  }
}
