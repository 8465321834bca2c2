import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Session, Store } from '../kernel/store.ts'
import {
  copiedTables,
  readChunk,
  rowCount,
  writeChunk,
  type CopiedTable,
  type Key,
} from './copy-tables.ts'
import { assertSame } from './copy-check.ts'
import { HISTORY, settle } from './history.ts'
import { alone, deleteMeta, queryPostgres, readMeta, writeMeta } from './migrate.ts'

export interface CopyOptions {
  /** SQLite, open for writing, its history up to date. */
  from: Store
  /** PostgreSQL, its schema up to date. */
  to: Store
  /** Told of every table, and on the way. */
  onProgress(progress: string): void
}

/** How far the copy of a table is: to this key, or to its end. */
type Progress = { after: Key } | 'done'
const progressKey = (table: string) => `${HISTORY.copying}.${table}`

/**
 * Copy a whole SQLite database to an empty PostgreSQL. A copy that was cut off at any moment is gone on with, or begun
 * again where the original was used meanwhile. In the end both are compared. Throws where the target holds anything
 * else.
 */
export async function copyDatabase({ from, to, onProgress }: CopyOptions): Promise<void> {
  const source = await rawOf(from)
  const tables = copiedTables(source)
  const id = await idOf(from)
  if ((await begin({ from, to, id, tables, onProgress })) === 'finished') {
    await assertSame(source, to, tables)
    return onProgress('the copy was finished before, and is the same')
  }
  for (const table of tables) await copyTable({ source, to, table, onProgress })
  onProgress('comparing')
  await assertSame(source, to, tables)
  await finish(from, to, id)
}

/** The connection itself: nobody else writes to it, for the lock is ours. */
const rawOf = (store: Store): Promise<DatabaseSync> =>
  store.read(({ driver }) => {
    if (driver.kind !== 'sqlite') throw new Error('only an SQLite database is copied')
    return Promise.resolve(driver.raw)
  })

/** Names the state of the original: the name goes with the next start of a service on it. */
const idOf = (from: Store): Promise<string> =>
  from.transaction(async (session) => {
    const known = await readMeta(session, HISTORY.copy)
    if (known) return known
    const id = randomUUID()
    await writeMeta(session, HISTORY.copy, id)
    return id
  })

interface Begin extends CopyOptions {
  id: string
  tables: readonly CopiedTable[]
}

async function begin({ from, to, id, tables, onProgress }: Begin): Promise<'finished' | 'open'> {
  const epoch = await from.read((session) => readMeta(session, HISTORY.epoch))
  return alone(to, async (session) => {
    const theirs = await readMeta(session, HISTORY.epoch)
    if (theirs === undefined) {
      const full = await firstFull(session, tables)
      if (full) throw new Error(`the target is not empty (${full}): name an empty database`)
      await writeMeta(session, HISTORY.epoch, epoch!)
      await writeMeta(session, HISTORY.copying, id)
      return 'open'
    }
    if (theirs !== epoch) {
      throw new Error('the target holds the history of another database: name an empty one')
    }
    if ((await readMeta(session, HISTORY.copied)) === id) return 'finished'
    const copying = await readMeta(session, HISTORY.copying)
    if (copying === undefined) {
      throw new Error(
        'the target holds an earlier copy of this database, which was used since then: name an empty one',
      )
    }
    if (copying === id) onProgress('going on with a copy that was cut off')
    else await startOver(session, { id, tables, onProgress })
    return 'open'
  })
}

async function startOver(
  session: Session,
  { id, tables, onProgress }: Pick<Begin, 'id' | 'tables' | 'onProgress'>,
): Promise<void> {
  onProgress('the database was used since the copy was cut off: beginning again')
  await session.run(`truncate ${tables.map(({ name }) => `"${name}"`).join(', ')}`)
  for (const { name } of tables) await deleteMeta(session, progressKey(name))
  await writeMeta(session, HISTORY.copying, id)
}

async function firstFull(
  session: Session,
  tables: readonly CopiedTable[],
): Promise<string | undefined> {
  for (const { name } of tables) {
    const [row] = await queryPostgres(session, `select 1 from "${name}" limit 1`)
    if (row) return name
  }
  return undefined
}

const REPORT_MS = 2000

interface CopyTable {
  source: DatabaseSync
  to: Store
  table: CopiedTable
  onProgress(progress: string): void
}

async function copyTable({ source, to, table, onProgress }: CopyTable): Promise<void> {
  const total = rowCount(source, table)
  let count = 0
  let reported = performance.now()
  for (;;) {
    const copied = await copyChunk(source, to, table)
    if (copied === 'done') break
    count += copied
    if (performance.now() - reported < REPORT_MS) continue
    reported = performance.now()
    onProgress(`${table.name}: ${count} of ${total}`)
  }
  onProgress(`${table.name}: ${total}`)
}

/** The next rows, with the note of how far it is, or neither; one that was cut off may still be at it. */
function copyChunk(source: DatabaseSync, to: Store, table: CopiedTable): Promise<number | 'done'> {
  const key = progressKey(table.name)
  return alone(to, async (session) => {
    const progress = parse(await readMeta(session, key))
    if (progress === 'done') return 'done'
    const rows = readChunk(source, table, progress?.after)
    const last = rows.at(-1)
    const next: Progress = last
      ? { after: table.key.map((column) => last[column] as string | number) }
      : 'done'
    if (last) await writeChunk(session, table, rows)
    await writeMeta(session, key, JSON.stringify(next))
    return last ? rows.length : 'done'
  })
}

const parse = (text: string | undefined): Progress | undefined =>
  text === undefined ? undefined : (JSON.parse(text) as Progress)

/** Rows of `meta` that belong to a database and not to its history. */
const OWN = new Set<string>([
  HISTORY.copy,
  HISTORY.copied,
  HISTORY.home,
  HISTORY.restored,
  'schema_version',
])

async function finish(from: Store, to: Store, id: string): Promise<void> {
  const facts = await from.read(({ db }) => db.selectFrom('meta').selectAll().execute())
  await alone(to, async (session) => {
    for (const { key, value } of facts) {
      if (!OWN.has(key)) await writeMeta(session, key, value)
    }
    await settle(session)
    await writeMeta(session, HISTORY.copied, id)
    await session.db
      .deleteFrom('meta')
      .where((is) => is.or([is('key', '=', HISTORY.copying), is('key', 'like', progressKey('%'))]))
      .execute()
  })
}
