import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Config } from './config.ts'
import { createCore } from './core.ts'
import { createDemo, type Demo } from './demo/demo.ts'
import { createHttpDoor, createSocketDoor } from './doors.ts'
import type { Tokens } from './kernel/context.ts'
import { systemClock, type Clock } from './kernel/clock.ts'
import type { Dispatcher } from './kernel/dispatch.ts'
import { createLog, type Log } from './log.ts'
import { createOriginCheck } from './transport/origins.ts'

export interface Service {
  readonly dispatcher: Dispatcher
  readonly tokens: Tokens
  readonly log: Log
  /** What stands behind the demo page, with `demo: on`. */
  readonly demo: Demo | undefined
  /** Start listening; answers the address. */
  listen(): Promise<{ port: number; url: string }>
  /** Finish what is under way, send everybody away and stop. */
  close(options?: { spreadMs?: number }): Promise<void>
}

export interface ServiceOptions {
  config: Config
  clock?: Clock
  log?: Log
}

/** Time for the last answers and for readers to take in that they are sent away. */
const CLOSING_MS = 6000
/** Remembered replies are cleared this often. */
const HOUR_MS = 3_600_000

/** The composition root: everything is made here and below. */
export async function createService({
  config,
  clock = systemClock,
  log = createLog(config),
}: ServiceOptions): Promise<Service> {
  const core = await createCore({ config, clock, log })
  const { dispatcher, tokens, limits, host } = core
  const { publicUrl } = config
  let draining = false
  const allowOrigin = createOriginCheck(config.allowedOrigins, publicUrl)
  const demo =
    config.demo === 'on'
      ? await createDemo({ dispatcher, tokens, clock, log, limits, publicUrl })
      : undefined
  const server = createHttpDoor({ core, demo, allowOrigin, isDraining: () => draining })
  const cut = cutter(server)
  const socket = createSocketDoor(core, server, allowOrigin)
  await prepareChats(dispatcher, config)
  const stopClearing = clearReplies(dispatcher, clock)
  return {
    dispatcher,
    tokens,
    log,
    demo,
    async listen() {
      server.listen(config.port, config.host)
      await once(server, 'listening').catch((error: unknown) => {
        throw toListenError(error, config)
      })
      const { port } = server.address() as AddressInfo
      return { port, url: publicUrl ?? `http://localhost:${port}` }
    },
    async close({ spreadMs = 2000 } = {}) {
      draining = true
      stopClearing()
      await demo?.close()
      socket.drain(spreadMs)
      setTimeout(cut, CLOSING_MS).unref()
      await socket.close(CLOSING_MS)
      cut()
      dispatcher.close()
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

async function prepareChats(dispatcher: Dispatcher, { chats }: Config): Promise<void> {
  await dispatcher.internal('chat.$emptyRooms', {})
  for (const { id: chatId, ...rest } of chats) {
    await dispatcher.internal('chat.$ensureChat', { chatId, ...rest })
  }
}

function clearReplies(dispatcher: Dispatcher, clock: Clock): () => void {
  let cancel = clock.after(HOUR_MS, function again() {
    // A failure is logged by the call itself, and the next hour tries again.
    void dispatcher.internal('system.$forgetReplies', {}).catch(() => {})
    cancel = clock.after(HOUR_MS, again)
  })
  return () => cancel()
}
