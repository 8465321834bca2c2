import cluster from 'node:cluster'
import { parseArgs } from 'node:util'
import { ConfigError, loadConfig, type Config } from '../config.ts'
import { sqliteFile } from '../database.ts'
import { createLog, type Log } from '../log.ts'
import { createService, type Service } from '../service.ts'
import { ensureAdmin } from './admin.ts'
import { announcement } from './announcement.ts'
import { supervise } from './workers.ts'

/** Everything is over by then, come what may. */
const DEADLINE_MS = 18_000
/** Those who are sent away come back spread over this time. */
const SPREAD_MS = 2000
/** A signal to a whole process group arrives once directly and once through the runner. */
const SAME_WISH_MS = 1000

/** `collab serve [--workers N]`: runs until SIGTERM or SIGINT. */
export async function serve(args: readonly string[]): Promise<number | undefined> {
  const { values } = parseArgs({ args: [...args], options: { workers: { type: 'string' } } })
  const { config, warnings } = loadConfig()
  const workers = countWorkers(values.workers, config)
  const log = createLog(config)
  if (cluster.isPrimary) for (const warning of warnings) log.warn(warning)
  if (workers > 1 && cluster.isPrimary) return superviseWorkers(workers, config, log)
  // A worker does not see the requests of one long-polling client all the time.
  const polling = cluster.isWorker && config.polling === 'auto' ? 'off' : config.polling
  const service = await createService({ config: { ...config, polling }, log })
  // Nothing that a caller sends may end the process: what slips through everything is logged once.
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'an unhandled rejection'))
  process.on('uncaughtException', (error) => log.error({ err: error }, 'an uncaught exception'))
  await ensureAdmin(service, config)
  await service.demo?.prepare()
  const { url, port } = await service.listen()
  log.info({ url, port }, 'listening')
  if (cluster.isPrimary) announce(url, config)
  else process.send?.({ url } satisfies Ready)
  stopOnSignals(service)
  renewOnSignal(service, config)
  return undefined
}

/** Refuses what cannot work: several processes on one file, and long polling without sticky sessions. */
function countWorkers(text: string | undefined, config: Config): number {
  const problem = (message: string) => new ConfigError([`--workers: ${message}`])
  const workers = Number(text ?? 1)
  if (!Number.isInteger(workers) || workers < 1 || workers > 256) {
    throw problem(`${text} is no number of workers between 1 and 256`)
  }
  if (workers === 1) return workers
  if (sqliteFile(config) !== undefined) {
    throw problem('several workers need PostgreSQL: set COLLAB_DATABASE_URL')
  }
  if (config.polling === 'on') {
    throw problem(
      'long polling needs one process, or a proxy with sticky sessions: set COLLAB_POLLING=off',
    )
  }
  return workers
}

/** What a worker tells when it listens. */
interface Ready {
  url: string
}

async function superviseWorkers(count: number, config: Config, log: Log): Promise<number> {
  let announced = false
  return supervise({
    count,
    log,
    ready: (worker) =>
      new Promise((resolve) => {
        worker.once('message', (message: Ready) => {
          if (!announced) announce(message.url, config)
          announced = true
          resolve()
        })
      }),
  })
}

const announce = (url: string, config: Config): void => console.error(announcement(url, config))

/** A new certificate needs no restart; several workers are exchanged instead. */
function renewOnSignal({ log, renewCertificate }: Service, { tls }: Config): void {
  if (tls.cert === undefined || cluster.isWorker) return
  process.on('SIGHUP', () => {
    try {
      renewCertificate()
      log.info('the certificate was read again')
    } catch (error) {
      // The one that is there goes on.
      log.error({ err: error }, 'the certificate could not be read again')
    }
  })
}

/** One signal is one wish, however many copies of it arrive; the same wish said again later wants it at once. */
function stopOnSignals(service: Service): void {
  let since: number | undefined
  const stop = (signal: NodeJS.Signals) => {
    if (since !== undefined) {
      if (Date.now() - since > SAME_WISH_MS) process.exit(1)
      return
    }
    since = Date.now()
    service.log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), DEADLINE_MS).unref()
    service.close({ spreadMs: signal === 'SIGTERM' ? SPREAD_MS : 0 }).then(
      () => process.exit(0),
      (error: unknown) => {
        service.log.error({ err: error }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
