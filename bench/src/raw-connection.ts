import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { digits, FrameReader, type FrameHandlers, type MessageFrames } from './frames.ts'

export interface RawConnectionOptions {
  port: number
  /** The `auth` of the Socket.IO handshake. */
  auth: Record<string, unknown>
  messages: MessageFrames
  /** Whether the server's first event has to come before calls are made. */
  welcome: boolean
  onMessages: FrameHandlers['onMessages']
  /** Whether this connection counts messages one by one. */
  witness?: boolean
  /** Another text of the server, whole; answers whether it was one that it knows. The view is good only during the call. */
  onText?(payload: Buffer): boolean
  /** The server ended the connection. */
  onLost(reason: string): void
}

/** A text of the server; the view is good only during the call. */
export type OnReply = (payload: Buffer) => void

/** All connections of this thread read into one buffer, one after the other. */
const inbox = Buffer.allocUnsafeSlow(256 * 1024)

/** A Socket.IO client on the bare TCP socket: as light as a load generator should be. */
export class RawConnection {
  readonly #socket: Socket
  readonly #options: RawConnectionOptions
  readonly #frames: FrameReader
  readonly #replies = new Map<number, OnReply>()
  readonly #mask = randomBytes(4)
  #ids = 0
  #upgraded = false
  #opened: (() => void) | undefined
  #closed = false
  #lastText = ''

  constructor(options: RawConnectionOptions) {
    this.#options = options
    const { messages, onMessages, witness } = options
    const onText = (payload: Buffer) => this.#text(payload)
    this.#frames = new FrameReader(messages, { onMessages, onText }, witness)
    const onread = {
      buffer: inbox,
      callback: (size: number) => {
        this.#receive(inbox.subarray(0, size))
        return true
      },
    }
    this.#socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true, onread })
    this.#socket.once('close', () => this.#lost())
    // The close that follows says it.
    this.#socket.on('error', () => {})
  }

  /** Resolves when calls may be made. */
  async open(): Promise<this> {
    await once(this.#socket, 'connect')
    const opened = new Promise<void>((resolve) => (this.#opened = resolve))
    this.#socket.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:${this.#options.port}\r\n` +
        'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    )
    await opened
    return this
  }

  /** Emit an event with one argument, given as JSON; the reply is the acknowledgement as it comes. */
  emit(event: string, json: string, onReply: OnReply): void {
    const id = this.#ids++
    this.#replies.set(id, onReply)
    this.#write(`42${id}["${event}",${json}]`)
  }

  /** Emit an event and decode the reply. */
  call(event: string, input: object): Promise<unknown> {
    return new Promise((resolve) => {
      this.emit(event, JSON.stringify(input), (payload) => {
        const text = payload.toString()
        resolve((JSON.parse(text.slice(text.indexOf('['))) as unknown[])[0])
      })
    })
  }

  close(): void {
    this.#closed = true
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    if (this.#upgraded) return this.#frames.push(chunk)
    const end = chunk.indexOf('\r\n\r\n')
    if (end < 0 || !chunk.subarray(0, end).includes(' 101 '))
      throw new Error(`no upgrade: ${chunk.toString()}`)
    this.#upgraded = true
    this.#frames.push(chunk.subarray(end + 4))
  }

  #text(payload: Buffer): void {
    // 4: a message of Engine.IO; 43: an acknowledgement.
    if (payload[0] === 0x34 && payload[1] === 0x33) {
      const id = digits(payload, 2)
      const onReply = this.#replies.get(id)
      this.#replies.delete(id)
      onReply?.(payload)
      return
    }
    if (this.#options.onText?.(payload)) return
    const text = payload.toString()
    this.#lastText = text
    if (text === '2') this.#write('3')
    else if (text.startsWith('0')) this.#write(`40${JSON.stringify(this.#options.auth)}`)
    else if (text.startsWith('40') ? !this.#options.welcome : text.includes('"system.welcome"'))
      this.#opened?.()
    else if (text.startsWith('44')) throw new Error(`refused: ${text}`)
  }

  #write(text: string): void {
    const size = Buffer.byteLength(text)
    const header = size < 126 ? 6 : 8
    const frame = Buffer.allocUnsafe(header + size)
    frame[0] = 0x81
    if (size < 126) {
      frame[1] = 0x80 | size
    } else {
      frame[1] = 0x80 | 126
      frame.writeUInt16BE(size, 2)
    }
    this.#mask.copy(frame, header - 4)
    frame.write(text, header)
    for (let at = 0; at < size; at++) frame[header + at]! ^= this.#mask[at & 3]!
    this.#socket.write(frame)
  }

  #lost(): void {
    if (!this.#closed) this.#options.onLost(this.#lastText)
  }
}
