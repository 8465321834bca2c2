import type { Limits } from '@collab-kit/protocol'
import type { Server, Socket } from 'socket.io'

type Engine = Server['engine']
type EngineSocket = Socket['conn']
interface Packet {
  type: string
  data?: unknown
}

/** What the engine lets through and should not: large frames before sign-in, pongs nobody asked for. */
export function guardEngine(engine: Engine, limits: Limits): void {
  engine.on('connection', (conn: EngineSocket) => {
    let asked = 0
    let signedIn = false
    conn.on('packetCreate', ({ type, data }: Packet) => {
      if (type === 'ping') asked++
      // The namespace's CONNECT answer is the first message that a signed-in client gets.
      if (type === 'message' && typeof data === 'string' && data.startsWith('0')) signedIn = true
    })
    conn.on('packet', ({ type, data }: Packet) => {
      if (type === 'pong' && --asked < 0) conn.close(true)
      if (!signedIn && typeof data === 'string' && data.length > limits.unauthenticatedFrameBytes) {
        conn.close(true)
      }
    })
  })
}
