import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { errorCatalogue, type Closing, type Limits } from '@collab-kit/protocol'
import type { Config } from './config.ts'
import { modules } from './domains/index.ts'
import type { Caller, Policy, Tokens } from './kernel/context.ts'
import { systemClock, type Clock } from './kernel/clock.ts'
import { Dispatcher } from './kernel/dispatch.ts'
import type { Published } from './kernel/outbox.ts'
import { createRegistry } from './kernel/registry.ts'
import { createLog, type Log } from './log.ts'
import { createMetrics } from './metrics.ts'
import { openDatabase } from './database.ts'
import { createDemo, type Demo } from './demo/demo.ts'
import { packagePath } from './package-folder.ts'
import { createTokens } from './tokens.ts'
import { Authenticator } from './transport/authenticator.ts'
import type { SocketConnection } from './transport/connection.ts'
import { createDocs } from './transport/docs.ts'
import { createFiles } from './transport/files.ts'
import { createHealth } from './transport/health.ts'
import { createHttp } from './transport/http.ts'
import { Hub } from './transport/hub.ts'
import { createOpenApi } from './transport/openapi.ts'
import { createOriginCheck } from './transport/origins.ts'
import { createRest } from './transport/rest.ts'
import { createSocketTransport } from './transport/socket.ts'

export interface Service {
  readonly dispatcher: Dispatcher
  readonly tokens: Tokens
  readonly log: Log
  /** What stands behind the demo page, with `demo: on`. */
  readonly demo: Demo | undefined
  /** Start listening; answers the address. */
  listen(): Promise<{ port: number; url: string }>
  /** Finish what is under way, send everybody away and stop. */
  close(options?: { spreadMs?: number }): Promise<void>
}

export interface ServiceOptions {
  config: Config
  clock?: Clock
  log?: Log
}

/** Time for the last answers and for readers to take in that they are sent away. */
const CLOSING_MS = 6000

export const VERSION = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version

/** The composition root: everything is made here and nowhere else. */
export async function createService({ config, clock = systemClock, log = createLog(config) }: ServiceOptions): Promise<Service> {
  const registry = createRegistry(modules)
  const { trustedIps, ...limits } = config.limits
  const hub = new Hub(() => new Date(clock.now()).toISOString())
  const metrics = createMetrics(() => hub.size)
  const publish = (items: readonly Published[]) => hub.publish(items)
  const policy = policyOf(config, limits)
  const { host, signingKey, epoch } = await openDatabase({ config, registry, policy, clock, log, publish })
  policy.epoch = epoch
  const tokens = await createTokens({ key: signingKey, ttl: config.tokenTtl * 1000, now: clock.now })
  const authenticator: Authenticator = new Authenticator({
    tokens,
    now: clock.now,
    callerOf: async (signInId) => (await dispatcher.lookup('auth.?callerOf', { signInId })) as Partial<Caller>,
  })
  const dispatcher: Dispatcher = new Dispatcher({
    registry,
    host,
    policy,
    tokens,
    clock,
    doors: {
      publish,
      connectionsOf: (username) => hub.readersOf(username) as readonly SocketConnection[],
      endSignIn(signInId, code) {
        authenticator.forget(signInId)
        for (const reader of [...hub.readers()] as SocketConnection[]) {
          if (reader.caller.signInId === signInId) reader.close({ code, reconnect: false, afterMs: 0 })
        }
      },
    },
    observe({ operation, code, ms, error }) {
      metrics.call({ operation, code, ms })
      if (!error) return
      const { level } = errorCatalogue[error.code]
      log[level]({ operation, code, requestId: error.requestId, ...(level === 'error' || level === 'warn' ? { cause: String(error.cause ?? '') } : {}) }, error.message)
    },
  })
  let draining = false
  const allowOrigin = createOriginCheck(config.allowedOrigins, config.publicUrl)
  const { publicUrl } = config
  const demo =
    config.demo === 'on' ? await createDemo({ dispatcher, tokens, clock, log, limits, publicUrl }) : undefined
  const server = createHttp({
    routers: [
      createHealth({
        notReady: async () => (draining ? 'draining' : await storageTrouble(dispatcher)),
        metrics: metrics.registry,
        trustedIps,
        trustProxy: config.trustProxy,
      }),
      createOpenApi({ registry, version: VERSION }),
      createDocs(),
      ...(demo ? [demo.router] : []),
      createRest({
        registry,
        dispatcher,
        authenticator,
        limits,
        trustProxy: config.trustProxy,
        connectionById: (id) => hub.reader(id) as SocketConnection | undefined,
      }),
    ],
    files: createFiles({
      elements: packagePath('./cdn', '../../components/dist/cdn'),
      pages: packagePath(demo ? '../demo/pages' : '../pages'),
      version: VERSION,
    }),
    allowOrigin,
    publicUrl,
    onError: (error) => log.error({ err: error }, 'a request failed'),
  })
  const cut = cutter(server)
  const socket = createSocketTransport({
    server,
    dispatcher,
    authenticator,
    hub,
    clock,
    limits,
    epoch,
    allowOrigin,
    polling: config.polling !== 'off',
    trustProxy: config.trustProxy,
    trustedIps,
    onClosing(connection, closing) {
      metrics.closed(closing.code)
      logClosing(log, connection, closing)
    },
  })
  await prepareChats(dispatcher, config)
  return {
    dispatcher,
    tokens,
    log,
    demo,
    async listen() {
      server.listen(config.port, config.host)
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      return { port, url: config.publicUrl ?? `http://localhost:${port}` }
    },
    async close({ spreadMs = 2000 } = {}) {
      draining = true
      await demo?.close()
      socket.drain(spreadMs)
      setTimeout(cut, CLOSING_MS).unref()
      await socket.close(CLOSING_MS)
      cut()
      await host.close()
    },
  }
}

/** Ends every connection of a server, upgraded ones too: those it neither counts nor closes by itself. */
function cutter(server: Server): () => void {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return () => {
    for (const socket of sockets) socket.destroy()
  }
}

function policyOf(config: Config, limits: Limits): Policy {
  const { registration, guests, remember, demo } = config
  return { limits, epoch: '', info: { version: VERSION, registration, guests, remember, demo } }
}

async function storageTrouble(dispatcher: Dispatcher): Promise<string | undefined> {
  try {
    await dispatcher.internal('system.$probe', {})
    return undefined
  } catch (error) {
    // The reason is the answer.
    return String((error as { details?: { reason?: string } }).details?.reason ?? 'storage_unavailable')
  }
}

function logClosing(log: Log, { id, username }: SocketConnection, { code }: Closing): void {
  const level = code === 'slow_consumer' ? 'warn' : 'info'
  log[level]({ connectionId: id, username, code }, 'closing a connection')
}

async function prepareChats(dispatcher: Dispatcher, { chats }: Config): Promise<void> {
  await dispatcher.internal('chat.$emptyRooms', {})
  for (const { id: chatId, ...rest } of chats) await dispatcher.internal('chat.$ensureChat', { chatId, ...rest })
}
