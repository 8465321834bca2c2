import type { Limits } from '@collab-kit/protocol'
import type { Server, Socket } from 'socket.io'
import { cutTransport, whenGone } from './cut.ts'
import { queuedBytesOf } from './outgoing-queue.ts'

type Engine = Server['engine']
type EngineSocket = Socket['conn']
interface Packet {
  type: string
  data?: unknown
}

/** Why a connection was cut without a word. */
export type Abuse = 'unasked_pong' | 'large_frame_before_sign_in' | 'flood' | 'answers_not_read'

export interface GuardOptions {
  limits: Limits
  /** Milliseconds since 1970. */
  now(): number
  onCut(reason: Abuse, conn: EngineSocket): void
}

/** Packets for every call that a person may make: acknowledgements, heartbeats and retries are among them. */
const PACKETS_PER_CALL = 10
/** What is queued past the readers' own limit is answers of the engine itself, to nonsense. */
const QUEUES = 2

/**
 * What the engine lets through and should not: large frames before sign-in, pongs nobody asked for, more packets than
 * calls are allowed, and answers without end to one who does not read them.
 */
export function guardEngine(engine: Engine, options: GuardOptions): void {
  engine.on('connection', (conn: EngineSocket) => {
    let asked = 0
    let signedIn = false
    const allow = packetBucket(options)
    conn.on('packetCreate', ({ type, data }: Packet) => {
      if (type === 'ping') asked++
      // The namespace's CONNECT answer is the first message that a signed-in client gets.
      if (type === 'message' && typeof data === 'string' && data.startsWith('0')) signedIn = true
    })
    conn.on('packet', ({ type, data }: Packet) => {
      if (type === 'pong') asked--
      const reason = abuseOf(
        { asked, signedIn, data, allowed: allow(), queued: queuedBytesOf(conn) },
        options.limits,
      )
      if (!reason) return
      options.onCut(reason, conn)
      conn.close(true)
      cutTransport(conn)
    })
    conn.once('close', () => {
      // One who does not answer the closing keeps the transport, and goes on sending.
      const timer = setTimeout(() => cutTransport(conn), LINGER_MS).unref()
      whenGone(conn, () => clearTimeout(timer))
    })
  })
}

/** Time for the other side to close as well. */
const LINGER_MS = 2000

interface Observed {
  /** Pings without a pong yet. */
  asked: number
  signedIn: boolean
  data: unknown
  allowed: boolean
  queued: number
}

function abuseOf(
  { asked, signedIn, data, allowed, queued }: Observed,
  limits: Limits,
): Abuse | undefined {
  if (asked < 0) return 'unasked_pong'
  if (!signedIn && typeof data === 'string' && data.length > limits.unauthenticatedFrameBytes) {
    return 'large_frame_before_sign_in'
  }
  if (!allowed) return 'flood'
  return queued > limits.readerQueueBytes * QUEUES ? 'answers_not_read' : undefined
}

/** Whether one more packet may come now. */
function packetBucket({ limits, now }: GuardOptions): () => boolean {
  const rate = limits.opsPerSecond * PACKETS_PER_CALL
  const burst = limits.opsBurst * PACKETS_PER_CALL
  let tokens = burst
  let at = now()
  return () => {
    const time = now()
    tokens = Math.min(burst, tokens + (Math.max(0, time - at) / 1000) * rate) - 1
    at = time
    return tokens >= 0
  }
}
