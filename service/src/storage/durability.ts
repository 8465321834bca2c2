import type { Store } from '../kernel/store.ts'
import { queryPostgres } from './migrate.ts'

/**
 * Why a database may lose what it acknowledged, or nothing. SQLite is opened durable; PostgreSQL is as its operator set
 * it for this role and database.
 */
export async function durabilityTrouble(store: Store): Promise<string | undefined> {
  if (store.engine === 'sqlite') return undefined
  return store.read(async (session) => {
    const [settings] = await queryPostgres(
      session,
      `select current_setting('synchronous_commit') as commit, current_setting('fsync') as fsync,
       current_setting('synchronous_standby_names') as standbys`,
    )
    return weakness(settings as unknown as DurabilitySettings)
  })
}

export interface DurabilitySettings {
  /** `synchronous_commit` */
  commit: string
  /** `fsync` */
  fsync: string
  /** `synchronous_standby_names` */
  standbys: string
}

/** What of PostgreSQL's settings lets it lose what it acknowledged, or nothing. */
export function weakness({ commit, fsync, standbys }: DurabilitySettings): string | undefined {
  if (commit === 'off')
    return 'PostgreSQL acknowledges before its log is on the disk (synchronous_commit=off)'
  // Without a standby to wait for, these mean the same as `on`.
  if (standbys !== '' && (commit === 'local' || commit === 'remote_write')) {
    return `PostgreSQL acknowledges before the log is on the disk of its standby (synchronous_commit=${commit})`
  }
  return fsync === 'off' ? 'PostgreSQL does not wait for the disk (fsync=off)' : undefined
}
