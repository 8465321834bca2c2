import { createPostgresServer, whyNoPostgres, type PostgresServer } from './postgres-server.ts'
import { createRedisServer, whyNoRedis, type RedisServer } from './redis-server.ts'
import { startService, type Exit, type ServiceProcess } from './service-process.ts'
import { createTcpProxy, type TcpProxy } from './tcp-proxy.ts'

export interface ClusterOptions {
  /** Default 2. */
  nodes?: number
  /** Further settings of every node, `COLLAB_*`. */
  env?: Record<string, string>
}

/** One of the nodes, or the place where it was. */
export interface ClusterNode {
  readonly name: string
  /** The network between it and its servers. */
  readonly toPostgres: TcpProxy
  readonly toRedis: TcpProxy
  /** Takes connections: neither ended, nor ending, nor frozen. */
  readonly open: boolean
  readonly service: ServiceProcess
}

interface Place extends ClusterNode {
  open: boolean
  running: ServiceProcess | undefined
}

/** Why there can be no cluster here, or nothing when there can. */
export const whyNoCluster = (): string | undefined => whyNoPostgres() ?? whyNoRedis()

/** Some nodes of one service, with a PostgreSQL and a Redis of their own, all of which may be done harm. */
export class Cluster {
  readonly nodes: readonly ClusterNode[]
  readonly postgres: PostgresServer
  readonly redis: RedisServer
  readonly #env: Record<string, string>

  private constructor(
    servers: Pick<Cluster, 'postgres' | 'redis'>,
    nodes: readonly Place[],
    env: Record<string, string>,
  ) {
    this.postgres = servers.postgres
    this.redis = servers.redis
    this.nodes = nodes
    this.#env = env
  }

  /** Start everything. */
  static async start({ nodes = 2, env = {} }: ClusterOptions = {}): Promise<Cluster> {
    const [postgres, redis] = [await createPostgresServer(), await createRedisServer()]
    const places: Place[] = []
    const cluster = new Cluster({ postgres, redis }, places, env)
    try {
      await Promise.all([postgres.start(), redis.start()])
      for (let n = 1; n <= nodes; n++) places.push(await createPlace(`node ${n}`, cluster))
      // All at once, as on a fresh database behind a load balancer.
      await Promise.all(places.map((place) => cluster.restartNode(place)))
      return cluster
    } catch (error) {
      await cluster.close()
      throw error
    }
  }

  /** Where one may connect now. */
  get urls(): string[] {
    return this.nodes.filter(({ open }) => open).map(({ service }) => service.url)
  }

  /** Start a node again. */
  async restartNode(node: ClusterNode): Promise<void> {
    const place = node as Place
    await place.running?.close()
    place.running = await startService({
      env: {
        COLLAB_DATABASE_URL: `postgres://postgres@127.0.0.1:${place.toPostgres.port}/postgres`,
        COLLAB_REDIS_URL: `redis://127.0.0.1:${place.toRedis.port}`,
        ...this.#env,
      },
    })
    place.open = true
  }

  /** SIGTERM; resolves with the end. */
  stopNode(node: ClusterNode): Promise<Exit> {
    return this.#end(node, 'SIGTERM')
  }

  /** `kill -9`. */
  killNode(node: ClusterNode): Promise<Exit> {
    return this.#end(node, 'SIGKILL')
  }

  freezeNode(node: ClusterNode): void {
    ;(node as Place).open = false
    process.kill(node.service.pid, 'SIGSTOP')
  }

  thawNode(node: ClusterNode): void {
    process.kill(node.service.pid, 'SIGCONT')
    ;(node as Place).open = true
  }

  /** All that slipped through on nodes that run. */
  slips(): unknown[] {
    return this.nodes.flatMap((node) => (node as Place).running?.slips() ?? [])
  }

  /** What the nodes have to say about a failure. */
  trouble(): string {
    return this.nodes
      .flatMap((node) => {
        const { name, running } = node as Place
        const lines = running?.log().filter(({ level }) => level >= 40) ?? []
        const last = lines.slice(-6).map((line) => `  ${JSON.stringify(line).slice(0, 600)}`)
        return [`${name} ${running?.alive ? 'runs' : 'has ended'}; its last warnings:`, ...last]
      })
      .join('\n')
  }

  async close(): Promise<void> {
    for (const node of this.nodes) {
      await (node as Place).running?.close()
      await Promise.all([node.toPostgres.close(), node.toRedis.close()])
    }
    await Promise.all([this.postgres.close(), this.redis.close()])
  }

  #end(node: ClusterNode, signal: NodeJS.Signals): Promise<Exit> {
    ;(node as Place).open = false
    return node.service.end(signal)
  }
}

async function createPlace(
  name: string,
  { postgres, redis }: Pick<Cluster, 'postgres' | 'redis'>,
): Promise<Place> {
  const place: Place = {
    name,
    toPostgres: await createTcpProxy(postgres.port),
    toRedis: await createTcpProxy(redis.port),
    open: false,
    running: undefined,
    get service() {
      if (!place.running) throw new Error(`${name} was not started`)
      return place.running
    },
  }
  return place
}
