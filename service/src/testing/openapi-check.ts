import type { Seen } from '@collab-kit/protocol/conformance'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { clip, pointerTo, Validator, type Verdict } from './validator.ts'

type Json = Record<string, unknown>
type Exchange = Extract<Seen, { kind: 'rest' }>

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  schema?: Json
  /** Of an object, which is written as JSON. */
  content?: { 'application/json': { schema: Json } }
}

interface Operation {
  operationId: string
  security: Json[]
  parameters?: (Parameter | { $ref: string })[]
  requestBody?: { required: boolean }
  responses: Record<string, { $ref?: string; content?: Json; headers?: Json }>
}

interface Document {
  paths: Record<string, Record<string, Operation>>
  components: {
    parameters: Record<string, Parameter>
    responses: Record<string, { content: Json; headers?: Json }>
  }
}

interface Route {
  path: string
  pattern: RegExp
  methods: Record<string, Operation>
}

interface Found {
  operation: Operation
  /** Where it stands in the document. */
  pointer: string[]
  path: Record<string, string>
  query: URLSearchParams
}

/** Holds requests and answers against an OpenAPI 3.1 document. */
export class OpenApiCheck {
  readonly #document: Document
  readonly #routes: Route[]
  readonly #validator: Validator
  /** Parameters arrive as text. */
  readonly #parameters: Validator

  constructor(document: Json) {
    this.#document = document as unknown as Document
    this.#routes = Object.entries(this.#document.paths)
      .map(([path, methods]) => {
        const pattern = path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')
        return { path, methods, pattern: new RegExp(`^${pattern}$`) }
      })
      // What is written out comes before what has parameters.
      .sort((one, other) => one.path.split('{').length - other.path.split('{').length)
    const options = { strict: false, validateFormats: false }
    this.#validator = new Validator(new Ajv2020(options), document)
    this.#parameters = new Validator(new Ajv2020({ ...options, coerceTypes: 'array' }), document)
  }

  take({ request, answer }: Exchange): Verdict {
    const what = `${request.method} ${request.path.slice(0, 120)} → ${answer.status}`
    const found = request.root ? undefined : this.#find(request)
    if (!found) {
      const beside = request.root || answer.status >= 400 || request.path.includes('api.json')
      return { violations: beside ? [] : [`${what}: not in the document`], proved: [] }
    }
    const good = answer.status < 300
    const wrong = [
      ...this.#answer(found, answer),
      // What was refused may have been wrong on purpose.
      ...(good ? this.#request(found, request) : []),
    ]
    return {
      violations: wrong.map((each) => `${what}: ${each}`),
      proved: good ? [`rest ${found.operation.operationId}`] : [],
    }
  }

  #find({ method, path: address }: Exchange['request']): Found | undefined {
    const [path = '', query = ''] = address.split('?')
    for (const route of this.#routes) {
      const match = route.pattern.exec(path)
      const operation = route.methods[method.toLowerCase()]
      if (!match || !operation) continue
      return {
        operation,
        pointer: ['paths', route.path, method.toLowerCase()],
        path: { ...match.groups },
        query: new URLSearchParams(query),
      }
    }
    return undefined
  }

  #answer({ operation, pointer }: Found, { status, headers, body }: Exchange['answer']): string[] {
    const declared = operation.responses[status]
    if (!declared) return [`the document does not know the status; ${clip(body)}`]
    const name = declared.$ref?.split('/').at(-1)
    const at = name ? ['components', 'responses', name] : [...pointer, 'responses', `${status}`]
    const response = name ? this.#document.components.responses[name] : declared
    const type = headers.get('content-type')?.split(';')[0] ?? 'nothing'
    if (!response?.content?.[type]) return [`the document does not know ${type}`]
    const missing = status === 401 ? headersMissing(response.headers, headers) : []
    if (type === 'text/event-stream') return missing
    const wrong = this.#validator.at(pointerTo(...at, 'content', type, 'schema'), body)
    return [...missing, ...(wrong ? [`${wrong}; ${clip(body)}`] : [])]
  }

  #request(found: Found, request: Exchange['request']): string[] {
    const { operation, pointer } = found
    const { headers = {}, json } = request
    const wrong = (['path', 'query', 'header'] as const).flatMap(
      (place) => this.#fields(place, found, headers) ?? [],
    )
    const shown = headers['authorization'] !== undefined || found.query.has('ticket')
    if (operation.security.length > 0 && !shown) wrong.push('answered without a credential')
    const body = request.text ? (JSON.parse(request.text) as unknown) : json
    if (body === undefined) {
      if (operation.requestBody?.required) wrong.push('answered without a body')
      return wrong
    }
    // A body with DELETE is not read.
    if (!operation.requestBody) return wrong
    const at = pointerTo(...pointer, 'requestBody', 'content', 'application/json', 'schema')
    const unfit = this.#validator.at(at, body)
    return unfit ? [...wrong, `answered with another body: ${unfit}; ${clip(body)}`] : wrong
  }

  /** Whether what stands in one place of the request is what the document declares there. */
  #fields(place: Parameter['in'], found: Found, headers: Record<string, string>) {
    const { operation, path, query } = found
    const declared = (operation.parameters ?? [])
      .map((each) => ('$ref' in each ? this.#parameter(each.$ref) : each))
      .filter((each) => each.in === place)
    const nameOf = ({ name }: Parameter) => (place === 'header' ? name.toLowerCase() : name)
    const values = {
      path: () => mapped(path, decodeURIComponent),
      query: () => fieldsOf(query, declared),
      header: () => headers,
    }[place]()
    const schema = {
      type: 'object',
      properties: Object.fromEntries(
        declared.map((each) => [nameOf(each), { allOf: [within(schemaOf(each))] }]),
      ),
      required: declared.filter(({ required }) => required).map(nameOf),
      // The ticket is a credential, and stands among those.
      ...(place === 'query' && { propertyNames: { enum: [...declared.map(nameOf), 'ticket'] } }),
    }
    const name = `${operation.operationId} ${place}`
    const wrong = this.#parameters.by(name, schema, structuredClone(values))
    return wrong && `answered with another ${place}: ${wrong}`
  }

  #parameter(reference: string): Parameter {
    return this.#document.components.parameters[reference.split('/').at(-1)!]!
  }
}

const mapped = (fields: Record<string, string>, change: (text: string) => string) =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, change(value)]))

/** References lead into the document, wherever the schema is used. */
function within(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(within)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === '$ref' ? `document${String(value)}` : within(value),
    ]),
  )
}

const schemaOf = ({ schema, content }: Parameter): Json | undefined =>
  schema ?? content?.['application/json'].schema

function fieldsOf(query: URLSearchParams, declared: readonly Parameter[]): Json {
  const asJson = new Set(declared.filter(({ content }) => content).map(({ name }) => name))
  return Object.fromEntries(
    [...new Set(query.keys())].map((key) => {
      const values = query.getAll(key)
      if (asJson.has(key)) return [key, JSON.parse(values[0]!) as unknown]
      return [key, values.length > 1 ? values : values[0]]
    }),
  )
}

const headersMissing = (declared: Json | undefined, headers: Headers): string[] =>
  Object.keys(declared ?? {})
    .filter((name) => !headers.has(name))
    .map((name) => `no ${name}`)
