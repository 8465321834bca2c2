import { randomUUID } from 'node:crypto'
import { errorCatalogue, type Limits } from '@collab-kit/protocol'
import type { OpenBus } from './bus/bus.ts'
import { openRedis } from './bus/redis.ts'
import { ClusterNode, type Truth } from './cluster/node.ts'
import { createTruth } from './cluster/truth.ts'
import type { Config } from './config.ts'
import { openDatabase, sqliteFile } from './database.ts'
import { modules } from './domains/index.ts'
import { createIssuers } from './identity/issuers.ts'
import type { Policy, Tokens } from './kernel/context.ts'
import type { Clock } from './kernel/clock.ts'
import { Dispatcher, type Doors, type Observed } from './kernel/dispatch.ts'
import type { Host } from './kernel/host.ts'
import type { Published } from './kernel/outbox.ts'
import { createRegistry, type Registry } from './kernel/registry.ts'
import type { Log } from './log.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { createTokens } from './tokens.ts'
import { Authenticator } from './transport/authenticator.ts'
import { createAuthority } from './transport/authority.ts'
import { Checkpoints } from './transport/checkpoint.ts'
import { createEndings, type Endings } from './transport/endings.ts'
import type { LiveConnection } from './transport/connection.ts'
import { Hub, type Reader } from './transport/hub.ts'
import { Places } from './transport/places.ts'
import { VERSION } from './version.ts'

/** Everything of a service but its doors. */
export interface Core {
  config: Config
  clock: Clock
  log: Log
  registry: Registry
  limits: Limits
  policy: Policy
  hub: Hub
  metrics: Metrics
  host: Host
  /** Present where other processes may share the database. */
  node: ClusterNode<Reader> | undefined
  tokens: Tokens
  authenticator: Authenticator
  dispatcher: Dispatcher
  places: Places
  endReplaced: Endings['endReplaced']
  checkpoints: Checkpoints
}

export interface CoreOptions extends Pick<Core, 'config' | 'clock' | 'log'> {
  openBus?: OpenBus | undefined
}

export async function createCore(options: CoreOptions): Promise<Core> {
  const { config, clock, log } = options
  const registry = createRegistry(modules)
  const { trustedIps: _trusted, ...limits } = config.limits
  const hub = new Hub(() => new Date(clock.now()).toISOString())
  const metrics = metricsOf(hub)
  let node: ClusterNode<Reader> | undefined
  const publish = (items: readonly Published[]) => (node ?? hub).publish(items)
  const policy = policyOf(config, limits)
  const database = await openDatabase({ config, registry, policy, clock, log, publish })
  const { host, signingKey } = database
  policy.epoch = database.epoch
  const ttl = config.tokenTtl * 1000
  const tokens = await createTokens({ key: signingKey, ttl, now: () => clock.now() })
  const authenticator = createAuthenticator({ ...options, tokens, ask: () => dispatcher })
  const endings = createEndings(hub, authenticator)
  const everywhere = toEverywhere(endings, () => node)
  const doors: Doors = {
    publish,
    connectionsOf: (username) => hub.readersOf(username) as readonly LiveConnection[],
    authenticate: (token) => authenticator.authenticate({ token }),
    ...everywhere,
  }
  const dispatcher: Dispatcher = new Dispatcher({
    registry,
    host,
    policy,
    tokens,
    clock,
    doors,
    observe: observer(metrics, log),
  })
  const truth = createTruth(dispatcher)
  hub.mayRead = async (reader, stream) => (await truth.readable(reader, stream)) !== undefined
  hub.heard = (item) => dispatcher.heard(item)
  if (policy.shared) {
    node = hub.watcher = createNode({ hub, truth, endings, log })
    await node.start(options.openBus ?? busOf(config, policy))
  }
  return {
    config,
    clock,
    log,
    registry,
    limits,
    policy,
    hub,
    metrics,
    host,
    node,
    tokens,
    authenticator,
    dispatcher,
    places: placesOf(config, { hub, limits }),
    endReplaced: everywhere.endReplaced,
    checkpoints: new Checkpoints(signingKey, policy.epoch),
  }
}

function createAuthenticator({
  config,
  clock,
  log,
  tokens,
  ask,
}: AuthenticatorParts): Authenticator {
  const now = () => clock.now()
  const { nameCharacters } = config.limits
  return new Authenticator({
    tokens,
    issuers: createIssuers(config.issuers, { now, log, nameCharacters }),
    authority: createAuthority({
      lookup: (...call) => ask().lookup(...call),
      internal: (...call) => ask().internal(...call),
    }),
    now,
    failuresPerMinute: config.limits.failuresPerMinute,
  })
}

interface AuthenticatorParts extends Pick<Core, 'config' | 'clock' | 'log' | 'tokens'> {
  /** Whom the database is asked by; made later. */
  ask(): Dispatcher
}

/** What ends here ends on the other nodes too. */
const toEverywhere = (here: Endings, node: () => ClusterNode<Reader> | undefined): Endings => ({
  endSignIn(signInId, code) {
    here.endSignIn(signInId, code)
    node()?.ended(signInId, code)
  },
  endPerson(state) {
    here.endPerson(state)
    node()?.personChanged(state)
  },
  endReplaced(by) {
    here.endReplaced(by)
    node()?.replaced(by)
  },
})

const metricsOf = (hub: Hub): Metrics =>
  createMetrics({
    connections: () => hub.size,
    queues: () => [...hub.readers()].map((reader) => (reader as LiveConnection).queuedBytes),
  })

const placesOf = ({ trustProxy, limits }: Config, own: Pick<Core, 'hub' | 'limits'>): Places =>
  new Places({ ...own, trustProxy, trustedIps: limits.trustedIps })

/** This process among others that may share the database. */
function createNode({ hub, truth, endings, log }: NodeParts): ClusterNode<Reader> {
  return new ClusterNode<Reader>({
    readers: hub,
    truth,
    ...endings,
    onError: (err, what) => log.warn({ err }, what),
    onBus: (up, err) => (up ? log.info('Redis is there') : log.warn({ err }, 'Redis is away')),
  })
}

interface NodeParts extends Pick<Core, 'hub' | 'log'> {
  truth: Truth
  endings: Endings
}

const busOf = ({ redisUrl }: Config, { epoch }: Policy): OpenBus | undefined =>
  redisUrl === undefined ? undefined : openRedis(redisUrl, epoch)

function policyOf(config: Config, limits: Limits): Policy {
  const { registration, guests, remember, demo } = config
  const { createNamed, createActivity, presenceVisibility, adminUsername } = config
  const nodeId = randomUUID()
  return {
    limits,
    epoch: '',
    adminUsername,
    createNamed,
    createActivity,
    presenceVisibility,
    shared: sqliteFile(config) === undefined,
    nodeId,
    info: { version: VERSION, registration, guests, remember, demo },
  }
}

function observer(metrics: Metrics, log: Log): (call: Observed) => void {
  return ({ operation, code, ms, error }) => {
    metrics.call({ operation, code, ms })
    if (!error) return
    const { level } = errorCatalogue[error.code]
    const cause = level === 'error' || level === 'warn' ? { cause: causeOf(error.cause) } : {}
    log[level]({ operation, code, requestId: error.requestId, ...cause }, error.message)
  }
}

const causeOf = (cause: unknown): string =>
  cause instanceof Error ? (cause.stack ?? cause.message) : String(cause ?? '')
