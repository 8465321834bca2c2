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
  /** Whether nothing is lost for good when it is not delivered. */
  readonly ephemeral: boolean
  #text: string | undefined
  #bytes: number | undefined
  #webSocket: Buffer | undefined
  #lines: readonly EventLines[] | undefined

  constructor(items: readonly string[], ephemeral = false) {
    this.#items = items
    this.ephemeral = ephemeral
  }

  /** The Socket.IO packet: an EVENT named `events` with the array of items. */
  get text(): string {
    return (this.#text ??= `2["${EVENTS}",[${this.#items.join(',')}]]`)
  }

  /** Size on the wire, without the frame's header. */
  get bytes(): number {
    return (this.#bytes ??= Buffer.byteLength(this.text) + 1)
  }

  /** The whole WebSocket frame, header included: written to each reader as it is. */
  get webSocket(): Buffer {
    return (this.#webSocket ??= encodeText(`4${this.text}`, this.bytes))
  }

  /** The items of an event stream, each with the lines that are the same for all readers. */
  get lines(): readonly EventLines[] {
    return (this.#lines ??= this.#items.map(toLines))
  }
}

function toLines(json: string): EventLines {
  const item = JSON.parse(json) as EventItem
  return { item, event: Buffer.from(`event: ${item.name}\n`), data: Buffer.from(`data: ${json}\n`) }
}

/** A whole, unmasked text frame (RFC 6455, 5.2) of so many bytes. */
function encodeText(text: string, bytes: number): Buffer {
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
  frame.write(text, header)
  return frame
}

/** An item that concerns one connection and belongs to no stream. */
export const encodeLocal = (name: string, data: unknown, at: string): string =>
  `{"name":"${name}","at":"${at}","data":${JSON.stringify(data)}}`
