import { loadConfig } from '../config.ts'
import { openStore } from '../database.ts'
import { createLog } from '../log.ts'

/** `collab migrate`: bring the schema up to date and stop. */
export async function migrate(): Promise<number> {
  const { config } = loadConfig()
  const store = await openStore(config, createLog({ ...config, logLevel: 'info' }))
  await store.close()
  console.error('The database is up to date.')
  return 0
}
