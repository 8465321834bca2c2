import type { ErrorShape, StateValue } from '@collab-kit/protocol'

/** A shared value as the client knows it. */
export interface BoundValue {
  value: StateValue
  version: number
  by?: string
  pending?: true
}

/** What the service says of all values. */
export interface BoundState {
  shared: Readonly<Record<string, BoundValue>>
  /** Whether changes made here are taken. */
  writable: boolean
  /** Username of who sits here. */
  me: string | undefined
  /** What assistive technology says of a control that others are in, by key. */
  descriptions: ReadonlyMap<string, string>
  /** Why the service did not take what was set here last, by key. */
  refused?: Readonly<Record<string, ErrorShape>>
}

/**
 * What stands beside a control:
 * - `held`: somebody changed the value while the focus is in the control; it keeps its own until one is chosen
 * - `overwritten`: what was written here has taken the place of somebody else's
 * - `refused`: the service did not take what was written here; it stays in the control
 * - `readonly`: nothing can be changed here
 */
export interface BoundHint {
  kind: 'held' | 'overwritten' | 'refused' | 'readonly'
  key: string
  control: Element
  theirs?: StateValue
  by?: string | undefined
}

/** Both sides of a change that two people made at once. */
export interface BoundConflict {
  key: string
  mine: StateValue | undefined
  theirs: StateValue | undefined
  by: string | undefined
}
