import type { DomainDefinition, OperationDefinition, Output, Parsed } from '@collab-kit/protocol'
import type {
  Caller,
  Connection,
  Context,
  Edge,
  ReadContext,
  Resource,
  WriteContext,
} from './context.ts'
import type { Published } from './outbox.ts'

type Awaitable<T> = T | Promise<T>

/** A handler that is all database. */
export type Handler<D extends OperationDefinition> = (
  ctx: Context<D>,
  input: Parsed<D>,
) => Awaitable<Output<D>>

/**
 * A handler in stages: `prepare` and `complete` run on the sockets' thread (hashing, tokens, connections), `handle`
 * runs in the transaction. What passes between them is copied between threads, so it is plain data.
 */
export interface StagedHandler<D extends OperationDefinition, P, R> {
  prepare?(edge: Edge, input: Parsed<D>): Awaitable<P>
  handle(ctx: Context<D>, input: Parsed<D>, prepared: P): Awaitable<R>
  complete(edge: Edge, input: Parsed<D>, result: R): Awaitable<Output<D>>
  /** Called where `handle` was refused, so that what `prepare` began is given up. */
  failed?(edge: Edge, input: Parsed<D>, error: unknown): void
}

/** Give a staged handler its types. */
export const staged =
  <D extends OperationDefinition>() =>
  <P, R>(handler: StagedHandler<D, P, R>): AnyStagedHandler =>
    handler as unknown as AnyStagedHandler

/**
 * A handler of the sockets' thread alone, for what is told and not kept: no transaction, and no access rule but what
 * depends on the caller. What it is allowed to do, it knows from what was granted before.
 */
export const live =
  <D extends OperationDefinition>() =>
  (handler: (edge: Edge, input: Parsed<D>) => Awaitable<Output<D>>): AnyStagedHandler =>
    ({
      handle: () => {
        throw new Error('it is handled before any transaction')
      },
      live: handler,
    }) as unknown as AnyStagedHandler

export interface AnyStagedHandler {
  prepare?(edge: Edge, input: unknown): unknown
  handle(ctx: unknown, input: unknown, prepared: unknown): unknown
  complete?(edge: Edge, input: unknown, result: unknown): unknown
  failed?(edge: Edge, input: unknown, error: unknown): void
  live?(edge: Edge, input: unknown): unknown
}

export type AccessResolver = (ctx: ReadContext, id: string) => Promise<Resource | undefined>

/** Commands of the service itself: never reachable from outside. */
export type InternalHandler = (
  ctx: WriteContext,
  input: Record<string, unknown>,
) => Promise<unknown>

/** Questions of the service itself: never reachable from outside, outside any transaction. */
export type Lookup = (ctx: ReadContext, input: Record<string, unknown>) => Promise<unknown>

/** What a domain keeps about people. */
export interface Personal {
  /** All of it, as they are shown it. */
  export(ctx: ReadContext, username: string): Promise<unknown>
  /** Drop all of it; what others need to go on stays, without contents. */
  erase(ctx: WriteContext, username: string): Promise<void>
}

export interface Implementation<D extends DomainDefinition> {
  handlers: {
    [K in keyof D['operations']]: Handler<D['operations'][K]> | AnyStagedHandler
  }
  /** Answers by the name of the input field that names a resource. */
  access?: Record<string, AccessResolver>
  /** Streams of the operations that declare `writes: 'resolved'`, from the input alone. */
  streams?: Record<string, (input: never, caller: Caller) => string[]>
  /** The resource of operations whose input may name it in another way. */
  resource?: Record<string, (input: never, caller: Caller) => string | undefined>
  /** Stream of what a call is about, where it does not write that stream: such calls keep their order with those that do. */
  order?: (input: never, caller: Caller) => string | undefined
  internal?: Record<string, InternalHandler>
  lookups?: Record<string, Lookup>
  personal?: Personal
  /** Runs of one operation that are handled as a set, without a savepoint each. */
  sets?: Record<string, SetHandler<WriteContext>>
  /** Called when a connection was made. */
  connected?(edge: Edge, connection: Connection): void
  /** Called when a connection has ended: by a word of either side, or because it was lost and may come back. */
  disconnected?(edge: Edge, connection: Connection, end: ConnectionEnd): void
  /** Called before an event that decides about readers or people goes to the readers of this node. */
  heard?(edge: Edge, item: Published): void
}

/** `left`: nobody comes back on this sign-in's behalf by itself; `lost`: they may, within moments. */
export type ConnectionEnd = 'left' | 'lost'

/** One call of a set. */
export interface SetCall {
  caller: Caller
  input: unknown
  now: string
}
export type SetAnswer = { json: string } | { error: unknown } | 'one_by_one'

export type SetContext = Pick<WriteContext, 'driver' | 'log'>

/** Handles many calls at once; checks all before it writes, and hands back those that need the ordinary way. */
export type SetHandler<C = SetContext> = (ctx: C, calls: readonly SetCall[]) => Promise<SetAnswer[]>

export interface Module {
  name: string
  definition: DomainDefinition
  handlers: Record<string, AnyStagedHandler>
  access: Record<string, AccessResolver>
  streams: Record<string, (input: unknown, caller: Caller) => string[]>
  resource: Record<string, (input: unknown, caller: Caller) => string | undefined>
  order?: (input: unknown, caller: Caller) => string | undefined
  internal: Record<string, InternalHandler>
  lookups: Record<string, Lookup>
  sets: Record<string, SetHandler<WriteContext>>
  personal?: Personal
  connected?: (edge: Edge, connection: Connection) => void
  disconnected?: (edge: Edge, connection: Connection, end: ConnectionEnd) => void
  heard?: (edge: Edge, item: Published) => void
}

/** Bind a domain's declaration to its handlers; a missing one does not compile. */
export function implement<D extends DomainDefinition>(
  definition: D,
  implementation: Implementation<D>,
): Module {
  const handlers = Object.fromEntries(
    Object.entries(implementation.handlers).map(([name, handler]) => [
      name,
      typeof handler === 'function' ? { handle: handler as AnyStagedHandler['handle'] } : handler,
    ]),
  )
  return {
    name: definition.name,
    definition,
    handlers: handlers as Record<string, AnyStagedHandler>,
    access: implementation.access ?? {},
    streams: (implementation.streams ?? {}) as Module['streams'],
    resource: (implementation.resource ?? {}) as Module['resource'],
    internal: implementation.internal ?? {},
    lookups: implementation.lookups ?? {},
    sets: implementation.sets ?? {},
    ...(implementation.order && { order: implementation.order as NonNullable<Module['order']> }),
    ...(implementation.personal && { personal: implementation.personal }),
    ...(implementation.connected && { connected: implementation.connected }),
    ...(implementation.disconnected && { disconnected: implementation.disconnected }),
    ...(implementation.heard && { heard: implementation.heard }),
  }
}
