import {
  CollabError,
  errorCatalogue,
  type Limits,
  type OperationDefinition,
  takesCommandId,
  toAnswer,
} from '@collab-kit/protocol'
import Router from '@koa/router'
import type { Context, Next } from 'koa'
import type { Dispatcher } from '../kernel/dispatch.ts'
import { newId } from '../kernel/ids.ts'
import type { Registry } from '../kernel/registry.ts'
import type { Connection } from '../kernel/context.ts'
import { countedAddress } from './address.ts'
import type { Authenticated, Authenticator, Credentials } from './authenticator.ts'
import { HttpRefusal, readBody } from './body.ts'
import { createCoercion, takesQuery, type Coercion } from './query.ts'

export interface RestOptions {
  registry: Registry
  dispatcher: Dispatcher
  authenticator: Authenticator
  limits: Limits
  trustProxy: number
  trustedIps: readonly string[]
  connectionById(id: string): Connection | undefined
}

export const API = '/api/v1'

/** Every operation's REST line, mounted. */
export function createRest(options: RestOptions): Router {
  const router = new Router({ prefix: API, strict: true, sensitive: true })
  for (const { definition } of options.registry.operations.values()) {
    if (definition.rest === null) continue
    const [method = '', path = ''] = definition.rest.split(' ')
    const coerce = takesQuery(method) ? createCoercion(definition) : undefined
    router.register(
      path.replaceAll(/\{(\w+)\}/g, ':$1'),
      [method.toLowerCase()],
      (context: Context) => answer(context, { definition, coerce, options }),
    )
  }
  return router
}

interface Route {
  definition: OperationDefinition
  coerce: Coercion | undefined
  options: RestOptions
}

async function answer(context: Context, { definition, coerce, options }: Route): Promise<void> {
  const { dispatcher, limits } = options
  const { caller } = (await authenticatedBy(context, options)) ?? {}
  const path = context['params'] as Record<string, string>
  const query = new URLSearchParams(context.querystring)
  const fields = coerce ? coerce.toFields(query) : await readBody(context.req, limits.frameBytes)
  const call = {
    name: definition.name,
    input: merge(fields, path, idempotencyKey(context, definition)),
    caller,
    connection: connectionOf(context, caller?.username, options),
    address: countedAddress(context.req, options),
    via: 'rest',
  } as const
  const { json, error } = await dispatcher.call({
    ...call,
    caller: caller && call.connection ? { ...caller, connectionId: call.connection.id } : caller,
  })
  if (error) throw coerce?.inAddress(error, query) ?? error
  context.type = 'application/json'
  // What one person may see is in nobody's cache.
  context.set('cache-control', 'no-store')
  context.body = json
}

/** Who the request's headers speak for; nobody where nothing is shown. */
export async function authenticatedBy(
  context: Context,
  options: Pick<RestOptions, 'authenticator' | 'trustProxy' | 'trustedIps'>,
): Promise<Authenticated | undefined> {
  const credentials = credentialsOf(context)
  if (!credentials) return undefined
  const counted = countedAddress(context.req, options)
  const { caller, expiresAt } = await options.authenticator.authenticate(credentials, counted)
  return { caller: { ...caller, tokenEndsAt: expiresAt }, expiresAt }
}

/** `Bearer TOKEN`, or `Basic base64(apiKey:secret)` with `X-Act-As`; nothing where nothing is shown. */
export function credentialsOf(context: Context): Credentials | undefined {
  const header = context.get('authorization')
  if (!header) return undefined
  const [scheme = '', value, ...rest] = header.split(' ')
  const actAs = context.get('x-act-as')
  const acting = actAs ? { actAs: decodeHeader(actAs) } : {}
  if (value && rest.length === 0 && scheme.toLowerCase() === 'bearer')
    return { token: value, ...acting }
  const [apiKey, secret] = value && scheme.toLowerCase() === 'basic' ? decodeBasic(value) : []
  if (apiKey !== undefined && secret !== undefined) return { apiKey, secret, ...acting }
  throw new CollabError('unauthenticated', {
    message: 'Write Authorization: Bearer TOKEN, or Basic base64(apiKey:secret).',
  })
}

function decodeBasic(value: string): string[] {
  const text = Buffer.from(value, 'base64').toString()
  const colon = text.indexOf(':')
  return colon < 0 ? [] : [text.slice(0, colon), text.slice(colon + 1)]
}

/** A username beyond ASCII travels percent-encoded. */
function decodeHeader(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A lone % is a character like any other.
    return text
  }
}

function connectionOf(
  context: Context,
  username: string | undefined,
  options: RestOptions,
): Connection | undefined {
  const id = context.get('x-connection-id')
  if (!id) return undefined
  const connection = options.connectionById(id)
  // Another person's connection looks like none.
  return connection?.caller.username === username ? connection : undefined
}

/** The header is the command id of what takes one; what only reads is repeatable without. */
function idempotencyKey(context: Context, definition: OperationDefinition): Record<string, string> {
  const key = context.headers['idempotency-key']
  // What is before sign-in and takes none refuses it by name.
  const takes = definition.kind === 'command' || takesCommandId(definition)
  return takes && typeof key === 'string' ? { commandId: key } : {}
}

function merge(
  fields: unknown,
  path: Record<string, string>,
  header: Record<string, string>,
): unknown {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return fields
  for (const [key, value] of Object.entries({ ...path, ...header })) {
    if (Object.hasOwn(fields, key) && (fields as Record<string, unknown>)[key] !== value) {
      throw new CollabError('invalid_payload', { details: { reason: 'contradiction', path: key } })
    }
  }
  return { ...fields, ...path, ...header }
}

/** Every refusal as application/problem+json (RFC 9457) with the error's members. */
export const problems = async (context: Context, next: Next): Promise<void> => {
  try {
    await next()
    if (context.status === 404 && context.body === undefined) {
      throw new CollabError('unknown_operation', {
        message: `There is nothing at ${context.path.slice(0, 200)}.`,
      })
    }
  } catch (error) {
    const { status, refusal } = toProblem(error)
    context.status = status
    context.body = JSON.stringify({
      type: 'about:blank',
      title: errorCatalogue[refusal.code].meaning,
      status,
      detail: refusal.message,
      ...refusal.toJSON(),
    })
    context.type = 'application/problem+json'
    if (refusal.retryAfterMs !== undefined)
      context.set('retry-after', String(Math.ceil(refusal.retryAfterMs / 1000)))
    if (status === 401) context.set('www-authenticate', 'Bearer')
    if (refusal.code === 'internal') context.app.emit('error', error, context)
  }
}

function toProblem(error: unknown): { status: number; refusal: CollabError } {
  const cause = error instanceof HttpRefusal ? error.refusal : error
  const known = cause instanceof CollabError ? cause : toHttpError(error)
  const refusal = known.requestId ? known : toAnswer(known, newId())
  const status = error instanceof HttpRefusal ? error.status : errorCatalogue[refusal.code].status
  return { status, refusal }
}

/** What Koa and its router throw: malformed paths and the like. */
function toHttpError(error: unknown): CollabError {
  const { status } = error as { status?: number }
  if (error instanceof URIError || status === 400) {
    return new CollabError('invalid_payload', { details: { reason: 'invalid_path', path: '' } })
  }
  return new CollabError('internal', { cause: error })
}
