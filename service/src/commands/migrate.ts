import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { loadConfig, type Config } from '../config.ts'
import { MEMORY, openForCopy, openStore, sqliteFile } from '../database.ts'
import { createLog, type Log } from '../log.ts'
import { copyDatabase } from '../storage/copy.ts'

/** `collab migrate [--to URL]`: bring the schema up to date, or copy the whole database to PostgreSQL, and stop. */
export async function migrate(args: readonly string[]): Promise<number> {
  const { to } = parseArgs({ args: [...args], options: { to: { type: 'string' } } }).values
  const { config } = loadConfig()
  const log = createLog({ ...config, logLevel: 'info' })
  if (to !== undefined) return moveTo(to, config, log)
  const store = await openStore(config, log)
  await store.close()
  console.error('The database is up to date.')
  return 0
}

async function moveTo(url: string, config: Config, log: Log): Promise<number> {
  if (!/^postgres(ql)?:/.test(url)) {
    console.error('collab migrate --to postgres://…')
    return 2
  }
  const file = sqliteFile(config)
  if (file === undefined || file === MEMORY || !existsSync(file)) {
    throw new Error(
      file === undefined
        ? 'the configured database is PostgreSQL already: leave COLLAB_DATABASE_URL as it was until the copy is there'
        : `there is no database at ${file}`,
    )
  }
  const { from, to } = await openForCopy(file, { ...config, databaseUrl: url }, log)
  try {
    await copyDatabase({ from, to, onProgress: (progress) => console.error(`  ${progress}`) })
  } finally {
    await to.close()
    await from.close()
  }
  console.error('Everything is there. Start the service with COLLAB_DATABASE_URL set to it.')
  return 0
}
