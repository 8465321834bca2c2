import { CollabError, type OperationDefinition } from '@collab-kit/protocol'
import { z } from 'zod'

/** How the parameters of an operation's address are read. */
export interface Coercion {
  /** Query string → input fields, by the types that the operation declares. */
  toFields(query: URLSearchParams): Record<string, unknown>
  /** The refusal in the words of an address, where the call was refused for one of its parameters. */
  inAddress(refusal: CollabError, query: URLSearchParams): CollabError
}

interface JsonSchema {
  type?: string
  $ref?: string
  anyOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  $defs?: Record<string, JsonSchema>
}

const SECRET = new Set(['token', 'access_token', 'refreshtoken', 'apikey', 'secret'])

/** Where event streams are. */
export const EVENTS_PATH = '/api/v1/events'

/**
 * The parameter of an address that holds a secret, or nothing. Addresses are logged and shared; a ticket opens one stream
 * once, and only there.
 */
export function secretIn(url: string): string | undefined {
  const start = url.indexOf('?')
  if (start === -1) return undefined
  const takesTickets = url.slice(0, start) === EVENTS_PATH
  return [...new URLSearchParams(url.slice(start)).keys()].find(
    (key) => SECRET.has(key.toLowerCase()) || (key.toLowerCase() === 'ticket' && !takesTickets),
  )
}

export function createCoercion({ input }: OperationDefinition): Coercion {
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  const typeOf = (field: string): string | undefined => {
    const property = schema.properties?.[field]
    const target = property?.$ref ? schema.$defs?.[property.$ref.split('/').at(-1) ?? ''] : property
    return target?.type
  }
  const toFields = (query: URLSearchParams) => {
    const fields = new Map<string, unknown>()
    for (const key of new Set(query.keys())) {
      const values = query.getAll(key)
      const type = typeOf(key)
      if (type === 'array')
        fields.set(
          key,
          values.flatMap((value) => value.split(',')),
        )
      else if (values.length > 1) {
        throw new CollabError('invalid_payload', {
          details: { reason: 'invalid_query', path: key },
        })
      } else fields.set(key, coerce(values[0] ?? '', type))
    }
    // Own properties whatever their names: a parameter called __proto__ is a field like any other, and refused.
    return Object.fromEntries(fields)
  }
  const inAddress = (refusal: CollabError, query: URLSearchParams) => {
    const { reason, path } = refusal.details ?? {}
    const field = String(path).split('.')[0]!
    const unread =
      VALUES.has(String(reason)) || (reason === 'invalid_text' && typeOf(field) === 'integer')
    if (refusal.code !== 'invalid_payload' || !query.has(field) || !unread) return refusal
    const { code, message, requestId } = refusal
    const details = { ...refusal.details, reason: 'invalid_query' }
    return new CollabError(code, { message, details, requestId })
  }
  return { toFields, inAddress }
}

/** Why a value of a field is refused, whatever the field is. */
const VALUES = new Set(['invalid_type', 'invalid_value', 'too_small', 'too_big'])

function coerce(text: string, type: string | undefined): unknown {
  // What does not read as the type stays text, and is refused by the schema with its own words.
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (type === 'object') return parsed(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // Left to the schema, as everything that does not read as its type.
    return text
  }
}

/** Whether a method's fields travel in the address: what bodies mean there is nobody's agreement. */
export const takesQuery = (method: string): boolean => method === 'GET' || method === 'DELETE'
