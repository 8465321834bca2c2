import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { CollabError, errorCatalogue } from '@collab-kit/protocol'
import type Router from '@koa/router'
import Koa, { type Context, type Middleware } from 'koa'
import { HttpRefusal } from './body.ts'
import { isLoopback, type OriginCheck } from './origins.ts'
import { secretIn } from './query.ts'
import { problems } from './rest.ts'

export interface HttpOptions {
  /** All routers, the most specific first. */
  routers: readonly Router[]
  /** Everything else: files. */
  files: Middleware
  allowOrigin: OriginCheck
  publicUrl: string | undefined
  /** A certificate and its key, PEM, where the service speaks https itself. */
  certificate?: { cert: string; key: string } | undefined
  onError(error: unknown): void
}

const TIMEOUTS = { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 15_000 }

/** Longest path and query. */
const URL_LENGTH = 4096

/** The HTTP side: safety first, then the routes. */
export function createHttp(options: HttpOptions): Server {
  const app = new Koa()
  app.silent = true
  app.on('error', (error: unknown) => {
    if (!isCallersFault(error)) options.onError(error)
  })
  app.use(safety(options.publicUrl))
  app.use(cors(options.allowOrigin))
  app.use(problems)
  for (const router of options.routers) {
    app.use(router.routes())
    app.use(allowedMethods(router))
  }
  app.use(options.files)
  const listener: RequestListener = (request, response) => {
    void app.callback()(request, response)
  }
  return options.certificate
    ? createTlsServer({ ...TIMEOUTS, ...options.certificate }, listener)
    : createServer(TIMEOUTS, listener)
}

/** Broken HTTP and broken connections are nobody's mistake here; such an error holds the raw request, secrets included. */
function isCallersFault(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && /^(HPE_|ECONNRESET$|EPIPE$|ECONNABORTED$)/.test(code)
}

function safety(publicUrl: string | undefined): Middleware {
  const own = publicUrl === undefined ? undefined : new URL(publicUrl).host
  return (context, next) => {
    context.set('x-content-type-options', 'nosniff')
    context.set('referrer-policy', 'no-referrer')
    context.set('cross-origin-opener-policy', 'same-origin')
    const { host } = context.headers
    const wellFormed = host !== undefined && isHost(host) && hosts(context.req) === 1
    if (!wellFormed)
      return plain(context, { status: 400, message: 'The Host header is malformed.' })
    // Absolute addresses are for proxies; this one would answer for another's name.
    if (!context.url.startsWith('/'))
      return plain(context, { status: 400, message: 'The path begins with a slash.' })
    const named = own === undefined || host === own || isLoopback(host)
    if (!named && !(OPERATORS.has(context.path) && isInternal(host)))
      return plain(context, { status: 421, message: 'This service has another name.' })
    if (context.url.length > URL_LENGTH)
      return plain(context, { status: 414, message: 'The address is too long.' })
    const secret = secretIn(context.url)
    if (secret !== undefined) {
      const message = 'Addresses are logged and shared: send the token in the Authorization header.'
      return plain(context, {
        status: 400,
        message,
        details: { reason: 'token_in_url', path: secret.slice(0, 200) },
      })
    }
    return next()
  }
}

/** How often the header is there: Node takes the first, a proxy in front may have taken another. */
const hosts = ({ rawHeaders }: IncomingMessage): number =>
  rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length

const isHost = (text: string): boolean => HOST.test(text) && URL.canParse(`http://${text}`)

const HOST = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/
/** What monitors ask each node for, under the node's own name. */
const OPERATORS = new Set(['/healthz', '/readyz', '/metrics'])

/** A name that no stranger can own: an address, or a name without a dot. Others a page could point at this service. */
const isInternal = (host: string): boolean =>
  /^([^.[\]]+|[\d.]+|\[[\da-f:.]+\])(:\d+)?$/i.test(host)

interface Plain {
  status: number
  message: string
  details?: { reason: string; path: string }
}

/** A refusal before there is a call that could be refused. */
function plain(context: Context, refusal: Plain): void {
  const { status, message, details = { reason: 'invalid_request', path: '' } } = refusal
  context.status = status
  context.type = 'application/problem+json'
  context.body = JSON.stringify({
    type: 'about:blank',
    title: errorCatalogue.invalid_payload.meaning,
    status,
    detail: message,
    code: 'invalid_payload',
    message,
    details,
    retryable: false,
    requestId: '',
  })
}

/** Allowed pages may call; others get no grant, and are told so. Files for pages answer any origin. */
function cors(allowOrigin: OriginCheck): Middleware {
  return (context, next) => {
    context.vary('Origin')
    const { origin } = context.headers
    if (!context.path.startsWith('/api/')) return next()
    if (!allowOrigin(context.req)) {
      return problems(context, () => {
        throw new CollabError('origin_denied', {
          message: `Pages of ${String(origin).slice(0, 200)} may not use this service: add it to allowedOrigins.`,
          details: { origin: String(origin).slice(0, 200) },
        })
      })
    }
    if (origin !== undefined) {
      context.set('access-control-allow-origin', origin)
      context.set('access-control-expose-headers', 'Retry-After, ETag')
    }
    if (context.method !== 'OPTIONS' || !context.get('access-control-request-method')) return next()
    context.set('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE')
    context.set(
      'access-control-allow-headers',
      'Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Connection-Id, X-Act-As',
    )
    context.set('access-control-max-age', '600')
    context.status = 204
    return undefined
  }
}

/** 405 with the methods that there are. */
function allowedMethods(router: Router): Middleware {
  const respond = router.allowedMethods({
    throw: true,
    methodNotAllowed: () =>
      new HttpRefusal(
        405,
        new CollabError('unknown_operation', {
          message: 'This path has other methods.',
          details: { reason: 'method' },
        }),
      ) as never,
    notImplemented: () =>
      new HttpRefusal(
        405,
        new CollabError('unknown_operation', {
          message: 'No path has this method.',
          details: { reason: 'method' },
        }),
      ) as never,
  })
  return respond as Middleware
}
