import { EVENTS } from '@collab-kit/protocol'

/** Several events in one message, encoded once for all its readers. */
export class Frame {
  /** The Socket.IO packet: an EVENT named `events` with the array of items. */
  readonly text: string
  /** Whether nothing is lost for good when it is not delivered. */
  readonly ephemeral: boolean
  #bytes: number | undefined
  #webSocket: Buffer | undefined

  constructor(items: readonly string[], ephemeral = false) {
    this.text = `2["${EVENTS}",[${items.join(',')}]]`
    this.ephemeral = ephemeral
  }

  /** Size on the wire, without the frame's header. */
  get bytes(): number {
    return (this.#bytes ??= Buffer.byteLength(this.text) + 1)
  }

  /** The whole WebSocket frame, header included: written to each reader as it is. */
  get webSocket(): Buffer {
    return (this.#webSocket ??= encodeText(`4${this.text}`, this.bytes))
  }
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
