import type { Socket } from 'socket.io'
import { cutTransport, whenGone } from './cut.ts'
import type { Frame } from './frame.ts'
import { FrameWriter, type FramedSocket } from './frame-writer.ts'
import { PRESSED, type Outlet } from './outlet.ts'

type EngineSocket = Socket['conn']
type Transport = EngineSocket['transport']
interface Packet {
  data?: string | Buffer
}

const queues = new WeakMap<EngineSocket, OutgoingQueue>()

/** Bytes that wait for a reader; 0 for one who has none yet. */
export const queuedBytesOf = (conn: EngineSocket): number => queues.get(conn)?.bytes ?? 0

/** The way out over a socket, and the bytes that its reader has not taken yet, counted where they queue. */
export class OutgoingQueue implements Outlet {
  readonly #conn: EngineSocket
  readonly budget: number
  readonly #whenEmpty: (() => void)[] = []
  /** Once there is a WebSocket, everything goes through here, the engine's own packets too. */
  #writer: FrameWriter | undefined
  /** Long polling: handed to the transport, not yet fetched. */
  #flushing = 0
  #waiting = 0

  constructor(conn: EngineSocket, budget: number) {
    queues.set(conn, this)
    this.#conn = conn
    this.budget = budget
    if (conn.transport.name === 'websocket') this.#useWebSocket(conn.transport)
    else this.#usePolling()
  }

  get bytes(): number {
    return (this.#writer?.bytes ?? 0) + this.#flushing + this.#waiting
  }

  get pressed(): boolean {
    return this.bytes > this.budget * PRESSED
  }

  fits(bytes: number): boolean {
    const queued = this.bytes
    return queued === 0 || queued + bytes <= this.budget
  }

  write(frame: Frame): void {
    if (this.#writer) this.#writer.write(frame.webSocket)
    else this.#conn.write(frame.text, { compress: false })
  }

  clear(): void {
    const engine = this.#conn as unknown as { writeBuffer: unknown[] }
    engine.writeBuffer = []
    this.#waiting = 0
    this.#writer?.clear()
  }

  whenEmpty(then: () => void): void {
    if (this.bytes === 0) then()
    else this.#whenEmpty.push(then)
  }

  close(): void {
    this.#conn.close()
  }

  cut(): void {
    cutTransport(this.#conn)
  }

  whenGone(then: () => void): void {
    whenGone(this.#conn, then)
  }

  #useWebSocket(transport: Transport): void {
    const { socket } = transport as unknown as { socket: FramedSocket }
    this.#writer = new FrameWriter(socket, this.#emptied)
  }

  #usePolling(): void {
    const count = (packet: Packet) => {
      this.#waiting += sizeOf(packet)
    }
    const flush = () => {
      this.#flushing += this.#waiting
      this.#waiting = 0
    }
    const drained = () => {
      this.#flushing = 0
      this.#emptied()
    }
    const { transport } = this.#conn
    this.#conn.on('packetCreate', count)
    this.#conn.on('flush', flush)
    transport.on('drain', drained)
    this.#conn.once('upgrade', (next: Transport) => {
      this.#conn.off('packetCreate', count)
      this.#conn.off('flush', flush)
      transport.off('drain', drained)
      this.#flushing = 0
      this.#waiting = 0
      this.#useWebSocket(next)
    })
  }

  readonly #emptied = () => {
    if (this.#whenEmpty.length === 0 || this.bytes > 0) return
    for (const then of this.#whenEmpty.splice(0)) then()
  }
}

const sizeOf = ({ data }: Packet): number =>
  typeof data === 'string' ? Buffer.byteLength(data) : (data?.length ?? 1)
