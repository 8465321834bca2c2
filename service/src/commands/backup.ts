import { loadConfig } from '../config.ts'
import { MEMORY, sqliteFile } from '../database.ts'
import { backupPostgres, backupSqlite } from '../storage/backup.ts'

/** `collab backup FILE`: a copy of the whole database, while the service runs. */
export async function backup(args: readonly string[]): Promise<number> {
  const [to, ...rest] = args
  if (to === undefined || rest.length > 0) {
    console.error('collab backup FILE   (a file that does not exist)')
    return 2
  }
  const { config } = loadConfig()
  const file = sqliteFile(config)
  if (file === MEMORY) throw new Error('a database in memory has no backup')
  const options = { to, onProgress: (progress: string) => console.error(`  ${progress}`) }
  if (file === undefined) await backupPostgres(config.databaseUrl!, options)
  else await backupSqlite(file, options)
  console.error(`The backup is ${to}.`)
  return 0
}
