import { join } from 'node:path'
import type { Config } from './config.ts'
import { orderKeyOf } from './kernel/access.ts'
import type { Clock } from './kernel/clock.ts'
import type { Policy } from './kernel/context.ts'
import { Executor } from './kernel/executor.ts'
import { createInlineHost, type Host, type Publish } from './kernel/host.ts'
import type { Registry } from './kernel/registry.ts'
import type { Store } from './kernel/store.ts'
import type { Log } from './log.ts'
import { durabilityTrouble } from './storage/durability.ts'
import { forgetCopy, HISTORY, openHistory } from './storage/history.ts'
import { migrate, readMeta } from './storage/migrate.ts'
import { openPostgres, WORKING } from './storage/postgres.ts'
import { openSqlite } from './storage/sqlite.ts'
import { createWorkerHost } from './storage/worker-host.ts'
import { createSigningKey } from './tokens.ts'

/** Commits under way at once on PostgreSQL: while one waits for the disk the next is prepared. */
const LANES = 4

/** A database that lives as long as its process. */
export const MEMORY = ':memory:'

export interface DatabaseOptions {
  config: Pick<Config, 'databaseUrl' | 'dataDir' | 'durability'>
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

/**
 * Open a store by configuration, its schema and its history up to date. Throws where it may lose what it acknowledges
 * and `durability` is not `relaxed`.
 */
export async function openStore(config: DatabaseOptions['config'], log?: Log): Promise<Store> {
  const file = sqliteFile(config)
  if (file !== undefined) return prepare(openSqlite({ file }), config, log)
  const url = config.databaseUrl!
  // Changing a schema takes longer than anybody waits for an answer.
  const working = await prepare(openPostgres({ url, patience: WORKING }), config, log)
  await working.close()
  return openPostgres({
    url,
    onConnectionLost: (error) => log?.warn({ err: error }, 'a database connection was lost'),
  })
}

/** Open both ends of a copy: an SQLite file as it is, and a PostgreSQL database that holds no history yet. */
export async function openForCopy(
  file: string,
  config: DatabaseOptions['config'],
  log: Log,
): Promise<{ from: Store; to: Store }> {
  const from = await closedOnError(openSqlite({ file }), async (store) => {
    if (await updateSchema(store, log)) await forgetCopy(store)
    await openHistory(store, createSigningKey)
  })
  try {
    const postgres = openPostgres({ url: config.databaseUrl!, patience: WORKING })
    const to = await closedOnError(postgres, async (store) => {
      await assertDurable(store, config, log)
      await updateSchema(store, log)
    })
    return { from, to }
  } catch (error) {
    await from.close()
    throw error
  }
}

const prepare = (store: Store, config: DatabaseOptions['config'], log?: Log): Promise<Store> =>
  closedOnError(store, async () => {
    await assertDurable(store, config, log)
    await updateSchema(store, log)
    await openHistory(store, createSigningKey)
    await forgetCopy(store)
  })

async function closedOnError(store: Store, work: (store: Store) => Promise<void>): Promise<Store> {
  try {
    await work(store)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

async function assertDurable(
  store: Store,
  { durability }: DatabaseOptions['config'],
  log?: Log,
): Promise<void> {
  const trouble = await durabilityTrouble(store)
  if (trouble === undefined) return
  if (durability === 'strict') {
    throw new Error(
      `${trouble}: a message may be lost after it was acknowledged. Change that, or accept it with COLLAB_DURABILITY=relaxed`,
    )
  }
  log?.warn({ reason: trouble }, 'what is acknowledged may be lost')
}

/** Whether there was anything to do. */
async function updateSchema(store: Store, log?: Log): Promise<boolean> {
  const done = await migrate(store)
  if (done.length > 0) log?.info({ migrations: done }, 'the schema is up to date')
  return done.length > 0
}

/** Migrate, then run the database where it belongs: files on threads of their own, the rest here. */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const { config, registry, policy, clock, log, publish } = options
  const store = await openStore(config, log)
  const facts = await store.read(async (session) => ({
    epoch: (await readMeta(session, HISTORY.epoch)) ?? '',
    signingKey: (await readMeta(session, HISTORY.signingKey)) ?? '',
  }))
  const file = sqliteFile(config)
  if (file === undefined || file === MEMORY) {
    policy.epoch = facts.epoch
    const executor = new Executor({ store, registry, policy, now: clock.now })
    const inline = createInlineHost({
      executor,
      publish,
      yields: file === MEMORY,
      lanes: file === MEMORY ? 1 : LANES,
      keyOf: (job) => orderKeyOf(registry, job),
    })
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
