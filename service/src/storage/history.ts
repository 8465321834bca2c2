import { randomUUID } from 'node:crypto'
import type { Session, Store } from '../kernel/store.ts'
import { alone, deleteMeta, queryPostgres, readMeta, writeMeta } from './migrate.ts'

/** Rows of `meta` about the history that a database holds. */
export const HISTORY = {
  /** Names the history: clients of another one begin anew. */
  epoch: 'epoch',
  /** What access tokens are signed with, a JWK. */
  signingKey: 'signing_key',
  /** A backup was taken here: the copy has this row, the original has not. */
  restored: 'restored',
  /** Where PostgreSQL keeps this history; elsewhere it is a copy. */
  home: 'home',
  /** In SQLite: the copy to PostgreSQL that holds everything of it, until somebody writes here again. */
  copy: 'copy',
  /** In PostgreSQL: the copy that is under way. */
  copying: 'copying',
  /** In PostgreSQL: the copy that was finished. */
  copied: 'copied',
} as const

/**
 * See to it that the database has a history of its own, and a key: what is new gets both, and a restored copy begins
 * another epoch, for those who come back to it may have seen what it has not. Throws where a copy is unfinished.
 */
export function openHistory(store: Store, createKey: () => Promise<string>): Promise<void> {
  return alone(store, async (session) => {
    if (await readMeta(session, HISTORY.copying)) {
      throw new Error(
        'this database is half a copy: run collab migrate --to again, or use an empty one',
      )
    }
    const epoch = await readMeta(session, HISTORY.epoch)
    if (!epoch || (await isCopy(session))) await writeMeta(session, HISTORY.epoch, newEpoch())
    await deleteMeta(session, HISTORY.restored)
    await settle(session)
    if (!(await readMeta(session, HISTORY.signingKey)))
      await writeMeta(session, HISTORY.signingKey, await createKey())
  })
}

/** From now on something is written that no copy has which is under way. */
export const forgetCopy = (store: Store): Promise<void> =>
  alone(store, (session) => deleteMeta(session, HISTORY.copy))

const newEpoch = (): string => randomUUID().slice(0, 13)

/** This is where the history lives. */
export async function settle(session: Session): Promise<void> {
  const home = await homeOf(session)
  if (home !== undefined) await writeMeta(session, HISTORY.home, home)
}

/** Whether a database was restored from a copy since it was last opened. */
async function isCopy(session: Session): Promise<boolean> {
  if (await readMeta(session, HISTORY.restored)) return true
  const home = await readMeta(session, HISTORY.home)
  return home !== undefined && home !== (await homeOf(session))
}

/**
 * The cluster, its timeline, the database and the table: at least one of them is another after a dump was restored,
 * after a recovery to a point in time, and after a standby took over.
 */
const PLACES = [
  'select system_identifier as place from pg_control_system()',
  'select left(pg_walfile_name(pg_current_wal_lsn()), 8) as place',
  'select oid as place from pg_database where datname = current_database()',
  "select 'meta'::regclass::oid as place",
]

async function homeOf(session: Session): Promise<string | undefined> {
  if (session.driver.kind === 'sqlite') return undefined
  const places: string[] = []
  for (const text of PLACES) places.push(await placeOf(session, text))
  return places.join('/')
}

async function placeOf(session: Session, text: string): Promise<string> {
  await session.run('savepoint place')
  try {
    const [row] = await queryPostgres(session, text)
    return String(row?.['place'])
  } catch (error) {
    // Some who run PostgreSQL for others keep one or the other to themselves; the rest has to do.
    if (!KEPT_BACK.has(String((error as { code?: string }).code))) throw error
    await session.run('rollback to savepoint place')
    return '-'
  }
}

/** Insufficient privilege, feature not supported, undefined function. */
const KEPT_BACK = new Set(['42501', '0A000', '42883'])
