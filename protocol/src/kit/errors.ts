/**
 * What a caller should do about an error.
 * - `never`: repeating the same call gives the same answer
 * - `now`: repeat at once with the same command id
 * - `backoff`: repeat later, not before `retryAfterMs` where given
 * - `after_sign_in`: get a new token first
 */
export type Retry = 'never' | 'now' | 'backoff' | 'after_sign_in'

export interface ErrorEntry {
  /** HTTP status of the REST answer. */
  status: number
  retry: Retry
  /** Level of the service's log line; expected refusals are `debug`. */
  level: 'debug' | 'info' | 'warn' | 'error'
  /** One sentence of meaning, also the default message. */
  meaning: string
}

// oxlint-disable-next-line max-params -- a table reads best in rows
const entry = (
  status: number,
  retry: Retry,
  level: ErrorEntry['level'],
  meaning: string,
): ErrorEntry => Object.freeze({ status, retry, level, meaning })

/** Codes that any operation may answer with. */
export const baseErrors = {
  invalid_payload: entry(400, 'never', 'debug', 'The input is not what the operation takes.'),
  invalid_json: entry(400, 'never', 'debug', 'The body is not well-formed JSON.'),
  invalid_cursor: entry(
    400,
    'never',
    'debug',
    'The position or cursor is not one of this list or stream.',
  ),
  unknown_operation: entry(404, 'never', 'debug', 'There is no operation of this name.'),
  unauthenticated: entry(401, 'after_sign_in', 'debug', 'Sign in first.'),
  token_expired: entry(401, 'after_sign_in', 'debug', 'The token has expired.'),
  token_malformed: entry(401, 'after_sign_in', 'info', 'The token is not a signed token.'),
  token_signature: entry(401, 'after_sign_in', 'info', "The token's signature does not match."),
  token_revoked: entry(401, 'after_sign_in', 'info', 'The sign-in behind the token has ended.'),
  token_type: entry(401, 'after_sign_in', 'info', 'The token is of another kind.'),
  token_header: entry(
    401,
    'after_sign_in',
    'info',
    'The header of the token holds what is not accepted.',
  ),
  token_alg: entry(
    401,
    'after_sign_in',
    'info',
    "The token is not signed with its issuer's algorithm.",
  ),
  token_key: entry(401, 'after_sign_in', 'info', 'The token names no key of its issuer.'),
  token_iss: entry(401, 'after_sign_in', 'info', 'The issuer of the token is not known here.'),
  token_aud: entry(401, 'after_sign_in', 'info', 'The token is for somebody else.'),
  token_exp: entry(
    401,
    'after_sign_in',
    'info',
    'The token does not say when it ends, or too late.',
  ),
  token_not_yet_valid: entry(401, 'after_sign_in', 'info', 'The token is not valid yet.'),
  token_iat: entry(
    401,
    'after_sign_in',
    'info',
    'The token was issued in the future, or too long ago.',
  ),
  token_sub: entry(
    401,
    'after_sign_in',
    'info',
    'The token names nobody who can have an account here.',
  ),
  token_claims: entry(401, 'after_sign_in', 'info', 'A claim of the token cannot be accepted.'),
  origin_denied: entry(403, 'never', 'info', 'This page is not allowed to use the service.'),
  forbidden: entry(403, 'never', 'debug', 'You are not allowed to do this.'),
  not_found: entry(404, 'never', 'debug', 'There is nothing of this name that you may see.'),
  idempotency_conflict: entry(409, 'never', 'info', 'The command id was used with another input.'),
  rate_limited: entry(429, 'backoff', 'info', 'Too many calls in a short time.'),
  too_large: entry(413, 'never', 'debug', 'The input is larger than allowed.'),
  limit_exceeded: entry(429, 'never', 'info', 'A limit of the service is reached.'),
  not_supported: entry(501, 'never', 'debug', 'The service does not offer this.'),
  connection_required: entry(400, 'never', 'debug', 'This operation needs a live connection.'),
  outcome_unknown: entry(
    503,
    'now',
    'warn',
    'It is not known whether the command took effect; repeat it with the same command id.',
  ),
  unavailable: entry(503, 'backoff', 'warn', 'The service cannot do this right now.'),
  internal: entry(500, 'backoff', 'error', 'Something went wrong in the service.'),
} as const

/** Codes that an operation has to declare. */
export const declaredErrors = {
  already_exists: entry(409, 'never', 'debug', 'The name is taken.'),
  conflict: entry(409, 'never', 'debug', 'The value has changed meanwhile.'),
  epoch_changed: entry(
    409,
    'never',
    'info',
    'The service was restored from a backup; drop what you hold and read again.',
  ),
} as const

export const errorCatalogue = { ...baseErrors, ...declaredErrors } as const

export type BaseErrorCode = keyof typeof baseErrors
export type ErrorCode = keyof typeof errorCatalogue

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
    super(options.message ?? errorCatalogue[code]?.meaning ?? code, { cause: options.cause })
    this.code = code
    this.details = options.details
    this.retryAfterMs = options.retryAfterMs
    this.requestId = options.requestId ?? ''
  }

  /** Whether the same call may succeed later; an unknown code of a newer service is not retried. */
  get retryable(): boolean {
    const retry = errorCatalogue[this.code]?.retry ?? 'never'
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

  /** The same refusal with an id by which a log names it. */
  withRequestId(requestId: string): CollabError {
    const { code, message, details, retryAfterMs, cause } = this
    return new CollabError(code, {
      message,
      ...(details && { details }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      cause,
      requestId,
    })
  }

  static from(shape: ErrorShape): CollabError {
    return new CollabError(shape.code, shape)
  }
}

export function isCollabError(value: unknown): value is CollabError {
  return value instanceof CollabError
}
