import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Limits } from '@collab-kit/protocol'
import pg from 'pg'
import { ConfigSchema, type ConfigInput } from '../config.ts'
import { systemClock } from '../kernel/clock.ts'
import { hashPassword } from '../domains/auth/index.ts'
import { createLog } from '../log.ts'
import { createService, type Service } from '../service.ts'
import { createFakeClock, type FakeClock } from './fake-clock.ts'

export const engines = ['memory', 'file', 'postgres'] as const
/** - `memory`: SQLite in memory, on this thread; `file`: SQLite on its own threads; `postgres`: a database of its own. */
export type Engine = (typeof engines)[number]

export interface TestService {
  readonly service: Service
  readonly url: string
  /** Absent where threads keep their own time. */
  readonly clock: FakeClock | undefined
  readonly limits: Limits
  /** Stop and start again on the same data. */
  restart(): Promise<void>
  /** Make an admin with this password. */
  addAdmin(username: string, password: string): Promise<void>
  close(): Promise<void>
}

export interface TestServiceOptions extends Omit<ConfigInput, 'databaseUrl' | 'dataDir' | 'port'> {
  engine: Engine
}

/** A whole service on a free port, open to everybody, with a database that nothing else uses. */
export async function createTestService({
  engine,
  ...input
}: TestServiceOptions): Promise<TestService> {
  const database = await createDatabase(engine)
  const clock = engine === 'file' ? undefined : createFakeClock()
  const config = ConfigSchema.parse({
    host: '127.0.0.1',
    registration: 'open',
    guests: 'on',
    logLevel: 'silent',
    ...input,
    limits: { signInsPerMinute: 100_000, ...input.limits },
    ...database.config,
    port: 0,
  })
  const start = async () => {
    const service = await createService({
      config,
      clock: clock ?? systemClock,
      log: createLog(config),
    })
    return { service, port: (await service.listen()).port }
  }
  let running = await start()
  const { trustedIps: _ips, ...limits } = config.limits
  return {
    get service() {
      return running.service
    },
    get url() {
      return `http://127.0.0.1:${running.port}`
    },
    clock,
    limits,
    async restart() {
      await running.service.close({ spreadMs: 0 })
      running = await start()
    },
    async addAdmin(username, password) {
      const passwordHash = await hashPassword(password)
      await running.service.dispatcher.internal('auth.$addUser', {
        username,
        role: 'admin',
        passwordHash,
      })
    },
    async close() {
      await running.service.close({ spreadMs: 0 })
      await database.drop()
    },
  }
}

interface TestDatabase {
  config: { databaseUrl?: string; dataDir?: string }
  drop(): Promise<void>
}

/** A database of its own, gone afterwards. */
export async function createDatabase(engine: Engine): Promise<TestDatabase> {
  if (engine === 'memory')
    return { config: { databaseUrl: 'sqlite::memory:' }, drop: async () => {} }
  if (engine === 'file') {
    const dataDir = mkdtempSync(join(tmpdir(), 'collab-'))
    return { config: { dataDir }, drop: async () => rmSync(dataDir, { recursive: true }) }
  }
  // oxlint-disable-next-line node/no-process-env -- tests are told of their server here
  const admin = process.env['TEST_DATABASE_URL']
  if (!admin) throw new Error('name a PostgreSQL server in TEST_DATABASE_URL; npm test brings one')
  const name = `collab_${randomBytes(6).toString('hex')}`
  await onServer(admin, `create database ${name}`)
  const url = new URL(admin)
  url.pathname = `/${name}`
  return {
    config: { databaseUrl: url.href },
    drop: () => onServer(admin, `drop database ${name} with (force)`),
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(statement)
  await client.end()
}
