import { sql } from 'kysely'
import { migrations } from './migrations.ts'
import type { Session, Store } from '../kernel/store.ts'

/** Bring the database to the newest schema; each step is one transaction, so a cut leaves it before or after. */
export async function migrate(store: Store): Promise<string[]> {
  const done: string[] = []
  await alone(store, ({ run }) =>
    run('create table if not exists meta (key text primary key, value text not null)'),
  )
  for (const [index, migration] of migrations.entries()) {
    const applied = await alone(store, async (session) => {
      const version = Number((await readMeta(session, 'schema_version')) ?? 0)
      if (version > index) return false
      for (const statement of migration.statements(store.engine)) {
        await sql.raw(statement).execute(session.db)
      }
      await writeMeta(session, 'schema_version', String(index + 1))
      return true
    })
    if (applied) done.push(migration.name)
  }
  const version = await store.read((session) => readMeta(session, 'schema_version'))
  if (Number(version) > migrations.length) {
    throw new Error(
      `the database has schema ${version}; this version knows ${migrations.length}: use a newer service`,
    )
  }
  return done
}

/** The key of our lock on the whole database: "coll" and "ab". */
const LOCK = '1668246636, 24930'

/** A transaction that no other node runs one like at the same time: of those who start at once, one does the work. */
export function alone<T>(store: Store, work: (session: Session) => Promise<T>): Promise<T> {
  return store.transaction(async (session) => {
    if (store.engine === 'postgres') await session.run(`select pg_advisory_xact_lock(${LOCK})`)
    return await work(session)
  })
}

/** Ask PostgreSQL something that is its own. */
export function queryPostgres(
  { driver }: Pick<Session, 'driver'>,
  text: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  if (driver.kind !== 'postgres') throw new Error('this database is not PostgreSQL')
  return driver.query(text, values)
}

export async function readMeta(
  { db }: Pick<Session, 'db'>,
  key: string,
): Promise<string | undefined> {
  const row = await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst()
  return row?.value
}

export async function writeMeta(
  { db }: Pick<Session, 'db'>,
  key: string,
  value: string,
): Promise<void> {
  await db
    .insertInto('meta')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute()
}

export async function deleteMeta({ db }: Pick<Session, 'db'>, key: string): Promise<void> {
  await db.deleteFrom('meta').where('key', '=', key).execute()
}
