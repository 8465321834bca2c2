import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely, SqliteDialect, type SqliteDatabase } from 'kysely'
import type { Session, Store } from '../kernel/store.ts'
import { createTurns } from '../kernel/turns.ts'
import type { Database } from '../kernel/schema.ts'

export interface SqliteOptions {
  /** File, or `:memory:`. */
  file: string
  /** Readers never write and take no lock. */
  readOnly?: boolean
}

/** Open the embedded database: durable on every commit, asserted here. */
export function openSqlite({ file, readOnly = false }: SqliteOptions): Store {
  if (file !== ':memory:' && !readOnly) mkdirSync(dirname(file), { recursive: true })
  const release = file === ':memory:' || readOnly ? () => {} : lockFile(file)
  const raw = new DatabaseSync(file, { readOnly, timeout: 250 })
  // Its own knows ASCII alone.
  raw.function('lower', { deterministic: true }, (text) =>
    typeof text === 'string' ? text.toLowerCase() : text,
  )
  if (!readOnly) prepare(raw, file)
  const assertInPlace = file === ':memory:' || readOnly ? () => {} : placeOf(file)
  const kysely = new Kysely<Database>({
    dialect: new SqliteDialect({ database: () => Promise.resolve(shim(raw)) }),
  })
  const run = (statement: string) => {
    raw.exec(statement)
    return Promise.resolve()
  }
  // One connection holds one transaction at a time.
  const inTurn = createTurns()
  const within = async <T>(begin: string, work: (session: Session) => Promise<T>): Promise<T> => {
    raw.exec(begin)
    try {
      const result = await work({ db: kysely, driver: { kind: 'sqlite', raw }, run })
      raw.exec('commit')
      return result
    } catch (error) {
      // A failed commit may have rolled back already; the first error is the one to tell.
      if (raw.isTransaction) raw.exec('rollback')
      throw error
    }
  }
  return {
    engine: 'sqlite',
    transaction: (work) =>
      inTurn(() => {
        assertInPlace()
        return within('begin immediate', work)
      }),
    read: (work) => inTurn(() => within('begin', work)),
    async close() {
      raw.close()
      release()
    },
  }
}

function prepare(raw: DatabaseSync, file: string): void {
  try {
    // SQLite opens what it may not write without a word; this touches the file in memory only.
    raw.exec('begin immediate; pragma user_version = 0; rollback')
  } catch (error) {
    throw cannotWrite(file, error)
  }
  raw.exec('pragma page_size = 8192')
  raw.exec('pragma journal_mode = wal')
  raw.exec('pragma synchronous = full')
  raw.exec('pragma foreign_keys = on')
  raw.exec('pragma cache_size = -65536')
  const { synchronous } = raw.prepare('pragma synchronous').get() as { synchronous: number }
  const { journal_mode: journal } = raw.prepare('pragma journal_mode').get() as {
    journal_mode: string
  }
  if (synchronous !== 2 || (file !== ':memory:' && journal !== 'wal')) {
    throw new Error(
      `the database is not durable: synchronous=${synchronous}, journal_mode=${journal}`,
    )
  }
}

/** One process writes a database: a lock that ends with the process, however it ends. */
function lockFile(file: string): () => void {
  const lock = openLock(file)
  try {
    lock.exec('pragma journal_mode = delete')
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    const taken = ((error as { errcode?: number }).errcode ?? 0) === SQLITE_BUSY
    if (!taken) throw cannotWrite(file, error)
    throw new Error(
      `another process uses ${file}: stop it, or give this one a dataDir of its own`,
      {
        cause: error,
      },
    )
  }
  return () => lock.close()
}

function openLock(file: string): DatabaseSync {
  try {
    return new DatabaseSync(`${file}.lock`, { timeout: 0 })
  } catch (error) {
    throw cannotWrite(file, error)
  }
}

const cannotWrite = (file: string, error: unknown): Error =>
  new Error(`${file} cannot be written: ${(error as Error).message}`, { cause: error })

const SQLITE_BUSY = 5
/** The file was moved or removed under an open connection. */
const SQLITE_READONLY_DBMOVED = 1032

/**
 * Asserts that a path still leads to the file that is open. Writing to one that was moved or removed goes on without an
 * error, and what is acknowledged then is found by nobody.
 */
function placeOf(file: string): () => void {
  const { dev, ino } = statSync(file)
  return () => {
    const now = statSync(file, { throwIfNoEntry: false })
    if (now?.dev === dev && now.ino === ino) return
    const error = new Error(`${file} is not where it was`)
    throw Object.assign(error, { code: 'ERR_SQLITE_ERROR', errcode: SQLITE_READONLY_DBMOVED })
  }
}

/** What Kysely asks of a database, over `node:sqlite`. */
function shim(raw: DatabaseSync): SqliteDatabase {
  return {
    close: () => {},
    prepare(sql) {
      const statement = raw.prepare(sql)
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...(parameters as [])),
        run: (parameters) => statement.run(...(parameters as [])),
        iterate: (parameters) => statement.iterate(...(parameters as [])),
      }
    },
  }
}
