import type {
  BaseErrorCode,
  ErrorCode,
  EventDefinition,
  ErrorDetails,
  ErrorOptions,
  Errors,
  Emits,
  Limits,
  OperationDefinition,
  Payload,
} from '@collab-kit/protocol'
import type { Effect } from './effects.ts'
import type { Database, Driver } from './schema.ts'
import type { Kysely } from 'kysely'

/** Who acts. The service itself acts as `system`. */
export interface Caller {
  username: string
  role: 'guest' | 'user' | 'admin' | 'system'
  /** What the caller stands on: a device's sign-in or an API key; nothing with a host-signed token. */
  signInId?: string
  /** When the token was issued, milliseconds since 1970. */
  issuedAt?: number
  /** What the API key may do, where one calls. */
  scopes?: readonly string[]
  /** When the token behind the call ends, milliseconds since 1970. */
  tokenEndsAt?: number
  /** The live connection behind the call, where there is one. */
  connectionId?: string
}

/** What a checked credential says about a caller. */
export type Claimed = Pick<Caller, 'username' | 'signInId' | 'issuedAt' | 'scopes'>

/** Whether somebody is behind the call: an API key that acts for nobody is named by itself. */
export const isPerson = ({ scopes, username, signInId }: Caller): boolean =>
  scopes === undefined || username !== signInId

/** What of a person decides about their connections. */
export interface PersonState {
  username: string
  role: Caller['role']
  /** Disabled or deleted: nothing of theirs goes on. */
  gone: boolean
  /** Tokens issued before are worth nothing, milliseconds since 1970. */
  tokensFrom?: number
}

/**
 * Whether this state of a person leaves a caller of theirs their connections. Sign-ins and keys end by themselves; what
 * stands on a host's token alone is as old as that token.
 */
export const mayGoOn = (
  { gone, tokensFrom = 0 }: PersonState,
  { issuedAt = 0, scopes, signInId }: Pick<Caller, 'issuedAt' | 'scopes' | 'signInId'>,
): boolean => !gone && (scopes !== undefined || signInId !== undefined || issuedAt >= tokensFrom)

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
  /** The account that the service itself makes; nobody else's, in any case. */
  adminUsername: string
  /** Who may choose the ids of what they make. */
  createNamed: 'everyone' | 'accounts' | 'admins'
  /** Who may make activities, which always have a chosen id. */
  createActivity: 'everyone' | 'accounts' | 'admins'
  /** Who may know whether and how a person is here. */
  presenceVisibility: 'everyone' | 'contacts' | 'shared'
  /** Whether other processes may work on the same database. */
  shared: boolean
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
  /** Everything that the domains keep about a person, by domain. */
  export(username: string): Promise<Record<string, unknown>>
}

/** The log itself, for handlers of sets that encode their events once for the reply and the readers. */
export interface SetLog {
  /** Append the encoded data of a durable event by one of the callers. */
  append(
    entry: {
      event: string
      stream: string
      seq: number
      caller: Caller
      number: number
      clientMessageId: string
      at: string
      json: string
    },
    effect?: Effect,
  ): void
  /** Head of a stream in this transaction. */
  head(stream: string): Promise<number>
  /** The next `seq` of a stream, taken. */
  take(stream: string): Promise<number>
  /** Write what was appended so far, so that later statements of the transaction meet it. */
  write(): Promise<void>
}

/** Keeps other writers away. */
export interface Locking {
  /**
   * From now to the commit nobody else writes these streams: what is read after it is what the others left behind. To be
   * called before what is decided on is read.
   */
  lock(streams: Iterable<string>): Promise<void>
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

/** What a command leaves behind beside its effect. */
export interface Traces {
  /** Note a security event: what was done and to whom, never contents or secrets. */
  audit(action: string, subject?: string, details?: Record<string, unknown>): Promise<void>
  /** Drop what every domain keeps about a person, and empty what they wrote. */
  erase(username: string): Promise<void>
}

/** What a command's handler works with, inside the transaction. */
export interface WriteContext extends ReadContext, Emitter<EventDefinition>, Traces, Locking {
  log: SetLog
  /** The same transaction as somebody else at another time: for what happened before and is brought in now. */
  as(caller: Caller, now: string): WriteContext
}

type Fail<D extends OperationDefinition> = (
  code: Errors<D>,
  details?: ErrorDetails,
  options?: Omit<ErrorOptions, 'details'>,
) => never

/** What helpers of several operations refuse by: codes that every operation has, and those named. */
export interface Refusing<E extends ErrorCode = never> {
  fail(code: BaseErrorCode | E, details?: ErrorDetails): never
}

/** Context of a handler: only declared errors, only declared events. */
export type Context<D extends OperationDefinition> = ReadContext & {
  /** Refuse with a code that the operation declares. */
  fail: Fail<D>
} & (D['kind'] extends 'command' ? Emitter<Emits<D>> & Traces & Locking & { log: SetLog } : unknown)

/** A live connection, a socket or an event stream, as the domains see it. */
export interface Connection {
  readonly id: string
  readonly caller: Caller
  readonly transport: 'socket' | 'events'
  /**
   * Start collecting a stream's events for this connection, to be released when its head is known. What is `bound` to the
   * connection counts against no limit of streams joined by hand, and is not taken up again by an event stream that
   * comes back.
   */
  hold(stream: string, bound?: 'bound'): void
  /** Deliver what was held after `head`, and all that follows; `undefined` gives the stream up again. */
  release(stream: string, head: number | undefined): void
  /** Stop delivering a stream that was joined by hand. */
  leave(stream: string): void
  /** Whether a stream is delivered, or will be when its head is known. */
  reads(stream: string): boolean
  /** Stop delivering a stream that is bound to the connection, without a word. */
  drop(stream: string): void
  /** Told when the reading of a stream has ended. */
  onLeft(listener: (stream: string) => void): void
  /** Send one event to this connection alone; `id` is of the subject, where the event is of a stream. */
  tell<V extends EventDefinition>(event: V, data: Payload<V>, id?: string): void
  /** The same person goes on with a newer token; its end in milliseconds since 1970. */
  renew(caller: Caller, expiresAt: number): void
}

/** An ephemeral event on its way out, and whose doing it is. */
export interface Telling {
  event: EventDefinition
  id: string
  data: unknown
  caller: Caller
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
  /** Send ephemeral events of several people at once: those of one stream are one frame. */
  tellTogether(told: readonly Telling[]): void
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
  /** End a sign-in or an API key now: its connections are closed and its tokens refused. */
  endSignIn(signInId: string, code: 'revoked' | 'signed_out'): void
  /** End what a person may have no more, by what they are now. */
  endPerson(state: PersonState): void
  /** Who a token speaks for; refuses it by name. */
  authenticate(token: string): Promise<{ caller: Caller; expiresAt: number }>
  fail(code: string, details?: ErrorDetails, options?: Omit<ErrorOptions, 'details'>): never
}

export interface TokenClaims {
  username: string
  signInId: string
  /** Milliseconds since 1970. */
  issuedAt: number
  /** Milliseconds since 1970. */
  expiresAt: number
}

/** Making and checking access tokens. */
export interface Tokens {
  /** Lifetime, milliseconds. */
  readonly ttl: number
  /** `ttl` in milliseconds. */
  issue(
    username: string,
    signInId: string,
    ttl?: number,
  ): Promise<{ token: string; expiresAt: number }>
  verify(token: string): Promise<TokenClaims>
}
