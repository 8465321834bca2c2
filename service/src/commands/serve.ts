import { loadConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { createService } from '../service.ts'
import { ensureAdmin } from './admin.ts'

/** Everything is over by then, come what may. */
const DEADLINE_MS = 18_000

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
  const { url } = await service.listen()
  log.info({ url }, 'listening')
  console.error(`\n  Collab Kit is at ${url}${config.demo === 'on' ? '  (demo)' : ''}\n`)
  const stop = (signal: string, spreadMs: number) => {
    log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), DEADLINE_MS).unref()
    service.close({ spreadMs }).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  process.once('SIGTERM', () => stop('SIGTERM', 5000))
  process.once('SIGINT', () => stop('SIGINT', 0))
  return undefined
}
