import type { DatabaseSync } from 'node:sqlite'
import type { Session } from '../kernel/store.ts'
import { prepared } from '../kernel/statements.ts'
import { queryPostgres } from './migrate.ts'

/** A table as both databases have it. */
export interface CopiedTable {
  name: string
  columns: readonly string[]
  /** Columns of the primary key, in its order. */
  key: readonly string[]
}

type Value = string | number | bigint | Uint8Array | null
export type SourceRow = Record<string, Value>
/** Values of the columns of a primary key. */
export type Key = readonly (string | number)[]

/** Rows of one transaction. */
const CHUNK = 500

/** Every table but `meta`, each after those it refers to. */
export function copiedTables(source: DatabaseSync): CopiedTable[] {
  const names = source
    .prepare(
      `select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' and name <> 'meta'
       order by name`,
    )
    .all()
    .map(({ name }) => String(name))
  const sorted: string[] = []
  const visit = (name: string) => {
    if (sorted.includes(name)) return
    const referred = source.prepare('select "table" from pragma_foreign_key_list(?)').all(name)
    for (const { table } of referred) if (table !== name) visit(String(table))
    sorted.push(name)
  }
  names.forEach(visit)
  return sorted.map((name) => {
    const columns = source.prepare('select name, pk from pragma_table_info(?)').all(name) as {
      name: string
      pk: number
    }[]
    const key = columns.filter(({ pk }) => pk > 0).sort((one, other) => one.pk - other.pk)
    if (key.length === 0) throw new Error(`${name} has no primary key to be copied by`)
    return {
      name,
      columns: columns.map((column) => column.name),
      key: key.map((column) => column.name),
    }
  })
}

export const rowCount = (source: DatabaseSync, { name }: CopiedTable): number =>
  Number(source.prepare(`select count(*) as count from "${name}"`).get()?.['count'])

/** The next rows by key. */
export function readChunk(
  source: DatabaseSync,
  { name, columns, key }: CopiedTable,
  after: Key | undefined,
): SourceRow[] {
  const keys = quoted(key)
  const where = after ? `where (${keys}) > (${key.map(() => '?').join(', ')})` : ''
  const rows = prepared(
    source,
    `select ${quoted(columns)} from "${name}" ${where} order by ${keys} limit ${CHUNK}`,
  ).all(...(after ?? []))
  return rows as SourceRow[]
}

/** Columns as arrays: one statement, whatever the number of rows. */
export async function writeChunk(
  session: Session,
  { name, columns }: CopiedTable,
  rows: readonly SourceRow[],
): Promise<void> {
  const types = await typesOf(session, name)
  const arrays = columns.map((column, index) => {
    const type = types.get(column)
    if (type === undefined) throw new Error(`the target has no column ${name}.${column}`)
    return `$${index + 1}::${type}[]`
  })
  await queryPostgres(
    session,
    `insert into "${name}" (${quoted(columns)}) select * from unnest(${arrays.join(', ')})`,
    columns.map((column) => rows.map((row) => row[column])),
  )
}

async function typesOf(session: Session, table: string): Promise<Map<string, string>> {
  const rows = await queryPostgres(
    session,
    `select attname, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
    [`"${table}"`],
  )
  return new Map(rows.map(({ attname, type }) => [String(attname), String(type)]))
}

const quoted = (columns: readonly string[]): string =>
  columns.map((column) => `"${column}"`).join(', ')
