import type { OwnPresence } from '@collab-kit/protocol'
import type { DomainContext } from '../context.ts'
import { register } from '../index.ts'
import { Attention } from './attention.ts'
import type { PresenceChanges, PresenceModule } from './handle.ts'
import type { PresenceTarget } from './model.ts'
import { Own } from './own.ts'
import { presenceEvents } from './state.ts'
import { Watches } from './watches.ts'

export function create(context: DomainContext): PresenceModule {
  register(presenceEvents)
  return new Presences(context)
}

class Presences implements PresenceModule {
  readonly #context: DomainContext
  readonly #own: Own
  readonly #watches: Watches
  readonly #attention: Attention
  #saysSomething = false

  constructor(context: DomainContext) {
    this.#context = context
    this.#own = new Own(context)
    this.#watches = new Watches(context)
    this.#attention = new Attention(context)
    const { emitter } = context
    emitter.on('opened', () => {
      this.#watches.opened()
      this.#attention.opened()
      if (this.#watches.size) this.#own.load()
    })
    emitter.on('closed', () => this.#attention.closed())
    emitter.on('reset', () => {
      this.#own.reset()
      this.#watches.reset()
    })
    emitter.on('end', () => {
      this.#attention.stop()
      this.#watches.close()
    })
  }

  watch(target: PresenceTarget): () => void {
    const unwatch = this.#watches.watch(target)
    const leave = this.attend()
    this.#context.wake()
    this.#own.load()
    return () => {
      unwatch()
      leave()
    }
  }

  set(changes: PresenceChanges): Promise<OwnPresence> {
    // Whoever says how they are wants to be seen from then on.
    if (!this.#saysSomething) this.attend()
    this.#saysSomething = true
    this.#own.load()
    return this.#own.set(changes)
  }

  attend(): () => void {
    return this.#attention.attend()
  }
}
