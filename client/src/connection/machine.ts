import type { Closing, ErrorCode, ErrorShape } from '@collab-kit/protocol'
import { CollabError, retryOf } from '@collab-kit/protocol/runtime'
import type { TokenReason } from '../options.ts'
import type { ConnectionStatus } from '../state.ts'

/** What a client remembers while it has no settled connection. */
interface Trying {
  /** Failed attempts in a row. */
  attempt: number
  /** Whether this person was connected before. */
  wasLive: boolean
  /** Whether a refused token was already replaced since the last stable connection. */
  renewed: boolean
}

export type ConnectionState =
  | { name: 'idle' }
  | ({ name: 'authenticating' } & Trying)
  | ({ name: 'connecting'; renewable: boolean } & Trying)
  | ({ name: 'resuming'; renewable: boolean } & Trying)
  | { name: 'live'; renewable: boolean; attempt: number; renewed: boolean }
  | ({
      name: 'waiting'
      /** The service named the time: hints do not cut it short. */
      told: boolean
      /** The browser says that there is no network. */
      offline: boolean
      error?: ErrorShape
    } & Trying)
  | { name: 'blocked'; why: 'signed_out' | 'refused'; error: ErrorShape }
  | { name: 'closed' }

export type ConnectionInput =
  | { type: 'start' }
  /** A token was found; without one the connection only asks whether this page may come in. */
  | { type: 'token'; renewable: boolean }
  | { type: 'tokenFailed'; error: ErrorShape }
  | { type: 'welcomed' }
  | { type: 'resumed' }
  /** Without an error the service was not reached. */
  | { type: 'refused'; error: ErrorShape | undefined }
  | { type: 'lost' }
  | ({ type: 'closing' } & Closing)
  /** The timer of this state ran out. */
  | { type: 'elapsed' }
  /** Of the browser; `hidden` and `shown` are the back-forward cache's. */
  | { type: 'online' | 'offline' | 'visible' | 'hidden' | 'shown' }
  | { type: 'signedIn' }
  | { type: 'signedOut' }
  | { type: 'close' }

export type ConnectionEffect =
  /** Ask for a token; answers `token` or `tokenFailed`. */
  | { type: 'getToken'; reason: TokenReason }
  | { type: 'open' }
  | { type: 'resume' }
  /** Close the transport and give up a token being asked for. */
  | { type: 'drop' }
  /** Start the timer of this state with a time of the options. */
  | { type: 'timer'; of: 'connect' | 'stable' }
  /** Start the timer of this state: by chance, growing with the failures, and never before `atLeastMs`. */
  | { type: 'backoff'; failures: number; atLeastMs: number }
  /** The token is of no more use. */
  | { type: 'forget' }
  /** Find out whether the connection still works. */
  | { type: 'probe' }
  /** A combination that should not occur. */
  | { type: 'unexpected' }

export interface Step {
  state: ConnectionState
  effects: readonly ConnectionEffect[]
}

/** Attempts in a row after which a client calls itself offline. */
export const OFFLINE_AFTER = 3

const FRESH: Trying = { attempt: 0, wasLive: false, renewed: false }
const SIGNED_OUT = new CollabError('unauthenticated').toJSON()

/** What a connection does next. Pure: time, chance and the network are the caller's. */
export function step(state: ConnectionState, input: ConnectionInput): Step {
  if (state.name === 'closed') return stay(state)
  switch (input.type) {
    case 'close':
      return to({ name: 'closed' }, { type: 'drop' })
    case 'signedIn':
      return authenticate(FRESH, 'initial', DROP)
    case 'signedOut':
      return block('signed_out', SIGNED_OUT)
    default:
      return steps[state.name](state as never, input)
  }
}

type Of<N extends ConnectionState['name']> = Extract<ConnectionState, { name: N }>
type Rest = Exclude<ConnectionInput, { type: 'close' | 'signedIn' | 'signedOut' }>

const DROP: ConnectionEffect = { type: 'drop' }

const steps: {
  [N in Exclude<ConnectionState['name'], 'closed'>]: (state: Of<N>, input: Rest) => Step
} = {
  idle: (state, input) =>
    input.type === 'start' ? authenticate(FRESH, 'initial') : ignoreHints(state, input),

  authenticating(state, input) {
    switch (input.type) {
      case 'token':
        return to(
          { ...trying(state), name: 'connecting', renewable: input.renewable },
          { type: 'open' },
          { type: 'timer', of: 'connect' },
        )
      case 'tokenFailed':
        return policy(input.error) === 'after_sign_in'
          ? block('signed_out', input.error)
          : fail(state, input.error, false)
      case 'hidden':
        return suspend(state)
      default:
        return ignoreHints(state, input)
    }
  },

  connecting(state, input) {
    switch (input.type) {
      case 'welcomed':
        return to(
          { ...state, name: 'resuming' },
          { type: 'resume' },
          { type: 'timer', of: 'connect' },
        )
      case 'refused':
        return fail(state, input.error, state.renewable)
      default:
        return connected(state, input)
    }
  },

  resuming(state, input) {
    if (input.type !== 'resumed') return connected(state, input)
    const { renewable, attempt, renewed } = state
    return to({ name: 'live', renewable, attempt, renewed }, { type: 'timer', of: 'stable' })
  },

  live(state, input) {
    switch (input.type) {
      case 'elapsed':
        return stay({ ...state, attempt: 0, renewed: false })
      case 'visible':
      case 'online':
        return { state, effects: [{ type: 'probe' }] }
      case 'shown':
        return authenticate(trying(state), 'initial', DROP)
      default:
        return connected(state, input)
    }
  },

  waiting(state, input) {
    switch (input.type) {
      case 'elapsed':
        return authenticate(state, 'initial')
      case 'online':
      case 'visible':
      case 'shown':
      case 'start':
        return state.told
          ? stay({ ...state, offline: false })
          : authenticate({ ...state, attempt: 0 }, 'initial')
      case 'offline':
        return stay({ ...state, offline: true })
      case 'hidden':
        return suspend(state)
      default:
        return unexpected(state)
    }
  },

  blocked: (state, input) =>
    input.type === 'start' ? authenticate(FRESH, 'initial') : ignoreHints(state, input),
}

/** What every state with a transport does alike. */
function connected(state: Of<'connecting' | 'resuming' | 'live'>, input: Rest): Step {
  switch (input.type) {
    case 'lost':
    case 'elapsed':
      return wait(state)
    case 'closing':
      return closing(state, input)
    case 'offline':
      return wait(state, { offline: true })
    case 'hidden':
      return suspend(state)
    default:
      return ignoreHints(state, input)
  }
}

function closing(state: Of<'connecting' | 'resuming' | 'live'>, input: Closing): Step {
  if (!input.reconnect) {
    if (input.code === 'protocol_error')
      return block('refused', closingError('invalid_payload', input))
    return block(
      'signed_out',
      closingError(input.code === 'signed_out' ? 'unauthenticated' : 'token_revoked', input),
    )
  }
  if (input.code !== 'token_expired') return wait(state, { atLeastMs: input.afterMs, told: true })
  return fail(state, closingError('token_expired', input), state.renewable)
}

const closingError = (code: ErrorCode, { code: reason }: Closing): ErrorShape =>
  new CollabError(code, { details: { reason } }).toJSON()

/** A refusal, judged by the catalogue of errors. */
function fail(
  state: Exclude<ConnectionState, { name: 'idle' | 'blocked' | 'closed' }>,
  error: ErrorShape | undefined,
  renewable: boolean,
): Step {
  if (!error) return wait(state)
  const tries = trying(state)
  const retry = policy(error)
  if (retry === 'after_sign_in') {
    if (renewable && !tries.renewed)
      return authenticate({ ...tries, renewed: true }, 'rejected', DROP)
    return block('signed_out', error)
  }
  if (retry === 'never' && error.retryAfterMs === undefined) return block('refused', error)
  return wait(state, {
    atLeastMs: error.retryAfterMs,
    told: error.retryAfterMs !== undefined,
    error,
  })
}

/** An unknown code of a newer service says itself whether to come again. */
function policy(error: ErrorShape) {
  const retry = retryOf(error.code)
  return retry === 'never' && error.retryable ? 'backoff' : retry
}

function trying(state: Exclude<ConnectionState, { name: 'idle' | 'blocked' | 'closed' }>): Trying {
  const { attempt, renewed } = state
  return { attempt, wasLive: state.name === 'live' || state.wasLive, renewed }
}

function authenticate(tries: Trying, reason: TokenReason, ...first: ConnectionEffect[]): Step {
  const { attempt, wasLive, renewed } = tries
  return to({ name: 'authenticating', attempt, wasLive, renewed }, ...first, {
    type: 'getToken',
    reason,
  })
}

interface Wait {
  atLeastMs?: number | undefined
  told?: boolean
  offline?: boolean
  error?: ErrorShape
}

function wait(
  state: Exclude<ConnectionState, { name: 'idle' | 'blocked' | 'closed' }>,
  { atLeastMs = 0, told = false, offline = false, error }: Wait = {},
): Step {
  const tries = trying(state)
  return to(
    {
      ...tries,
      name: 'waiting',
      attempt: tries.attempt + 1,
      told,
      offline,
      ...(error && { error }),
    },
    DROP,
    { type: 'backoff', failures: tries.attempt, atLeastMs },
  )
}

/** The page goes into the back-forward cache, which an open connection would keep it out of. */
function suspend(state: Exclude<ConnectionState, { name: 'idle' | 'blocked' | 'closed' }>): Step {
  return to({ ...trying(state), name: 'waiting', told: false, offline: false }, DROP)
}

function block(why: 'signed_out' | 'refused', error: ErrorShape): Step {
  const effects: ConnectionEffect[] = why === 'signed_out' ? [DROP, { type: 'forget' }] : [DROP]
  return { state: { name: 'blocked', why, error }, effects }
}

const to = (state: ConnectionState, ...effects: ConnectionEffect[]): Step => ({ state, effects })
const stay = (state: ConnectionState): Step => ({ state, effects: [] })
const unexpected = (state: ConnectionState): Step => ({ state, effects: [{ type: 'unexpected' }] })

/** Hints of the browser and repeated starts are nothing here, on purpose; all else should not occur. */
function ignoreHints(state: ConnectionState, input: Rest): Step {
  return HINTS.has(input.type) ? stay(state) : unexpected(state)
}
const HINTS: ReadonlySet<string> = new Set([
  'start',
  'online',
  'offline',
  'visible',
  'hidden',
  'shown',
])

/** What the connection is to a person who looks at the page. */
export function statusOf(state: ConnectionState): ConnectionStatus {
  switch (state.name) {
    case 'idle':
    case 'live':
    case 'closed':
      return state.name
    case 'blocked':
      return state.why
    default:
      if (state.attempt >= OFFLINE_AFTER || (state.name === 'waiting' && state.offline))
        return 'offline'
      return state.wasLive ? 'reconnecting' : 'connecting'
  }
}
