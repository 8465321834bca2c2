export interface ErrorEntry {
  /** HTTP status of the REST answer. */
  status: number
  /** Level of the service's log line; expected refusals are `debug`. */
  level: 'debug' | 'info' | 'warn' | 'error'
  /** One sentence of meaning, also the message of a refusal that says nothing itself. */
  meaning: string
}

const entry = (status: number, level: ErrorEntry['level'], meaning: string): ErrorEntry =>
  Object.freeze({ status, level, meaning })

/** Codes that any operation may answer with. */
export const baseErrors = {
  invalid_payload: entry(400, 'debug', 'The input is not what the operation takes.'),
  invalid_json: entry(400, 'debug', 'The body is not well-formed JSON.'),
  invalid_cursor: entry(400, 'debug', 'The position or cursor is not one of this list or stream.'),
  unknown_operation: entry(404, 'debug', 'There is no operation of this name.'),
  unauthenticated: entry(401, 'debug', 'Sign in first.'),
  token_expired: entry(401, 'debug', 'The token has expired.'),
  token_malformed: entry(401, 'info', 'The token is not a signed token.'),
  token_signature: entry(401, 'info', "The token's signature does not match."),
  token_revoked: entry(401, 'info', 'The sign-in behind the token has ended.'),
  token_type: entry(401, 'info', 'The token is of another kind.'),
  token_header: entry(401, 'info', 'The header of the token holds what is not accepted.'),
  token_alg: entry(401, 'info', "The token is not signed with its issuer's algorithm."),
  token_key: entry(401, 'info', 'The token names no key of its issuer.'),
  token_iss: entry(401, 'info', 'The issuer of the token is not known here.'),
  token_aud: entry(401, 'info', 'The token is for somebody else.'),
  token_exp: entry(401, 'info', 'The token does not say when it ends, or too late.'),
  token_not_yet_valid: entry(401, 'info', 'The token is not valid yet.'),
  token_iat: entry(401, 'info', 'The token was issued in the future, or too long ago.'),
  token_sub: entry(401, 'info', 'The token names nobody who can have an account here.'),
  token_claims: entry(401, 'info', 'A claim of the token cannot be accepted.'),
  origin_denied: entry(403, 'info', 'This page is not allowed to use the service.'),
  forbidden: entry(403, 'debug', 'You are not allowed to do this.'),
  not_found: entry(404, 'debug', 'There is nothing of this name that you may see.'),
  idempotency_conflict: entry(409, 'info', 'The command id was used with another input.'),
  rate_limited: entry(429, 'info', 'Too many calls in a short time.'),
  too_large: entry(413, 'debug', 'The input is larger than allowed.'),
  limit_exceeded: entry(429, 'info', 'A limit of the service is reached.'),
  not_supported: entry(501, 'debug', 'The service does not offer this.'),
  connection_required: entry(400, 'debug', 'This operation needs a live connection.'),
  outcome_unknown: entry(
    503,
    'warn',
    'It is not known whether the command took effect; repeat it with the same command id.',
  ),
  unavailable: entry(503, 'warn', 'The service cannot do this right now.'),
  internal: entry(500, 'error', 'Something went wrong in the service.'),
} as const

/** Codes that an operation has to declare. */
export const declaredErrors = {
  already_exists: entry(409, 'debug', 'The name is taken.'),
  conflict: entry(409, 'debug', 'The value has changed meanwhile.'),
  epoch_changed: entry(
    409,
    'info',
    'The service was restored from a backup; drop what you hold and read again.',
  ),
} as const

export const errorCatalogue = { ...baseErrors, ...declaredErrors } as const

export type BaseErrorCode = keyof typeof baseErrors
export type ErrorCode = keyof typeof errorCatalogue
