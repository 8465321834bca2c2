import type { Published } from '../kernel/outbox.ts'

/** What was told before that, the database tells no more: it forgets who left after a minute, and looks back 5 s. */
const KEPT_MS = 65_000

/**
 * Which states of what this node follows were told here last. What other nodes tell of a state may be lost; the database
 * says it again, and this says whether that is news.
 */
export class States {
  /** By stream and by what is told of, the latest last. */
  readonly #told = new Map<string, Map<string, { rev: number; at: number }>>()
  readonly #now: () => number

  /** @param now Milliseconds of a clock that is never set back */
  constructor(now = () => performance.now()) {
    this.#now = now
  }

  /** How many states are known. */
  get size(): number {
    return [...this.#told.values()].reduce((sum, { size }) => sum + size, 0)
  }

  /** Takes note of what goes to the readers of this node. */
  note(items: readonly Published[]): void {
    const at = this.#now()
    for (const { stream, state } of items) {
      if (!state) continue
      const told = this.#told.get(stream) ?? new Map<string, { rev: number; at: number }>()
      this.#told.set(stream, told)
      const { of, rev } = state
      if (rev <= (told.get(of)?.rev ?? -1)) continue
      told.delete(of)
      told.set(of, { rev, at })
      for (const [oldest, known] of told) {
        if (at - known.at <= KEPT_MS) break
        told.delete(oldest)
      }
    }
  }

  /** Those of these that were not told here, nor anything later of the same. */
  news(items: readonly Published[]): Published[] {
    return items.filter(
      ({ stream, state }) =>
        state && state.rev > (this.#told.get(stream)?.get(state.of)?.rev ?? -1),
    )
  }

  /** Nobody reads the stream here any more. */
  drop(stream: string): void {
    this.#told.delete(stream)
  }
}
