import type { ErrorShape, InputOf, OperationName, OutputOf } from '@collab-kit/protocol'
import { CollabError, factsOf, retryOf } from '@collab-kit/protocol/runtime'
import type { Clock } from '../clock.ts'
import type { Transport } from '../connection/transport.ts'
import { newId } from '../ids.ts'
import type { Timings } from '../options.ts'

/** One finished call. Inputs and answers that hold secrets are left out. */
export interface CallRecord<N extends OperationName = OperationName> {
  operation: N
  input: unknown
  data?: unknown
  error?: ErrorShape
}

export interface CallsOptions {
  clock: Clock
  timings: Pick<Timings, 'callTimeoutMs' | 'attemptTimeoutMs'>
  /** Someone wants to call: time to connect. */
  onWanted(): void
  onFinished(call: CallRecord): void
}

interface Call {
  name: OperationName
  input: Record<string, unknown>
  resolve(data: unknown): void
  reject(error: CollabError): void
  /** Answer it on this connection or not at all. */
  once: boolean
  state: 'queued' | 'sent' | 'pausing' | 'finished'
  /** How often it was sent. */
  attempts: number
  deadline: unknown
  timer: unknown
}

/** Calls in flight at once; the service allows more (`limits.inFlight`), which is left to what comes beside. */
const MAX_IN_FLIGHT = 48

/**
 * Calls under way. They wait for a connection, are sent again on the next one by the same command id, and end with an
 * answer or at their deadline.
 */
export class Calls {
  readonly #options: CallsOptions
  readonly #calls = new Set<Call>()
  #transport: Transport | undefined
  #blocked: CollabError | undefined

  constructor(options: CallsOptions) {
    this.#options = options
  }

  /** Whether a call would be sent now. */
  get open(): boolean {
    return this.#transport !== undefined
  }

  /** Whether the service learns late that the present connection is gone. */
  get isStream(): boolean {
    return !!this.#transport?.isStream
  }

  /** Calls an operation as soon as there is a connection. */
  call<N extends OperationName>(name: N, input: InputOf<N>): Promise<OutputOf<N>> {
    if (this.#blocked) return this.#refuse(name, input, this.#blocked)
    this.#options.onWanted()
    return this.#enter(name, input, false)
  }

  /** Calls an operation on the present connection, once; rejects `unavailable` without one or when it ends. */
  attempt<N extends OperationName>(name: N, input: InputOf<N>): Promise<OutputOf<N>> {
    if (!this.#transport)
      return this.#refuse(name, input, undecided({ name, attempts: 0 }, 'disconnected'))
    return this.#enter(name, input, true)
  }

  /** A connection takes calls. */
  opened(transport: Transport): void {
    this.#blocked = undefined
    this.#transport = transport
    this.#flush()
  }

  /** The connection is gone: what has no answer waits for the next. */
  closed(): void {
    this.#transport = undefined
    for (const call of [...this.#calls]) {
      this.#options.clock.clearTimeout(call.timer)
      if (call.once) this.#finish(call, { error: disconnected(call) })
      else call.state = 'queued'
    }
  }

  /** There will be no connection until something changes: everything ends with the reason. */
  block(error: CollabError): void {
    this.#blocked = error
    this.closed()
    this.fail(error)
  }

  /** Ends everything under way. */
  fail(error: CollabError): void {
    for (const call of [...this.#calls]) this.#finish(call, { error })
  }

  /** Connections are being made again. */
  unblock(): void {
    this.#blocked = undefined
  }

  /** A call that took another way is told like every other. */
  finished(name: OperationName, input: unknown, end: Pick<CallRecord, 'data' | 'error'>): void {
    const { secret } = factsOf(name)
    const shown = secret && 'data' in end ? { data: {} } : end
    this.#options.onFinished({ operation: name, input: secret ? {} : input, ...shown })
  }

  #refuse(name: OperationName, input: unknown, error: CollabError): Promise<never> {
    this.finished(name, input, { error: error.toJSON() })
    return Promise.reject(error)
  }

  #enter<N extends OperationName>(name: N, input: InputOf<N>, once: boolean): Promise<OutputOf<N>> {
    return new Promise((resolve, reject) => {
      const { clock, timings } = this.#options
      const call: Call = {
        name,
        input: repeatable(name, input),
        resolve: resolve as (data: unknown) => void,
        reject,
        once,
        state: 'queued',
        attempts: 0,
        timer: undefined,
        deadline: clock.setTimeout(
          () => this.#finish(call, { error: late(call) }),
          timings.callTimeoutMs,
        ),
      }
      this.#calls.add(call)
      this.#flush()
    })
  }

  #flush() {
    let room = MAX_IN_FLIGHT
    for (const call of this.#calls) if (call.state === 'sent') room--
    for (const call of this.#calls) {
      if (!this.#transport || room <= 0) return
      if (call.state !== 'queued') continue
      this.#send(call, this.#transport)
      room--
    }
  }

  #send(call: Call, transport: Transport) {
    const { clock, timings } = this.#options
    const attempt = ++call.attempts
    call.state = 'sent'
    // A late or doubled answer, or one of a connection that is gone, is nobody's.
    const isCurrent = () =>
      this.#transport === transport && call.attempts === attempt && call.state === 'sent'
    call.timer = clock.setTimeout(() => {
      if (isCurrent()) this.#again(call, late(call))
    }, timings.attemptTimeoutMs)
    transport.send(call.name, call.input, (reply) => {
      if (!isCurrent()) return
      clock.clearTimeout(call.timer)
      if (reply.ok) this.#finish(call, { data: reply.data })
      else if (retryOf(reply.error.code) === 'now') this.#again(call, CollabError.from(reply.error))
      else this.#finish(call, { error: CollabError.from(reply.error) })
      this.#flush()
    })
  }

  /** Sends the same once more, a little later each time, where that is safe. */
  #again(call: Call, error: CollabError) {
    if (call.once || factsOf(call.name).secret) return this.#finish(call, { error })
    const { clock } = this.#options
    call.state = 'pausing'
    const pause = Math.min(100 * 2 ** (call.attempts - 1), 5_000) * clock.random()
    call.timer = clock.setTimeout(() => {
      call.state = 'queued'
      this.#flush()
    }, pause)
  }

  #finish(call: Call, end: { data: unknown } | { error: CollabError }) {
    if (!this.#calls.delete(call)) return
    const { clock } = this.#options
    call.state = 'finished'
    clock.clearTimeout(call.timer)
    clock.clearTimeout(call.deadline)
    if ('error' in end) call.reject(end.error)
    else call.resolve(end.data)
    this.finished(call.name, call.input, 'error' in end ? { error: end.error.toJSON() } : end)
  }
}

/** Gives a command the id by which it can be repeated, unless it has one. */
function repeatable(name: OperationName, input: Record<string, unknown>): Record<string, unknown> {
  const { kind, secret } = factsOf(name)
  if (
    kind === 'query' ||
    secret ||
    input['commandId'] !== undefined ||
    input['clientMessageId'] !== undefined
  )
    return input
  return { ...input, commandId: newId() }
}

const late = (call: Call) => undecided(call, 'deadline')
const disconnected = (call: Call) => undecided(call, 'disconnected')

/** A command that was sent may have taken effect; a query, or what never left, is only not answered. */
function undecided(
  { name, attempts }: Pick<Call, 'name' | 'attempts'>,
  reason: string,
): CollabError {
  const unknown = attempts > 0 && factsOf(name).kind === 'command'
  return new CollabError(unknown ? 'outcome_unknown' : 'unavailable', { details: { reason } })
}
