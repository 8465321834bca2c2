import { loadConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { createService, type Service } from '../service.ts'
import { ensureAdmin } from './admin.ts'

/** Everything is over by then, come what may. */
const DEADLINE_MS = 18_000
/** Those who are sent away come back spread over this time. */
const SPREAD_MS = 5000
/** A signal to a whole process group arrives once directly and once through the runner. */
const SAME_WISH_MS = 1000

/** `collab serve`: runs until SIGTERM or SIGINT. */
export async function serve(): Promise<undefined> {
  const { config, warnings } = loadConfig()
  const log = createLog(config)
  for (const warning of warnings) log.warn(warning)
  const service = await createService({ config, log })
  // Nothing that a caller sends may end the process: what slips through everything is logged once.
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'an unhandled rejection'))
  process.on('uncaughtException', (error) => log.error({ err: error }, 'an uncaught exception'))
  await ensureAdmin(service, config)
  await service.demo?.prepare()
  const { url, port } = await service.listen()
  log.info({ url, port }, 'listening')
  console.error(`\n  Collab Kit is at ${url}${config.demo === 'on' ? '  (demo)' : ''}\n`)
  stopOnSignals(service)
  return undefined
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
