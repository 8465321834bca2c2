import { CommandId, takesCommandId, type OperationDefinition } from '@collab-kit/protocol'
import type { Registry } from '../kernel/registry.ts'
import { problemsOf, problemsWith, sharedProblems } from './problems.ts'
import { takesQuery } from './query.ts'
import { exampleOf } from './reference-examples.ts'
import {
  domainOf,
  domainSummaries,
  explain,
  Schemas,
  type Json,
  type ObjectSchema,
} from './reference-schemas.ts'

/** The OpenAPI 3.1 description of every operation with a REST line, and of the event stream. */
export function toOpenApi(registry: Registry, version: string): Json {
  const schemas = new Schemas('draft-2020-12')
  const paths: Record<string, Json> = { '/events': { get: eventStream() } }
  for (const { definition } of registry.operations.values()) {
    if (definition.rest === null) continue
    const { method, path } = lineOf(definition)
    paths[path] = { ...paths[path], [method.toLowerCase()]: toOperation(definition, schemas) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Collab Kit',
      version,
      description:
        'Chat, presence and shared activities. Every operation is also a Socket.IO event of the same name, which ' +
        '[asyncapi.json](/api/v1/asyncapi.json) describes with the events.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api/v1', description: 'This service.' }],
    tags: Object.entries(domainSummaries).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      parameters: parameters(schemas),
      responses: sharedProblems(schemas),
      securitySchemes,
      schemas: schemas.components,
    },
  }
}

const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of the service, or one that the host has signed.',
  },
  apiKey: {
    type: 'http',
    scheme: 'basic',
    description:
      "A backend's key: its id as the username, its secret as the password. What it may do is in its scopes; with " +
      '`act_as` it does so for the person in `X-Act-As`.',
  },
  ticket: {
    type: 'apiKey',
    in: 'query',
    name: 'ticket',
    description:
      'A ticket of `streams.createTicket`: it opens one event stream once, within 30 seconds.',
  },
}

/** Headers that many operations take. */
const parameters = (schemas: Schemas): Json => ({
  IdempotencyKey: {
    ...header('Idempotency-Key', schemas.of(CommandId)),
    description: 'The command id: repeating a command with the same one gives the first answer.',
  },
  ConnectionId: {
    ...header('X-Connection-Id'),
    required: true,
    description: 'The `connectionId` of a live socket or event stream of the same person.',
  },
  ActAs: {
    ...header('X-Act-As'),
    description:
      'With an API key: the username that it acts for, percent-encoded where it is not ASCII.',
  },
})

const header = (name: string, schema: Json = { type: 'string' }): Json => ({
  name,
  in: 'header',
  schema,
})

const parameter = (name: string): Json => ({ $ref: `#/components/parameters/${name}` })

interface Line {
  method: string
  path: string
  /** Fields of the input that stand in the path. */
  inPath: string[]
}

function lineOf({ rest }: OperationDefinition): Line {
  const [method = '', path = ''] = (rest ?? '').split(' ')
  return { method, path, inPath: [...path.matchAll(/\{(\w+)\}/g)].map(([, field]) => field!) }
}

function toOperation(definition: OperationDefinition, schemas: Schemas): Json {
  const { name, summary, access, output } = definition
  const { method } = lineOf(definition)
  const input = schemas.inputOf(definition)
  const example = exampleOf(name).output
  const all = parametersOf(definition, input)
  return {
    operationId: name,
    summary,
    description: explain(definition),
    tags: [domainOf(name)],
    security: access === 'anyone' ? [] : [{ bearer: [] }, { apiKey: [] }],
    ...(all.length > 0 && { parameters: all }),
    ...(!takesQuery(method) && { requestBody: bodyOf(definition, input) }),
    responses: {
      '200': {
        description: `The answer of \`${name}\`.`,
        content: {
          'application/json': {
            schema: schemas.of(output),
            ...(example !== undefined && { example }),
          },
        },
      },
      ...problemsOf(definition, schemas),
    },
  }
}

function parametersOf(definition: OperationDefinition, input: ObjectSchema): Json[] {
  const { access, connection, secret } = definition
  const { method, inPath } = lineOf(definition)
  const example = exampleOf(definition.name).input as Json | undefined
  const list: Json[] = inPath.map((field) => ({
    ...fieldOf(field, { in: 'path', required: true, input }),
    ...(example?.[field] !== undefined && { example: example[field] }),
  }))
  if (takesQuery(method)) {
    for (const field of Object.keys(input.properties)) {
      if (inPath.includes(field) || field === 'commandId') continue
      const required = input.required.includes(field)
      list.push(fieldOf(field, { in: 'query', ...(required && { required }), input }))
    }
  }
  // A reply that holds a secret is not remembered; the exception says so by itself.
  if (takesCommandId(definition) && (!secret || definition.takesCommandId))
    list.push(parameter('IdempotencyKey'))
  if (connection) list.push(parameter('ConnectionId'))
  if (access !== 'anyone') list.push(parameter('ActAs'))
  return list
}

interface Place {
  in: 'path' | 'query'
  required?: true
  input: ObjectSchema
}

function fieldOf(name: string, { input, ...place }: Place): Json {
  const { description, ...schema } = input.properties[name] as Json
  return {
    name,
    ...place,
    ...(description !== undefined && { description }),
    // An object is written as JSON.
    ...(schema['type'] === 'object' ? { content: { 'application/json': { schema } } } : { schema }),
  }
}

function bodyOf(definition: OperationDefinition, { properties, required }: ObjectSchema): Json {
  const { inPath } = lineOf(definition)
  const within = <T>(fields: Record<string, T>) =>
    Object.fromEntries(Object.entries(fields).filter(([field]) => !inPath.includes(field)))
  const needed = required.filter((field) => !inPath.includes(field))
  // Without one, tools make one up of all fields.
  const example = exampleOf(definition.name).input ?? (needed.length > 0 ? undefined : {})
  return {
    required: needed.length > 0,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: within(properties),
          ...(needed.length > 0 && { required: needed }),
          additionalProperties: false,
        },
        ...(example && { example: within(example as Json) }),
      },
    },
  }
}

/** Not an operation: an answer that does not end. */
const eventStream = (): Json => ({
  operationId: 'events',
  summary: 'Everything that a socket would be told, as Server-Sent Events.',
  description:
    'The stream is a connection: its first event is `system.welcome` with the `connectionId`. `event:` is the name of an ' +
    'event, `data:` its item as on the socket, `id:` the position to resume from. A comment every 15 seconds shows that ' +
    'it lives. The events are described in [asyncapi.json](/api/v1/asyncapi.json).',
  tags: ['streams'],
  security: [{ bearer: [] }, { apiKey: [] }, { ticket: [] }],
  parameters: [
    {
      name: 'named',
      in: 'query',
      description:
        'Whether events have names; without, all of them are the `message` of a browser.',
      schema: { type: 'boolean', default: true },
    },
    {
      ...header('Last-Event-ID'),
      description: 'The last `id` received: what came after it comes first.',
    },
    parameter('ActAs'),
  ],
  responses: {
    '200': {
      description: 'Events, until either side ends it.',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    ...problemsWith(400, 401, 403, 405, 429, 500, 503),
  },
})
