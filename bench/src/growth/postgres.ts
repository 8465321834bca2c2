import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { start } from '../../../scripts/test/child.ts'
import { freePort } from '../../../scripts/test/free-port.ts'
import { findPostgres, initPostgres } from '../../../scripts/test/postgres-programs.ts'
import { ready } from '../../../scripts/test/ready.ts'
import { temporaryFolder } from '../../../scripts/test/temporary.ts'
import { familyCpuMs } from './proc.ts'

/** A PostgreSQL of our own that is as durable as a real one, and counts its statements. */
export interface Postgres {
  readonly url: string
  readonly version: string
  read(): PostgresReading
}

/** Since the start of the server. */
export interface PostgresReading {
  /** Of all its processes, milliseconds. */
  cpuMs: number
  /** How often each statement was run, begin and commit among them. */
  calls: Record<string, number>
  /** Bytes of the write-ahead log. */
  walBytes: number
  /** Whole pages in it: the first change of a page after a checkpoint. */
  walPages: number
}

const DATABASE = 'collab'
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'shared_preload_libraries=pg_stat_statements',
  'pg_stat_statements.track=top',
  'max_connections=200',
  'shared_buffers=256MB',
  // A checkpoint in the middle of one round and not of the other would tell them apart.
  'checkpoint_timeout=1h',
  'max_wal_size=8GB',
]
/** Of statements in one answer, so that what one reading costs does not depend on what was run. */
const CALLS = `select json_build_object(
  'calls', (select json_object_agg(query, calls) from (
    select left(query, 200) as query, sum(calls) as calls from pg_stat_statements
    where dbid = (select oid from pg_database where datname = '${DATABASE}') group by 1) as each),
  'walPages', (select coalesce(sum(wal_fpi), 0) from pg_stat_statements),
  'walBytes', pg_current_wal_insert_lsn() - '0/0'::pg_lsn)`

export async function startPostgres(): Promise<Postgres> {
  const binaries = findPostgres(['initdb', 'postgres', 'psql'])
  if (!binaries) throw new Error('This bench needs PostgreSQL with its contrib modules installed.')
  const folder = temporaryFolder('growth-postgres')
  const { data, options } = await initPostgres(binaries, folder, { sync: true })
  const port = await freePort()
  const args = ['-D', data, '-k', folder, '-p', String(port)]
  const child = start(
    join(binaries, 'postgres'),
    [...args, ...SETTINGS.flatMap((setting) => ['-c', setting])],
    { ...options, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  await ready(child, /ready to accept connections/)
  const ask = (text: string): string =>
    execFileSync(
      join(binaries, 'psql'),
      ['-XAtq', '-h', folder, '-p', String(port), '-U', 'postgres', '-c', text, 'postgres'],
      { encoding: 'utf8' },
    ).trim()
  ask(`create database ${DATABASE}`)
  ask('create extension pg_stat_statements')
  return {
    url: `postgres://postgres@127.0.0.1:${port}/${DATABASE}`,
    version: ask('show server_version'),
    read: () => ({
      ...(JSON.parse(ask(CALLS)) as Omit<PostgresReading, 'cpuMs'>),
      cpuMs: familyCpuMs(child.pid!),
    }),
  }
}
