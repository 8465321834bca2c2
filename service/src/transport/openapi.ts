import { errorCatalogue, WireError, type OperationDefinition } from '@collab-kit/protocol'
import Router from '@koa/router'
import { z } from 'zod'
import type { Registry } from '../kernel/registry.ts'

type Json = Record<string, unknown>

/** The OpenAPI 3.1 description of every operation with a REST line, derived from the registry. */
export function toOpenApi(registry: Registry, version: string): Json {
  const paths: Record<string, Json> = {}
  const schemas: Json = {}
  for (const { definition } of registry.operations.values()) {
    if (definition.rest === null) continue
    const [method = '', path = ''] = definition.rest.split(' ')
    paths[path] = { ...paths[path], [method.toLowerCase()]: toOperation(definition, schemas) }
  }
  schemas['Error'] = lift(
    z.toJSONSchema(WireError, { io: 'input', unrepresentable: 'any' }) as Json,
    schemas,
  )
  return {
    openapi: '3.1.0',
    info: {
      title: 'Collab Kit',
      version,
      description:
        'Chat, presence and shared activities. Every operation is also a Socket.IO event of the same name.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api/v1' }],
    tags: [...new Set([...registry.operations.values()].map(({ module }) => module.name))].map(
      (name) => ({ name }),
    ),
    paths,
    components: {
      schemas,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  }
}

function toOperation(definition: OperationDefinition, schemas: Json): Json {
  const { name, summary, rest, access, kind, connection } = definition
  const [method = '', path = ''] = (rest ?? '').split(' ')
  const input = lift(
    z.toJSONSchema(definition.input, { io: 'input', unrepresentable: 'any' }) as Json,
    schemas,
  )
  const properties = { ...(input['properties'] as Json) }
  const required = new Set((input['required'] as string[] | undefined) ?? [])
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, field]) => field!)
  const parameters: Json[] = inPath.map((field) => ({
    name: field,
    in: 'path',
    required: true,
    schema: properties[field],
  }))
  const others = Object.keys(properties).filter((field) => !inPath.includes(field))
  if (method === 'GET') {
    for (const field of others) {
      parameters.push({
        name: field,
        in: 'query',
        required: required.has(field),
        schema: properties[field],
      })
    }
  }
  if (kind === 'command')
    parameters.push(
      header('Idempotency-Key', 'Repeating a command with the same key gives the first answer.'),
    )
  if (connection)
    parameters.push({
      ...header('X-Connection-Id', 'A live connection of the same person.'),
      required: true,
    })
  const body = {
    type: 'object',
    properties: Object.fromEntries(others.map((field) => [field, properties[field]])),
    required: others.filter((field) => required.has(field)),
    additionalProperties: false,
  }
  return {
    operationId: name,
    summary,
    tags: [name.split('.')[0]],
    security: access === 'anyone' ? [] : [{ bearer: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(method !== 'GET' && {
      requestBody: {
        required: body.required.length > 0,
        content: { 'application/json': { schema: body } },
      },
    }),
    responses: toResponses(definition, schemas),
  }
}

const header = (name: string, description: string): Json => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string' },
})

function toResponses({ name, output, errors }: OperationDefinition, schemas: Json): Json {
  // Read as an input: a reader takes fields that it does not know, as a newer service may send.
  const schema = lift(
    z.toJSONSchema(output, { io: 'input', unrepresentable: 'any' }) as Json,
    schemas,
  )
  const declared = (errors ?? [])
    .map((code) => `\`${code}\` ${errorCatalogue[code].status}`)
    .join(', ')
  return {
    '200': { description: `The answer of ${name}.`, content: { 'application/json': { schema } } },
    default: {
      description: `A refusal.${declared ? ` Beside the common ones: ${declared}.` : ''}`,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Error' } } },
    },
  }
}

/** Moves the definitions of one schema to the components, where all share them. */
function lift(schema: Json, schemas: Json): Json {
  const { $schema: _dialect, $defs, ...rest } = schema
  const rewrite = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rewrite)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        key === '$ref' && typeof item === 'string'
          ? item.replace('#/$defs/', '#/components/schemas/')
          : rewrite(item),
      ]),
    )
  }
  for (const [key, definition] of Object.entries(($defs ?? {}) as Json))
    schemas[key] = rewrite(definition)
  return rewrite(rest) as Json
}

/** Serves the description and a page to read and try it. */
export function createOpenApi({
  registry,
  version,
}: {
  registry: Registry
  version: string
}): Router {
  const router = new Router()
  const document = JSON.stringify(toOpenApi(registry, version))
  router.get('/api/v1/openapi.json', (context) => {
    context.type = 'application/json'
    context.body = document
  })
  return router
}
