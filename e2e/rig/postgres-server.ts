import { spawn, type ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { closeSync, openSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from './free-port.ts'
import { hasProgram, run } from './mounts.ts'
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

/** Folder of the programs; Debian keeps them off PATH, one for each version. */
async function folderOfPrograms(): Promise<string | undefined> {
  if (await hasProgram('initdb')) return ''
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian) : []
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0]
  return newest && join(debian, newest, 'bin')
}

/** Why no PostgreSQL can be started here, or nothing when one can. */
export async function whyNoPostgres(): Promise<string | undefined> {
  if ((await folderOfPrograms()) === undefined) return 'it needs `initdb` and `postgres` installed'
  try {
    await owner()
    return undefined
  } catch {
    // `id` knows no such user, and the server refuses to run as root.
    return 'it needs a user `postgres` to run the server as'
  }
}

/** PostgreSQL refuses to run as root. */
async function owner(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {}
  const [uid, gid] = [await run('id', '-u', 'postgres'), await run('id', '-g', 'postgres')]
  return { uid: Number(uid), gid: Number(gid) }
}

export async function createPostgresServer(): Promise<PostgresServer> {
  const programs = (await folderOfPrograms()) ?? ''
  const [folder, who, port] = [
    mkdtempSync(join(tmpdir(), 'collab-postgres-')),
    await owner(),
    await freePort(),
  ]
  if (who.uid !== undefined && who.gid !== undefined) chownSync(folder, who.uid, who.gid)
  const data = join(folder, 'data')
  const words = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']
  const options = { ...who, cwd: folder, env: { ...process.env, LC_ALL: 'C' } }
  const init = spawn(join(programs, 'initdb'), words, { ...options, stdio: 'ignore' })
  const [code] = (await once(init, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`initdb ended with ${code}`)
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const spawnServer = () =>
    spawnLogged(join(programs, 'postgres'), [
      ...['-D', data, '-k', folder, '-p', String(port)],
      ...['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=100'],
    ])
  const out = join(folder, 'out')
  function spawnLogged(program: string, args: string[]): ChildProcess {
    const descriptor = openSync(out, 'a')
    const child = spawn(program, args, { ...options, stdio: ['ignore', descriptor, descriptor] })
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
