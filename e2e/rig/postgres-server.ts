import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from '../../scripts/test/free-port.ts'
import { findPostgres, initPostgres, unprivileged } from '../../scripts/test/postgres-programs.ts'
import { until } from './until.ts'

/** A PostgreSQL of our own, to be stopped as one likes; what it committed is on its disk. */
export interface PostgresServer {
  readonly port: number
  readonly url: string
  start(): Promise<void>
  /** What `pg_ctl stop -m immediate` does: it ends without a word, and recovers from its log when started again. */
  stop(): Promise<void>
  /** Ask it something as one the services know nothing of. */
  query<T extends object = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<T[]>
  /** A connection of one's own; end it. */
  connect(): Promise<pg.Client>
  close(): Promise<void>
}

/** Why no PostgreSQL can be started here, or nothing when one can. */
export function whyNoPostgres(): string | undefined {
  if (findPostgres() === undefined) return 'it needs `initdb` and `postgres` installed'
  return unprivileged() ? undefined : 'it needs a user `postgres` to run the server as'
}

export async function createPostgresServer(): Promise<PostgresServer> {
  const programs = findPostgres() ?? ''
  const [folder, port] = [mkdtempSync(join(tmpdir(), 'collab-postgres-')), await freePort()]
  const { data, options } = await initPostgres(programs, folder, { sync: false })
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const out = join(folder, 'out')
  const args = [
    ...['-D', data, '-k', folder, '-p', String(port)],
    ...['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=100'],
  ]
  const spawnServer = () => {
    const descriptor = openSync(out, 'a')
    const stdio: StdioOptions = ['ignore', descriptor, descriptor]
    const child = spawn(join(programs, 'postgres'), args, { ...options, stdio })
    closeSync(descriptor)
    return child
  }
  return toServer({ folder, out, port, url, spawnServer })
}

interface Parts {
  folder: string
  out: string
  port: number
  url: string
  spawnServer(): ChildProcess
}

function toServer({ folder, out, port, url, spawnServer }: Parts): PostgresServer {
  let child: ChildProcess | undefined
  let exited: Promise<unknown> = Promise.resolve()
  const kill = () => void child?.kill('SIGQUIT')
  // Whoever ends without closing leaves no server behind.
  process.once('exit', kill)
  const connect = async () => {
    const client = new pg.Client({ connectionString: url })
    // The server is stopped under it: the query fails with that, and nothing else is to.
    client.on('error', () => {})
    await client.connect()
    return client
  }
  const answers = async () => {
    if (child?.exitCode !== null) throw new Error(`it ended:\n${readFileSync(out, 'utf8')}`)
    try {
      await (await connect()).end()
      return true
    } catch {
      // It is starting or recovering.
      return false
    }
  }
  const stop = async () => {
    kill()
    await exited
    child = undefined
  }
  return {
    port,
    url,
    connect,
    stop,
    async start() {
      child = spawnServer()
      exited = once(child, 'exit')
      await until(answers, { what: 'PostgreSQL answers', within: 60_000, every: 50 })
    },
    async query<T extends object>(text: string, values: readonly unknown[] = []) {
      const client = await connect()
      try {
        return (await client.query<T & pg.QueryResultRow>(text, [...values])).rows
      } finally {
        await client.end()
      }
    },
    async close() {
      await stop()
      process.off('exit', kill)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
