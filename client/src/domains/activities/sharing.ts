import type { DataOf, EventItem, Limits, SharedEntry } from '@collab-kit/protocol'
import { CollabError, retryOf } from '@collab-kit/protocol/runtime'
import { backoff } from '../../connection/backoff.ts'
import { toCollabError } from '../../errors.ts'
import { newId } from '../../ids.ts'
import type { DomainContext } from '../context.ts'
import type { ConflictPolicy } from './handle.ts'
import { Kept } from './kept.ts'
import { activityKey } from './model.ts'
import {
  clearConfirmed,
  confirmed,
  conflicted,
  heard,
  loaded,
  nothingShared,
  positionOf,
  postponed,
  refusedChange,
  sending,
  wiped,
  wished,
  type Change,
  type Shared,
  type Wish,
} from './shared.ts'

export interface SharingOptions {
  context: DomainContext
  type: string
  id: string
  /** Up to where the events of the activity were heard. */
  position(): number
  /** Whether the service takes changes now. */
  isIn(): boolean
  policy(): ConflictPolicy
  /** @param own Whether it was changed here, to be seen at once */
  onChange(shared: Shared, own: boolean): void
}

const MAX_IN_FLIGHT = 16
/** Answers of `internal` after which a change counts as refused: it may be what breaks the service. */
const MAX_FAILURES = 5
const BACKOFF = { minMs: 1_000, maxMs: 30_000 }

/** The shared state of one activity: what is changed here is shown at once, and sent until the service has it. */
export class Sharing {
  readonly #options: SharingOptions
  readonly #kept: Kept
  #shared: Shared = nothingShared
  #inFlight = 0
  #failures = 0
  #timer: unknown
  /** Rises when another person comes. */
  #turn = 0

  constructor(options: SharingOptions) {
    this.#options = options
    this.#kept = new Kept(options.context, activityKey(options.type, options.id))
  }

  set(key: string, wish: Wish): void {
    this.change((shared) => wished(shared, key, { wish, commandId: newId() }))
  }

  clear(): void {
    this.change((shared) => wiped(shared, newId()))
  }

  /** Something was changed or decided here. */
  change(change: (shared: Shared) => Shared): void {
    this.#update(change, true)
    this.#drain()
  }

  /** Everything the service has now. */
  load(entries: readonly SharedEntry[]): void {
    this.#update((shared) => loaded(shared, entries))
  }

  /** Events of the activity, in order. */
  hear(items: readonly EventItem[]): void {
    this.#update((shared) => items.reduce(hearOne, shared))
  }

  /** The service takes changes: what waits is sent. */
  drain(): void {
    this.#failures = 0
    this.#drain()
  }

  /** Takes up what was changed before a reload; what was changed before the person was known is kept. */
  async adopt(): Promise<void> {
    this.#kept.keep(this.#shared)
    await this.#kept.adopt((changes, clear) =>
      this.change((shared) => {
        const base = clear && !shared.clear ? wiped(shared, newId()) : shared
        // What was changed here since is newer.
        return changes.reduce<Shared>(
          (before, { key, base: on, ...wish }) =>
            Object.hasOwn(before.changes, key)
              ? before
              : { ...before, changes: { ...before.changes, [key]: toChange(wish, on) } },
          base,
        )
      }),
    )
  }

  /** Nothing of it may be seen any more. @param forGood What was changed here is given up as well */
  forget(forGood: boolean): void {
    this.#shared = forGood
      ? nothingShared
      : { ...this.#shared, truth: {}, conflicts: {}, refused: {} }
    if (forGood) this.#kept.keep(this.#shared)
  }

  /** Another person comes, or nobody; what is kept stays for its writer. */
  reset(): void {
    this.#options.context.clock.clearTimeout(this.#timer)
    this.#timer = undefined
    this.#turn++
    this.#inFlight = 0
    this.#kept.close()
    this.#shared = nothingShared
  }

  #update(change: (shared: Shared) => Shared, own = false) {
    const before = this.#shared
    const after = change(before)
    if (after === before) return
    this.#shared = after
    if (after.changes !== before.changes || after.clear !== before.clear) this.#kept.keep(after)
    this.#options.onChange(after, own)
  }

  #drain() {
    const { isIn } = this.#options
    if (this.#timer !== undefined || !isIn()) return
    const { clear } = this.#shared
    if (clear) {
      // After what was on its way before it, and before what comes.
      if (clear.state === 'queued' && this.#inFlight === 0) void this.#sendClear(clear.commandId)
      return
    }
    for (const [key, change] of Object.entries(this.#shared.changes)) {
      if (this.#inFlight >= MAX_IN_FLIGHT) return
      if (change.state === 'queued') void this.#send(key, change)
    }
  }

  async #send(key: string, change: Change) {
    this.#update((shared) => sending(shared, key))
    const { commandId } = change
    await this.#attempt(
      async () => {
        const version = await this.#call(key, change)
        return () => {
          const by = this.#options.context.board.get().username
          this.#update((shared) =>
            isOf(shared, key, commandId)
              ? confirmed(shared, key, {
                  ...(version !== undefined && { version }),
                  by,
                  commandId: newId(),
                  position: this.#options.position(),
                })
              : shared,
          )
        }
      },
      (error) => {
        if (isOf(this.#shared, key, commandId)) this.#failed(key, error)
      },
    )
  }

  async #call(key: string, { wish, base, commandId }: Change): Promise<number | undefined> {
    const { context, type, id } = this.#options
    const input = { type, id, key, ifVersion: base, commandId }
    const { value } = wish
    checkFrame({ ...input, value }, context.board.get().limits)
    if (value !== undefined)
      return (await context.calls.attempt('activities.setShared', { ...input, value })).version
    await context.calls.attempt('activities.removeShared', input)
    return undefined
  }

  async #sendClear(commandId: string) {
    const { context, type, id } = this.#options
    const upTo = positionOf(this.#shared)
    const isSame = () => this.#shared.clear?.commandId === commandId
    const put = (state: 'queued' | 'sending') =>
      this.#update((shared) => ({ ...shared, clear: { commandId, state } }))
    put('sending')
    await this.#attempt(
      async () => {
        await context.calls.attempt('activities.clearShared', { type, id, commandId })
        return () => {
          if (isSame()) this.#update((shared) => clearConfirmed(shared, upTo))
        }
      },
      (error) => {
        if (!isSame()) return
        if (this.#isLater(error)) return put('queued')
        this.#update(({ clear: _clear, ...shared }) => shared)
        context.emitter.emit('error', error)
      },
    )
  }

  /** One call on its way; what another person asked for is nobody's. */
  async #attempt(call: () => Promise<() => void>, failed: (error: CollabError) => void) {
    const turn = this.#turn
    this.#inFlight++
    let end: () => void
    try {
      end = await call()
      this.#failures = 0
    } catch (error) {
      // Kept for later, settled or told: nothing is lost here.
      end = () => failed(toCollabError(error))
    }
    if (turn !== this.#turn) return
    this.#inFlight--
    end()
    this.#drain()
  }

  #failed(key: string, error: CollabError) {
    const { context, policy, position } = this.#options
    if (error.code === 'conflict') {
      const { value, version } = (error.details ?? {}) as Partial<SharedEntry>
      const theirs = value === undefined || !version ? {} : { value }
      const of = { theirs, version: version ?? 0, policy: policy(), position: position() }
      return this.#update((shared) => conflicted(shared, key, { ...of, commandId: newId() }))
    }
    if (this.#isLater(error)) {
      const arrived = error.code !== 'rate_limited'
      return this.#update((shared) => postponed(shared, key, arrived))
    }
    this.#update((shared) =>
      refusedChange(shared, key, { error: error.toJSON(), commandId: newId() }),
    )
    context.emitter.emit('error', error)
  }

  /** Whether the same may be taken later; then everything waits so long. */
  #isLater(error: CollabError): boolean {
    const { calls, clock } = this.#options.context
    const retry = retryOf(error.code)
    if (retry === 'never' || (error.code === 'internal' && ++this.#failures >= MAX_FAILURES))
      return false
    if (calls.open && this.#timer === undefined) {
      const ms = (error.retryAfterMs ?? 0) + backoff(this.#failures, BACKOFF, clock.random())
      this.#timer = clock.setTimeout(() => {
        this.#timer = undefined
        this.#drain()
      }, ms)
    }
    return true
  }
}

/** Room that what stands around the content takes of a frame, bytes. */
const ENVELOPE = 1024

/**
 * Refuses what the service cannot even refuse: a frame that is too large ends the connection, and whoever sends it again on
 * the next one ends that too.
 * @throws CollabError `too_large`
 */
function checkFrame(input: unknown, limits: Limits | undefined): void {
  const size = new TextEncoder().encode(JSON.stringify(input)).length + ENVELOPE
  if (!limits || size <= limits.frameBytes) return
  const details = { limit: 'frameBytes', max: limits.frameBytes, size }
  throw new CollabError('too_large', { details })
}

function hearOne(shared: Shared, item: EventItem): Shared {
  const by = item.actor?.username
  if (item.name === 'activities.sharedChanged') {
    const { key, value, version } = item.data as DataOf<'activities.sharedChanged'>
    return heard(shared, key, { ...(value !== undefined && { value }), version, by })
  }
  return shared
}

const isOf = ({ changes }: Shared, key: string, commandId: string) =>
  changes[key]?.commandId === commandId && changes[key].state === 'sending'

const toChange = (wish: Wish, base: number): Change => ({
  wish,
  base,
  commandId: newId(),
  state: 'queued',
  sent: false,
})
