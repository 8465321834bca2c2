import {
  CollabError,
  CommandId,
  graphemes,
  isText,
  takesCommandId,
  type ErrorDetails,
  type Limits,
} from '@collab-kit/protocol'
import type { OperationDefinition } from '@collab-kit/protocol'
import type { z } from 'zod'

const refuse = (reason: string, path: string, message?: string): CollabError =>
  new CollabError('invalid_payload', {
    message:
      message ?? `The input is not what the operation takes: ${path || 'input'} (${reason}).`,
    details: { reason, path },
  })

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

export interface ParsedCall {
  input: Record<string, unknown>
  commandId: string | undefined
}

/** Untrusted → typed: shape, depth, keys and text first, then the operation's schema. */
export function parseInput(
  definition: OperationDefinition,
  raw: unknown,
  limits: Limits,
): ParsedCall {
  if (!isRecord(raw)) throw refuse('not_an_object', '')
  inspect(raw, '', {
    depth: 1,
    keys: 0,
    limits,
    mostKeys: Math.max(definition.keys ?? 0, limits.jsonKeys),
  })
  let fields = raw
  let commandId: string | undefined
  if (takesCommandId(definition) && Object.hasOwn(raw, 'commandId')) {
    const { commandId: given, ...rest } = raw
    const parsed = CommandId.safeParse(given)
    if (!parsed.success) throw refuse('invalid_format', 'commandId', '1–64 of A–Z a–z 0–9 _ -')
    commandId = parsed.data
    fields = rest
  }
  const result = check(definition, fields)
  if (!result.success) throw toError(definition.input, result.error.issues[0])
  checkSizes(definition.input, { given: fields, input: result.data }, limits)
  return { input: result.data, commandId }
}

/** The schema's verdict. Its checks of length compare whatever is called `length`, and stumble over some objects. */
function check({ input }: OperationDefinition, fields: Record<string, unknown>) {
  try {
    return input.safeParse(fields, { reportInput: true })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    // The value cannot even be compared: it is of no type that a field takes.
    throw new CollabError('invalid_payload', {
      details: { reason: 'invalid_type', path: '' },
      cause: error,
    })
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)

interface Inspection {
  depth: number
  keys: number
  limits: Limits
  mostKeys: number
}

/** Recursion ends at the depth limit, so a hostile nesting cannot exhaust the stack. */
function inspect(value: unknown, path: string, state: Inspection): void {
  if (typeof value === 'string') {
    if (!isText(value))
      throw refuse('invalid_text', path, `${path || 'input'} is not well-formed text.`)
    return
  }
  // The minus of a zero would be lost on the way to the database: it would not come back as it was.
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    throw refuse('invalid_number', path)
  }
  if (typeof value !== 'object' || value === null) return
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) throw refuse('binary', path)
  if (state.depth > state.limits.jsonDepth) throw refuse('too_deep', path.slice(0, 200))
  state.depth++
  if (Array.isArray(value)) {
    value.forEach((item, index) => inspect(item, join(path, index), state))
  } else {
    for (const [key, item] of Object.entries(value)) {
      if (++state.keys > state.mostKeys) throw refuse('too_many_keys', '')
      if (FORBIDDEN.has(key)) throw refuse('forbidden_key', join(path, key))
      if (!isText(key)) throw refuse('invalid_text', path)
      inspect(item, join(path, key), state)
    }
  }
  state.depth--
}

const join = (path: string, key: string | number): string => (path ? `${path}.${key}` : `${key}`)

type Issue = z.core.$ZodIssue

function toError(schema: z.ZodObject, issue: Issue | undefined): CollabError {
  if (!issue) return refuse('invalid', '')
  const path = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    return refuse('unknown_field', join(path, issue.keys[0] ?? ''))
  }
  const details: ErrorDetails = { reason: reasonOf(issue), path }
  const meta = metaOf(schema, issue.path[0])
  if (typeof meta?.errorCode === 'string' && isPosition(issue)) {
    return new CollabError('invalid_cursor', { details })
  }
  return new CollabError('invalid_payload', {
    message: `${path || 'input'}: ${issue.message}`,
    details,
  })
}

/** Whether what is wrong is of the right type, and no position or cursor nevertheless. */
const isPosition = (issue: Issue): boolean =>
  issue.code === 'too_small' ||
  issue.code === 'too_big' ||
  (issue.code === 'invalid_type' && issue.expected === 'int')

function reasonOf(issue: Issue): string {
  if (issue.code === 'custom') return String(issue.params?.['reason'] ?? 'invalid')
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'required'
  return issue.code
}

function metaOf(
  schema: z.ZodObject,
  key: PropertyKey | undefined,
): Record<string, unknown> | undefined {
  let field = key === undefined ? undefined : (schema.shape[String(key)] as z.ZodType | undefined)
  while (field) {
    const meta = field.meta()
    if (meta?.['errorCode'] ?? meta?.['limit']) return meta
    field = 'unwrap' in field ? (field as z.ZodOptional<z.ZodType>).unwrap() : undefined
  }
  return undefined
}

/** Names of the limits that measure fields, per schema: looked up once. */
const measured = new WeakMap<z.ZodObject, [field: string, limit: keyof Limits][]>()

interface Sized {
  /** What was sent: a default is no wish. */
  given: Record<string, unknown>
  input: Record<string, unknown>
}

function checkSizes(schema: z.ZodObject, { given, input }: Sized, limits: Limits): void {
  let fields = measured.get(schema)
  if (!fields) {
    fields = Object.keys(schema.shape).flatMap((field) => {
      const limit = metaOf(schema, field)?.['limit']
      return typeof limit === 'string' ? [[field, limit as keyof Limits]] : []
    })
    measured.set(schema, fields)
  }
  for (const [field, limit] of fields) {
    const value = input[field]
    const max = limits[limit]
    if (limit === 'pageItems') {
      if (given[field] === undefined || Number(value) <= max) continue
      throw new CollabError('invalid_payload', {
        message: `${field}: a page has up to ${max} items.`,
        details: { reason: 'too_big', path: field, limit, max },
      })
    }
    if (typeof value !== 'string') continue
    const { size, unit } = limit === 'nameCharacters' ? nameSize(value, max) : bytesOf(value)
    if (size > max) {
      throw new CollabError('too_large', {
        message: `${field} has ${size} ${unit}; ${max} are allowed.`,
        details: { limit, max, size, path: field },
      })
    }
  }
}

const bytesOf = (text: string) => ({ size: Buffer.byteLength(text), unit: 'bytes' })

/** Characters as a reader counts them, each of which may be written with several of Unicode's: with so many at most on average. */
const UNITS_PER_CHARACTER = 8

function nameSize(name: string, max: number): { size: number; unit: string } {
  const units = Math.ceil(name.length / UNITS_PER_CHARACTER)
  // What is far too long is not worth being counted.
  return { size: units > max ? units : graphemes(name), unit: 'characters' }
}
