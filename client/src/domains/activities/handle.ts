import type { DataOf, EventItem, InputOf, StateValue, StateValues } from '@collab-kit/protocol'

/** Whose value is kept of a key that was changed here and by somebody else: `ask` leaves it to `resolve`. */
export type ConflictPolicy = 'mine' | 'theirs' | 'ask'

export interface ActivityOptions {
  /** Reads along unseen; only when nobody who has it open here says `false`. @default as the others, else seen */
  lurk?: boolean
  /** How it is made by the first who joins; `false` joins only what is there. @default made with the defaults */
  create?: InputOf<'activities.joinActivity'>['create']
  /** What this connection shows of itself from the start. */
  state?: StateValues
  /** @default 'mine' */
  conflicts?: ConflictPolicy
}

/** An activity of this page. What is known of it is in the store: `state.activities['TYPE/ID']`. */
export interface ActivityHandle {
  readonly type: string
  readonly id: string
  /** Joins, and stays in it over every change of connection until the returned function is called. */
  open(options?: ActivityOptions): () => void
  /** Comes back after `refused`, `removed`, `ended` or `full`. */
  rejoin(): void
  /** Sets keys of one's own state: at once in the store, told at most every 50 ms. Refusals are `error` events. */
  setState(values: StateValues): void
  removeState(keys: readonly string[]): void
  clearState(): void
  /**
   * Sets a key of the shared state: at once in the store as `pending`, and kept over absences until the service has it.
   * Changed by somebody else meanwhile, it is in `conflicts`. Refused for good, it is taken back, with an `error` event and
   * the reason in `refused` until the key is changed again.
   */
  setShared(key: string, value: StateValue): void
  removeShared(key: string): void
  clearShared(): void
  /** Settles a conflict, or takes note of one that is settled. */
  resolve(key: string, whose: 'mine' | 'theirs'): void
  /** Tells the others something; kept nowhere, and lost without a connection. */
  broadcast(event: string, data?: StateValue): void
  /** Hears what others broadcast, and this page itself. */
  onBroadcast(handler: (item: EventItem<DataOf<'activities.broadcastSent'>>) => void): () => void
  /** Follows a connection: `following` of the store and of one's own state. When it leaves, another one of the person. */
  follow(connectionId: string): void
  unfollow(): void
}
