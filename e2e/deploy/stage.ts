import { startService, type ServiceProcess } from '../rig/service-process.ts'
import { type Proxy, type ProxyKind } from './proxies.ts'
import { brought, createDatabase, type Database } from './servers.ts'
import { freePorts } from '../../scripts/test/free-port.ts'

/** Nodes of one service behind a proxy, on a database of their own. */
export interface Stage {
  readonly proxy: Proxy
  readonly url: string
  readonly nodes: ServiceProcess[]
  /** Start a node again that has ended, at its old address. */
  restart(index: number): Promise<void>
  close(): Promise<void>
}

/** As the guide says: two nodes, one PostgreSQL, one Redis, one trusted proxy. */
export async function setStage(
  kind: ProxyKind,
  settings: Record<string, string> = {},
): Promise<Stage> {
  const database = await createDatabase()
  const ports = await freePorts(2)
  const env = (port: number) => ({
    COLLAB_DATABASE_URL: database.url,
    COLLAB_REDIS_URL: brought('TEST_REDIS_URL', 'a Redis'),
    COLLAB_TRUST_PROXY: '1',
    COLLAB_PORT: String(port),
    COLLAB_LOG_LEVEL: 'info',
    // The server of the tests does not wait for the disk.
    COLLAB_DURABILITY: 'relaxed',
    ...settings,
  })
  const nodes: ServiceProcess[] = []
  try {
    for (const port of ports) nodes.push(await startService({ env: env(port) }))
    const proxy = await kind.start(ports)
    return toStage({ proxy, nodes, database, start: (port) => startService({ env: env(port) }) })
  } catch (error) {
    for (const node of nodes) await node.close()
    await database.drop()
    throw error
  }
}

interface Parts {
  proxy: Proxy
  nodes: ServiceProcess[]
  database: Database
  start(port: number): Promise<ServiceProcess>
}

function toStage({ proxy, nodes, database, start }: Parts): Stage {
  return {
    proxy,
    url: proxy.url,
    nodes,
    async restart(index) {
      const old = nodes[index]!
      await old.close()
      nodes[index] = await start(old.port)
    },
    async close() {
      await proxy.close()
      for (const node of nodes) await node.close()
      await database.drop()
    },
  }
}

/** How many live connections a node has: asked of the node itself, as Prometheus does. */
export async function connectionsOf({ url }: ServiceProcess): Promise<number> {
  const figures = await (await fetch(`${url}/metrics`)).text()
  return Number(/^collab_connections (\d+)/m.exec(figures)?.[1] ?? Number.NaN)
}
