import type { Calls } from '../calls/calls.ts'
import type { Clock } from '../clock.ts'
import type { Emitter } from '../emitter.ts'
import type { Timings } from '../options.ts'
import type { CollabStorage } from '../storage/storage.ts'
import type { Board } from '../store.ts'
import type { Streams } from '../streams/streams.ts'
import type { Later } from './later.ts'
import type { PresenceModule } from './presence/handle.ts'
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
  readonly people: People
  /**
   * Everything the client tells, and what a domain lives by: `opened` and `closed` of the connection; `identified` and
   * `reset` when a person comes and goes; `applied` with the events that the state has now; `hidden`, `visible` and the
   * like of the page; `end`.
   */
  readonly emitter: Emitter
  readonly presence: Later<PresenceModule>
  /** Something that is fetched with its first use. @param load One `import()` and nothing else */
  fetch<M, T>(load: () => Promise<M>, make: (part: M) => T): Later<T>
  /** Connects unless that is done. */
  wake(): void
  /** Applies events to the store and tells the listeners. */
  apply(items: readonly EventItem[]): void
  /** Where a person's own things are kept; nothing before the person is known. */
  keyOf(kind: string): string | undefined
}
