import type {
  EventDefinition,
  ErrorDetails,
  ErrorOptions,
  Errors,
  Emits,
  Limits,
  OperationDefinition,
  Payload,
} from '@collab-kit/protocol'
import type { Database, Driver } from './schema.ts'
import type { Kysely } from 'kysely'

/** Who acts. The service itself acts as `system`. */
export interface Caller {
  username: string
  role: 'guest' | 'user' | 'admin' | 'system'
  signInId?: string
  /** The live socket behind the call, where there is one. */
  connectionId?: string
}

export interface Resource {
  /** What the caller may do with it. */
  permissions: ReadonlySet<string>
  member: boolean
  /** The domain's own row. */
  row: unknown
}

/** Values of the configuration that handlers decide by. */
export interface Policy {
  limits: Limits
  epoch: string
  /** This process among those that share the database. */
  nodeId: string
  /** Facts of `system.getInfo`. */
  info: {
    version: string
    registration: 'open' | 'closed'
    guests: 'on' | 'off'
    remember: 'on' | 'off'
    demo: 'on' | 'off'
  }
}

/** What a query's handler works with. */
export interface ReadContext {
  caller: Caller
  db: Kysely<Database>
  /** The open connection itself, for statements that are worth preparing once. */
  driver: Driver
  policy: Policy
  /** Time of this call, ISO 8601. */
  now: string
  commandId: string | undefined
  /** What `access` of the operation was granted on. */
  resource: Resource | undefined
  /** Random id, 16 characters of [0-9a-z]. */
  newId(): string
  /** Head of a stream; 0 when nothing was ever written to it. */
  head(stream: string): Promise<number>
}

/** The log itself, for handlers of sets that encode their events once for the reply and the readers. */
export interface SetLog {
  /** Append the encoded data of a durable event by one of the callers. */
  append(entry: {
    event: string
    stream: string
    seq: number
    caller: Caller
    number: number
    clientMessageId: string
    at: string
    json: string
  }): void
  /** Head of a stream in this transaction. */
  head(stream: string): Promise<number>
  /** The next `seq` of a stream, taken. */
  take(stream: string): Promise<number>
}

/** Says what happened; `E` are the events that may be said. */
export interface Emitter<E extends EventDefinition> {
  /** Append a durable event; resolves to its `seq`, which the data may be made from. */
  append<V extends E>(
    event: V,
    id: string,
    data: Payload<V> | ((seq: number) => Payload<V>),
  ): Promise<number>
  /** Send an ephemeral event when the transaction has been committed. */
  tell<V extends E>(event: V, id: string, data: Payload<V>): void
}

/** What a command's handler works with, inside the transaction. */
export interface WriteContext extends ReadContext, Emitter<EventDefinition> {
  log: SetLog
  /** The same transaction as somebody else at another time: for what happened before and is brought in now. */
  as(caller: Caller, now: string): WriteContext
}

type Fail<D extends OperationDefinition> = (
  code: Errors<D>,
  details?: ErrorDetails,
  options?: Omit<ErrorOptions, 'details'>,
) => never

/** Context of a handler: only declared errors, only declared events. */
export type Context<D extends OperationDefinition> = ReadContext & {
  /** Refuse with a code that the operation declares. */
  fail: Fail<D>
} & (D['kind'] extends 'command' ? Emitter<Emits<D>> & { log: SetLog } : unknown)

/** A live socket as the domains see it. */
export interface Connection {
  readonly id: string
  readonly caller: Caller
  /** Start collecting a stream's events for this connection, to be released when its head is known. */
  hold(stream: string): void
  /** Deliver what was held after `head`, and all that follows; `undefined` gives the stream up again. */
  release(stream: string, head: number | undefined): void
  /** Stop delivering a stream that was joined by hand. */
  leave(stream: string): void
  /** Send one event to this connection alone. */
  tell<V extends EventDefinition>(event: V, data: Payload<V>): void
  /** The token's new end, milliseconds since 1970. */
  extend(expiresAt: number): void
}

/** What runs on the sockets' thread, before and after the transaction. */
export interface Edge {
  caller: Caller
  connection: Connection | undefined
  policy: Policy
  tokens: Tokens
  /** Milliseconds since 1970. */
  now(): number
  newId(): string
  /** Send an ephemeral event to the readers of its stream. */
  tell<V extends EventDefinition>(event: V, id: string, data: Payload<V>): void
  /** Run an internal command of a domain as the service itself. */
  internal(name: string, input: Record<string, unknown>): Promise<unknown>
  /** Ask a domain's lookup. */
  lookup(name: string, input: Record<string, unknown>): Promise<unknown>
  /** What a domain keeps in this process for this service, made when it is first asked for. */
  local<T>(create: () => T): T
  /** Do something when the answer to this call is on its way. */
  afterAnswer(task: () => void): void
  /** Do something later; the returned function calls it off. */
  after(ms: number, task: () => void): () => void
  /** The live connections of a person. */
  connectionsOf(username: string): readonly Connection[]
  /** End a sign-in now: its connections are closed and its tokens refused. */
  endSignIn(signInId: string, code: 'revoked' | 'signed_out'): void
  fail(code: string, details?: ErrorDetails, options?: Omit<ErrorOptions, 'details'>): never
}

export interface TokenClaims {
  username: string
  signInId: string
  /** Milliseconds since 1970. */
  expiresAt: number
}

/** Making and checking access tokens. */
export interface Tokens {
  /** Lifetime, milliseconds. */
  readonly ttl: number
  issue(username: string, signInId: string): Promise<{ token: string; expiresAt: number }>
  verify(token: string): Promise<TokenClaims>
}
