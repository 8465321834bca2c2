import type { ErrorCode } from './error-catalogue.ts'

/**
 * What a caller should do about an error.
 * - `never`: repeating the same call gives the same answer
 * - `now`: repeat at once with the same command id
 * - `backoff`: repeat later, not before `retryAfterMs` where given
 * - `after_sign_in`: get a new token first
 */
export type Retry = 'never' | 'now' | 'backoff' | 'after_sign_in'

/** What is not `never`. A page needs no more of a code than this; the rest is in the catalogue. */
const retries: Partial<Record<ErrorCode, Retry>> = {
  outcome_unknown: 'now',
  rate_limited: 'backoff',
  unavailable: 'backoff',
  internal: 'backoff',
  unauthenticated: 'after_sign_in',
}

/** What to do about a code, also one that only a newer service knows; whatever is wrong with a token, another may do. */
export const retryOf = (code: ErrorCode): Retry =>
  retries[code] ?? (code.startsWith('token_') ? 'after_sign_in' : 'never')

export type ErrorDetails = Record<string, unknown>

export interface ErrorShape {
  code: ErrorCode
  message: string
  details?: ErrorDetails
  retryable: boolean
  retryAfterMs?: number
  requestId: string
}

export interface ErrorOptions {
  message?: string
  details?: ErrorDetails
  retryAfterMs?: number
  requestId?: string
  cause?: unknown
}

/** Every refusal of the kit, on both sides of the wire. Branch on `code`, never on the message. */
export class CollabError extends Error {
  override readonly name = 'CollabError'
  readonly code: ErrorCode
  readonly details: ErrorDetails | undefined
  readonly retryAfterMs: number | undefined
  readonly requestId: string

  constructor(code: ErrorCode, options: ErrorOptions = {}) {
    super(options.message ?? code, { cause: options.cause })
    this.code = code
    this.details = options.details
    this.retryAfterMs = options.retryAfterMs
    this.requestId = options.requestId ?? ''
  }

  /** Whether the same call may succeed later; an unknown code of a newer service is not retried. */
  get retryable(): boolean {
    const retry = retryOf(this.code)
    return retry === 'now' || retry === 'backoff'
  }

  toJSON(): ErrorShape {
    const { code, message, details, retryable, retryAfterMs, requestId } = this
    return {
      code,
      message,
      ...(details && { details }),
      retryable,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      requestId,
    }
  }

  static from(shape: ErrorShape): CollabError {
    return new CollabError(shape.code, shape)
  }
}

export function isCollabError(value: unknown): value is CollabError {
  return value instanceof CollabError
}
