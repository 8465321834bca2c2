import type { Published } from '../kernel/outbox.ts'

/**
 * Which states of what this node follows were told here last. What other nodes tell of a state may be lost; the database
 * says it again, and this says whether that is news.
 */
export class States {
  readonly #told = new Map<string, Map<string, number>>()

  /** Takes note of what goes to the readers of this node. */
  note(items: readonly Published[]): void {
    for (const { stream, state } of items) {
      if (!state) continue
      const told = this.#told.get(stream)
      if (!told) this.#told.set(stream, new Map([[state.of, state.rev]]))
      else if (state.rev > (told.get(state.of) ?? -1)) told.set(state.of, state.rev)
    }
  }

  /** Those of these that were not told here, nor anything later of the same. */
  news(items: readonly Published[]): Published[] {
    return items.filter(
      ({ stream, state }) => state && state.rev > (this.#told.get(stream)?.get(state.of) ?? -1),
    )
  }

  /** Nobody reads the stream here any more. */
  drop(stream: string): void {
    this.#told.delete(stream)
  }
}
