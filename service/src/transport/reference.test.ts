import { operations } from '@collab-kit/protocol'
import type { Seen } from '@collab-kit/protocol/conformance'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { asyncApiDocument, openApiDocument } from '../reference-documents.ts'
import { ReferenceCheck } from '../testing/reference-check.ts'
import { Validator } from '../testing/validator.ts'

type Json = Record<string, unknown>

interface AsyncApi {
  channels: Record<string, { messages: Record<string, { examples?: { payload: unknown }[] }> }>
  operations: Record<
    string,
    {
      channel: { $ref: string }
      messages: { $ref: string }[]
      reply?: { messages: { $ref: string }[] }
    }
  >
}

interface RestOperation {
  operationId: string
  requestBody?: { content: { 'application/json': { example?: unknown } } }
}

const documents = () => ({ openApi: openApiDocument(), asyncApi: asyncApiDocument() })

const echo: Seen = {
  kind: 'rest',
  request: {
    method: 'POST',
    path: '/system/echo',
    headers: { authorization: 'Bearer x', 'content-type': 'application/json' },
    json: { message: 'hello' },
  },
  answer: {
    status: 200,
    headers: new Headers({ 'content-type': 'application/json' }),
    body: { message: 'hello' },
  },
}

const error = {
  code: 'not_found',
  message: 'There is nothing of this name that you may see.',
  retryable: false,
  requestId: 'x',
}

const refused: Seen = {
  ...echo,
  answer: {
    status: 404,
    headers: new Headers({ 'content-type': 'application/problem+json; charset=utf-8' }),
    body: { ...error, type: 'about:blank', title: 'x', detail: 'x', status: 404 },
  },
}

const reply: Seen = {
  kind: 'reply',
  name: 'system.echo',
  args: [{ message: 'hello' }],
  reply: { ok: true, data: { message: 'hello' } },
}

const at = '2026-01-05T09:30:00.000Z'
const told: Seen = {
  kind: 'events',
  batch: [{ name: 'system.echoed', at, data: { message: 'hello' } }],
}

const handshake: Seen = {
  kind: 'refused',
  error: { message: 'x', data: { ...error, code: 'unauthenticated' } },
}

test('what fits the documents is accepted and counted', () => {
  const check = new ReferenceCheck(documents())
  for (const each of [echo, refused, reply, told, handshake]) check.take(each)
  expect([...check.violations]).toEqual([])
  expect([...check.seen]).toEqual(['rest system.echo', 'socket system.echo', 'event system.echoed'])
})

const OPERATION = ['openApi', 'paths', '/system/echo', 'post']
const MESSAGES = ['asyncApi', 'channels', 'system.echo', 'messages']

// Each a document that tells something else than the service does.
test.each<[what: string, at: string[], value: unknown, seen: Seen]>([
  ['knows no such path', ['openApi', 'paths', '/system/echo'], {}, echo],
  ['knows no such status', [...OPERATION, 'responses', '200'], undefined, echo],
  ['knows another status for a refusal', [...OPERATION, 'responses', '404'], undefined, refused],
  [
    'knows another type',
    [...OPERATION, 'responses', '200', 'content'],
    { 'text/plain': { schema: {} } },
    echo,
  ],
  [
    'knows another answer',
    [...OPERATION, 'responses', '200', 'content', 'application/json', 'schema'],
    { type: 'object', required: ['text'] },
    echo,
  ],
  [
    'knows another body',
    [...OPERATION, 'requestBody', 'content', 'application/json', 'schema', 'properties'],
    {},
    echo,
  ],
  [
    'requires a header that the service does not',
    [...OPERATION, 'parameters'],
    [{ name: 'X-More', in: 'header', required: true, schema: {} }],
    echo,
  ],
  [
    'knows problems without a title',
    ['openApi', 'components', 'schemas', 'Problem', 'properties', 'title'],
    { type: 'integer' },
    refused,
  ],
  ['knows no such operation', ['asyncApi', 'operations', 'system.echo'], undefined, reply],
  ['knows another input', [...MESSAGES, 'input', 'payload'], { required: ['text'] }, reply],
  ['knows another reply', [...MESSAGES, 'reply', 'payload'], { required: ['text'] }, reply],
  [
    'knows no such event',
    ['asyncApi', 'channels', 'sse', 'messages', 'system.echoed'],
    undefined,
    told,
  ],
  [
    'knows other data of an event',
    ['asyncApi', 'components', 'schemas', 'system.echoed', 'properties', 'data'],
    { type: 'string' },
    told,
  ],
  [
    'knows errors without a code',
    ['asyncApi', 'components', 'schemas', 'Error', 'properties', 'code'],
    { type: 'integer' },
    handshake,
  ],
])('a document that %s is found wrong', (...[, path, value, seen]) => {
  const wrong = structuredClone(documents())
  const parent = path.slice(0, -1).reduce<Json>((object, key) => object[key] as Json, wrong)
  if (value === undefined) delete parent[path.at(-1)!]
  else parent[path.at(-1)!] = value
  const check = new ReferenceCheck(wrong)
  check.take(seen)
  expect([...check.violations]).toHaveLength(1)
})

test('every operation is in the documents of the transports that offer it', () => {
  const { paths } = openApiDocument() as { paths: Record<string, Record<string, RestOperation>> }
  const byRest = Object.values(paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  )
  const declared = [...operations.values()]
  const rest = declared.filter((each) => each.rest !== null).map(({ name }) => name)
  expect(byRest.sort()).toEqual(['events', ...rest].sort())
  const bySocket = Object.keys(asyncApiDocument()['operations'] as Json)
  const socket = declared.filter(({ before }) => before === undefined).map(({ name }) => name)
  expect(bySocket.sort()).toEqual([...socket, 'events', 'sse', 'connect_error'].sort())
})

test('every body has an example that can be sent as it is', () => {
  const { paths } = openApiDocument() as { paths: Record<string, Record<string, RestOperation>> }
  const bodies = Object.values(paths).flatMap((path) =>
    Object.values(path).flatMap(({ operationId, requestBody }) =>
      requestBody ? [{ operationId, ...requestBody.content['application/json'] }] : [],
    ),
  )
  expect(bodies.filter(({ example }) => example === undefined)).toEqual([])
  expect(bodies.length).toBeGreaterThan(20)
})

test('an operation of the AsyncAPI document speaks in messages of its own channel', () => {
  const document = asyncApiDocument() as unknown as AsyncApi
  for (const [name, { channel, messages, reply: answers }] of Object.entries(document.operations)) {
    for (const { $ref } of [...messages, ...(answers?.messages ?? [])]) {
      expect($ref, name).toMatch(new RegExp(`^${channel.$ref}/messages/[\\w.]+$`))
    }
  }
})

test('the examples of the AsyncAPI document fit their messages', () => {
  const document = asyncApiDocument()
  const validator = new Validator(new Ajv({ strict: false, validateFormats: false }), document)
  const { channels } = document as unknown as AsyncApi
  let count = 0
  for (const [channel, { messages }] of Object.entries(channels)) {
    for (const [name, { examples = [] }] of Object.entries(messages)) {
      for (const { payload } of examples) {
        const pointer = `#/channels/${channel}/messages/${name}/payload`
        expect(validator.at(pointer, payload), pointer).toBeUndefined()
        count++
      }
    }
  }
  expect(count).toBeGreaterThan(10)
})
