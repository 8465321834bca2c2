import type { StateValues } from '@collab-kit/protocol'
import type { ActivityOptions, ConflictPolicy } from './handle.ts'

/** Those who have an activity open here, and what they want together. */
export class Openers {
  readonly #all = new Set<ActivityOptions>()
  #state: StateValues = {}

  /** @returns the end of it; false when it was called before */
  add(options: ActivityOptions): () => boolean {
    // One of its own: the same options may be given twice.
    const own = { ...options }
    this.#all.add(own)
    this.#state = { ...this.#state, ...options.state }
    return () => {
      const isFirst = this.#all.delete(own)
      if (!this.some) this.#state = {}
      return isFirst
    }
  }

  clear(): void {
    this.#all.clear()
    this.#state = {}
  }

  get some(): boolean {
    return this.#all.size > 0
  }

  /** Whether somebody wants not to be seen, and nobody to be; who says nothing goes along. */
  get lurk(): boolean {
    const said = [...this.#all].map(({ lurk }) => lurk)
    return said.includes(true) && !said.includes(false)
  }

  /** What is shown from the start, by all who have opened it since nobody had. */
  get state(): StateValues {
    return this.#state
  }

  get create(): ActivityOptions['create'] {
    return this.#last(({ create }) => create)
  }

  get conflicts(): ConflictPolicy {
    return this.#last(({ conflicts }) => conflicts) ?? 'mine'
  }

  /** Of those who say something, the last. */
  #last<V>(value: (options: ActivityOptions) => V | undefined): V | undefined {
    return [...this.#all].map(value).findLast((each) => each !== undefined)
  }
}
