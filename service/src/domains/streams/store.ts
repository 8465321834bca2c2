import type { Kysely, Selectable } from 'kysely'
import type { ReadContext } from '../../kernel/context.ts'
import type { Database } from '../../kernel/schema.ts'

export type LogRow = Selectable<Database['log']>

/** Events of a stream after a position, in order. */
export const readLog = (
  db: Kysely<Database>,
  { stream, after, limit }: { stream: string; after: number; limit: number },
): Promise<LogRow[]> =>
  db
    .selectFrom('log')
    .selectAll()
    .where('stream', '=', stream)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute()

/** Events of several streams, each after a position of its own and at most `limit` of each, in order. */
export async function readLogs(
  { db, driver }: Pick<ReadContext, 'db' | 'driver'>,
  positions: Readonly<Record<string, number>>,
  limit: number,
): Promise<LogRow[]> {
  const wanted = Object.entries(positions)
  if (wanted.length === 0) return []
  if (driver.kind === 'postgres') {
    const rows = await driver.query(
      `select found.* from unnest($1::text[], $2::bigint[]) as wanted (stream, after)
       cross join lateral (
         select * from log where log.stream = wanted.stream and log.seq > wanted.after order by log.seq limit $3
       ) as found order by found.stream, found.seq`,
      [wanted.map(([stream]) => stream), wanted.map(([, after]) => after), limit],
    )
    return rows as unknown as LogRow[]
  }
  const pages: LogRow[][] = []
  for (const [stream, after] of wanted) pages.push(await readLog(db, { stream, after, limit }))
  return pages.flat()
}

/** Heads of these streams; one that nothing was written to is at 0. */
export async function readHeads(
  db: Kysely<Database>,
  streams: readonly string[],
): Promise<Map<string, number>> {
  const heads = new Map(streams.map((key) => [key, 0]))
  if (streams.length === 0) return heads
  const rows = await db
    .selectFrom('streams')
    .selectAll()
    .where('key', 'in', [...heads.keys()])
    .execute()
  for (const row of rows) heads.set(row.key, row.head)
  return heads
}
