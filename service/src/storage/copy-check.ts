import type { DatabaseSync } from 'node:sqlite'
import type { Store } from '../kernel/store.ts'
import { rowCount, type CopiedTable } from './copy-tables.ts'
import { queryPostgres } from './migrate.ts'

/** Compare a copy with its original: how many rows each table has, and each stream's head with its log. */
export async function assertSame(
  source: DatabaseSync,
  to: Store,
  tables: readonly CopiedTable[],
): Promise<void> {
  for (const table of tables) {
    const there = await to.read(async (session) => {
      const [row] = await queryPostgres(session, `select count(*) as count from "${table.name}"`)
      return Number(row?.['count'])
    })
    const here = rowCount(source, table)
    if (there !== here) {
      throw new Error(`${table.name} has ${there} rows in the copy and ${here} in the original`)
    }
  }
  let after = ''
  for (;;) {
    const here = source.prepare(streams(`key > ?`, '')).all(after) as unknown as StreamState[]
    const there = await to.read(async (session) => {
      const rows = await queryPostgres(session, streams(`key > $1`, 'collate "C"'), [after])
      return rows as unknown as StreamState[]
    })
    for (let index = 0; index < Math.max(here.length, there.length); index++) {
      assertSameStream(here[index], there[index])
    }
    if (here.length === 0) return
    after = here.at(-1)!.key
  }
}

interface StreamState {
  key: string
  head: number
  count: number
  /** Position of the last event, 0 for none. */
  last: number
}

const streams = (where: string, collation: string): string => `
  select key, head, (select count(*) from log where stream = key) as count,
    coalesce((select max(seq) from log where stream = key), 0) as last
  from streams where ${where} order by key ${collation} limit 1000`

function assertSameStream(here: StreamState | undefined, there: StreamState | undefined): void {
  const name = here?.key ?? there?.key
  for (const field of ['key', 'head', 'count', 'last'] as const) {
    if (here?.[field] !== there?.[field]) {
      throw new Error(
        `the stream ${name} differs: ${field} is ${there?.[field]} in the copy and ${here?.[field]} in the original`,
      )
    }
  }
  if (there && there.last > there.head) {
    throw new Error(`the stream ${name} goes on to ${there.last} behind its head ${there.head}`)
  }
}
