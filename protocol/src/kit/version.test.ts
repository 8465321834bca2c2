import { createHash } from 'node:crypto'
import { z } from 'zod'
import { describe, expect, test } from 'vitest'
import { events, operations } from '../registry.ts'
import { history, OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from './version.ts'

/** JSON with sorted keys and without prose: equal for equal schemas, whatever the order of declaration. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    .filter(
      ([key, each]) => each !== undefined && !(key === 'description' && typeof each === 'string'),
    )
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, each]) => [key, canonical(each)]))
}

/** `input` everywhere: only so does a strict object differ from one that may grow. */
const schema = (of: z.ZodType) => z.toJSONSchema(of, { io: 'input' })

function schemaHash(): string {
  const wire = {
    operations: [...operations.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, kind, rest, connection, before, errors, input, output }) => ({
        name,
        kind,
        rest,
        connection,
        before,
        errors: [...(errors ?? [])].sort(),
        input: schema(input),
        output: schema(output),
      })),
    events: [...events.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, durable, payload }) => ({ name, durable, payload: schema(payload) })),
  }
  return createHash('sha256')
    .update(JSON.stringify(canonical(wire)))
    .digest('hex')
}

describe('[VER-3] the history of the wire', () => {
  test('ends with the hash of the schemas as they are', () => {
    const hash = schemaHash()
    const message = `The schemas changed: add { version, hash: '${hash}', change } to the history in kit/version.ts`
    expect(history.at(-1)?.hash, message).toBe(hash)
  })

  test('ends with the version in force and never goes back', () => {
    const versions = history.map(({ version }) => version)
    expect(versions.at(-1)).toBe(PROTOCOL_VERSION)
    expect(versions).toEqual([...versions].sort((a, b) => a - b))
  })

  test('tells every change in words', () => {
    for (const { change } of history) expect(change).not.toBe('')
  })

  test('includes the oldest version still spoken', () => {
    expect(OLDEST_PROTOCOL_VERSION).toBeLessThanOrEqual(PROTOCOL_VERSION)
    expect(history.map(({ version }) => version)).toContain(OLDEST_PROTOCOL_VERSION)
  })
})
