// Runs inside the service under test, on each of its threads, before its own code (see failpoint.ts): ends the process
// when a COMMIT that a message was waited for in has returned, before anybody else hears of it.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isMainThread, workerData } from 'node:worker_threads'
import type { Client, QueryResult } from 'pg'

const folder = process.env['FAILPOINT_FOLDER']!
const armed = join(folder, 'armed')

/** What must be stored for the end to come. */
const awaited = () => (existsSync(armed) ? readFileSync(armed, 'utf8') : undefined)

function end(where: string): void {
  rmSync(armed)
  writeFileSync(join(folder, 'fired'), JSON.stringify({ pid: process.pid, where }))
  // No thread of the process runs another instruction once this one has left the kernel.
  process.kill(process.pid, 'SIGKILL')
}

function watchSqlite(): void {
  const { exec } = DatabaseSync.prototype
  DatabaseSync.prototype.exec = function (sql) {
    exec.call(this, sql)
    const text = sql === 'commit' ? awaited() : undefined
    if (text === undefined) return
    // Outside of any transaction, so that only what is committed is found.
    const found = this.prepare('select 1 from log where instr(data, ?) > 0').get(text)
    if (found && !this.isTransaction) end('the writing thread')
  }
}

type Query = (text: string, values?: unknown[]) => Promise<QueryResult>

async function watchPostgres(): Promise<void> {
  const { default: pg } = await import('pg')
  const prototype = pg.Client.prototype as unknown as { query: Query }
  const { query } = prototype
  prototype.query = function (this: Client, ...args: Parameters<Query>) {
    const answer = query.apply(this, args)
    return args[0] === 'commit' ? answer.then((result) => afterCommit(this, result)) : answer
  }
  async function afterCommit(client: Client, result: QueryResult): Promise<QueryResult> {
    const text = result.command === 'COMMIT' ? awaited() : undefined
    if (text === undefined) return result
    const found = await query.call(client, 'select 1 from log where strpos(data, $1) > 0', [text])
    if (found.rows.length > 0) end('the main thread')
    return result
  }
}

if (!isMainThread && (workerData as { role?: string } | null)?.role === 'writer') watchSqlite()
if (isMainThread && process.env['COLLAB_DATABASE_URL'] !== undefined) await watchPostgres()
