/**
 * What the nodes of one service tell each other: hints, never the truth. A message may be lost, and whoever depends on it
 * finds out by asking the database; it is never late by more than the network takes.
 */
export interface Bus {
  /** Whether messages arrive. While they do not, nothing is sent either. */
  readonly up: boolean
  /** Tell the other nodes that listen to this channel. Never waits and never throws. */
  publish(channel: string, message: string): void
  /** Resolves when all that is published from then on arrives; rejects while the bus is away, and then takes it up by itself. */
  subscribe(channels: readonly string[]): Promise<void>
  unsubscribe(channels: readonly string[]): void
  close(): Promise<void>
}

export interface BusListener {
  /** Something another node said; what this node says does not come back. */
  message(channel: string, message: string): void
  /** Messages arrive again; what was said meanwhile is lost. */
  up(): void
  /** Messages do not arrive any more. */
  down(error?: unknown): void
}

export type OpenBus = (listener: BusListener) => Promise<Bus>
