import { sql, type RawBuilder } from 'kysely'
import type { ReadContext } from './context.ts'

type Base = Pick<ReadContext, 'driver' | 'now'>

/**
 * Milliseconds since 1970 by the clock of the database, in a statement: those of the nodes differ. An embedded one has
 * the clock of its service.
 */
export const databaseTime = ({ driver, now }: Base): RawBuilder<number> =>
  driver.kind === 'sqlite'
    ? sql<number>`${Date.parse(now)}`
    : sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`

/** The same, asked. */
export async function askDatabaseTime(ctx: Base & Pick<ReadContext, 'db'>): Promise<number> {
  if (ctx.driver.kind === 'sqlite') return Date.parse(ctx.now)
  const { rows } = await sql<{ time: number }>`select ${databaseTime(ctx)} as time`.execute(ctx.db)
  return Number(rows[0]?.time)
}

/** What changed so long before it is asked for may not have been there to see when it was asked for last. */
const OVERLAP_MS = 5000

/**
 * What changed in a table since it was asked for last, told anew for nodes that may have missed it: from `asked` on, and
 * from when on to ask the next time. One who asks for the first time has nothing that could be old.
 */
export async function tellSince<T>(
  ctx: Base & Pick<ReadContext, 'db'>,
  asked: unknown,
  find: (from: number, time: number) => Promise<T[]>,
): Promise<{ items: T[]; since: number }> {
  const time = await askDatabaseTime(ctx)
  const items = asked === undefined ? [] : await find(Number(asked), time)
  return { items, since: time - OVERLAP_MS }
}
