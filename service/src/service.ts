import { once } from 'node:events'
import type { Server } from 'node:http'
import { Server as TlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { OpenBus } from './bus/bus.ts'
import type { Config } from './config.ts'
import { createCore, type Core } from './core.ts'
import { createDemo, type Demo } from './demo/demo.ts'
import { createHttpDoor, createSocketDoor } from './doors.ts'
import type { Tokens } from './kernel/context.ts'
import { systemClock, type Clock } from './kernel/clock.ts'
import type { Dispatcher } from './kernel/dispatch.ts'
import { Keeping } from './keeping.ts'
import { createLog, type Log } from './log.ts'
import { readCertificate } from './tls-files.ts'
import { createOriginCheck } from './transport/origins.ts'

export interface Service {
  readonly dispatcher: Dispatcher
  readonly tokens: Tokens
  readonly log: Log
  /** What stands behind the demo page, with `demo: on`. */
  readonly demo: Demo | undefined
  /** How much of what other nodes did is still to be delivered here. */
  behind(): number
  /** Take the certificate as it is on the disk now, for connections from now on; says whether there is one. */
  renewCertificate(): boolean
  /** Start listening; answers the address. */
  listen(): Promise<{ port: number; url: string }>
  /** Finish what is under way, send everybody away and stop. */
  close(options?: { spreadMs?: number }): Promise<void>
}

export interface ServiceOptions {
  config: Config
  clock?: Clock
  log?: Log
  /** What carries hints between nodes. Default: Redis, where `redisUrl` names one. */
  openBus?: OpenBus
}

/** Time for the last answers and for readers to take in that they are sent away. */
const CLOSING_MS = 6000
/** Remembered replies are cleared this often. */
const HOUR_MS = 3_600_000
/** A node says this often that it lives. */
const KEEP_MS = 3000
/** Those whose node died are taken out of rooms this often. */
const SWEEP_MS = 3000
/** The same, where there is one node: it looks only for those of the node before it, and for what ends by itself. */
const ALONE_MS = 8000

/** The composition root: everything is made here and below. */
export async function createService({
  config,
  clock = systemClock,
  log = createLog(config),
  openBus,
}: ServiceOptions): Promise<Service> {
  const certificate = readCertificate(config)
  const core = await createCore({ config, clock, log, openBus })
  const { dispatcher, tokens, limits, host } = core
  const { publicUrl } = config
  let draining = false
  const allowOrigin = createOriginCheck(config.allowedOrigins, publicUrl)
  const demo =
    config.demo === 'on'
      ? await createDemo({ dispatcher, tokens, clock, log, limits, publicUrl })
      : undefined
  const server = createHttpDoor({
    ...{ core, demo, allowOrigin, certificate },
    isDraining: () => draining,
  })
  const cut = cutter(server)
  const socket = createSocketDoor(core, server, allowOrigin)
  const keeping = await keepNode(dispatcher)
  await prepareChats(dispatcher, config)
  const stopJobs = startJobs(core, keeping)
  return {
    dispatcher,
    tokens,
    log,
    demo,
    behind: () => core.node?.behind ?? 0,
    renewCertificate() {
      const renewed = readCertificate(config)
      if (renewed && server instanceof TlsServer) server.setSecureContext(renewed)
      return renewed !== undefined
    },
    async listen() {
      server.listen(config.port, config.host)
      await once(server, 'listening').catch((error: unknown) => {
        throw toListenError(error, config)
      })
      const { port } = server.address() as AddressInfo
      return { port, url: publicUrl ?? `http${certificate ? 's' : ''}://localhost:${port}` }
    },
    async close({ spreadMs = 2000 } = {}) {
      draining = true
      stopJobs()
      await demo?.close()
      socket.drain(spreadMs)
      setTimeout(cut, CLOSING_MS).unref()
      await socket.close(CLOSING_MS)
      cut()
      dispatcher.close()
      await core.node?.close()
      // Those who are sent away have to come back elsewhere before the node is taken for gone: till then they are in rooms.
      if (spreadMs === 0) await dispatcher.internal('system.$endNode', {}).catch(() => {})
      await host.close()
    },
  }
}

function toListenError(error: unknown, { port, host }: Config): unknown {
  const { code } = error as { code?: string }
  const sentences: Record<string, string> = {
    EADDRINUSE: `port ${port} is taken: end what listens there, or set COLLAB_PORT`,
    EACCES: `port ${port} is not for this user: set COLLAB_PORT to one above 1023`,
    EADDRNOTAVAIL: `${host} is no address of this machine: set COLLAB_HOST`,
  }
  return code && sentences[code] ? new Error(sentences[code], { cause: error }) : error
}

/** Ends every connection of a server, upgraded ones too: those it neither counts nor closes by itself. */
function cutter(server: Server): () => void {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return () => {
    for (const socket of sockets) socket.destroy()
  }
}

/** The node's first sign of life; the others are a job. */
async function keepNode(dispatcher: Dispatcher): Promise<Keeping> {
  const say = () => dispatcher.internal('system.$keepNode', {})
  const keeping = new Keeping({ say, everyMs: KEEP_MS })
  await keeping.keep()
  return keeping
}

async function prepareChats(dispatcher: Dispatcher, { chats }: Config): Promise<void> {
  await dispatcher.internal('chat.$sweepRooms', {})
  for (const { id: chatId, ...rest } of chats) {
    await dispatcher.internal('chat.$ensureChat', { chatId, ...rest })
  }
}

/** What is done every so often, by whichever node comes first. */
function startJobs({ dispatcher, clock, node }: Core, keeping: Keeping): () => void {
  const hourly = repeat(clock, HOUR_MS, async () => {
    await dispatcher.internal('system.$forgetReplies', {})
    await dispatcher.internal('auth.$forgetSignIns', {})
  })
  // Those of a node that is gone have time to come back before anybody is told that they went.
  const gone = repeat(systemClock, node ? SWEEP_MS : ALONE_MS, async () => {
    if (node && !keeping.isSteady) return
    await dispatcher.internal('presence.$sweep', node ? { ms: SWEEP_MS / 2 } : {})
    await dispatcher.internal('activities.$sweep', node ? { ms: SWEEP_MS / 2 } : {})
  })
  if (!node) return () => [hourly, gone].forEach((stop) => stop())
  // Leases run on the database's clock, whatever this node's says.
  const alive = repeat(systemClock, KEEP_MS, () => keeping.keep())
  const sweep = repeat(systemClock, SWEEP_MS, async () => {
    if (keeping.isSteady) await dispatcher.internal('chat.$sweepRooms', { ms: SWEEP_MS / 2 })
  })
  return () => {
    for (const stop of [hourly, gone, alive, sweep]) stop()
  }
}

function repeat(clock: Clock, ms: number, job: () => Promise<unknown>): () => void {
  let cancel = clock.after(ms, function again() {
    // A failure is logged by the call itself, and the next turn tries again.
    void job().catch(() => {})
    cancel = clock.after(ms, again)
  })
  return () => cancel()
}
