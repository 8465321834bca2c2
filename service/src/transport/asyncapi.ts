import {
  Actor,
  baseErrors,
  CommandId,
  EVENTS,
  PROTOCOL_VERSION,
  Seq,
  StreamName,
  Timestamp,
  WireError,
  type EventDefinition,
  type OperationDefinition,
} from '@collab-kit/protocol'
import { z } from 'zod'
import type { Registry } from '../kernel/registry.ts'
import { EVENTS_PATH } from './query.ts'
import { exampleOf } from './reference-examples.ts'
import { domainOf, domainSummaries, explain, Schemas, type Json } from './reference-schemas.ts'

const JSON_TYPE = 'application/json'

/**
 * The AsyncAPI 3.0 description of what goes over connections: every operation with its acknowledgement, and every event,
 * on Socket.IO and as Server-Sent Events. The service is its subject: it receives operations and sends events.
 */
export function toAsyncApi(registry: Registry, version: string): Json {
  const schemas = new Schemas('draft-7')
  const definitions = [...registry.operations.values()]
    .map(({ definition }) => definition)
    .filter(({ before }) => before === undefined)
  const events = registry.modules.flatMap(({ definition }) =>
    Object.values<EventDefinition>(definition.events),
  )
  addItems(events, schemas)
  addRefusals(schemas)
  return {
    asyncapi: '3.0.0',
    info: info(version),
    defaultContentType: JSON_TYPE,
    servers,
    channels: {
      ...Object.fromEntries(definitions.map((each) => [each.name, toChannel(each, schemas)])),
      ...outgoing(events),
    },
    operations: {
      ...Object.fromEntries(definitions.map((each) => [each.name, toOperation(each)])),
      ...sending(events),
    },
    components: {
      schemas: schemas.components,
      messages: Object.fromEntries(events.map((each) => [each.name, toMessage(each)])),
      securitySchemes,
      tags: Object.fromEntries(
        Object.entries(domainSummaries).map(([name, description]) => [name, { name, description }]),
      ),
    },
  }
}

const info = (version: string): Json => ({
  title: 'Collab Kit',
  version,
  description:
    'Chat, presence and shared activities, over any Socket.IO 4 client. An operation is an event by its name with one ' +
    `object and an acknowledgement; the service speaks through the one event \`${EVENTS}\`. A client that ` +
    `says \`protocol\` in the handshake is of that version, this one is ${PROTOCOL_VERSION}, and is gone for others as ` +
    'soon as it disconnects; any other is gone 5 s later unless it is back. The same operations by HTTP: ' +
    '[openapi.json](/api/v1/openapi.json).',
  license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
  tags: Object.keys(domainSummaries).map((name) => pointer('components', 'tags', name)),
})

const host = {
  host: '{host}',
  variables: { host: { default: 'localhost:4000', description: 'Where the service listens.' } },
}

const scheme = (name: string): Json => ({ $ref: `#/components/securitySchemes/${name}` })

const servers = {
  socket: {
    ...host,
    pathname: '/socket.io/',
    protocol: 'socketio',
    protocolVersion: '5',
    description: 'Socket.IO, by WebSocket or by polling where that is on.',
    security: [scheme('handshakeToken'), scheme('handshakeKey')],
  },
  sse: {
    ...host,
    protocol: 'http',
    protocolVersion: '1.1',
    description: 'Server-Sent Events.',
    security: [scheme('bearer'), scheme('apiKey'), scheme('ticket')],
  },
}

const securitySchemes = {
  handshakeToken: {
    type: 'apiKey',
    in: 'password',
    description: 'An access token, in the handshake: `io(url, { auth: { token } })`.',
  },
  handshakeKey: {
    type: 'userPassword',
    description:
      "A backend's key, in the handshake: `io(url, { auth: { apiKey, secret, actAs } })`. With the scope `act_as` it " +
      'speaks for the person in `actAs`.',
  },
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token.' },
  apiKey: {
    type: 'http',
    scheme: 'basic',
    description: "A backend's key: its id as the username, its secret as the password.",
  },
  ticket: {
    type: 'httpApiKey',
    in: 'query',
    name: 'ticket',
    description: 'A ticket of `streams.createTicket`, for clients that cannot send a header.',
  },
}

const pointer = (...path: readonly string[]): Json => ({ $ref: ['#', ...path].join('/') })
const schemaNamed = (name: string): Json => pointer('components', 'schemas', name)

/** One operation: what goes in, and what the acknowledgement is called with. */
function toChannel(definition: OperationDefinition, schemas: Schemas): Json {
  const { name, summary, output } = definition
  const { input, output: answer } = exampleOf(name)
  const data = schemas.of(output)
  return {
    address: name,
    summary,
    servers: [pointer('servers', 'socket')],
    tags: [pointer('components', 'tags', domainOf(name))],
    messages: {
      input: {
        name,
        summary: `What \`${name}\` takes.`,
        contentType: JSON_TYPE,
        payload: schemas.inputOf(definition),
        ...(input && { examples: [{ payload: input }] }),
      },
      reply: {
        name: `${name}.reply`,
        summary: 'The acknowledgement.',
        contentType: JSON_TYPE,
        payload: objectOf({ ok: { const: true }, data }),
        ...(answer !== undefined && { examples: [{ payload: { ok: true, data: answer } }] }),
      },
      refusal: {
        name: `${name}.refusal`,
        summary: 'The acknowledgement of a call that is refused.',
        contentType: JSON_TYPE,
        payload: refusalOf(definition),
      },
    },
  }
}

const toOperation = (definition: OperationDefinition): Json => {
  const { name, summary } = definition
  const channel = pointer('channels', name)
  return {
    action: 'receive',
    channel,
    summary,
    description: explain(definition),
    tags: [pointer('components', 'tags', domainOf(name))],
    messages: [pointer('channels', name, 'messages', 'input')],
    reply: {
      channel,
      messages: ['reply', 'refusal'].map((each) => pointer('channels', name, 'messages', each)),
    },
  }
}

const objectOf = (properties: Json): Json => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
})

/** What refuses a call: `Error` with a code of any operation, or one that this declares. */
function refusalOf({ errors = [] }: OperationDefinition): Json {
  if (errors.length === 0) return schemaNamed('Refusal')
  const code = { anyOf: [schemaNamed('CommonErrorCode'), { enum: errors }] }
  const own = { type: 'object', properties: { code } }
  return objectOf({ ok: { const: false }, error: { allOf: [schemaNamed('Error'), own] } })
}

function addRefusals(schemas: Schemas): void {
  const error = schemas.of(WireError)
  const common = { type: 'object', properties: { code: schemaNamed('CommonErrorCode') } }
  schemas.components['CommonErrorCode'] = {
    description: Object.entries(baseErrors)
      .map(([code, { meaning }]) => `- \`${code}\`: ${meaning}`)
      .join('\n'),
    enum: Object.keys(baseErrors),
  }
  schemas.components['Refusal'] = {
    description: 'A refusal that any operation may answer with.',
    ...objectOf({ ok: { const: false }, error: { allOf: [error, common] } }),
  }
}

/** Adds the item of every event to the components, under the event's name. */
function addItems(events: readonly EventDefinition[], schemas: Schemas): void {
  for (const definition of events) {
    const { name, summary, durable, payload } = definition
    const position = name === 'streams.withheld' || durable !== false
    const streamed = definition.stream !== null || name === 'streams.withheld'
    schemas.components[name] = {
      type: 'object',
      description: `${summary} ${lastingOf(definition)}`,
      properties: {
        name: { const: name },
        ...(streamed && { stream: schemas.of(StreamName) }),
        ...(position && { seq: schemas.of(Seq) }),
        ...(durable !== true && streamed && { rev: schemas.of(z.int()) }),
        at: schemas.of(Timestamp),
        actor: schemas.of(Actor),
        commandId: schemas.of(CommandId),
        data: schemas.of(payload),
      },
      required: [
        'name',
        'at',
        'data',
        ...(streamed ? ['stream'] : []),
        ...(position && durable !== 'varies' ? ['seq'] : []),
      ],
    }
  }
}

function lastingOf({ stream, durable }: EventDefinition): string {
  if (stream === null) return 'Told to one connection.'
  const where = `In the stream \`${stream('ID')}\``
  if (durable === 'varies') return `${where}; kept where the chat has a log, with a \`seq\`.`
  return durable ? `${where}, with its \`seq\`.` : `${where}; told once and not kept.`
}

const toMessage = ({ name, summary }: EventDefinition): Json => ({
  name,
  summary,
  contentType: JSON_TYPE,
  payload: schemaNamed(name),
  tags: [pointer('components', 'tags', domainOf(name))],
})

/** Where the service speaks. */
const outgoing = (events: readonly EventDefinition[]): Json => ({
  [EVENTS]: {
    address: EVENTS,
    summary: "One stream's events of one moment, in order.",
    servers: [pointer('servers', 'socket')],
    messages: {
      frame: {
        name: EVENTS,
        summary: "One stream's events of one moment, in order.",
        contentType: JSON_TYPE,
        payload: {
          type: 'array',
          minItems: 1,
          items: { oneOf: events.map(({ name }) => schemaNamed(name)) },
        },
      },
    },
  },
  sse: {
    address: EVENTS_PATH,
    summary:
      'The same events one by one: `event:` is the name, `data:` the item, `id:` the position.',
    servers: [pointer('servers', 'sse')],
    messages: Object.fromEntries(
      events.map(({ name }) => [name, pointer('components', 'messages', name)]),
    ),
  },
  connect_error: {
    address: 'connect_error',
    summary: 'The handshake was refused.',
    servers: [pointer('servers', 'socket')],
    messages: {
      refusal: {
        name: 'connect_error',
        summary: 'Why: `data` is the error.',
        contentType: JSON_TYPE,
        payload: objectOf({ message: { type: 'string' }, data: schemaNamed('Error') }),
      },
    },
  },
})

const sending = (events: readonly EventDefinition[]): Json => ({
  [EVENTS]: {
    action: 'send',
    channel: pointer('channels', EVENTS),
    summary: 'Tell what happened to everyone who may know it.',
    messages: [pointer('channels', EVENTS, 'messages', 'frame')],
  },
  sse: {
    action: 'send',
    channel: pointer('channels', 'sse'),
    summary: 'Tell the same as Server-Sent Events.',
    bindings: {
      http: {
        method: 'GET',
        query: objectWithout({
          named: { type: 'boolean', description: 'Whether events have names. Default: true.' },
          ticket: { type: 'string' },
        }),
        bindingVersion: '0.3.0',
      },
    },
    messages: events.map(({ name }) => pointer('channels', 'sse', 'messages', name)),
  },
  connect_error: {
    action: 'send',
    channel: pointer('channels', 'connect_error'),
    summary: 'Refuse a handshake.',
    messages: [pointer('channels', 'connect_error', 'messages', 'refusal')],
  },
})

const objectWithout = (properties: Json): Json => ({ type: 'object', properties })
