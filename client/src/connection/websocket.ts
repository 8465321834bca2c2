import { EVENTS, PROTOCOL_VERSION } from '@collab-kit/protocol/runtime'
import type { ErrorShape, EventItem, Reply } from '@collab-kit/protocol'
import type { TransportFactory } from './transport.ts'

// Socket.IO 4 (Engine.IO protocol 4, Socket.IO protocol 5) over a plain WebSocket: the part of it that this client
// speaks is a tenth of the size of its library, which is loaded only where a network lets no WebSocket through.
// A packet is a digit of Engine.IO and, for messages, one of Socket.IO; then an id where there is one, and JSON.

/** Where the service takes Socket.IO; a path of its address is its own and no namespace. */
export const socketPath = (pathname: string): string => `${pathname.replace(/\/$/, '')}/socket.io`

/** What a connection says about itself. */
export const socketAuth = (token: string | undefined) => ({
  ...(token !== undefined && { token }),
  protocol: PROTOCOL_VERSION,
})

/** Until the service says how often it pings. */
const PATIENCE_MS = 45_000

/** One connection over a WebSocket. */
export const websocket: TransportFactory = ({ serviceUrl, token, handlers }) => {
  const url = new URL(serviceUrl)
  const scheme = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(`${scheme}//${url.host}${socketPath(url.pathname)}/?EIO=4&transport=websocket`)
  const replies = new Map<number, (reply: Reply) => void>()
  let lastId = 0
  let connected = false
  let patienceMs = PATIENCE_MS
  let timer: ReturnType<typeof setTimeout> | undefined
  let open = true

  /** Ends this side; whether it was open. */
  function end(): boolean {
    if (!open) return false
    open = false
    clearTimeout(timer)
    replies.clear()
    socket.close()
    return true
  }

  function fail(reason: string, error?: ErrorShape) {
    if (!end()) return
    if (connected) handlers.lost(reason)
    else handlers.refused(error)
  }

  /** The service pings all the time: silence is the end, whatever the socket believes. */
  function wait() {
    clearTimeout(timer)
    timer = setTimeout(() => fail('ping timeout'), patienceMs)
  }

  function receive(packet: string) {
    switch (packet.slice(0, 2)) {
      case '40':
        connected = true
        break
      case '41':
        fail('io server disconnect')
        break
      case '42': {
        const [name, items] = JSON.parse(packet.slice(packet.indexOf('['))) as [string, EventItem[]]
        if (name === EVENTS) handlers.items(items)
        break
      }
      case '43': {
        const start = packet.indexOf('[')
        const id = Number(packet.slice(2, start))
        const reply = replies.get(id)
        replies.delete(id)
        reply?.((JSON.parse(packet.slice(start)) as [Reply])[0])
        break
      }
      case '44':
        fail('refused', (JSON.parse(packet.slice(2)) as { data?: ErrorShape }).data)
        break
      default:
        control(packet)
    }
  }

  function control(packet: string) {
    if (packet[0] === '0') {
      const { pingInterval, pingTimeout } = JSON.parse(packet.slice(1)) as Record<string, number>
      patienceMs = (pingInterval ?? 0) + (pingTimeout ?? 0) || PATIENCE_MS
      socket.send(`40${JSON.stringify(socketAuth(token))}`)
    }
    if (packet[0] === '1') fail('transport close')
    if (packet[0] === '2') socket.send('3')
  }

  socket.onmessage = ({ data }) => {
    // A closed socket still brings what was under way.
    if (!open || typeof data !== 'string') return
    receive(data)
    if (open) wait()
  }
  socket.onclose = () => fail('transport close')
  socket.onerror = () => fail('transport error')
  wait()

  return {
    send(name, input, reply) {
      if (!open) return
      replies.set(++lastId, reply)
      socket.send(`42${lastId}${JSON.stringify([name, input])}`)
    },
    close() {
      if (open && connected) socket.send('41')
      end()
    },
  }
}
