import type { z } from 'zod'
import type { BaseErrorCode, ErrorCode } from './error-catalogue.ts'
import type { StreamKey } from './ids.ts'

/** What a person may do with a chat, an activity or the service as a whole. */
export type Permission =
  | 'join'
  | 'send'
  | 'add_members'
  | 'remove_members'
  | 'set_name'
  | 'set_topic'
  | 'moderate'
  | 'manage'
  | 'remove'
  | 'lurk'
  | 'view_state'
  | 'set_state'
  | 'create_chat'
  | 'create_named'
  | 'create_activity'

/** The keys of an object schema's input. */
type Key<I extends z.ZodObject> = keyof z.input<I> & string

/**
 * Who may call an operation.
 * - `anyone`: before sign-in too
 * - `signed_in`: every signed-in person, guests included
 * - `person`: the same, but never an API key that acts for nobody
 * - `admin`: admins, and API keys with the domain's scope
 * - `{ can }`: a permission over the service as a whole
 * - `{ can, of }`: a permission over the resource that the named input field points at
 * - `{ member: field }`: membership of that resource, whatever is permitted there
 * - `{ read: field }`: may see that resource at all
 */
export type Access<I extends z.ZodObject> =
  | 'anyone'
  | 'signed_in'
  | 'person'
  | 'admin'
  | { can: Permission; of?: Key<I> }
  | { member: Key<I> }
  | { read: Key<I> }

type PathParameters<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathParameters<Rest>
  : never

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** `METHOD /path/{field}`; every path parameter must be a key of the input. */
type Rest<P extends string, I extends z.ZodObject> = P extends `${HttpMethod} /${string}`
  ? Exclude<PathParameters<P>, Key<I>> extends never
    ? P
    : `no input key: ${Exclude<PathParameters<P>, Key<I>>}`
  : never

export interface OperationSpec<
  I extends z.ZodObject,
  O extends z.ZodType,
  P extends string,
  E extends ErrorCode,
  V extends EventDefinition,
> {
  /** One sentence, for references. */
  summary: string
  /** The REST line; without one the operation is for connections only. */
  rest: Rest<P, I> | null
  access: Access<I>
  input: I
  output: O
  /** Codes beyond the base ones that the handler may answer with. */
  errors?: readonly E[]
  /** Events the handler may emit. */
  emits?: readonly V[]
  /**
   * Streams that the command locks before it is authorised: templates over the input, where `{me}` is the caller;
   * `resolved` when the service has to read first.
   */
  writes?: readonly string[] | 'resolved'
  /** Bound to a connection (contract: †). */
  connection?: boolean
  /** Only REST and the SDK, never by socket: the operations before sign-in. */
  before?: 'sign_in'
  /**
   * Commands take a command id, but for those before sign-in, when there is nobody to remember one of; any other operation
   * that takes one says so.
   */
  takesCommandId?: true
  /** Only for a person: an API key has to act for one. `access: 'person'` says it by itself. */
  person?: true
  /** The reply holds a secret and is never remembered. */
  secret?: boolean
  /** Most keys of the input, where the usual limit is too low. */
  keys?: number
  /** What one call costs of the rate limit. Default 1. */
  cost?: number
}

export interface OperationDefinition<
  K extends 'command' | 'query' = 'command' | 'query',
  N extends string = string,
  I extends z.ZodObject = z.ZodObject,
  O extends z.ZodType = z.ZodType,
  E extends ErrorCode = ErrorCode,
  V extends EventDefinition = EventDefinition,
> extends Omit<OperationSpec<I, O, string, E, V>, 'rest' | 'access'> {
  kind: K
  name: N
  rest: string | null
  access:
    | 'anyone'
    | 'signed_in'
    | 'person'
    | 'admin'
    | { can?: Permission; of?: string; member?: string; read?: string }
}

function operation<K extends 'command' | 'query'>(kind: K) {
  return <
    const N extends `${string}.${string}`,
    I extends z.ZodObject,
    O extends z.ZodType,
    const P extends string,
    const E extends ErrorCode = never,
    V extends EventDefinition = never,
  >(
    name: N,
    spec: OperationSpec<I, O, P, E, V>,
  ): OperationDefinition<K, N, I, O, E, V> => Object.freeze({ kind, name, ...spec })
}

/** An operation that changes something: idempotent by `commandId`. */
export const command = operation('command')
/** An operation that only reads: safe and repeatable. */
export const query = operation('query')
/**
 * An operation that is kept nowhere: it acts for one connection, or is told and forgotten. Idempotent by `commandId` for as
 * long as that connection lasts.
 */
export function live<
  const N extends `${string}.${string}`,
  I extends z.ZodObject,
  O extends z.ZodType,
  const P extends string,
  const E extends ErrorCode = never,
  V extends EventDefinition = never,
>(
  name: N,
  spec: OperationSpec<I, O, P, E, V>,
): OperationDefinition<'query', N, I, O, E, V> & { takesCommandId: true } {
  return Object.freeze({ ...query(name, spec), takesCommandId: true as const })
}

/** Whether the input may carry a command id. */
export const takesCommandId = ({
  kind,
  before,
  takesCommandId: says,
}: Pick<OperationDefinition, 'kind' | 'before' | 'takesCommandId'>): boolean =>
  says === true || (kind === 'command' && before === undefined)

export interface EventDefinition<N extends string = string, D extends z.ZodType = z.ZodType> {
  name: N
  summary: string
  payload: D
  /** The stream an event belongs to, from the id of its subject; `null` for events of one connection. */
  stream: ((id: string) => StreamKey) | null
  /**
   * Durable events take the stream's next `seq` and are stored; the others travel once and are forgotten.
   * `varies`: durable where its subject lasts (a channel's members), not where it comes and goes (a room's).
   */
  durable: boolean | 'varies'
  /** The person whom this event makes a reader of the stream. */
  admits?(data: z.output<D>): string
  /** The person whose reading of the stream ends with this event. */
  dismisses?(data: z.output<D>): string
  /** Why it ends. @default 'left' */
  reason?(data: z.output<D>): string
  /** All reading of the stream ends with this event, for this reason. */
  ends?: string
  /** Of those who joined the stream by hand, whose right to read is asked anew: one person's, or everybody's. */
  rechecks?(data: z.output<D>): string | true
  /** What its actor says or does: kept from those who have blocked them. */
  blockable?: true
  /** Whose doing it is, where that need not be its actor's. */
  doer?(data: z.output<D>): string
  /** Whom the person of the stream hears nothing of from now on, or again. */
  blocks?(data: z.output<D>): { username: string; blocked: boolean }
  /** The one connection whose reading of the stream ends with this event. */
  disconnects?(data: z.output<D>): string
  /** Who is from now on, or no more, among the people whom the stream is about. */
  people?(data: z.output<D>): { came: string } | { went: string } | undefined
  /**
   * What an ephemeral event tells the state of, and the state's number: it rises with every change of that state, and is
   * the item's `rev`.
   */
  rev?(data: z.output<D>): { of: string; rev: number }
}

/** Declare an event: `domain.nounVerbed`. */
export function event<const N extends `${string}.${string}`, D extends z.ZodType>(
  name: N,
  spec: Omit<EventDefinition<N, D>, 'name'>,
): EventDefinition<N, D> {
  return Object.freeze({ name, ...spec })
}

export interface DomainDefinition<
  N extends string = string,
  O extends Record<string, OperationDefinition> = Record<string, OperationDefinition>,
  V extends Record<string, EventDefinition> = Record<string, EventDefinition>,
> {
  name: N
  operations: O
  events: V
}

type NamedAs<N extends string, T extends Record<string, { name: string }>> = {
  [K in keyof T]: T[K]['name'] extends `${N}.${K & string}`
    ? T[K]
    : `must be named ${N}.${K & string}`
}

/** Group the operations and events of one domain; a key that differs from its declared name does not compile. */
export function domain<
  const N extends string,
  O extends Record<string, OperationDefinition>,
  V extends Record<string, EventDefinition>,
>(name: N, operations: O & NamedAs<N, O>, events: V & NamedAs<N, V>): DomainDefinition<N, O, V> {
  return Object.freeze({ name, operations, events })
}

/** What a caller sends: the command id is part of the input of everything that does more than read. */
export type Input<D extends OperationDefinition> = z.input<D['input']> &
  (D extends { kind: 'command' } | { takesCommandId: true } ? { commandId?: string } : unknown)
/** What a handler receives. */
export type Parsed<D extends OperationDefinition> = z.output<D['input']>
export type Output<D extends OperationDefinition> = z.output<D['output']>
export type Errors<D extends OperationDefinition> =
  | BaseErrorCode
  | (NonNullable<D['errors']> extends readonly (infer E)[] ? E : never)
export type Emits<D extends OperationDefinition> =
  NonNullable<D['emits']> extends readonly (infer V extends EventDefinition)[] ? V : never
export type Payload<V extends EventDefinition> = z.output<V['payload']>
