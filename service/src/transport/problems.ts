import {
  baseErrors,
  retryOf,
  takesCommandId,
  errorCatalogue,
  WireError,
  type ErrorCode,
  type OperationDefinition,
} from '@collab-kit/protocol'
import { z } from 'zod'
import type { Json, Schemas } from './reference-schemas.ts'
import { takesQuery } from './query.ts'

/** A refusal over REST: the error's members, and those that RFC 9457 has. */
const Problem = WireError.extend({
  type: z.literal('about:blank'),
  /** What the code means. */
  title: z.string(),
  status: z.int(),
  /** The message once more, under the name that RFC 9457 gives it. */
  detail: z.string(),
}).meta({ id: 'Problem', description: 'A refusal: RFC 9457 with the members of every error.' })

/** The statuses of refusals, and what the references call them. */
const STATUSES: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthenticated',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'WrongMethod',
  409: 'Conflict',
  413: 'TooLarge',
  415: 'NoPlainJson',
  429: 'TooMany',
  500: 'Internal',
  501: 'NotSupported',
  503: 'Unavailable',
}

/** Statuses that differ from their code's own. */
const BY_TRANSPORT: readonly [status: number, code: ErrorCode][] = [
  [405, 'unknown_operation'],
  [415, 'invalid_payload'],
]

const statusOf = (code: ErrorCode): number => errorCatalogue[code].status

/** The common codes that come with a status. */
const commonCodes = (status: number): ErrorCode[] => [
  ...(Object.keys(baseErrors) as (keyof typeof baseErrors)[]).filter(
    (code) => statusOf(code) === status,
  ),
  ...BY_TRANSPORT.flatMap(([other, code]) => (other === status ? [code] : [])),
]

/** The refusals that operations share, as components. */
export function sharedProblems(schemas: Schemas): Json {
  return Object.fromEntries(
    Object.entries(STATUSES).map(([status, name]) => [
      name,
      toResponse(schemas, Number(status), commonCodes(Number(status))),
    ]),
  )
}

/** The refusals of one operation by their status. */
export function problemsOf(definition: OperationDefinition, schemas: Schemas): Json {
  const { rest, errors = [] } = definition
  const [method = ''] = (rest ?? '').split(' ')
  const declared = Map.groupBy<number, ErrorCode>(errors, statusOf)
  // The router answers another method before the operation is known.
  const statuses = Object.keys(STATUSES)
    .map(Number)
    .filter((status) => {
      if (status === 405) return false
      if (status === 409) return declared.has(409) || takesCommandId(definition)
      return status !== 415 || !takesQuery(method)
    })
  return Object.fromEntries(
    statuses.map((status) => {
      const own = declared.get(status)
      if (!own) return [status, shared(status)]
      const common = status === 409 && !takesCommandId(definition) ? [] : commonCodes(status)
      return [status, toResponse(schemas, status, [...own, ...common])]
    }),
  )
}

/** References to the refusals of these statuses. */
export const problemsWith = (...statuses: readonly number[]): Json =>
  Object.fromEntries(statuses.map((status) => [status, shared(status)]))

const shared = (status: number): Json => ({ $ref: `#/components/responses/${STATUSES[status]}` })

function toResponse(schemas: Schemas, status: number, codes: readonly ErrorCode[]): Json {
  const schema = {
    allOf: [
      schemas.of(Problem),
      {
        type: 'object',
        properties: { status: { const: status }, code: { enum: codes } },
        required: ['status', 'code'],
      },
    ],
  }
  return {
    description: codes.map((code) => `\`${code}\`: ${errorCatalogue[code].meaning}`).join('\n\n'),
    ...headersOf(status),
    content: { 'application/problem+json': { schema, example: exampleOf(status, codes[0]!) } },
  }
}

function headersOf(status: number): Json {
  if (status === 401) return header('WWW-Authenticate', 'Always `Bearer`.', 'string')
  if (status === 429 || status === 503)
    return header('Retry-After', 'Seconds after which the same call may succeed.', 'integer')
  return {}
}

const header = (name: string, description: string, type: string): Json => ({
  headers: { [name]: { description, schema: { type } } },
})

function exampleOf(status: number, code: ErrorCode): Json {
  const { meaning } = errorCatalogue[code]
  const retry = retryOf(code)
  const retryable = retry === 'now' || retry === 'backoff'
  return {
    type: 'about:blank',
    title: meaning,
    status,
    detail: meaning,
    code,
    message: meaning,
    retryable,
    ...(retry === 'backoff' && { retryAfterMs: 1000 }),
    requestId: '7mYw2Jr0kQ',
  }
}
