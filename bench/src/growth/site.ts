import { startServer, type ServerProcess } from '../processes.ts'
import type { Postgres, PostgresReading } from './postgres.ts'
import { cpuMs, residentMb } from './proc.ts'
import type { Redis, RedisReading } from './redis.ts'

/** How many nodes, and what tells them of each other's commits. */
export interface Layout {
  nodes: number
  bus: 'Redis' | 'polling'
}

export interface Backends {
  postgres: Postgres
  redis: Redis
}

/** What everything has used up to a moment. */
export interface Reading {
  at: number
  nodesCpuMs: number
  residentMb: number
  postgres: PostgresReading
  redis: RedisReading
}

/** A running service of one layout. */
export interface Site {
  readonly layout: Layout
  readonly ports: readonly number[]
  read(): Promise<Reading>
  residentMb(): number
  close(): Promise<void>
}

/** No limit is in the way of a measurement. */
const NO_LIMITS = {
  COLLAB_LIMITS_OPS_PER_SECOND: '1e9',
  COLLAB_LIMITS_OPS_BURST: '1e9',
  COLLAB_LIMITS_SIGN_INS_PER_MINUTE: '1e9',
}

export async function openSite(layout: Layout, { postgres, redis }: Backends): Promise<Site> {
  const servers: ServerProcess[] = []
  for (let count = 0; count < layout.nodes; count++) {
    servers.push(
      await startServer(new URL('../../../service/src/main.ts', import.meta.url), {
        args: ['serve'],
        profile: '',
        env: (port) => ({
          COLLAB_DATABASE_URL: postgres.url,
          ...(layout.bus === 'Redis' && { COLLAB_REDIS_URL: redis.url }),
          COLLAB_HOST: '127.0.0.1',
          COLLAB_PORT: String(port),
          COLLAB_GUESTS: 'on',
          COLLAB_LOG_LEVEL: 'error',
          COLLAB_TOKEN_TTL: '86400',
          ...NO_LIMITS,
        }),
      }),
    )
  }
  const sum = (of: (server: ServerProcess) => number) =>
    servers.reduce((total, server) => total + of(server), 0)
  const resident = () => sum(({ pid }) => residentMb(pid))
  return {
    layout,
    ports: servers.map(({ port }) => port),
    residentMb: resident,
    async read() {
      const readings = { postgres: postgres.read(), redis: await redis.read() }
      return {
        at: performance.now(),
        nodesCpuMs: sum(({ pid }) => cpuMs(pid)),
        residentMb: resident(),
        ...readings,
      }
    },
    async close() {
      await Promise.all(servers.map((server) => server.close()))
    },
  }
}
