import { EVENTS, PROTOCOL_VERSION } from '@collab-kit/protocol/runtime'
import type { ErrorShape, EventItem, Reply } from '@collab-kit/protocol'
import type { Transport, TransportFactory, TransportRequest } from './transport.ts'

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

/** Silence that is waited for until the service says how often it pings. */
const PATIENCE_MS = 45_000

/** One connection over a WebSocket. */
export const websocket: TransportFactory = (request) => new SocketIoOverWebSocket(request)

class SocketIoOverWebSocket implements Transport {
  readonly #request: TransportRequest
  readonly #socket: WebSocket
  readonly #replies = new Map<number, (reply: Reply) => void>()
  #lastId = 0
  #connected = false
  #open = true
  #patienceMs = PATIENCE_MS
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(request: TransportRequest) {
    this.#request = request
    const url = new URL(`${request.serviceUrl}/`)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    url.pathname = `${socketPath(url.pathname)}/`
    url.search = 'EIO=4&transport=websocket'
    this.#socket = new WebSocket(url)
    this.#socket.onmessage = ({ data }) => {
      // A closed socket still brings what was under way.
      if (this.#open && typeof data === 'string') this.#receive(data)
      if (this.#open) this.#wait()
    }
    this.#socket.onclose = this.#socket.onerror = () => this.#fail()
    this.#wait()
  }

  send(name: string, input: unknown, reply: (reply: Reply) => void): void {
    if (!this.#open) return
    this.#replies.set(++this.#lastId, reply)
    this.#socket.send(`42${this.#lastId}${JSON.stringify([name, input])}`)
  }

  close(leaves = false): void {
    if (!this.#open) return
    if (leaves && this.#connected) this.#socket.send('41')
    this.#open = false
    clearTimeout(this.#timer)
    this.#replies.clear()
    this.#socket.close()
  }

  #fail(error?: ErrorShape) {
    if (!this.#open) return
    const { handlers } = this.#request
    const wasConnected = this.#connected
    this.#connected = false
    this.close()
    if (wasConnected) handlers.lost()
    else handlers.refused(error)
  }

  /** The service pings all the time: silence is the end, whatever the socket believes. */
  #wait() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#fail(), this.#patienceMs)
  }

  #receive(packet: string) {
    switch (packet.charAt(0)) {
      case '0': {
        const { pingInterval = 0, pingTimeout = 0 } = JSON.parse(packet.slice(1)) as Record<
          string,
          number
        >
        this.#patienceMs = pingInterval + pingTimeout || PATIENCE_MS
        this.#socket.send(`40${JSON.stringify(socketAuth(this.#request.token))}`)
        break
      }
      case '2':
        this.#socket.send('3')
        break
      case '4':
        this.#message(packet.slice(1))
    }
  }

  #message(packet: string) {
    const start = packet.indexOf('[')
    switch (packet.charAt(0)) {
      case '0':
        this.#connected = true
        break
      case '1':
        this.#fail()
        break
      case '2': {
        const [name, items] = JSON.parse(packet.slice(start)) as [string, EventItem[]]
        if (name === EVENTS) this.#request.handlers.items(items)
        break
      }
      case '3': {
        const id = Number(packet.slice(1, start))
        const [reply] = JSON.parse(packet.slice(start)) as [Reply]
        const answered = this.#replies.get(id)
        this.#replies.delete(id)
        answered?.(reply)
        break
      }
      case '4':
        this.#fail((JSON.parse(packet.slice(1)) as { data?: ErrorShape }).data)
    }
  }
}
