import { CompiledQuery, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Database, Driver } from '../kernel/schema.ts'
import type { Session, Store } from '../kernel/store.ts'

const INT8 = 20

export interface PostgresOptions {
  url: string
  /** Largest number of connections. Default 10. */
  connections?: number
  /** Called when an idle connection breaks; the pool replaces it. */
  onConnectionLost?(error: Error): void
}

/** Open PostgreSQL; refuses a server that acknowledges before the log is on disk. */
export async function openPostgres(options: PostgresOptions): Promise<Store> {
  const types = new pg.TypeOverrides()
  types.setTypeParser(INT8, Number)
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections ?? 10,
    connectionTimeoutMillis: 2000,
    statement_timeout: 10_000,
    types,
  })
  // Without a listener a broken idle connection would end the process.
  pool.on('error', (error) => options.onConnectionLost?.(error))
  const kysely = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  await assertDurable(pool)
  const session = (db: Kysely<Database>): Session => ({
    db,
    driver: driverOf(db),
    run: async (statement) => {
      await db.executeQuery(CompiledQuery.raw(statement))
    },
  })
  return {
    engine: 'postgres',
    transaction: (work) =>
      kysely.connection().execute(async (connection) => {
        const open = session(connection)
        await open.run('begin')
        try {
          const result = await work(open)
          await open.run('commit')
          return result
        } catch (error) {
          // A lost connection cannot roll back, and need not: the first error is the one to tell.
          await open.run('rollback').catch(() => {})
          throw error
        }
      }),
    read: (work) =>
      kysely.connection().execute(async (connection) => {
        const open = session(connection)
        await open.run('begin isolation level repeatable read read only')
        try {
          return await work(open)
        } finally {
          // Nothing was written; a lost connection ends its transaction by itself.
          await open.run('commit').catch(() => {})
        }
      }),
    close: () => kysely.destroy(),
  }
}

function driverOf(db: Kysely<Database>): Driver {
  return {
    kind: 'postgres',
    async query(text, values) {
      const { rows } = await db.executeQuery<Record<string, unknown>>(
        CompiledQuery.raw(text, values),
      )
      return rows
    },
  }
}

async function assertDurable(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ synchronous_commit: string }>('show synchronous_commit')
  const setting = rows[0]?.synchronous_commit
  if (setting === 'off' || setting === undefined) {
    throw new Error(
      `PostgreSQL acknowledges before its log is on disk (synchronous_commit=${setting}); set it to on`,
    )
  }
}
