import type { Kysely, Selectable } from 'kysely'
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
