import { Decoder, Encoder, PacketType, type Packet } from 'socket.io-parser'

/** JSON that is sent as it is. */
export class RawJson {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/**
 * The wire speaks JSON only: nothing is searched for binary parts (a deep nesting would exhaust the stack there), and
 * replies that are JSON already are not encoded again.
 */
export class JsonEncoder extends Encoder {
  override encode(packet: Packet): string[] {
    const raw: unknown = Array.isArray(packet.data) ? packet.data[0] : undefined
    if (packet.type === PacketType.ACK && raw instanceof RawJson) {
      return [
        `${PacketType.ACK}${packet.nsp === '/' ? '' : `${packet.nsp},`}${packet.id}[${raw.text}]`,
      ]
    }
    if (packet.type === PacketType.EVENT || packet.type === PacketType.ACK) {
      const namespace = packet.nsp === '/' ? '' : `${packet.nsp},`
      return [`${packet.type}${namespace}${packet.id ?? ''}${JSON.stringify(packet.data)}`]
    }
    return super.encode(packet) as string[]
  }
}

/** Refuses binary packets and attachments before anything is collected for them; the socket closes on the error. */
export class JsonDecoder extends Decoder {
  override add(packet: unknown): void {
    if (typeof packet !== 'string') throw new Error('binary data is not part of this protocol')
    const type = packet.charCodeAt(0) - 48
    if (type === PacketType.BINARY_EVENT || type === PacketType.BINARY_ACK) {
      throw new Error('binary packets are not part of this protocol')
    }
    super.add(packet)
  }
}
