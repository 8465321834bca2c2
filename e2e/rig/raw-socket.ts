import { createHash, randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { until } from './until.ts'

/** Opcodes of RFC 6455. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

export interface FrameParts {
  opcode?: number
  fin?: boolean
  /** Reserved bits, 0 to 7. */
  rsv?: number
  /** A client that does not mask breaks the protocol. Default true. */
  mask?: boolean
  /** Claims another length than there is. */
  length?: number
}

/** The bytes of one WebSocket frame as a client sends it, or as none should. */
export function toFrame(payload: string | Uint8Array, parts: FrameParts = {}): Buffer {
  const { opcode = OPCODE.text, fin = true, rsv = 0, mask = true } = parts
  const data = Buffer.from(payload as Uint8Array)
  const length = parts.length ?? data.length
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode]
  if (length < 126) head.push((mask ? 0x80 : 0) | length)
  else if (length < 65_536) head.push((mask ? 0x80 : 0) | 126, length >> 8, length & 255)
  else {
    const long = Buffer.alloc(8)
    long.writeBigUInt64BE(BigInt(length))
    head.push((mask ? 0x80 : 0) | 127, ...long)
  }
  if (!mask) return Buffer.concat([Buffer.from(head), data])
  const key = randomBytes(4)
  return Buffer.concat([Buffer.from(head), key, data.map((byte, index) => byte ^ key[index % 4]!)])
}

/** A TCP connection of which everything is in one's own hands. */
export interface RawTcp {
  readonly socket: Socket
  /** Everything received, as Latin-1. */
  received(): string
  readonly open: boolean
  readonly closed: Promise<void>
  /** Resolves when it is written, or the connection is gone. */
  write(bytes: string | Uint8Array): Promise<void>
  close(): void
}

export async function connectTcp(port: number): Promise<RawTcp> {
  const chunks: Buffer[] = []
  let open = true
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('data', (chunk) => chunks.push(chunk as Buffer))
  // A reset is one way to be closed.
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      open = false
      resolve()
    })
  })
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  return {
    socket,
    closed,
    received: () => Buffer.concat(chunks).toString('latin1'),
    get open() {
      return open
    },
    write: (bytes) =>
      open
        ? new Promise((resolve) => {
            socket.write(bytes, () => resolve())
          })
        : Promise.resolve(),
    close: () => socket.destroy(),
  }
}

/** A WebSocket to Engine.IO, frame by frame. */
export interface RawSocket {
  readonly tcp: RawTcp
  /** Text messages received so far. */
  readonly texts: string[]
  /** Code of the close frame that came, if one came. */
  readonly closeCode: number | undefined
  readonly open: boolean
  readonly closed: Promise<void>
  send(payload: string | Uint8Array, parts?: FrameParts): Promise<void>
  /** The first text that fits; throws when none comes or the connection ends first. */
  next(predicate: (text: string) => boolean, what?: string): Promise<string>
  /** Stop and go on reading from the network. */
  pause(): void
  resume(): void
  close(): void
}

export interface RawSocketOptions {
  headers?: Record<string, string>
  path?: string
}

const ENGINE = '/socket.io/?EIO=4&transport=websocket'

/** Shake hands; throws with the answer when the service refuses. */
export async function openRawSocket(
  port: number,
  { headers = {}, path = ENGINE }: RawSocketOptions = {},
): Promise<RawSocket> {
  const tcp = await connectTcp(port)
  const key = randomBytes(16).toString('base64')
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': key,
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  // As every WebSocket does: one who is told that it is over says so too.
  const frames = new FrameReader(() => void tcp.write(toFrame('', { opcode: OPCODE.close })))
  let head = ''
  tcp.socket.on('data', (chunk) => {
    if (head.endsWith('\r\n\r\n')) return frames.take(chunk as Buffer)
    const text = head + chunk.toString('latin1')
    const end = text.indexOf('\r\n\r\n')
    if (end === -1) {
      head = text
      return
    }
    head = text.slice(0, end + 4)
    frames.take(Buffer.from(text.slice(end + 4), 'latin1'))
  })
  await tcp.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  await until(() => head.endsWith('\r\n\r\n') || !tcp.open, { what: 'the handshake is answered' })
  const accept = createHash('sha1')
    .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64')
  if (!head.startsWith('HTTP/1.1 101') || !head.includes(accept)) {
    tcp.close()
    throw new Error(`the handshake was refused: ${tcp.received().slice(0, 500)}`)
  }
  return toRawSocket(tcp, frames)
}

function toRawSocket(tcp: RawTcp, frames: FrameReader): RawSocket {
  return {
    tcp,
    texts: frames.texts,
    closed: tcp.closed,
    get closeCode() {
      return frames.closeCode
    },
    get open() {
      return tcp.open
    },
    send: (payload, parts) => tcp.write(toFrame(payload, parts)),
    next: (predicate, what = 'a message that fits') =>
      until(
        () => {
          const found = frames.texts.find(predicate)
          if (found === undefined && !tcp.open)
            throw new Error(`closed (${frames.closeCode}) before ${what}`)
          return found
        },
        { what },
      ),
    pause: () => void tcp.socket.pause(),
    resume: () => void tcp.socket.resume(),
    close: () => tcp.close(),
  }
}

/** Sign in over a raw socket; answers the first item's connection id. */
export async function signIn(socket: RawSocket, token: string): Promise<void> {
  await socket.next((text) => text.startsWith('0{'), 'the Engine.IO handshake')
  await socket.send(`40${JSON.stringify({ token })}`)
  await socket.next((text) => text.startsWith('40{'), 'the namespace')
  await socket.next((text) => text.includes('system.welcome'), 'the welcome')
}

/** Messages out of the bytes of a server, which does not mask and hardly fragments. */
class FrameReader {
  readonly texts: string[] = []
  closeCode: number | undefined
  readonly #onClose: () => void
  #chunks: Buffer[] = []
  #size = 0

  constructor(onClose: () => void) {
    this.#onClose = onClose
  }

  take(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    for (let frame = this.#shift(); frame; frame = this.#shift()) {
      if (frame.opcode === OPCODE.text) this.texts.push(frame.payload.toString())
      if (frame.opcode !== OPCODE.close) continue
      this.closeCode = frame.payload.length >= 2 ? frame.payload.readUInt16BE() : 1005
      this.#onClose()
    }
  }

  #shift(): { opcode: number; payload: Buffer } | undefined {
    if (this.#size < 2) return undefined
    const bytes = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)
    this.#chunks = [bytes]
    let length = bytes[1]! & 127
    let start = 2
    if (length === 126) {
      if (bytes.length < 4) return undefined
      length = bytes.readUInt16BE(2)
      start = 4
    } else if (length === 127) {
      if (bytes.length < 10) return undefined
      length = Number(bytes.readBigUInt64BE(2))
      start = 10
    }
    if (bytes.length < start + length) return undefined
    this.#chunks = [bytes.subarray(start + length)]
    this.#size = bytes.length - start - length
    return { opcode: bytes[0]! & 15, payload: bytes.subarray(start, start + length) }
  }
}
