import { operations, type OperationDefinition } from '@collab-kit/protocol'
import type { Random } from '../rig/random.ts'
import { inputSchema, type JsonSchema } from './json-schema.ts'

/** What exists in the service, so that generated inputs hit something. */
export interface World {
  chats: string[]
  people: string[]
  messages: string[]
  tokens: string[]
  cursors: string[]
  epoch: string
}

/** Every operation with the schema of its input. */
export const grammar: readonly { definition: OperationDefinition; schema: JsonSchema }[] = [
  ...operations.values(),
].map((definition) => ({
  definition,
  schema: inputSchema(definition),
}))

const WORDS = [
  'a',
  'hello',
  'Grüße',
  '李白',
  '😀',
  'x y',
  'one\ntwo',
  '‮abc',
  '"quoted"',
  '\\',
  '<b>',
  '%s',
  "it's",
]

/** A value that the schema takes, with names of things that exist where that makes sense. */
export function validInput(
  schema: JsonSchema,
  world: World,
  random: Random,
): Record<string, unknown> {
  return validObject(schema, schema, { world, random })
}

interface Context {
  world: World
  random: Random
}

function validObject(
  schema: JsonSchema,
  root: JsonSchema,
  context: Context,
): Record<string, unknown> {
  const required = new Set(schema.required)
  const value: Record<string, unknown> = {}
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    if (!required.has(key) && !context.random.chance(0.4)) continue
    value[key] = known(key, context) ?? validValue(property, root, context)
  }
  if (typeof schema.additionalProperties === 'object') {
    for (let n = context.random.whole(0, 3); n > 0; n--) {
      const key = schema.propertyNames
        ? (known('stream', context) as string)
        : context.random.pick(WORDS)
      value[key] = validValue(schema.additionalProperties, root, context)
    }
  }
  return value
}

/** Names that the service knows, by the field that takes them. */
function known(key: string, { world, random }: Context): unknown {
  const chat = () => random.pick(world.chats)
  const person = () => random.pick(world.people)
  const found: Record<string, () => unknown> = {
    chatId: chat,
    username: person,
    usernames: () => Array.from({ length: random.whole(1, 3) }, person),
    to: () => Array.from({ length: random.whole(1, 2) }, person),
    members: () => Array.from({ length: random.whole(0, 3) }, person),
    mentions: () => Array.from({ length: random.whole(0, 3) }, person),
    stream: () =>
      random.chance(0.8)
        ? `chat:${encodeURIComponent(chat())}`
        : `user:${encodeURIComponent(person())}`,
    epoch: () => world.epoch,
    replyTo: () => random.pick(world.messages),
    clientMessageId: () =>
      random.chance(0.2) ? `again-${random.whole(1, 20)}` : `m-${random.whole(0, 1e9)}`,
    commandId: () =>
      random.chance(0.3) ? `again-${random.whole(1, 20)}` : `c-${random.whole(0, 1e9)}`,
    token: () => random.pick(world.tokens),
    cursor: () => random.pick(world.cursors),
    before: () => random.whole(0, 50),
    after: () => random.whole(0, 50),
    around: () => random.whole(0, 50),
    seq: () => random.whole(0, 50),
  }
  return Object.hasOwn(found, key) ? found[key]!() : undefined
}

function validValue(schema: JsonSchema, root: JsonSchema, context: Context): unknown {
  const { random } = context
  if (schema.$ref)
    return validValue(root.$defs?.[schema.$ref.split('/').at(-1) ?? ''] ?? {}, root, context)
  if (schema.enum) return random.pick(schema.enum)
  if (schema.const !== undefined) return schema.const
  if (schema.anyOf) return validValue(random.pick(schema.anyOf), root, context)
  switch (schema.type) {
    case 'object':
      return validObject(schema, root, context)
    case 'array':
      return Array.from(
        { length: random.whole(schema.minItems ?? 0, Math.min(schema.maxItems ?? 4, 4)) },
        () => validValue(schema.items ?? {}, root, context),
      )
    case 'integer':
    case 'number':
      return random.whole(
        Math.max(schema.minimum ?? 0, -1000),
        Math.min(schema.maximum ?? 1000, 1000),
      )
    case 'boolean':
      return random.chance(0.5)
    case 'string':
      return validText(schema, random)
    default:
      return random.pick<unknown>([null, 1, 'x', true, { a: 1 }, [1, 2]])
  }
}

function validText(
  { pattern, minLength = 1, maxLength = 40, format }: JsonSchema,
  random: Random,
): string {
  if (format === 'email') return 'someone@example.com'
  if (pattern) return `id-${random.whole(0, 1e9)}`
  const text = Array.from({ length: random.whole(1, 4) }, () => random.pick(WORDS)).join(' ')
  return text.padEnd(minLength, 'x').slice(0, Math.max(minLength, Math.min(maxLength, 200)))
}
