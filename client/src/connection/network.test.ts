import {
  createServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ErrorShape, EventItem } from '@collab-kit/protocol'
import { CollabError, PROTOCOL_VERSION } from '@collab-kit/protocol/runtime'
import { Server, type ServerOptions, type Socket } from 'socket.io'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { network } from './network.ts'
import type { Transport, TransportFactory } from './transport.ts'
import { websocket } from './websocket.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

/** A Socket.IO server as the service has one. */
async function serve(options: Partial<ServerOptions> = {}) {
  const http: HttpServer = createServer()
  const io = new Server(http, { serveClient: false, ...options })
  const sockets: Socket[] = []
  io.on('connection', (socket) => void sockets.push(socket))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  closers.push(() => io.close())
  const { port } = http.address() as AddressInfo
  return { io, http, sockets, url: `http://127.0.0.1:${port}` }
}

function connect(
  factory: TransportFactory,
  serviceUrl: string,
  { token }: { token?: string } = { token: 'secret' },
) {
  const seen = {
    items: [] as EventItem[],
    refused: [] as (ErrorShape | undefined)[],
    lost: [] as unknown[],
  }
  const transport: Transport = factory({
    serviceUrl,
    token,
    handlers: {
      items: (items) => void seen.items.push(...items),
      refused: (error) => void seen.refused.push(error),
      lost: (reason) => void seen.lost.push(reason),
    },
  })
  closers.push(() => transport.close())
  return { transport, seen }
}

const until = (isSo: () => void) => vi.waitFor(isSo, { timeout: 10_000, interval: 5 })
const welcome: EventItem = { name: 'system.welcome', at: '', data: { text: 'ünïcode [1,2] 💬' } }

describe('a WebSocket', () => {
  it('[ENV-2] brings what the service says, and says who it is', async () => {
    const { io, sockets, url } = await serve()
    io.on('connection', (socket) => socket.emit('events', [welcome]))
    const { seen } = connect(websocket, url)
    await until(() => expect(seen.items).toEqual([welcome]))
    expect(sockets[0]?.handshake.auth).toEqual({ token: 'secret', protocol: PROTOCOL_VERSION })
  })

  it('says nothing of a token it does not have', async () => {
    const { sockets, url } = await serve()
    connect(websocket, url, {})
    await until(() => expect(sockets).toHaveLength(1))
    expect(sockets[0]?.handshake.auth).toEqual({ protocol: PROTOCOL_VERSION })
  })

  it('[ENV-1] brings each answer to its call, in whatever order', async () => {
    const { io, url } = await serve()
    io.on('connection', (socket) => {
      const waiting: (() => void)[] = []
      socket.onAny((name: string, input: unknown, reply: (answer: unknown) => void) => {
        waiting.push(() => reply({ ok: true, data: { name, input } }))
        if (waiting.length === 3) for (const answer of waiting.toReversed()) answer()
      })
      socket.emit('events', [welcome])
    })
    const { transport, seen } = connect(websocket, url)
    await until(() => expect(seen.items).toHaveLength(1))
    const replies: unknown[] = []
    for (const n of [1, 2, 3]) transport.send(`a.b${n}`, { n }, (reply) => void replies.push(reply))
    await until(() => expect(replies).toHaveLength(3))
    expect(replies).toEqual(
      [3, 2, 1].map((n) => ({ ok: true, data: { name: `a.b${n}`, input: { n } } })),
    )
  })

  it('[ACC-7] brings the error of a refusal', async () => {
    const { io, url } = await serve()
    const error = new CollabError('origin_denied').toJSON()
    io.use((_socket, next) => next(Object.assign(new Error('no'), { data: error })))
    const { seen } = connect(websocket, url)
    await until(() => expect(seen.refused).toEqual([error]))
    expect(seen.lost).toEqual([])
  })

  it('tells that the service ended the connection', async () => {
    const { io, sockets, url } = await serve()
    io.on('connection', (socket) => socket.emit('events', [welcome]))
    const { seen } = connect(websocket, url)
    await until(() => expect(seen.items).toHaveLength(1))
    sockets[0]?.disconnect(true)
    await until(() => expect(seen.lost).toHaveLength(1))
    expect(seen.refused).toEqual([])
  })

  it('tells that nobody is there', async () => {
    const { io, url } = await serve()
    await io.close()
    const { seen } = connect(websocket, url)
    await until(() => expect(seen.refused).toEqual([undefined]))
  })

  it('leaves the service when it is closed, and is silent then', async () => {
    const { io, url } = await serve()
    const ended: string[] = []
    io.on('connection', (socket) => {
      socket.on('disconnect', (reason) => ended.push(reason))
      socket.emit('events', [welcome])
    })
    const { transport, seen } = connect(websocket, url)
    await until(() => expect(seen.items).toHaveLength(1))
    transport.close()
    transport.send('a.b', {}, () => {})
    await until(() => expect(ended).toHaveLength(1))
    expect(seen).toMatchObject({ lost: [], refused: [] })
  })

  it('keeps a path of the address', async () => {
    const { io, url } = await serve({ path: '/chat/socket.io' })
    io.on('connection', (socket) => socket.emit('events', [welcome]))
    const { seen } = connect(websocket, `${url}/chat`)
    await until(() => expect(seen.items).toHaveLength(1))
  })

  it('answers pings, and takes silence for the end', async () => {
    const { io, url } = await serve({ pingInterval: 30, pingTimeout: 60 })
    const pongs: unknown[] = []
    io.engine.on('connection', (engine) => engine.on('heartbeat', () => pongs.push(1)))
    const { seen } = connect(websocket, url)
    await until(() => expect(pongs.length).toBeGreaterThan(2))
    expect(seen.lost).toEqual([])
    // The server's end falls silent without a word.
    const { clients } = io.engine as unknown as {
      clients: Record<string, Record<'pingIntervalTimer' | 'pingTimeoutTimer', NodeJS.Timeout>>
    }
    for (const { pingIntervalTimer, pingTimeoutTimer } of Object.values(clients)) {
      clearTimeout(pingIntervalTimer)
      clearTimeout(pingTimeoutTimer)
    }
    await until(() => expect(seen.lost).toHaveLength(1))
  })
})

/** A service behind a network that lets no WebSocket through. */
async function serveRequests() {
  const upgrades: string[] = []
  const streams: ServerResponse[] = []
  const http = createServer((request, response) => {
    if (request.url?.endsWith('/events')) {
      streams.push(response)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`data: ${JSON.stringify(welcome)}\n\n`)
    } else response.setHeader('content-type', 'application/json').end('{"n":1}')
  })
  http.on('upgrade', (request, socket) => {
    upgrades.push(request.url ?? '')
    socket.destroy()
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    http.closeAllConnections()
    http.close()
  })
  return { upgrades, streams, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` }
}

describe('the network', () => {
  it('falls back to an event stream where no WebSocket is let through, and remembers it', async () => {
    const { upgrades, streams, url } = await serveRequests()
    const { transport, seen } = connect(network, url)
    await until(() => expect(seen.items).toEqual([welcome]))
    expect(upgrades).toHaveLength(1)
    expect(seen.refused).toEqual([])
    const reply = await new Promise((resolve) =>
      transport.send('chat.getChat', { chatId: 'a' }, resolve),
    )
    expect(reply).toEqual({ ok: true, data: { n: 1 } })
    transport.close()
    await until(() => expect(streams[0]?.destroyed).toBe(true))
    const second = connect(network, url)
    await until(() => expect(second.seen.items).toHaveLength(1))
    expect(upgrades).toHaveLength(1)
    streams[1]?.end()
    await until(() => expect(second.seen.lost).toHaveLength(1))
  })

  it('tries a WebSocket again with a later connection: people move on', async () => {
    const { upgrades, url } = await serveRequests()
    vi.useFakeTimers({ toFake: ['Date'] })
    closers.push(() => vi.useRealTimers())
    const connected = async () => {
      const { transport, seen } = connect(network, url)
      await until(() => expect(seen.items).toHaveLength(1))
      transport.close()
    }
    for (const [minutes, tried] of [
      [0, 1],
      [9, 1],
      [2, 2],
      [9, 2],
    ] as const) {
      vi.setSystemTime(Date.now() + minutes * 60_000)
      await connected()
      expect(upgrades).toHaveLength(tried)
    }
  })

  it('keeps to the WebSocket once one was opened', async () => {
    const { io, http, url } = await serve()
    const asked: unknown[] = []
    http.on('request', (request: IncomingMessage) => asked.push(request.url))
    io.on('connection', (socket) => socket.emit('events', [welcome]))
    const { transport, seen } = connect(network, url)
    await until(() => expect(seen.items).toHaveLength(1))
    transport.close()
    io.use((_socket, next) => next(new Error('no')))
    const second = connect(network, url)
    await until(() => expect(second.seen.refused).toEqual([undefined]))
    expect(asked).toEqual([])
  })

  it('is silent when it is closed before the fallback is there', async () => {
    const { io, url } = await serve()
    await io.close()
    const { transport, seen } = connect(network, url)
    transport.close()
    await import('./sse.ts')
    expect(seen).toEqual({ items: [], refused: [], lost: [] })
  })
})
