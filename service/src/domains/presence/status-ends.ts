import type { Edge } from '../../kernel/context.ts'

/** Takes back statuses that end by themselves: one wait for each person who said theirs on this node. */
export class StatusEnds {
  readonly #waits = new Map<string, () => void>()

  /** A person's status ends then, ISO 8601, or not by itself. */
  set(
    // Nothing of the connection by which it was said: the wait may outlive it by weeks.
    { after, internal, now }: Pick<Edge, 'after' | 'internal' | 'now'>,
    username: string,
    until: string | undefined,
  ): void {
    this.#waits.get(username)?.()
    this.#waits.delete(username)
    if (until === undefined) return
    const cancel = after(Date.parse(until) - now(), () => {
      this.#waits.delete(username)
      // A sweep takes it back where this cannot.
      internal('presence.$refold', { usernames: [username] }).catch(() => {})
    })
    this.#waits.set(username, cancel)
  }
}

export const createStatusEnds = (): StatusEnds => new StatusEnds()
