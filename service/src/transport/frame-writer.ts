import type { Socket as NetSocket } from 'node:net'

/** What `ws` and Socket.IO's engine hand every frame to; `done` is told when the next may come. */
interface FrameSender {
  sendFrame(parts: readonly (Buffer | string)[], done?: () => void): void
}

/** The inside of a WebSocket of `ws`, as Socket.IO's engine reaches into it too. */
export interface FramedSocket {
  readonly _socket: NetSocket
  readonly _sender: FrameSender
}

/** From here on frames do not wait for the end of the turn. */
const FULL = 64 * 1024
/** Copying up to here is cheaper than handing over a list. */
const SMALL = 16 * 1024
const OPCODE = 0x0f
const CLOSE = 0x08

/** Writers that have something to write at the end of this turn of the event loop. */
let turn: FrameWriter[] = []

function endTurn(): void {
  const writers = turn
  turn = []
  for (const writer of writers) writer.flush()
}

/**
 * All frames of one WebSocket on their way to the kernel: those of one turn of the event loop in one write, for a write
 * costs more than all else. What the kernel does not take yet waits here, where it is counted and can be dropped.
 */
export class FrameWriter {
  readonly #socket: NetSocket
  readonly #onEmpty: () => void
  #waiting: Buffer[] = []
  #bytes = 0
  /** Whether the kernel has not taken the last write yet. */
  #blocked = false
  #scheduled = false
  /** Whether a close frame was written: nothing may follow it. */
  #ended = false
  #closeSent: (() => void) | undefined

  /** `onEmpty` is told when everything is with the kernel. */
  constructor(webSocket: FramedSocket, onEmpty: () => void) {
    this.#socket = webSocket._socket
    this.#onEmpty = onEmpty
    webSocket._sender.sendFrame = (parts, done) => this.#take(parts, done)
  }

  /** Bytes that the kernel has not taken. */
  get bytes(): number {
    return this.#blocked ? this.#bytes + this.#socket.writableLength : this.#bytes
  }

  write(frame: Buffer): void {
    if (this.#ended) return
    this.#waiting.push(frame)
    this.#bytes += frame.length
    if (this.#bytes >= FULL) this.flush()
    else this.#schedule()
  }

  /** Drop what has not been handed to the kernel, in whole frames. */
  clear(): void {
    this.#waiting = []
    this.#bytes = 0
  }

  flush(): void {
    this.#scheduled = false
    if (this.#blocked) return
    if (this.#waiting.length === 0 || !this.#socket.writable) return this.clear()
    if (this.#waiting.length === 1) this.#socket.write(this.#waiting.pop()!)
    else this.#writeAll()
    this.#bytes = 0
    this.#closeSent?.()
    this.#closeSent = undefined
    if (this.#socket.writableLength === 0) return this.#onEmpty()
    // A callback for every write is felt with many readers: only where the kernel was full, an empty write follows.
    this.#blocked = true
    this.#socket.write(NOTHING, this.#taken)
  }

  #writeAll(): void {
    const frames = this.#waiting
    this.#waiting = []
    if (this.#bytes <= SMALL) {
      this.#socket.write(Buffer.concat(frames, this.#bytes))
      return
    }
    this.#socket.cork()
    for (const frame of frames) this.#socket.write(frame)
    this.#socket.uncork()
  }

  #take(parts: readonly (Buffer | string)[], done?: () => void): void {
    const frame = join(parts)
    const last = (frame[0]! & OPCODE) === CLOSE
    // After its close frame a connection may be ended: that has to be on its way. Else more may come at once, so that
    // nothing queues above.
    if (last) this.#closeSent = done
    this.write(frame)
    if (last) this.#ended = true
    else done?.()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    if (turn.push(this) === 1) setImmediate(endTurn)
  }

  readonly #taken = () => {
    this.#blocked = false
    if (this.#waiting.length > 0) this.flush()
    else this.#onEmpty()
  }
}

const NOTHING = Buffer.alloc(0)

/** Header and payload as one. */
function join([header, payload]: readonly (Buffer | string)[]): Buffer {
  if (payload === undefined) return header as Buffer
  if (typeof payload !== 'string') return Buffer.concat([header as Buffer, payload])
  const start = header!.length
  const frame = Buffer.allocUnsafe(start + Buffer.byteLength(payload))
  frame.set(header as Buffer)
  frame.write(payload, start)
  return frame
}
