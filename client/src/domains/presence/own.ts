import type { OwnPresence } from '@collab-kit/protocol'
import type { DomainContext } from '../context.ts'
import type { PresenceChanges } from './handle.ts'
import { patchPresence, withChanges } from './state.ts'

/** What one says of oneself: shown as it is wished, until the service takes it or refuses. */
export class Own {
  readonly #context: DomainContext
  #confirmed: OwnPresence | undefined
  /** Changes on their way, in order. */
  #pending: PresenceChanges[] = []
  #asked = false

  constructor(context: DomainContext) {
    this.#context = context
    context.emitter.on('presence.ownPresenceChanged', ({ data }: { data: OwnPresence }) =>
      this.#confirm(data),
    )
  }

  /** Loads it unless that is done or under way. */
  load(): void {
    if (this.#asked) return
    this.#asked = true
    this.#context.calls.call('presence.getOwnPresence', {}).then(
      (own) => this.#confirm(own),
      // The next connection or change asks again.
      () => void (this.#asked = false),
    )
  }

  async set(changes: PresenceChanges): Promise<OwnPresence> {
    this.#pending.push(changes)
    this.#show()
    const of = this.#pending
    try {
      const own = await this.#context.calls.call('presence.setPresence', changes)
      if (of === this.#pending) this.#confirmed = own
      return own
    } finally {
      if (of === this.#pending) this.#pending.splice(of.indexOf(changes), 1)
      this.#show()
    }
  }

  /** Another person comes. */
  reset(): void {
    this.#asked = false
    this.#confirmed = undefined
    this.#pending = []
  }

  #confirm(own: OwnPresence) {
    this.#confirmed = own
    this.#show()
  }

  #show() {
    const confirmed = this.#confirmed
    if (!confirmed) return
    const own = this.#pending.reduce(withChanges, confirmed)
    this.#context.board.commit(patchPresence((slice) => ({ ...slice, own })))
  }
}
