import type { Calls } from '../calls/calls.ts'
import type { Clock } from '../clock.ts'
import type { Timings } from '../options.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { CollabStorage } from '../storage/storage.ts'
import type { Board } from '../store.ts'
import type { Streams } from '../streams/streams.ts'
import type { People } from './users/actions.ts'
import type { EventItem } from '@collab-kit/protocol'

/** What the actions of a domain work with. */
export interface DomainContext {
  readonly clock: Clock
  readonly timings: Timings
  readonly windowSize: number
  readonly board: Board
  readonly calls: Calls
  readonly streams: Streams
  readonly storage: CollabStorage
  readonly outbox: Outbox
  readonly people: People
  /** Connects unless that is done. */
  wake(): void
  /** Applies events to the store and tells the listeners. */
  apply(items: readonly EventItem[]): void
  /** Where a person's own things are kept; nothing before the person is known. */
  keyOf(kind: string): string | undefined
}
