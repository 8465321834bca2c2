import type { Socket } from 'socket.io'
import type { Frame } from './frame.ts'
import { FrameWriter, type FramedSocket } from './frame-writer.ts'

type EngineSocket = Socket['conn']
type Transport = EngineSocket['transport']
interface Packet {
  data?: string | Buffer
}

const queues = new WeakMap<EngineSocket, OutgoingQueue>()

/** Bytes that wait for a reader; 0 for one who has none yet. */
export const queuedBytesOf = (conn: EngineSocket): number => queues.get(conn)?.bytes ?? 0

/** The way out to one reader, and the bytes that it has not taken yet, counted where they queue. */
export class OutgoingQueue {
  readonly #conn: EngineSocket
  readonly #budget: number
  readonly #whenEmpty: (() => void)[] = []
  /** Once there is a WebSocket, everything goes through here, the engine's own packets too. */
  #writer: FrameWriter | undefined
  /** Long polling: handed to the transport, not yet fetched. */
  #flushing = 0
  #waiting = 0

  constructor(conn: EngineSocket, budget: number) {
    queues.set(conn, this)
    this.#conn = conn
    this.#budget = budget
    if (conn.transport.name === 'websocket') this.#useWebSocket(conn.transport)
    else this.#usePolling()
  }

  get bytes(): number {
    return (this.#writer?.bytes ?? 0) + this.#flushing + this.#waiting
  }

  /** Whether a quarter of the budget is used: time to leave out what does not matter. */
  get pressed(): boolean {
    return this.bytes > this.#budget / 4
  }

  /** Whether so many more bytes may be queued. A reader without a queue may take one message of any size. */
  fits(bytes: number): boolean {
    const queued = this.bytes
    return queued === 0 || queued + bytes <= this.#budget
  }

  write(frame: Frame): void {
    if (this.#writer) this.#writer.write(frame.webSocket)
    else this.#conn.write(frame.text, { compress: false })
  }

  /** Drop what has not been handed to the transport. */
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
