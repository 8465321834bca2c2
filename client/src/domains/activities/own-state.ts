import type { StateValues } from '@collab-kit/protocol'
import { toCollabError } from '../../errors.ts'
import type { DomainContext } from '../context.ts'
import { chunked } from '../chunked.ts'
import { changed, merged, type StateChange } from './state.ts'

/** Changes within this time are told as one. */
const EVERY_MS = 50
const AGAIN_MS = 500
const KEYS_PER_CALL = 200

export interface OwnStateOptions {
  context: DomainContext
  type: string
  id: string
  /** Whether this connection is in the activity. */
  isIn(): boolean
  onChange(state: StateValues): void
}

/** What this connection shows of itself: shown at once, told a moment later. */
export class OwnState {
  readonly #options: OwnStateOptions
  #shown: StateValues = {}
  /** What the service has taken. */
  #told: StateValues = {}
  #queued: StateChange | undefined
  #timer: unknown
  #sentAt = -Infinity

  constructor(options: OwnStateOptions) {
    this.#options = options
  }

  get shown(): StateValues {
    return this.#shown
  }

  change(change: Partial<StateChange>): void {
    const whole = { cleared: false, removed: [], set: {}, ...change }
    this.#queued = merged(this.#queued, whole)
    this.#show(changed(this.#shown, whole))
    this.#later()
  }

  /** Everything goes with the call that joins; what is changed after it is told on. */
  handOver(): StateValues {
    this.#told = this.#shown
    this.#queued = undefined
    return this.#shown
  }

  /** The connection is in: what was changed meanwhile is told. */
  flush(): void {
    if (this.#queued) this.#later()
  }

  /** Nobody here shows anything any more. */
  reset(): void {
    this.#options.context.clock.clearTimeout(this.#timer)
    this.#timer = undefined
    this.#queued = undefined
    this.#shown = this.#told = {}
  }

  #show(state: StateValues) {
    this.#shown = state
    this.#options.onChange(state)
  }

  #later(atLeastMs = 0) {
    const { clock } = this.#options.context
    if (this.#timer !== undefined || !this.#options.isIn()) return
    const wait = Math.max(atLeastMs, this.#sentAt + EVERY_MS - clock.now())
    this.#timer = clock.setTimeout(() => {
      this.#timer = undefined
      void this.#send()
    }, wait)
  }

  async #send() {
    const change = this.#queued
    if (!change || !this.#options.isIn()) return
    this.#queued = undefined
    this.#sentAt = this.#options.context.clock.now()
    try {
      await Promise.all(this.#calls(change))
      this.#told = changed(this.#told, change)
    } catch (thrown) {
      // Told again, or taken back: what is shown is what the others will see.
      this.#failed(change, toCollabError(thrown))
    }
  }

  #failed(change: StateChange, error: ReturnType<typeof toCollabError>) {
    const { context, isIn } = this.#options
    // The next connection shows everything from its start.
    if (!isIn()) return
    if (error.retryable) {
      this.#queued = this.#queued ? merged(change, this.#queued) : change
      this.#later((error.retryAfterMs ?? 0) + AGAIN_MS)
      return
    }
    this.#show(this.#queued ? changed(this.#told, this.#queued) : this.#told)
    context.emitter.emit('error', error)
  }

  /** In the order in which they take effect. */
  #calls({ cleared, removed, set }: StateChange): Promise<unknown>[] {
    const { context, type, id } = this.#options
    const { calls } = context
    const sent: Promise<unknown>[] = []
    if (cleared) sent.push(calls.attempt('activities.clearState', { type, id }))
    else
      for (const keys of chunked(removed, KEYS_PER_CALL))
        sent.push(calls.attempt('activities.removeState', { type, id, keys }))
    if (Object.keys(set).length)
      sent.push(calls.attempt('activities.setState', { type, id, values: set }))
    return sent
  }
}
