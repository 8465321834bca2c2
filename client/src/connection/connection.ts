import type { Closing, DataOf, ErrorShape, EventItem, Welcome } from '@collab-kit/protocol'
import { CollabError, retryOf } from '@collab-kit/protocol/runtime'
import type { Tokens } from '../auth/tokens.ts'
import type { Clock } from '../clock.ts'
import type { Timings, TokenReason } from '../options.ts'
import type { ConnectionInfo } from '../state.ts'
import { backoff } from './backoff.ts'
import { watchHints, type Hint } from './hints.ts'
import {
  statusOf,
  step,
  type ConnectionEffect,
  type ConnectionInput,
  type ConnectionState,
} from './machine.ts'
import type { Transport, TransportFactory } from './transport.ts'

export interface ConnectionOptions {
  serviceUrl: string
  transport: TransportFactory
  fetch?: typeof fetch | undefined
  tokens: Tokens
  clock: Clock
  timings: Timings
  /** The state changed. */
  onState(info: ConnectionInfo): void
  /** A connection takes calls. */
  onOpened(transport: Transport, welcome: Welcome): void
  /** The connection takes no calls any more. */
  onClosed(): void
  /** What the server says, but for the connection's own affairs. */
  onItems(items: readonly EventItem[]): void
  /** Catch up with what was missed; resolved when that is known. */
  resume(epoch: string): Promise<void>
  /** The sign-in behind the token has ended. */
  onForget(): void
  onHint(hint: Hint): void
  onError(error: CollabError): void
  /** Ask the service anything; rejects when it does not answer. */
  probe(): Promise<unknown>
}

/** Performs what the machine decides: transport, timers, tokens and the browser's hints. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #unwatch: () => void
  #state: ConnectionState = { name: 'idle' }
  #info: ConnectionInfo
  #transport: Transport | undefined
  #welcome: Welcome | undefined
  /** Rises with every transport and token asked for: what an earlier one says is not heard. */
  #turn = 0
  #timer: unknown

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#info = { status: 'idle', since: options.clock.now(), attempt: 0 }
    this.#unwatch = watchHints((hint) => {
      options.onHint(hint)
      this.put({ type: hint })
    })
  }

  /** Whether `connect` is of use. */
  get state(): ConnectionState['name'] {
    return this.#state.name
  }

  put(input: ConnectionInput): void {
    const before = this.#state
    const { state, effects } = step(before, input)
    this.#state = state
    let retryAt: number | undefined
    if (before.name !== state.name || effects.some(({ type }) => type === 'drop')) this.#stopTimer()
    for (const effect of effects) retryAt = this.#perform(effect, input) ?? retryAt
    // An effect may have put in more already, and told about it.
    if (this.#state === state) this.#tell(retryAt)
    if (state.name === 'closed') this.#unwatch()
  }

  #stopTimer() {
    this.#options.clock.clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #perform(effect: ConnectionEffect, input: ConnectionInput): number | undefined {
    const { clock, timings, tokens } = this.#options
    switch (effect.type) {
      case 'getToken':
        this.#getToken(effect.reason)
        return
      case 'open':
        this.#open()
        return
      case 'resume':
        this.#resume()
        return
      case 'drop':
        this.#drop()
        return
      case 'timer':
        this.#startTimer(effect.of === 'connect' ? timings.connectTimeoutMs : timings.stableAfterMs)
        return
      case 'backoff': {
        const bounds = { minMs: timings.backoffMinMs, maxMs: timings.backoffMaxMs }
        const ms = effect.atLeastMs + backoff(effect.failures, bounds, clock.random())
        this.#startTimer(ms)
        return clock.now() + ms
      }
      case 'forget':
        tokens.set(undefined)
        this.#options.onForget()
        return
      case 'probe':
        this.#probe()
        return
      case 'unexpected': {
        const message = `The connection met "${input.type}" while "${this.#state.name}".`
        this.#options.onError(new CollabError('internal', { message }))
      }
    }
  }

  #startTimer(ms: number) {
    this.#stopTimer()
    this.#timer = this.#options.clock.setTimeout(() => this.put({ type: 'elapsed' }), ms)
  }

  /** Puts in what is said of the present transport or token; once there is another it is not heard. */
  #present(): (input: ConnectionInput) => void {
    const turn = this.#turn
    return (input) => {
      if (turn === this.#turn) this.put(input)
    }
  }

  #getToken(reason: TokenReason) {
    const { tokens } = this.#options
    this.#turn++
    const put = this.#present()
    tokens.get(reason).then(
      () => put({ type: 'token', renewable: tokens.renewable }),
      (error: unknown) => put({ type: 'tokenFailed', error: toShape(error) }),
    )
  }

  #open() {
    const { transport, serviceUrl, fetch: fetchWith, tokens } = this.#options
    const turn = ++this.#turn
    const put = this.#present()
    this.#transport = transport({
      serviceUrl,
      token: tokens.current,
      fetch: fetchWith,
      handlers: {
        items: (items) => {
          if (turn === this.#turn) this.#receive(items)
        },
        refused: (error) => put({ type: 'refused', error }),
        lost: () => put({ type: 'lost' }),
      },
    })
  }

  #receive(items: readonly EventItem[]) {
    for (const item of items)
      if (item.name === 'system.welcome') this.#welcomed(item.data as DataOf<'system.welcome'>)
    this.#options.onItems(items)
    const closing = items.find((item) => item.name === 'system.closing')
    if (closing) this.put({ type: 'closing', ...(closing.data as Closing) })
  }

  #welcomed(welcome: Welcome) {
    // A doubled frame welcomes nobody twice.
    if (!this.#transport || this.#state.name !== 'connecting') return
    this.#welcome = welcome
    this.#options.onOpened(this.#transport, welcome)
    this.put({ type: 'welcomed' })
  }

  #resume() {
    const put = this.#present()
    this.#options.resume(this.#welcome?.epoch ?? '').then(
      () => put({ type: 'resumed' }),
      // Not answered: as good as no connection, and the next attempt asks again.
      () => put({ type: 'lost' }),
    )
  }

  #probe() {
    const put = this.#present()
    // Whatever the reason: a connection that does not answer is replaced.
    this.#options.probe().catch(() => put({ type: 'lost' }))
  }

  #drop() {
    this.#turn++
    this.#options.tokens.abort()
    const transport = this.#transport
    this.#transport = undefined
    this.#welcome = undefined
    if (!transport) return
    // A page that is hidden or has lost its network may be back in a moment.
    const { name } = this.#state
    transport.close(name === 'closed' || name === 'blocked')
    this.#options.onClosed()
  }

  #tell(retryAt: number | undefined) {
    const state = this.#state
    const status = statusOf(state)
    const { since } =
      this.#info.status === status ? this.#info : { since: this.#options.clock.now() }
    const error = 'error' in state ? state.error : undefined
    const welcome = this.#welcome
    this.#info = {
      status,
      since,
      attempt: 'attempt' in state ? state.attempt : 0,
      ...(error && { error }),
      ...(retryAt !== undefined && { retryAt }),
      ...(welcome && { connectionId: welcome.connectionId, epoch: welcome.epoch }),
    }
    this.#options.onState(this.#info)
  }
}

function toShape(error: unknown): ErrorShape {
  // By its form: the page may have its own copy of the class.
  const { code, requestId } = (error ?? {}) as Partial<ErrorShape>
  const isOurs =
    typeof code === 'string' &&
    (requestId !== undefined || code === 'forbidden' || retryOf(code) !== 'never')
  if (isOurs) return CollabError.from(error as ErrorShape).toJSON()
  const message = error instanceof Error ? error.message : String(error)
  return new CollabError('unavailable', { message, details: { reason: 'token_source' } }).toJSON()
}
