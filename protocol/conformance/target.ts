import type { EventItem, InputOf, Limits, OperationName, OutputOf } from '@collab-kit/protocol'

/** Call an operation over the target's transport; throws `CollabError`. */
export type Call = <N extends OperationName>(name: N, input: InputOf<N>) => Promise<OutputOf<N>>

export interface PersonOptions {
  /** Signs in with nothing but a name to show. Default false. */
  guest?: boolean
  /** Default: a name nobody has yet. */
  username?: string
  displayName?: string
  /** Needs a target that can make admins. Default false. */
  admin?: boolean
}

/**
 * A running service under test. The suites need open registration and guests, and a person's rate limit that is no
 * lower than the default.
 */
export interface Target {
  readonly name: string
  /** What operations are called by. Events always arrive on a socket. */
  readonly transport: 'socket' | 'rest'
  /** Base URL of the running service; may change with a restart. */
  readonly url: string
  /** The limits that the service runs with. */
  readonly limits: Limits
  /** A fresh signed-in person. */
  person(options?: PersonOptions): Promise<Person>
  /** Moves the service's clock on, where the target has a clock of its own. */
  advance?(ms: number): Promise<void>
  /** Addresses of its nodes, where it has several: each new person is given the next. Default: `url`. */
  nodes?(): readonly string[]
  /** Resolves when what happened on one node is known on all, where the target has several. */
  settle?(): Promise<void>
  /** Restarts the service on the same data, where the target keeps data. */
  restart?(): Promise<void>
}

export interface Person {
  /** Where their calls and connections go. */
  readonly url: string
  readonly username: string
  readonly accessToken: string
  readonly refreshToken: string
  connect(): Promise<Peer>
  readonly call: Call
  /** Ends what `call` and `connect` have opened. */
  close(): Promise<void>
}

/** One live socket of a person. */
export interface Peer {
  readonly connectionId: string
  readonly username: string
  readonly epoch: string
  readonly call: Call
  /** Everything received so far, the welcome first. */
  readonly items: readonly EventItem[]
  /** What was received against the rules that hold for every item: shape, one stream a batch, rising and gapless. */
  readonly violations: readonly string[]
  /** The first item that fits, already received or still to come. */
  until(predicate: (item: EventItem) => boolean): Promise<EventItem>
  /** Emit with an acknowledgement and resolve with the reply as it came. */
  raw(name: string, ...args: unknown[]): Promise<unknown>
  /** Emit without an acknowledgement. */
  send(name: string, ...args: unknown[]): void
  /** Resolves when everything published before, as far as this connection may see it, has been received. */
  fence(): Promise<void>
  /** Stop and resume reading from the network. */
  pause(): void
  resume(): void
  /** Resolves when the connection has ended, whoever ended it. */
  readonly ended: Promise<void>
  /** Loses the network; resolves when the connection has ended. */
  cut(): Promise<void>
  close(): Promise<void>
}

/** One who calls with an API key. */
export interface Backend {
  readonly username: string
  readonly call: Call
  connect(): Promise<Peer>
  close(): Promise<void>
}
