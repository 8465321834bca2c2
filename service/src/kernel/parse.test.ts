import {
  activities,
  chat,
  isCollabError,
  limitDefaults,
  streams,
  system,
} from '@collab-kit/protocol'
import type { OperationDefinition } from '@collab-kit/protocol'
import { describe, expect, test } from 'vitest'
import { parseInput } from './parse.ts'

const { sendMessage, readHistory, markRead, listChats } = chat.operations
const { resume } = streams.operations
const { setShared } = activities.operations
const board = { type: 'board', id: '1', key: 'k', value: 1 }

function refusal(definition: OperationDefinition, input: unknown): unknown {
  try {
    return parseInput(definition, input, limitDefaults)
  } catch (error) {
    if (!isCollabError(error)) throw error
    return { code: error.code, ...error.details }
  }
}

const message = { chatId: 'lobby', clientMessageId: 'a', body: 'hello' }
const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) })
const keys = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]))

describe('what comes from outside', () => {
  test.each([
    ['nothing', undefined, 'not_an_object', ''],
    ['null', null, 'not_an_object', ''],
    ['an array', [], 'not_an_object', ''],
    ['a string', 'hello', 'not_an_object', ''],
    ['bytes', Buffer.from('{}'), 'not_an_object', ''],
    ['a missing field', { chatId: 'lobby', body: 'hello' }, 'required', 'clientMessageId'],
    [
      'an object that cannot be compared',
      { ...message, chatId: { length: { valueOf: 1, toString: 'x' } } },
      'invalid_type',
      '',
    ],
    ['an unknown field', { ...message, seq: 4 }, 'unknown_field', 'seq'],
    [
      'a nested prototype',
      { ...message, data: JSON.parse('{"__proto__":{"a":1}}') as object },
      'forbidden_key',
      'data.__proto__',
    ],
    [
      'a constructor',
      { ...message, data: { constructor: 1 } },
      'forbidden_key',
      'data.constructor',
    ],
    ['a lone surrogate', { ...message, body: 'a\ud800' }, 'invalid_text', 'body'],
    ['NUL', { ...message, body: 'a\0' }, 'invalid_text', 'body'],
    ['a blank body', { ...message, body: ' \u200b\n' }, 'invalid_text', 'body'],
    ['an object for a name', { ...message, chatId: { $ne: null } }, 'invalid_type', 'chatId'],
    ['bytes inside', { ...message, data: { a: Buffer.from('x') } }, 'binary', 'data.a'],
  ])('is refused by name: %s', (...[, input, reason, path]) => {
    expect(refusal(sendMessage, input)).toMatchObject({ code: 'invalid_payload', reason, path })
  })

  test('is refused when it is nested one level too deep, however deep it goes', () => {
    expect(refusal(sendMessage, { ...message, data: nested(15) })).toMatchObject({
      input: { body: 'hello' },
    })
    expect(refusal(sendMessage, { ...message, data: nested(16) })).toMatchObject({
      reason: 'too_deep',
    })
    const deep = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`) as unknown
    expect(refusal(sendMessage, { ...message, data: { deep } })).toMatchObject({
      reason: 'too_deep',
    })
  })

  test('is refused when it has one key too many', () => {
    expect(refusal(sendMessage, { ...message, data: keys(252) })).toMatchObject({
      input: { body: 'hello' },
    })
    expect(refusal(sendMessage, { ...message, data: keys(253) })).toMatchObject({
      reason: 'too_many_keys',
    })
  })

  test('is refused with its size when a body is one byte too large', () => {
    const most = 'é'.repeat(limitDefaults.messageBytes / 2)
    expect(refusal(sendMessage, { ...message, body: most })).toMatchObject({
      input: { body: most },
    })
    expect(refusal(sendMessage, { ...message, body: `${most}a` })).toEqual({
      code: 'too_large',
      limit: 'messageBytes',
      max: limitDefaults.messageBytes,
      size: limitDefaults.messageBytes + 1,
      path: 'body',
    })
  })

  test.each([[-1], [1.5], ['5'], [2 ** 53], [Number.NaN], [Number.POSITIVE_INFINITY]])(
    'is no position in a stream: %s',
    (seq) => {
      expect(refusal(streams.operations.readSince, { stream: 'chat:a', seq })).toMatchObject({
        path: 'seq',
      })
      expect(refusal(readHistory, { chatId: 'a', before: seq })).toMatchObject({ path: 'before' })
    },
  )

  test('is refused as a cursor when a position is negative or fractional', () => {
    for (const before of [-1, 1.5, 2 ** 53])
      expect(refusal(readHistory, { chatId: 'a', before })).toMatchObject({
        code: 'invalid_cursor',
      })
    expect(refusal(resume, { epoch: 'e', heads: { 'chat:a': -1 } })).toMatchObject({
      code: 'invalid_cursor',
    })
    expect(refusal(listChats, { cursor: 'x'.repeat(600) })).toMatchObject({
      code: 'invalid_cursor',
    })
  })

  test.each([
    ['a position of another type', readHistory, { chatId: 'a', before: '5' }],
    ['no position at all', markRead, { chatId: 'a' }],
    ['no positions at all', resume, { epoch: 'e' }],
    ['positions of another type', resume, { epoch: 'e', heads: { 'chat:a': '5' } }],
    ['a position of what is no stream', resume, { epoch: 'e', heads: { none: 5 } }],
    ['a cursor of another type', listChats, { cursor: 5 }],
    ['a version of another type', setShared, { ...board, ifVersion: 'x' }],
  ])('is refused as no input where it has %s', (_what, operation, input) => {
    expect(refusal(operation, input)).toMatchObject({ code: 'invalid_payload' })
  })
})

test('a command id is taken off the input of what does more than read, and checked', () => {
  expect(parseInput(sendMessage, { ...message, commandId: 'x-1' }, limitDefaults)).toEqual({
    input: message,
    commandId: 'x-1',
  })
  expect(refusal(sendMessage, { ...message, commandId: 'a b' })).toMatchObject({
    path: 'commandId',
  })
  expect(refusal(system.operations.echo, { message: 'a', commandId: 'x' })).toMatchObject({
    commandId: 'x',
  })
  expect(refusal(system.operations.getInfo, { commandId: 'x' })).toMatchObject({
    reason: 'unknown_field',
  })
})
