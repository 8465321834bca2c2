import { EVENTS } from '@collab-kit/protocol'
import * as ws from 'ws'

/** Exported by `ws` and used by Socket.IO's own adapter, but not part of its types. */
const { Sender } = ws as unknown as {
  Sender: { frame(data: Buffer, options: Record<string, unknown>): Buffer[] }
}

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
    this.#webSocket ??= Buffer.concat(
      Sender.frame(Buffer.from(`4${this.text}`), { readOnly: false, mask: false, rsv1: false, opcode: 1, fin: true }),
    )
    return this.#webSocket
  }
}

/** An item that concerns one connection and belongs to no stream. */
export const encodeLocal = (name: string, data: unknown, at: string): string =>
  `{"name":"${name}","at":"${at}","data":${JSON.stringify(data)}}`
