import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Limits } from '@collab-kit/protocol'
import pg from 'pg'
import { expect, vi } from 'vitest'
import type { Bus, OpenBus } from '../bus/bus.ts'
import { openRedis } from '../bus/redis.ts'
import { ConfigSchema, type Config, type ConfigInput } from '../config.ts'
import { systemClock, type Clock } from '../kernel/clock.ts'
import { hashPassword } from '../domains/users/index.ts'
import { createLog } from '../log.ts'
import { createService, type Service } from '../service.ts'
import { createFakeClock, type FakeClock } from './fake-clock.ts'

export const engines = ['memory', 'file', 'postgres', 'cluster'] as const
/**
 * - `memory`: SQLite in memory, on this thread; `file`: SQLite on its own threads; `postgres`: a database of its own;
 * - `cluster`: two nodes on one PostgreSQL and one Redis.
 */
export type Engine = (typeof engines)[number]

export interface TestService {
  readonly service: Service
  /** All of its nodes. */
  services(): readonly Service[]
  /** Where its first node listens. */
  readonly url: string
  /** Where all of them do. */
  nodes(): readonly string[]
  /** Resolves when what happened on one node was delivered on all. */
  settle(): Promise<void>
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
  /** What carries hints between the nodes of a cluster. Default: Redis. */
  openBus?: OpenBus
}

/** A whole service on a free port, open to everybody, with a database that nothing else uses. */
export async function createTestService({
  engine,
  openBus,
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
  const fences =
    engine === 'cluster' && !openBus ? createFences(database.config.redisUrl!) : undefined
  const options = { config, clock: clock ?? systemClock, openBus: openBus ?? fences?.open }
  const startAll = () =>
    Promise.all(Array.from({ length: engine === 'cluster' ? 2 : 1 }, () => startNode(options)))
  const closeAll = () => Promise.all(nodes.map(({ service }) => service.close({ spreadMs: 0 })))
  let nodes = await startAll()
  const { trustedIps: _ips, ...limits } = config.limits
  return {
    get service() {
      return nodes[0]!.service
    },
    services: () => nodes.map(({ service }) => service),
    get url() {
      return addressOf(nodes[0]!)
    },
    nodes: () => nodes.map(addressOf),
    async settle() {
      await fences?.pass()
      while (nodes.some(({ service }) => service.behind() > 0)) await nextTurn()
    },
    clock,
    limits,
    async restart() {
      await closeAll()
      nodes = await startAll()
    },
    async addAdmin(username, password) {
      const passwordHash = await hashPassword(password)
      await nodes[0]!.service.dispatcher.internal('auth.$addUser', {
        username,
        role: 'admin',
        passwordHash,
      })
    },
    async close() {
      await closeAll()
      await database.drop()
    },
  }
}

export async function startNode({
  config,
  clock,
  openBus,
}: {
  config: Config
  clock: Clock
  openBus: OpenBus | undefined
}): Promise<{ service: Service; port: number }> {
  const log = createLog(config)
  const service = await createService({ config, clock, log, ...(openBus && { openBus }) })
  return { service, port: (await service.listen()).port }
}

const addressOf = ({ port }: { port: number }) => `http://127.0.0.1:${port}`
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

interface Fences {
  open: OpenBus
  /** Resolves when everything the nodes said before was heard by the others. */
  pass(): Promise<void>
}

const FENCE = 'fence'

/** A Redis bus whose nodes can tell when they have heard each other out: messages of one node come in their order. */
function createFences(url: string): Fences {
  const service = randomBytes(6).toString('hex')
  const nodes = new Set<Bus>()
  const waits = new Map<string, () => void>()
  let count = 0
  return {
    async open(listener) {
      const bus = await openRedis(
        url,
        service,
      )({
        ...listener,
        message(channel, message) {
          if (channel === FENCE) waits.get(message)?.()
          else listener.message(channel, message)
        },
      })
      await vi.waitFor(() => expect(bus.up).toBe(true), { timeout: 10_000 })
      await bus.subscribe([FENCE])
      nodes.add(bus)
      const close = async () => {
        nodes.delete(bus)
        await bus.close()
      }
      return {
        ...bus,
        get up() {
          return bus.up
        },
        close,
      }
    },
    async pass() {
      const said = [...nodes].map((bus) => {
        const name = `${++count}`
        let left = nodes.size - 1
        return new Promise<void>((resolve) => {
          if (left <= 0) return resolve()
          waits.set(name, () => {
            if (--left > 0) return
            waits.delete(name)
            resolve()
          })
          bus.publish(FENCE, name)
        })
      })
      await Promise.all(said)
    },
  }
}

export interface TestDatabase {
  config: Pick<ConfigInput, 'databaseUrl' | 'dataDir' | 'redisUrl' | 'durability'>
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
  const admin = serverOf('TEST_DATABASE_URL', 'PostgreSQL')
  const name = `collab_${randomBytes(6).toString('hex')}`
  await onServer(admin, `create database ${name}`)
  const url = new URL(admin)
  url.pathname = `/${name}`
  return {
    config: {
      databaseUrl: url.href,
      // The tests' server does not outlive them, and is spared the disk.
      durability: 'relaxed',
      ...(engine === 'cluster' && { redisUrl: serverOf('TEST_REDIS_URL', 'Redis') }),
    },
    drop: () => onServer(admin, `drop database ${name} with (force)`),
  }
}

/** The server that the tests are told of. */
export function serverOf(variable: 'TEST_DATABASE_URL' | 'TEST_REDIS_URL', name: string): string {
  // oxlint-disable-next-line node/no-process-env -- tests are told of their servers here
  const url = process.env[variable]
  if (!url) throw new Error(`name a ${name} server in ${variable}; npm test brings one`)
  return url
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(statement)
  await client.end()
}
