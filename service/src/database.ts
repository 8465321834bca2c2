import { join } from 'node:path'
import type { Config } from './config.ts'
import type { Clock } from './kernel/clock.ts'
import type { Policy } from './kernel/context.ts'
import { Executor } from './kernel/executor.ts'
import { createInlineHost, type Host, type Publish } from './kernel/host.ts'
import type { Registry } from './kernel/registry.ts'
import type { Store } from './kernel/store.ts'
import type { Log } from './log.ts'
import { migrate, readMeta, writeMeta } from './storage/migrate.ts'
import { openPostgres } from './storage/postgres.ts'
import { openSqlite } from './storage/sqlite.ts'
import { createWorkerHost } from './storage/worker-host.ts'
import { createSigningKey } from './tokens.ts'

/** A database that lives as long as its process. */
export const MEMORY = ':memory:'

export interface DatabaseOptions {
  config: Pick<Config, 'databaseUrl' | 'dataDir'>
  registry: Registry
  policy: Policy
  clock: Clock
  log: Log
  publish: Publish
}

export interface OpenDatabase {
  host: Host
  epoch: string
  /** The key that access tokens are signed with, a JWK as text. */
  signingKey: string
}

/** File of the embedded database, or nothing where PostgreSQL is configured. */
export function sqliteFile({
  databaseUrl,
  dataDir,
}: DatabaseOptions['config']): string | undefined {
  if (databaseUrl === undefined) return join(dataDir, 'collab.db')
  return databaseUrl.startsWith('sqlite:') ? databaseUrl.slice('sqlite:'.length) : undefined
}

/** Open a store by configuration and bring its schema up to date. */
export async function openStore(config: DatabaseOptions['config'], log?: Log): Promise<Store> {
  const file = sqliteFile(config)
  const store =
    file === undefined
      ? await openPostgres({
          url: config.databaseUrl!,
          onConnectionLost: (error) => log?.warn({ err: error }, 'a database connection was lost'),
        })
      : openSqlite({ file })
  try {
    const done = await migrate(store)
    if (done.length > 0) log?.info({ migrations: done }, 'the schema is up to date')
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Migrate, then run the database where it belongs: files on threads of their own, the rest here. */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const { config, registry, policy, clock, log, publish } = options
  const store = await openStore(config, log)
  const facts = await store.transaction(async (session) => {
    const epoch = (await readMeta(session, 'epoch')) ?? ''
    let signingKey = await readMeta(session, 'signing_key')
    if (!signingKey) {
      signingKey = await createSigningKey()
      await writeMeta(session, 'signing_key', signingKey)
    }
    return { epoch, signingKey }
  })
  const file = sqliteFile(config)
  if (file === undefined || file === MEMORY) {
    policy.epoch = facts.epoch
    const executor = new Executor({ store, registry, policy, now: clock.now })
    const inline = createInlineHost({ executor, publish, yields: file === MEMORY })
    const close = async () => {
      await inline.close()
      await store.close()
    }
    return { ...facts, host: { ...inline, close } }
  }
  await store.close()
  const host = await createWorkerHost({
    entry: new URL(
      import.meta.url.endsWith('.ts') ? './writer-worker.ts' : './writer-worker.js',
      import.meta.url,
    ),
    data: { file, policy: { ...policy, epoch: facts.epoch } },
    publish,
    onThreadLost: (role, error) => log.error({ err: error, role }, 'a database thread was lost'),
  })
  return { ...facts, host }
}
