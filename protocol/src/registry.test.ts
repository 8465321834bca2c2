import { z } from 'zod'
import { describe, expect, test } from 'vitest'
import { domains, events, operations, type OperationName } from './index.ts'
import { restLines } from './rest-lines.ts'
import * as runtime from './runtime.ts'

const allOperations = [...operations.values()]
const allEvents = [...events.values()]

describe('the registry', () => {
  test('holds every operation and event of every domain once', () => {
    const declared = Object.values(domains).flatMap((each) =>
      Object.values(each.operations).map(({ name }) => name),
    )
    expect([...operations.keys()].sort()).toEqual([...(declared as string[])].sort())
    expect(new Set(declared).size).toBe(declared.length)
    const told = Object.values(domains).flatMap((each) =>
      Object.values(each.events).map(({ name }) => name),
    )
    expect([...events.keys()].sort()).toEqual([...(told as string[])].sort())
    expect([...operations.keys()].filter((name) => events.has(name))).toEqual([])
  })

  test('answers nothing to names of the object prototype', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(operations.has(name)).toBe(false)
      expect(events.has(name)).toBe(false)
    }
  })

  test('has no two operations on one REST line', () => {
    const lines = allOperations.flatMap(({ rest }) =>
      rest ? [rest.replaceAll(/\{\w+\}/g, '{}')] : [],
    )
    expect(new Set(lines).size).toBe(lines.length)
  })
})

describe.each(allOperations)('$name', (operation) => {
  const { name, kind, rest, input, output, access, emits } = operation

  test('takes no field beyond the declared ones', () => {
    const issues = input.safeParse({ notAField: 1 }).error?.issues ?? []
    expect(issues.map(({ code }) => code)).toContain('unrecognized_keys')
  })

  test('[VER-2] answers with what may grow: a field more is no error of the answer', () => {
    expect(z.toJSONSchema(output, { io: 'input' })).not.toMatchObject({
      additionalProperties: false,
    })
  })

  test('says in one sentence what it does', () => {
    expect(operation.summary).toMatch(/^[A-Z].*\.$/)
  })

  test('names its resource and its path by fields of the input', () => {
    const keys = Object.keys(input.shape)
    const path = [...(rest ?? '').matchAll(/\{(\w+)\}/g)].map(([, key]) => key)
    const fields = typeof access === 'string' ? [] : [access.of, access.member, access.read]
    for (const key of [...path, ...fields.filter((each) => each !== undefined)])
      expect(keys).toContain(key)
  })

  test('reads by GET only, and GET only reads', () => {
    if (rest?.startsWith('GET ')) expect(kind).toBe('query')
  })

  test('emits only events of the registry', () => {
    for (const each of emits ?? []) expect(events.get(each.name)).toBe(each)
  })

  test('is in the runtime part as it is declared', () => {
    expect(runtime.factsOf(name)).toEqual({
      kind,
      ...(operation.before && { before: operation.before }),
      ...(operation.secret && { secret: true }),
    })
    expect(restLines[name as OperationName] ?? null).toBe(rest)
  })
})

describe.each(allEvents)('$name', (event) => {
  test('is durable only on a stream', () => {
    if (event.durable !== false) expect(event.stream).not.toBeNull()
  })

  test('[VER-2] carries what may grow: a field more is no error of the data', () => {
    expect(z.toJSONSchema(event.payload, { io: 'input' })).not.toMatchObject({
      additionalProperties: false,
    })
  })
})

describe('a membership event', () => {
  const person = { chatId: 'lobby', username: 'ada' }
  test('names whom it makes a reader of the stream, and whose reading it ends', () => {
    expect(events.get('chat.memberJoined')?.admits?.(person)).toBe('ada')
    expect(events.get('chat.memberAdded')?.admits?.(person)).toBe('ada')
    expect(events.get('chat.memberLeft')?.dismisses?.(person)).toBe('ada')
  })
})
