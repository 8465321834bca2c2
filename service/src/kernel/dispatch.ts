import {
  CollabError,
  isCollabError,
  type ErrorCode,
  type ErrorDetails,
  type OperationDefinition,
  toAnswer,
} from '@collab-kit/protocol'
import type { Caller, Connection, Edge, PersonState, Policy, Telling, Tokens } from './context.ts'
import { authoriseCaller } from './access.ts'
import type { Clock } from './clock.ts'
import { ConnectionReplies } from './connection-replies.ts'
import { toTold, type Published } from './outbox.ts'
import type { Job, JobError, JobResult } from './executor.ts'
import { newId } from './ids.ts'
import type { ConnectionEnd } from './module.ts'
import type { Host } from './host.ts'
import { Buckets } from './limits.ts'
import { parseInput, type ParsedCall } from './parse.ts'
import { Patience } from './patience.ts'
import type { Operation, Registry } from './registry.ts'

/** One call as a transport hands it over. */
export interface Call {
  name: string
  /** Untrusted. */
  input: unknown
  /** Nobody before sign-in. */
  caller: Caller | undefined
  connection: Connection | undefined
  /** Where it comes from, for limits before sign-in; without one nothing is counted. */
  address: string | undefined
  /** The service's own calls for a person are checked like theirs, but not counted against their limits. */
  via: 'socket' | 'rest' | 'service'
}

/** The reply as JSON, or the refusal. */
export type Answer = { json: string; error?: undefined } | { json?: undefined; error: CollabError }

/** What the transports offer to handlers on their thread. */
export interface Doors {
  publish(items: readonly Published[]): void
  connectionsOf(username: string): readonly Connection[]
  endSignIn(signInId: string, code: 'revoked' | 'signed_out'): void
  endPerson(state: PersonState): void
  authenticate(token: string): Promise<{ caller: Caller; expiresAt: number }>
}

export interface DispatcherOptions {
  registry: Registry
  host: Host
  policy: Policy
  tokens: Tokens
  clock: Clock
  doors: Doors
  /** Told of every call when it is answered. */
  observe(call: Observed): void
}

/** A call that was answered. */
export interface Observed {
  operation: string
  code: ErrorCode | 'ok'
  ms: number
  error?: CollabError
}

const SYSTEM: Caller = Object.freeze({ username: 'system', role: 'system' })

/** The pipeline of one call, top to bottom; its order is safety. */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #people: Buckets
  readonly #strangers: Buckets
  readonly #later = new Set<() => void>()
  #closed = false
  readonly #locals = new Map<() => unknown, unknown>()
  readonly #patience: Patience<JobResult>
  readonly #replies = new ConnectionReplies()

  constructor(options: DispatcherOptions) {
    this.#options = options
    const { limits } = options.policy
    const { now } = options.clock
    this.#patience = new Patience(limits.operationTimeoutMs)
    this.#people = new Buckets({ rate: limits.opsPerSecond, burst: limits.opsBurst, now })
    this.#strangers = new Buckets({
      rate: (limits.signInsPerMinute * SIGN_IN_COST) / 60,
      burst: limits.signInsPerMinute * SIGN_IN_COST,
      limit: 'signInsPerMinute',
      max: limits.signInsPerMinute,
      now,
    })
  }

  async call(call: Call): Promise<Answer> {
    const started = performance.now()
    let answer: Answer
    try {
      answer = { json: await this.#run(call) }
    } catch (error) {
      answer = { error: toRefusal(error) }
    }
    this.#options.observe({
      operation: this.#options.registry.operations.has(call.name) ? call.name : 'unknown',
      code: answer.error?.code ?? 'ok',
      ms: performance.now() - started,
      ...(answer.error && { error: answer.error }),
    })
    return answer
  }

  /** Run a command of the service itself. */
  async internal(operation: string, input: Record<string, unknown>): Promise<unknown> {
    return unwrap(await this.#options.host.write({ operation, input, caller: SYSTEM }))
  }

  async lookup(
    operation: string,
    input: Record<string, unknown>,
    caller = SYSTEM,
  ): Promise<unknown> {
    return unwrap(await this.#options.host.read({ operation, input, caller }))
  }

  /** Call off what was to be done later: nothing of it may meet a database that is closed. */
  close(): void {
    this.#closed = true
    for (const cancel of this.#later) cancel()
    this.#later.clear()
  }

  #after(ms: number, task: () => void): () => void {
    if (this.#closed) return () => {}
    const stop = this.#options.clock.after(ms, () => {
      this.#later.delete(stop)
      task()
    })
    this.#later.add(stop)
    return () => {
      this.#later.delete(stop)
      stop()
    }
  }

  #local<T>(create: () => T): T {
    if (!this.#locals.has(create)) this.#locals.set(create, create())
    return this.#locals.get(create) as T
  }

  /** Tell the domains that a connection has ended. */
  disconnected(connection: Connection, end: ConnectionEnd): void {
    const edge = this.#edge(connection.caller, connection)
    for (const module of this.#options.registry.modules)
      module.disconnected?.(edge, connection, end)
  }

  /** Tell the domains that a connection was made. */
  connected(connection: Connection): void {
    const edge = this.#edge(connection.caller, connection)
    for (const module of this.#options.registry.modules) module.connected?.(edge, connection)
  }

  /** Tell the domains of an event that decides about readers or people. */
  heard(item: Published): void {
    const edge = this.#edge(SYSTEM, undefined)
    for (const module of this.#options.registry.modules) module.heard?.(edge, item)
  }

  // Nothing is awaited before the job is handed over, so that pipelined calls keep their order.
  #run(call: Call): Promise<string> {
    const { registry, policy } = this.#options
    const operation = registry.operations.get(call.name)
    if (!operation)
      throw new CollabError('unknown_operation', {
        details: { operation: String(call.name).slice(0, 100) },
      })
    const { definition } = operation
    if (definition.before === 'sign_in' && call.via === 'socket') {
      throw new CollabError('not_supported', {
        message: 'This operation is REST only.',
        details: { reason: 'rest_only' },
      })
    }
    if (definition.access !== 'anyone' && !call.caller) throw new CollabError('unauthenticated')
    if (call.via !== 'service') this.#limit(definition, call)
    const parsed = parseInput(definition, call.input, policy.limits)
    if (definition.connection && !call.connection) throw new CollabError('connection_required')
    if (call.caller) authoriseCaller(definition, call.caller)
    const { commandId, input } = parsed
    // What is kept nowhere is remembered here, and with the connection alone.
    if (definition.kind === 'query' && commandId !== undefined && call.connection) {
      const repeatable = { operation: definition.name, commandId, input }
      return this.#replies.once(call.connection, repeatable, () =>
        this.#perform(operation, parsed, call),
      )
    }
    return this.#perform(operation, parsed, call)
  }

  #limit(definition: OperationDefinition, { caller, address }: Call): void {
    const cost = definition.cost ?? (definition.kind === 'query' ? QUERY_COST : 1)
    // Who has one sign-in guesses no faster at another.
    if (caller && definition.before !== 'sign_in') this.#people.take(caller.username, cost)
    else if (address !== undefined) this.#strangers.take(address, cost)
  }

  #perform(
    operation: Operation,
    parsed: ParsedCall,
    { caller = ANYONE, connection }: Call,
  ): Promise<string> {
    const { handler } = operation
    if (handler.live) return this.#performLive(operation, parsed, this.#edge(caller, connection))
    if (!handler.prepare && !handler.complete) return this.#submit(operation, { ...parsed, caller })
    return this.#performStaged(operation, parsed, this.#edge(caller, connection))
  }

  async #performLive({ handler }: Operation, { input }: ParsedCall, edge: Edge): Promise<string> {
    return JSON.stringify((await handler.live?.(edge, input)) ?? {})
  }

  async #performStaged(operation: Operation, parsed: ParsedCall, edge: Edge): Promise<string> {
    const { handler } = operation
    const { input } = parsed
    const preparing = handler.prepare?.(edge, input)
    const prepared: unknown =
      preparing instanceof Promise ? await (preparing as Promise<unknown>) : preparing
    const json = await this.#submit(operation, {
      ...parsed,
      caller: edge.caller,
      prepared,
    }).catch((error: unknown) => {
      handler.failed?.(edge, input, error)
      throw error
    })
    if (!handler.complete) return json
    return JSON.stringify(await handler.complete(edge, input, JSON.parse(json) as unknown))
  }

  #submit({ definition }: Operation, call: Omit<Job, 'operation'>): Promise<string> {
    const job = { operation: definition.name, ...call }
    const { host } = this.#options
    const writes = definition.kind === 'command' && !(definition.connection && definition.secret)
    return this.#patience
      .wait(writes ? host.write(job) : host.read(job), writes ? UNKNOWN : UNAVAILABLE)
      .then(jsonOf)
  }

  #toTold({ event, id, data, caller }: Telling): Published {
    const stream = event.stream?.(id)
    if (!stream) throw new Error(`${event.name} belongs to one connection`)
    const at = new Date(this.#options.clock.now()).toISOString()
    return toTold(event, stream, { at, caller, data })
  }

  #edge(caller: Caller, connection: Connection | undefined): Edge {
    const { policy, tokens, clock, doors } = this.#options
    return {
      caller,
      connection,
      policy,
      tokens,
      now: clock.now,
      newId,
      after: (ms, task) => this.#after(ms, task),
      local: (create) => this.#local(create),
      afterAnswer: (task) => void setImmediate(task),
      connectionsOf: (username) => doors.connectionsOf(username),
      endSignIn: (signInId, code) => doors.endSignIn(signInId, code),
      endPerson: (state) => doors.endPerson(state),
      authenticate: (token) => doors.authenticate(token),
      internal: (name, input) => this.internal(name, input),
      lookup: (name, input) => this.lookup(name, input),
      tell: (event, id, data) => doors.publish([this.#toTold({ event, id, data, caller })]),
      tellTogether: (told) => doors.publish(told.map((each) => this.#toTold(each))),
      fail(code, details, options) {
        throw new CollabError(code as ErrorCode, { ...options, ...(details && { details }) })
      },
    }
  }
}

const ANYONE: Caller = Object.freeze({ username: '', role: 'guest' })
const QUERY_COST = 0.25
const SIGN_IN_COST = 10

function jsonOf({ json, error }: JobResult): string {
  if (error) throw fromJobError(error)
  return json
}

const unwrap = (result: JobResult): unknown => JSON.parse(jsonOf(result))

function fromJobError({ code, message, details, retryAfterMs, cause }: JobError): CollabError {
  return new CollabError(code, {
    message,
    ...(details && { details: details as ErrorDetails }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    cause,
  })
}

/** Every refusal gets an id by which the log names it. */
function toRefusal(error: unknown): CollabError {
  const refusal = isCollabError(error) ? error : new CollabError('internal', { cause: error })
  return toAnswer(refusal, newId())
}

/** No caller waits for ever: a command that may still happen is unknown, a query is unavailable. */
const UNKNOWN: JobResult = {
  error: {
    code: 'outcome_unknown',
    message: 'The service took too long.',
    details: { reason: 'timeout' },
  },
}
const UNAVAILABLE: JobResult = {
  error: {
    code: 'unavailable',
    message: 'The service took too long.',
    details: { reason: 'timeout' },
    retryAfterMs: 1000,
  },
}
