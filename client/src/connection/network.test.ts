import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ErrorShape, EventItem } from '@collab-kit/protocol'
import { CollabError, PROTOCOL_VERSION } from '@collab-kit/protocol/runtime'
import { Server, type ServerOptions, type Socket } from 'socket.io'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { network } from './network.ts'
import { polling } from './polling.ts'
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

describe.each([
  ['a WebSocket', websocket],
  ['polling', polling],
])('%s', (_name, factory) => {
  it('[ENV-2] brings what the service says, and says who it is', async () => {
    const { io, sockets, url } = await serve()
    io.on('connection', (socket) => socket.emit('events', [welcome]))
    const { seen } = connect(factory, url)
    await until(() => expect(seen.items).toEqual([welcome]))
    expect(sockets[0]?.handshake.auth).toEqual({ token: 'secret', protocol: PROTOCOL_VERSION })
  })

  it('says nothing of a token it does not have', async () => {
    const { sockets, url } = await serve()
    connect(factory, url, {})
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
    const { transport, seen } = connect(factory, url)
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
    const { seen } = connect(factory, url)
    await until(() => expect(seen.refused).toEqual([error]))
    expect(seen.lost).toEqual([])
  })

  it('tells that the service ended the connection', async () => {
    const { io, sockets, url } = await serve()
    io.on('connection', (socket) => socket.emit('events', [welcome]))
    const { seen } = connect(factory, url)
    await until(() => expect(seen.items).toHaveLength(1))
    sockets[0]?.disconnect(true)
    await until(() => expect(seen.lost).toHaveLength(1))
    expect(seen.refused).toEqual([])
  })

  it('tells that nobody is there', async () => {
    const { io, url } = await serve()
    await io.close()
    const { seen } = connect(factory, url)
    await until(() => expect(seen.refused).toEqual([undefined]))
  })

  it('leaves the service when it is closed, and is silent then', async () => {
    const { io, url } = await serve()
    const ended: string[] = []
    io.on('connection', (socket) => {
      socket.on('disconnect', (reason) => ended.push(reason))
      socket.emit('events', [welcome])
    })
    const { transport, seen } = connect(factory, url)
    await until(() => expect(seen.items).toHaveLength(1))
    transport.close()
    transport.send('a.b', {}, () => {})
    await until(() => expect(ended).toHaveLength(1))
    expect(seen).toMatchObject({ lost: [], refused: [] })
  })

  it('keeps a path of the address', async () => {
    const { io, url } = await serve({ path: '/chat/socket.io' })
    io.on('connection', (socket) => socket.emit('events', [welcome]))
    const { seen } = connect(factory, `${url}/chat`)
    await until(() => expect(seen.items).toHaveLength(1))
  })
})

describe('a WebSocket', () => {
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

describe('the network', () => {
  it('falls back to polling where no WebSocket is let through, and remembers it', async () => {
    const { io, http, url } = await serve({ transports: ['polling'] })
    const upgrades: string[] = []
    http.on('upgrade', (request, socket) => {
      upgrades.push(request.url ?? '')
      socket.destroy()
    })
    io.on('connection', (socket) => {
      socket.on('a.b', (input: unknown, reply: (answer: unknown) => void) =>
        reply({ ok: true, data: input }),
      )
      socket.emit('events', [welcome])
    })
    const { transport, seen } = connect(network, url)
    await until(() => expect(seen.items).toHaveLength(1))
    expect(upgrades).toHaveLength(1)
    expect(seen.refused).toEqual([])
    const reply = await new Promise((resolve) => transport.send('a.b', { n: 1 }, resolve))
    expect(reply).toEqual({ ok: true, data: { n: 1 } })
    transport.close()
    const second = connect(network, url)
    await until(() => expect(second.seen.items).toHaveLength(1))
    expect(upgrades).toHaveLength(1)
  })

  it('does not poll once a WebSocket was opened', async () => {
    const { io, url } = await serve()
    const polled: unknown[] = []
    io.on('connection', (socket) => socket.emit('events', [welcome]))
    io.engine.on('connection', (engine: { transport: { name: string } }) =>
      polled.push(engine.transport.name),
    )
    const { transport, seen } = connect(network, url)
    await until(() => expect(seen.items).toHaveLength(1))
    transport.close()
    await io.close()
    const second = connect(network, url)
    await until(() => expect(second.seen.refused).toEqual([undefined]))
    expect(polled).toEqual(['websocket'])
  })

  it('is silent when it is closed before the fallback is there', async () => {
    const { io, url } = await serve()
    await io.close()
    const { transport, seen } = connect(network, url)
    transport.close()
    await import('./polling.ts')
    expect(seen).toEqual({ items: [], refused: [], lost: [] })
  })
})
