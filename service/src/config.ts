import { existsSync, readFileSync } from 'node:fs'
import { limitDefaults, LocalUsername } from '@collab-kit/protocol'
import { z } from 'zod'
import { Issuers } from './identity/settings.ts'
import { trustProblem } from './transport/address.ts'
import { parseOrigin } from './transport/origins.ts'

/** Exit code of a wrong configuration (sysexits: EX_CONFIG). */
export const EXIT_CONFIG = 78

const onOff = z.enum(['on', 'off'])
const port = z.coerce.number().int().min(0).max(65_535)

const origin = z.string().superRefine((text, context) => {
  try {
    parseOrigin(text)
  } catch (error) {
    // The sentence of the error is the message for the operator.
    context.addIssue({ code: 'custom', message: (error as Error).message })
  }
})

const ConfiguredChat = z.strictObject({
  id: z.string().min(1).max(128),
  kind: z.enum(['room', 'channel']).default('channel'),
  visibility: z.enum(['public', 'private']).default('public'),
  name: z.string().max(80).optional(),
  topic: z.string().max(640).optional(),
})

const limits = z
  .strictObject(
    Object.fromEntries(
      Object.entries(limitDefaults).map(([key, value]) => [
        key,
        z.coerce.number().positive().default(value),
      ]),
    ) as { [K in keyof typeof limitDefaults]: z.ZodDefault<z.ZodCoercedNumber> },
  )
  .extend({
    trustedIps: z
      .array(
        z.string().superRefine((entry, context) => {
          const message = trustProblem(entry)
          if (message !== undefined) context.addIssue({ code: 'custom', message })
        }),
      )
      .default(['loopback'])
      .describe(
        'Addresses and networks (`10.0.0.0/8`) without a connection limit, who may also read `/metrics`; `loopback` names this machine.',
      ),
  })

/** Files of a certificate; both or neither. */
const tls = z
  .strictObject({
    cert: z
      .string()
      .optional()
      .describe('File of the certificate and those between it and its root, PEM: makes it https.'),
    key: z.string().optional().describe('File of its private key, PEM.'),
  })
  .superRefine(({ cert, key }, context) => {
    if ((cert === undefined) === (key === undefined)) return
    const path = cert === undefined ? 'cert' : 'key'
    const other = path === 'cert' ? 'key' : 'cert'
    context.addIssue({
      code: 'custom',
      path: [path],
      message: `tls.${other} is set and this is not`,
    })
  })

const database = z
  .string()
  .refine(
    (text) => /^sqlite:.+$/.test(text) || (/^postgres(ql)?:/.test(text) && URL.canParse(text)),
    'postgres://… or sqlite:FILE (sqlite::memory: for tests)',
  )

/** Every setting of the service. Environment: `COLLAB_` and the path in upper case, `limits.opsPerSecond` → `COLLAB_LIMITS_OPS_PER_SECOND`. */
export const ConfigSchema = z.strictObject({
  port: port.default(4000).describe('Port to listen on; `PORT` works too.'),
  host: z.string().optional().describe('Address to listen on; all interfaces by default.'),
  tls: tls.prefault({}).describe('What makes the service speak https and wss itself.'),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("The service's address as browsers see it."),
  dataDir: z.string().default('./data').describe('Folder of the embedded database.'),
  databaseUrl: database
    .optional()
    .describe('PostgreSQL, or another SQLite file than the one in `dataDir`.'),
  redisUrl: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .describe(
      'Redis that carries hints between nodes that share one PostgreSQL; without it they ask the database every second.',
    ),
  durability: z
    .enum(['strict', 'relaxed'])
    .default('strict')
    .describe(
      'With `strict` the service does not start on a PostgreSQL that may lose what it acknowledged; `relaxed` accepts it, with a warning and a line in `/readyz`.',
    ),
  allowedOrigins: z
    .array(origin)
    .default([])
    .describe(
      'Pages that may use the service, beside its own: https://example.com or https://*.example.com.',
    ),
  registration: z
    .enum(['open', 'closed'])
    .default('closed')
    .describe('Whether people may make accounts.'),
  guests: onOff.default('off').describe('Whether people may come in with a name alone.'),
  createNamed: z
    .enum(['everyone', 'accounts', 'admins'])
    .default('accounts')
    .describe('Who may choose the ids of the chats that they make; guests never own one.'),
  createActivity: z
    .enum(['everyone', 'accounts', 'admins'])
    .default('everyone')
    .describe('Who may make activities; guests never own one.'),
  presenceVisibility: z
    .enum(['everyone', 'contacts', 'shared'])
    .default('everyone')
    .describe(
      'Who may know whether and how a person is here: every signed-in person, those in the list of that person, or those with a chat or an activity in common.',
    ),
  remember: onOff.default('on').describe('Whether pages may keep a sign-in over a reload.'),
  issuers: Issuers.default([]).describe(
    'Hosts whose signed tokens are accepted: `[{issuer, audience, algorithm, jwksUrl | publicKey + keyId | secret, name | primary, groups, maxAge}]`, see [who is who](../guide/identity.md).',
  ),
  tokenTtl: z.coerce
    .number()
    .min(5)
    .max(86_400)
    .default(900)
    .describe('Lifetime of access tokens, seconds; 5 at least.'),
  chats: z.array(ConfiguredChat).default([]).describe('Chats made at start.'),
  polling: z
    .enum(['auto', 'on', 'off'])
    .default('auto')
    .describe('Long polling beside WebSocket; `auto` is on without `redisUrl`.'),
  trustProxy: z.coerce
    .number()
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe('How many proxies in front are trusted to say where a request comes from.'),
  logLevel: z
    .enum(['silent', 'error', 'warn', 'info', 'debug'])
    .default('info')
    .describe('Least level that is logged.'),
  logFile: z.string().optional().describe('File for the log instead of standard output.'),
  demo: onOff
    .default('off')
    .describe('The demo at `/`, with guests, registration and a chat full of talk.'),
  adminUsername: LocalUsername.default('admin').describe(
    'Name of the account that is made at the first start; nobody else gets it, in whatever case.',
  ),
  adminPassword: z
    .string()
    .min(8)
    .optional()
    .meta({ secret: true })
    .describe('Its password; a random one is printed to a terminal without it.'),
  limits: limits.prefault({}).describe('Limits, see `system.getLimits`.'),
})

export type Config = z.output<typeof ConfigSchema>
/** What may be given in code: everything has a default. */
export type ConfigInput = z.input<typeof ConfigSchema>

export interface Setting {
  path: string
  variable: string
  description: string
  default: unknown
  secret: boolean
  /** Fields of a list's entries that are secret. */
  secretFields: readonly string[]
  json: boolean
}

/** Every setting with its variable, for references and `collab config`. */
export const settings: readonly Setting[] = collect(ConfigSchema, '')

function collect(schema: z.ZodObject, prefix: string): Setting[] {
  return Object.entries(schema.shape).flatMap(([key, field]) => {
    const path = prefix + key
    const inner = unwrap(field as z.ZodType)
    if (inner instanceof z.ZodObject) return collect(inner, `${path}.`)
    const description = (field as z.ZodType).description ?? ''
    const fallback = (field as z.ZodType).safeParse(undefined)
    return [
      {
        path,
        variable: variableOf(path),
        description,
        default: fallback.success ? fallback.data : undefined,
        secret: isSecret(field as z.ZodType),
        secretFields: secretFieldsOf(inner),
        json: inner instanceof z.ZodArray,
      },
    ]
  })
}

function isSecret(schema: z.ZodType): boolean {
  return schema.meta()?.['secret'] === true
}

function secretFieldsOf(list: z.ZodType): string[] {
  const entry = list instanceof z.ZodArray ? list.element : undefined
  if (!(entry instanceof z.ZodObject)) return []
  return Object.entries(entry.shape).flatMap(([key, field]) =>
    isSecret(field as z.ZodType) ? [key] : [],
  )
}

function unwrap(schema: z.ZodType): z.ZodType {
  return 'unwrap' in schema && !(schema instanceof z.ZodArray)
    ? unwrap((schema as z.ZodOptional<z.ZodType>).unwrap())
    : schema
}

function variableOf(path: string): string {
  return `COLLAB_${path
    .replaceAll('.', '_')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toUpperCase()}`
}

export type Environment = Readonly<Record<string, string | undefined>>

export interface LoadedConfig {
  config: Config
  /** Where each value came from: a variable, a file, or `default`. */
  sources: ReadonlyMap<string, string>
  warnings: string[]
}

/** All that is wrong with a configuration, at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`The configuration is wrong:\n${problems.map((each) => `  - ${each}`).join('\n')}`)
    this.problems = problems
  }
}

/** Read the environment, and the file that `COLLAB_CONFIG` names. */
export function loadConfig(environment: Environment = process.env): LoadedConfig {
  const problems: string[] = []
  const warnings: string[] = []
  const sources = new Map<string, string>()
  const input = readFile(environment['COLLAB_CONFIG'], problems)
  for (const { path } of settings) {
    if (at(input, path) !== undefined) sources.set(path, environment['COLLAB_CONFIG'] ?? '')
  }
  if (environment['PORT'] !== undefined && environment['COLLAB_PORT'] === undefined) {
    put(input, 'port', environment['PORT'])
    sources.set('port', 'PORT')
  }
  for (const setting of settings) {
    const text = environment[setting.variable]
    if (text === undefined) continue
    put(input, setting.path, setting.json ? parseList(text, setting, problems) : text)
    sources.set(setting.path, setting.variable)
  }
  const known = new Set([...settings.map(({ variable }) => variable), 'COLLAB_CONFIG'])
  for (const name of Object.keys(environment)) {
    if (name.startsWith('COLLAB_') && !known.has(name))
      warnings.push(`${name} is no setting of this service`)
  }
  const result = ConfigSchema.safeParse(input)
  if (!result.success) {
    for (const issue of result.error.issues) {
      problems.push(`${nameOf(issue.path, sources)}: ${issue.message}`)
    }
  }
  if (!result.success || problems.length > 0) throw new ConfigError(problems)
  return { config: withDemo(result.data, sources), sources, warnings }
}

/** The variable of what is wrong, or its file and setting; an entry of a list with its place: `COLLAB_CHATS[0].kind`. */
function nameOf(path: readonly PropertyKey[], sources: ReadonlyMap<string, string>): string {
  if (path.length === 0) return 'configuration'
  const list = path.findIndex((key) => typeof key === 'number')
  const setting = (list < 0 ? path : path.slice(0, list)).join('.')
  const source = sources.get(setting) ?? variableOf(setting)
  const name = /^[A-Z_]+$/.test(source) ? source : `${source}: ${setting}`
  const place = list < 0 ? [] : path.slice(list)
  return (
    name + place.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  )
}

/** The demo needs guests, registration and a lobby; what was said explicitly stays. */
function withDemo(config: Config, sources: Map<string, string>): Config {
  if (config.demo === 'off') return config
  const chats = config.chats.some(({ id }) => id === 'lobby')
    ? config.chats
    : [
        ...config.chats,
        { id: 'lobby', kind: 'channel', visibility: 'public', name: 'Lobby' } as const,
      ]
  const open = <K extends 'guests' | 'registration'>(key: K, value: Config[K]): Config[K] => {
    if (sources.has(key)) return config[key]
    sources.set(key, 'demo')
    return value
  }
  return {
    ...config,
    chats,
    guests: open('guests', 'on'),
    registration: open('registration', 'open'),
  }
}

function readFile(path: string | undefined, problems: string[]): Record<string, unknown> {
  if (path === undefined) return {}
  if (!existsSync(path)) {
    problems.push(`COLLAB_CONFIG: there is no file ${path}`)
    return {}
  }
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  } catch (error) {
    // Told with all other problems.
    problems.push(`COLLAB_CONFIG: ${path} is not JSON${whereOf(error)}`)
    return {}
  }
}

function parseList(text: string, { variable }: Setting, problems: string[]): unknown {
  if (!text.trimStart().startsWith('['))
    return text
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean)
  try {
    return JSON.parse(text)
  } catch (error) {
    // Told with all other problems.
    problems.push(`${variable}: not JSON${whereOf(error)}`)
    return []
  }
}

/** Where JSON is broken, without what is written there: it may be a secret. */
const whereOf = (error: unknown): string =>
  / at position \d+( \(line \d+ column \d+\))?/.exec((error as Error).message)?.[0] ?? ''

const at = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value)

function put(target: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.')
  const last = keys.pop()!
  let inner = target
  for (const key of keys) inner = (inner[key] ??= {}) as Record<string, unknown>
  inner[last] = value
}
