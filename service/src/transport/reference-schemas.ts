import {
  CommandId,
  takesCommandId,
  type Domains,
  type OperationDefinition,
} from '@collab-kit/protocol'
import { z } from 'zod'

export type Json = Record<string, unknown>

/** What the domains are about, in one sentence each. */
export const domainSummaries: { readonly [D in keyof Domains]: string } = {
  system: 'The service itself: what it offers, and its limits.',
  streams: 'What happened, in order: joining streams, catching up after an absence.',
  auth: 'Signing in, the devices that are signed in, tokens and keys of backends.',
  users: 'People: yourself, others, and what admins do with accounts.',
  groups: 'People who are permitted something together.',
  contacts: 'The people in your list.',
  presence: 'Who is here, and how.',
  activities: 'What people do together: who is in it, what each shows, and what all share.',
  chat: 'Rooms, channels and direct chats: messages, members, permissions.',
}

export const domainOf = (name: string): string => name.slice(0, name.indexOf('.'))

/** What a caller has to know of an operation beside its fields. */
export function explain(definition: OperationDefinition): string {
  const { name, kind, access, connection, secret, cost, errors } = definition
  const scope = `${domainOf(name)}:${kind === 'query' ? 'read' : 'write'}`
  return [
    whoMay(definition),
    ...(access === 'anyone' ? [] : [`An API key needs the scope \`${scope}\`.`]),
    ...(connection ? ['Bound to a live connection of the caller.'] : []),
    ...(secret ? ['The answer holds a secret and is never remembered.'] : []),
    ...(cost === undefined ? [] : [`Counts as ${cost} calls.`]),
    ...(errors?.length
      ? [
          `Refused with ${errors.map((code) => `\`${code}\``).join(' or ')} beside the common codes.`,
        ]
      : []),
  ].join(' ')
}

function whoMay({ access, person }: OperationDefinition): string {
  const alone = 'For a person; an API key has to act for one.'
  if (access === 'anyone') return 'For everyone, before sign-in too.'
  if (access === 'person' || (access === 'signed_in' && person)) return alone
  if (access === 'signed_in') return 'For everyone who is signed in, guests included.'
  if (access === 'admin') return 'For admins and API keys.'
  const also = person ? ` ${alone}` : ''
  const { can, of, member, read } = access
  if (member !== undefined) return `For members of \`${member}\`.${also}`
  if (read !== undefined) return `For those who may see \`${read}\`.${also}`
  return `Needs the permission \`${can}\`${of === undefined ? '' : ` in \`${of}\``}.${also}`
}

export interface ObjectSchema extends Json {
  properties: Json
  required: string[]
}

/** JSON Schemas of the contract. What has a name in the contract becomes a component that all share. */
export class Schemas {
  readonly components: Json = {}
  readonly #target: 'draft-2020-12' | 'draft-7'

  /** @param target The dialect: OpenAPI 3.1 is 2020-12, AsyncAPI 3.0 is draft 7. */
  constructor(target: 'draft-2020-12' | 'draft-7') {
    this.#target = target
  }

  /**
   * A reference where the schema has a name, else the schema. Always read as an input: a reader takes fields that it
   * does not know, as a newer service may send them.
   */
  of(schema: z.ZodType): Json {
    const { properties } = this.#convert(z.object({ schema }))
    return properties['schema'] as Json
  }

  /** The fields that an operation takes, its command id included. */
  inputOf(definition: OperationDefinition): ObjectSchema {
    const { properties, required = [] } = this.#convert(definition.input)
    const commandId = takesCommandId(definition) ? { commandId: this.of(CommandId) } : {}
    return {
      type: 'object',
      properties: { ...properties, ...commandId },
      required,
      additionalProperties: false,
    }
  }

  #convert(schema: z.ZodObject): { properties: Json; required?: string[] } {
    const { $defs, definitions, ...rest } = z.toJSONSchema(schema, {
      io: 'input',
      unrepresentable: 'any',
      target: this.#target,
    }) as Json
    for (const [name, definition] of Object.entries(($defs ?? definitions ?? {}) as Json))
      this.components[name] = rewrite(definition)
    return rewrite(rest) as { properties: Json; required?: string[] }
  }
}

/** The service's own words about a schema are no JSON Schema. */
const OWN = new Set(['id', 'errorCode', 'limit'])

/** References lead to the components, and what is not of the dialect is left out. */
function rewrite(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(rewrite)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !(OWN.has(key) && typeof value === 'string'))
      .map(([key, value]) => [key, key === '$ref' ? toComponent(value) : rewrite(value)]),
  )
}

const toComponent = (reference: unknown): unknown =>
  typeof reference === 'string'
    ? reference.replace(/^#\/(\$defs|definitions)\//, '#/components/schemas/')
    : rewrite(reference)
