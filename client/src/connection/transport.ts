import type { ErrorShape, EventItem, Reply } from '@collab-kit/protocol'

export interface TransportHandlers {
  /** One frame of the server: the items of one tick; each names its stream. */
  items(items: readonly EventItem[]): void
  /** The server refused the connection, or could not be reached (no error then). */
  refused(error: ErrorShape | undefined): void
  /** An open connection has ended; a reason is for people who look for one, nothing follows from it. */
  lost(reason?: string): void
}

export interface TransportRequest {
  serviceUrl: string
  /** Absent for a connection that only asks whether this page may come in. */
  token: string | undefined
  /** For a transport of requests. @default the global one */
  fetch?: typeof fetch | undefined
  handlers: TransportHandlers
}

/** One connection to the service; after `close` none of its handlers is called. */
export interface Transport {
  /** An event stream, whose end the service learns late unless it hears of it in between. */
  readonly isStream?: boolean
  /** Calls an operation; a connection that ends first never answers. */
  send(name: string, input: unknown, reply: (reply: Reply) => void): void
  /** @param leaves Nobody comes back: without it the service takes it for a break, and waits a moment before it tells others. */
  close(leaves?: boolean): void
}

/** Opens one connection at once. */
export type TransportFactory = (request: TransportRequest) => Transport
