import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Core } from './core.ts'
import { MEMORY, sqliteFile } from './database.ts'
import type { Demo } from './demo/demo.ts'
import { packagePath } from './package-folder.ts'
import type { Certificate } from './tls-files.ts'
import { spaceTrouble } from './storage/space.ts'
import type { LiveConnection } from './transport/connection.ts'
import { createDocs } from './transport/docs.ts'
import { createFiles } from './transport/files.ts'
import { createHealth } from './transport/health.ts'
import { createHttp } from './transport/http.ts'
import type { OriginCheck } from './transport/origins.ts'
import { createReference } from './transport/reference.ts'
import { createRest } from './transport/rest.ts'
import { createSocketTransport, type SocketTransport } from './transport/socket.ts'
import { createEvents, type EventsOptions } from './transport/sse.ts'
import { VERSION } from './version.ts'

const require = createRequire(import.meta.url)

export interface HttpDoorOptions {
  core: Core
  demo: Demo | undefined
  allowOrigin: OriginCheck
  certificate: Certificate | undefined
  isDraining(): boolean
}

/** REST, references, health, files: everything on HTTP. */
export function createHttpDoor(options: HttpDoorOptions): Server {
  const { core, demo, allowOrigin, certificate, isDraining } = options
  const { config, registry, dispatcher, authenticator, limits, policy, hub, log, metrics } = core
  const { trustProxy, publicUrl } = config
  return createHttp({
    routers: [
      createHealth({
        notReady: async () => (isDraining() ? 'draining' : await storageTrouble(core)),
        durability: config.durability,
        metrics: metrics.registry,
        trustedIps: config.limits.trustedIps,
        trustProxy,
      }),
      createReference({ registry, version: VERSION }),
      createDocs(),
      ...(demo ? [demo.router] : []),
      createEvents({
        ...core,
        ...toldOf(core),
        epoch: policy.epoch,
        trustProxy,
        trustedIps: config.limits.trustedIps,
        isDraining,
      }),
      createRest({
        registry,
        dispatcher,
        authenticator,
        limits,
        trustProxy,
        trustedIps: config.limits.trustedIps,
        connectionById: (id) => hub.reader(id) as LiveConnection | undefined,
      }),
    ],
    files: createFiles({
      // Only files: no code of theirs runs here.
      elements: join(require.resolve('@collab-kit/components/package.json'), '../dist/cdn'),
      pages: packagePath(demo ? '../demo/pages' : '../pages'),
      version: VERSION,
    }),
    allowOrigin,
    publicUrl,
    certificate,
    onError: (error) => log.error({ err: error }, 'a request failed'),
  })
}

/** Socket.IO on the same server. */
export function createSocketDoor(
  core: Core,
  server: Server,
  allowOrigin: OriginCheck,
): SocketTransport {
  const { config, dispatcher, authenticator, hub, clock, limits, policy, places, log, metrics } =
    core
  return createSocketTransport({
    server,
    dispatcher,
    authenticator,
    hub,
    clock,
    limits,
    epoch: policy.epoch,
    allowOrigin,
    polling:
      config.polling === 'on' || (config.polling === 'auto' && config.redisUrl === undefined),
    trustProxy: config.trustProxy,
    trustedIps: config.limits.trustedIps,
    places,
    ...toldOf(core),
    onCut(reason) {
      metrics.closed(reason)
      log.info({ reason }, 'cutting a connection off')
    },
  })
}

/** What connections tell of, whatever their transport. */
const toldOf = ({ metrics, log }: Core): Pick<EventsOptions, 'onClosing' | 'onError'> => ({
  onClosing({ id, username, queuedBytes }, { code }) {
    metrics.closed(code)
    const level = code === 'slow_consumer' ? 'warn' : 'info'
    log[level]({ connectionId: id, username, code, queuedBytes }, 'closing a connection')
  },
  onError: (error) => log.error({ err: error }, 'a connection failed'),
})

async function storageTrouble({ config, dispatcher }: Core): Promise<string | undefined> {
  const file = sqliteFile(config)
  try {
    await dispatcher.internal('system.$probe', {})
    return file === undefined || file === MEMORY ? undefined : await spaceTrouble(file)
  } catch (error) {
    // The reason is the answer.
    const { details } = error as { details?: { reason?: string } }
    return details?.reason ?? 'storage_unavailable'
  }
}
