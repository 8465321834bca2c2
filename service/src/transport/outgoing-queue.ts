import type { Socket } from 'socket.io'

type EngineSocket = Socket['conn']
interface Packet {
  data?: string | Buffer
}

/**
 * Bytes that a reader has not taken yet, counted where they queue: at the engine's socket. (`bufferedAmount` of the
 * WebSocket below stays small, for the engine hands it one flush at a time.)
 */
export class OutgoingQueue {
  readonly #conn: EngineSocket
  readonly #budget: number
  /** Handed to the transport, not yet with the kernel. */
  #flushing = 0
  #waiting = 0
  readonly #whenEmpty: (() => void)[] = []

  constructor(conn: EngineSocket, budget: number) {
    this.#conn = conn
    this.#budget = budget
    conn.on('packetCreate', (packet: Packet) => {
      this.#waiting += sizeOf(packet)
    })
    conn.on('flush', () => {
      this.#flushing += this.#waiting
      this.#waiting = 0
    })
    conn.transport.on('drain', this.#drained)
    conn.on('upgrade', (transport: EngineSocket['transport']) => transport.on('drain', this.#drained))
  }

  get bytes(): number {
    return this.#flushing + this.#waiting
  }

  /** Whether a quarter of the budget is used: time to leave out what does not matter. */
  get pressed(): boolean {
    return this.bytes > this.#budget / 4
  }

  /** Whether so many more bytes may be queued. A reader without a queue may take one message of any size. */
  fits(bytes: number): boolean {
    return this.bytes === 0 || this.bytes + bytes <= this.#budget
  }

  /** Drop what has not been handed to the transport. */
  clear(): void {
    const engine = this.#conn as unknown as { writeBuffer: unknown[] }
    engine.writeBuffer = []
    this.#waiting = 0
  }

  whenEmpty(then: () => void): void {
    if (this.bytes === 0) then()
    else this.#whenEmpty.push(then)
  }

  readonly #drained = () => {
    this.#flushing = 0
    if (this.#waiting > 0) return
    for (const then of this.#whenEmpty.splice(0)) then()
  }
}

function sizeOf({ data }: Packet): number {
  if (typeof data === 'string') return data.length < SHORT ? data.length : Buffer.byteLength(data)
  return data?.length ?? 1
}

/** Short strings are taken as ASCII: counting them exactly costs more than it tells. */
const SHORT = 256
