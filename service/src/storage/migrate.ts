import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { migrations } from './migrations.ts'
import type { Session, Store } from '../kernel/store.ts'

/** Bring the database to the newest schema; each step is one transaction, so a cut leaves it before or after. */
export async function migrate(store: Store): Promise<string[]> {
  const done: string[] = []
  await store.transaction(({ run }) =>
    run('create table if not exists meta (key text primary key, value text not null)'),
  )
  for (const [index, migration] of migrations.entries()) {
    const applied = await store.transaction(async (session) => {
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
  await store.transaction(async (session) => {
    const version = Number(await readMeta(session, 'schema_version'))
    if (version > migrations.length) {
      throw new Error(
        `the database has schema ${version}; this version knows ${migrations.length}: use a newer service`,
      )
    }
    // The epoch names this history: a restore from backup begins another one.
    if (!(await readMeta(session, 'epoch')))
      await writeMeta(session, 'epoch', randomUUID().slice(0, 13))
  })
  return done
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
