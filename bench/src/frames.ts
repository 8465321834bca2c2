/** What a server says, as far as the generator must know it. */
export interface FrameHandlers {
  /** A frame of messages came in whole; `seq` is that of its last message, `count` is known to a witness only. */
  onMessages(seq: number, count?: number): void
  /** Any other text; the view is good only during the call. */
  onText(payload: Buffer): void
}

/** How frames of messages are told from others. */
export interface MessageFrames {
  /** How their payload begins. */
  hot: string
  /** What occurs in them once for each message. */
  item: string
}

/**
 * Reads WebSocket frames off a byte stream. Of a frame of messages it looks at the beginning and at the last `seq`
 * only, and never keeps the rest: 500 readers must cost less than the server that writes to them.
 */
export class FrameReader {
  readonly #hot: Buffer
  readonly #item: Buffer | undefined
  readonly #handlers: FrameHandlers
  /** Start of a frame of which more is to come. */
  #partial: Buffer | undefined
  /** Bytes of the current frame of messages that are still to come. */
  #left = 0
  /** Its end as far as it has come. */
  #tail = Buffer.alloc(0)

  /** A witness takes every frame in whole and counts its messages. */
  constructor({ hot, item }: MessageFrames, handlers: FrameHandlers, witness = false) {
    this.#hot = Buffer.from(hot)
    this.#item = witness ? Buffer.from(item) : undefined
    this.#handlers = handlers
  }

  push(received: Buffer): void {
    let chunk = received
    if (this.#left > 0) {
      const end = Math.min(this.#left, chunk.length)
      this.#left -= end
      this.#tail = Buffer.concat([this.#tail, chunk.subarray(Math.max(0, end - TAIL), end)])
      if (this.#left > 0) {
        if (this.#tail.length > TAIL) this.#tail = Buffer.from(this.#tail.subarray(-TAIL))
        return
      }
      this.#handlers.onMessages(lastSeq(this.#tail, 0, this.#tail.length))
      chunk = chunk.subarray(end)
    }
    if (this.#partial) {
      chunk = Buffer.concat([this.#partial, chunk])
      this.#partial = undefined
    }
    let at = 0
    while (at < chunk.length) {
      const next = this.#frame(chunk, at)
      if (next === undefined) {
        this.#partial = Buffer.from(chunk.subarray(at))
        return
      }
      at = next
    }
  }

  /** Handles the frame that begins at `at`; answers where the next one begins, or nothing when more must come first. */
  #frame(chunk: Buffer, at: number): number | undefined {
    const available = chunk.length - at
    if (available < 2) return undefined
    let length = chunk[at + 1]! & 0x7f
    let header = 2
    if (length === 126) {
      if (available < 4) return undefined
      length = chunk.readUInt16BE(at + 2)
      header = 4
    } else if (length === 127) {
      if (available < 10) return undefined
      length = chunk.readUInt32BE(at + 6)
      header = 10
    }
    const start = at + header
    const end = start + length
    if (end > chunk.length && chunk.length - start < Math.min(length, this.#hot.length))
      return undefined
    const hot = this.#isHot(chunk, start, length)
    if (end > chunk.length) {
      if (!hot || this.#item) return undefined
      this.#left = end - chunk.length
      this.#tail = Buffer.from(chunk.subarray(Math.max(start, chunk.length - TAIL)))
      return chunk.length
    }
    if (hot) this.#messages(chunk, start, end)
    else if ((chunk[at]! & 0x0f) === TEXT) this.#handlers.onText(chunk.subarray(start, end))
    return end
  }

  #messages(chunk: Buffer, start: number, end: number): void {
    const count = this.#item && occurrences(chunk.subarray(start, end), this.#item)
    this.#handlers.onMessages(lastSeq(chunk, start, end), count)
  }

  #isHot(chunk: Buffer, start: number, length: number): boolean {
    const hot = this.#hot
    if (length < hot.length) return false
    for (let index = 0; index < hot.length; index++) {
      if (chunk[start + index] !== hot[index]) return false
    }
    return true
  }
}

const TEXT = 1
/** More than the last message of a frame takes. */
const TAIL = 2048

const COLON = 0x3a
const QUOTE = 0x22

function occurrences(bytes: Buffer, of: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(of); at >= 0; at = bytes.indexOf(of, at + of.length)) count++
  return count
}

/** The number of the last `"seq":` between two positions. */
export function lastSeq(bytes: Buffer, from: number, to: number): number {
  for (let at = to - 1; at >= from + 5; at--) {
    if (bytes[at] === COLON && bytes[at - 1] === QUOTE && isSeq(bytes, at - 5))
      return digits(bytes, at + 1)
  }
  throw new Error('a frame of messages holds no seq')
}

/** The number of the first `"seq":` of a payload; nothing when there is none. */
export function firstSeq(bytes: Buffer): number | undefined {
  for (let at = 5; at < bytes.length; at++) {
    if (bytes[at] === COLON && bytes[at - 1] === QUOTE && isSeq(bytes, at - 5))
      return digits(bytes, at + 1)
  }
  return undefined
}

/** `"seq` */
const isSeq = (bytes: Buffer, at: number): boolean =>
  bytes[at] === QUOTE && bytes[at + 1] === 0x73 && bytes[at + 2] === 0x65 && bytes[at + 3] === 0x71

/** The decimal number that begins at `at`. */
export function digits(bytes: Buffer, at: number): number {
  let value = 0
  for (let index = at; ; index++) {
    const digit = (bytes[index] ?? 0) - 0x30
    if (digit < 0 || digit > 9) return value
    value = value * 10 + digit
  }
}
