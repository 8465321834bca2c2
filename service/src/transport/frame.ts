import { EVENTS, type EventItem } from '@collab-kit/protocol'

/** An item as event streams have it, but for what is each reader's own. */
export interface EventLines {
  item: EventItem
  /** The line with the item's name. */
  event: Buffer
  /** The line with the item. */
  data: Buffer
}

/** Several events in one message, encoded once for all its readers on each transport. */
export class Frame {
  readonly #items: readonly string[]
  /** The frames that this one is made of, each encoded once for all that it goes into. */
  readonly #parts: readonly Frame[] | undefined
  /** Whether nothing is lost for good when it is not delivered. */
  readonly ephemeral: boolean
  #body: Buffer | undefined
  #bytes: number | undefined
  #webSocket: Buffer | undefined
  #lines: readonly EventLines[] | undefined

  constructor(items: readonly string[], ephemeral = false, parts?: readonly Frame[]) {
    this.#items = items
    this.ephemeral = ephemeral
    this.#parts = parts
  }

  /** One frame of several ephemeral ones. */
  static join(frames: readonly Frame[]): Frame {
    return frames.length === 1 ? frames[0]! : new Frame([], true, frames)
  }

  /** The Socket.IO packet: an EVENT named `events` with the array of items. */
  get text(): string {
    return this.webSocket.toString('utf8', this.webSocket.length - this.bytes + 1)
  }

  /** Size on the wire, without the frame's header. */
  get bytes(): number {
    return (this.#bytes ??= AROUND + sizeOf(this.#parts ?? [this]))
  }

  /** The whole WebSocket frame, header included: written to each reader as it is. */
  get webSocket(): Buffer {
    return (this.#webSocket ??= encodeText(this.#parts ?? [this], this.bytes))
  }

  /** The items of an event stream, each with the lines that are the same for all readers. */
  get lines(): readonly EventLines[] {
    return (this.#lines ??= this.#parts?.flatMap(({ lines }) => lines) ?? this.#items.map(toLines))
  }

  /** The items with commas between, as they stand in a frame. */
  get body(): Buffer {
    return (this.#body ??= Buffer.from(this.#items.join(',')))
  }
}

/** What stands before and after the items. */
const BEFORE = `42["${EVENTS}",[`
const AFTER = ']]'
const AROUND = BEFORE.length + AFTER.length
const COMMA = 0x2c

/** Bytes of the items of these frames with the commas between them. */
function sizeOf(frames: readonly Frame[]): number {
  let bytes = frames.length - 1
  for (const { body } of frames) bytes += body.length
  return bytes
}

function toLines(json: string): EventLines {
  const item = JSON.parse(json) as EventItem
  return { item, event: Buffer.from(`event: ${item.name}\n`), data: Buffer.from(`data: ${json}\n`) }
}

/** A whole, unmasked text frame (RFC 6455, 5.2) with the items of these, so many bytes. */
function encodeText(frames: readonly Frame[], bytes: number): Buffer {
  const header = bytes < 126 ? 2 : bytes < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(header + bytes)
  frame[0] = 0x81
  if (header === 2) frame[1] = bytes
  else if (header === 4) {
    frame[1] = 126
    frame.writeUInt16BE(bytes, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(bytes), 2)
  }
  let at = header + frame.write(BEFORE, header, 'latin1')
  for (const [index, { body }] of frames.entries()) {
    if (index > 0) frame[at++] = COMMA
    frame.set(body, at)
    at += body.length
  }
  frame.write(AFTER, at, 'latin1')
  return frame
}

/** An item that concerns one connection and belongs to no stream. */
export const encodeLocal = (name: string, data: unknown, at: string): string =>
  `{"name":"${name}","at":"${at}","data":${JSON.stringify(data)}}`
