import type { DatabaseSync, StatementSync } from 'node:sqlite'

const cache = new WeakMap<DatabaseSync, Map<string, StatementSync>>()

/** A statement of the embedded database, prepared once per connection: preparing costs as much as running. */
export function prepared(raw: DatabaseSync, sql: string): StatementSync {
  let statements = cache.get(raw)
  if (!statements) cache.set(raw, (statements = new Map<string, StatementSync>()))
  let statement = statements.get(sql)
  if (!statement) statements.set(sql, (statement = raw.prepare(sql)))
  return statement
}
