import type { Server as HttpServer } from 'node:http'
import {
  CollabError,
  isCollabError,
  OLDEST_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
  type Closing,
  type Limits,
  toAnswer,
} from '@collab-kit/protocol'
import { Server, type Socket } from 'socket.io'
import type { Caller } from '../kernel/context.ts'
import { every, type Clock } from '../kernel/clock.ts'
import type { Dispatcher } from '../kernel/dispatch.ts'
import { newId } from '../kernel/ids.ts'
import type { Authenticator, Credentials } from './authenticator.ts'
import { countedAddress } from './address.ts'
import { encodeWelcome, LiveConnection } from './connection.ts'
import { cutTransport } from './cut.ts'
import { guardEngine, type Abuse } from './guard.ts'
import type { Hub } from './hub.ts'
import type { OriginCheck } from './origins.ts'
import { OutgoingQueue } from './outgoing-queue.ts'
import type { Places } from './places.ts'
import { secretIn } from './query.ts'
import { JsonDecoder, JsonEncoder, RawJson } from './parser.ts'

/** Heads of moved streams are told this often. */
const BEAT_MS = 10_000

export interface SocketTransportOptions {
  server: HttpServer
  dispatcher: Dispatcher
  authenticator: Authenticator
  hub: Hub
  clock: Clock
  limits: Limits
  epoch: string
  allowOrigin: OriginCheck
  polling: boolean
  trustProxy: number
  trustedIps: readonly string[]
  places: Places
  onClosing(connection: LiveConnection, closing: Closing): void
  /** Told when somebody is cut off without a word. */
  onCut(reason: Abuse): void
  /** Told of what nobody outside may know. */
  onError(error: unknown): void
}

export interface SocketTransport {
  /** Ask everybody to come back elsewhere, spread over `spreadMs`. */
  drain(spreadMs: number): void
  /** Wait for the readers to go, cut those that have not gone by the deadline, and stop. */
  close(deadlineMs: number): Promise<void>
}

/** Socket.IO in, operations by name with acknowledgements; `events` out. */
export function createSocketTransport(options: SocketTransportOptions): SocketTransport {
  const { server, hub, limits, clock } = options
  const io = new Server(server, {
    transports: options.polling ? ['websocket', 'polling'] : ['websocket'],
    serveClient: false,
    maxHttpBufferSize: limits.frameBytes,
    connectTimeout: 5000,
    pingInterval: 10_000,
    pingTimeout: 8000,
    perMessageDeflate: false,
    httpCompression: false,
    cleanupEmptyChildNamespaces: true,
    allowRequest: (request, decide) =>
      decide(
        secretIn(request.url ?? '') === undefined ? null : 'token_in_url',
        secretIn(request.url ?? '') === undefined,
      ),
    parser: { Encoder: JsonEncoder, Decoder: JsonDecoder },
    cors: (request, respond) =>
      respond(null, {
        origin: options.allowOrigin(request) ? (request.headers.origin ?? false) : false,
      }),
  })
  guardEngine(io.engine, {
    limits,
    now: () => clock.now(),
    onCut: (reason) => options.onCut(reason),
  })
  let draining = false
  io.use((socket, next) => {
    if (draining) return next(toConnectError(goingAway()))
    admit(socket, options).then(
      () => next(),
      (error: unknown) => {
        if (!isCollabError(error) || error.code === 'internal') options.onError(error)
        next(toConnectError(error))
      },
    )
    return undefined
  })
  io.on('connection', (socket) => connect(socket, options))
  const beat = every(clock, BEAT_MS, () => hub.beat())
  return {
    drain(spreadMs) {
      draining = true
      for (const reader of [...hub.readers()]) {
        const afterMs = Math.round(Math.random() * spreadMs)
        if (reader instanceof LiveConnection)
          reader.close({ code: 'draining', reconnect: true, afterMs })
      }
    },
    async close(deadlineMs) {
      beat()
      await allGone(io, deadlineMs)
      for (const socket of io.of('/').sockets.values()) cutTransport(socket.conn)
      await io.close()
    },
  }
}

/** Resolves when nobody is left, or at the deadline. */
function allGone(io: Server, deadlineMs: number): Promise<void> {
  return new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, deadlineMs)
    const look = () => {
      if (io.engine.clientsCount > 0) return
      clearTimeout(timer)
      resolve()
    }
    for (const socket of io.of('/').sockets.values()) {
      socket.conn.once('close', () => setImmediate(look))
    }
    look()
  })
}

interface Admitted {
  caller: Caller
  expiresAt: number
  /** Speaks a version of the protocol that it has named: one whose disconnecting means that it leaves. */
  says: boolean
}

/** The first middleware: origin, then limits, then who it is. */
async function admit(socket: Socket, options: SocketTransportOptions): Promise<void> {
  const { request } = socket
  if (!options.allowOrigin(request)) {
    throw new CollabError('origin_denied', {
      message: `Pages of ${request.headers.origin} may not use this service: add it to allowedOrigins.`,
      details: { origin: String(request.headers.origin).slice(0, 200) },
    })
  }
  const auth = socket.handshake.auth as Credentials & { protocol?: unknown }
  const { protocol } = auth
  if (
    protocol !== undefined &&
    !(Number(protocol) >= OLDEST_PROTOCOL_VERSION && Number(protocol) <= PROTOCOL_VERSION)
  ) {
    throw new CollabError('not_supported', {
      details: { protocol, oldest: OLDEST_PROTOCOL_VERSION, newest: PROTOCOL_VERSION },
    })
  }
  const counted = countedAddress(socket.request, options)
  const admitted = await options.authenticator.authenticate(auth, counted)
  const giveBack = options.places.take(request, admitted.caller.username, 'socket')
  socket.conn.once('close', giveBack)
  ;(socket.data as Admitted).caller = admitted.caller
  ;(socket.data as Admitted).expiresAt = admitted.expiresAt
  ;(socket.data as Admitted).says = protocol !== undefined
}

function toConnectError(error: unknown): Error {
  const refusal = isCollabError(error) ? error : new CollabError('internal', { cause: error })
  const named = toAnswer(refusal, newId())
  // Socket.IO sends `data` of the error to the client.
  return Object.assign(new Error(named.message), { data: named.toJSON() })
}

function connect(socket: Socket, options: SocketTransportOptions): void {
  const { hub, dispatcher, clock, limits } = options
  const { caller, expiresAt, says } = socket.data as Admitted
  const connection = new LiveConnection({
    id: socket.id,
    transport: 'socket',
    outlet: new OutgoingQueue(socket.conn, limits.readerQueueBytes),
    caller,
    hub,
    clock,
    joinedStreams: limits.joinedStreams,
    onClosing: (closed, closing) => options.onClosing(closed, closing),
  })
  hub.add(connection)
  socket.once('disconnect', (reason) => {
    connection.ended()
    // There is one namespace: who has left it has no business on this socket.
    socket.conn.close()
    // Who was silent for so long that the ping gave them up has been away long enough.
    const left =
      (says && reason === 'client namespace disconnect') ||
      reason === 'ping timeout' ||
      connection.farewell
    dispatcher.disconnected(connection, left ? 'left' : 'lost')
  })
  connection.extend(expiresAt)
  listen(socket, connection, options)
  void begin(connection, expiresAt, options).catch((error: unknown) => {
    options.onError(error)
    // The database cannot say what this person reads: better no connection than half of one.
    connection.close({ code: 'protocol_error', reconnect: true, afterMs: 1000 })
  })
}

/** Subscribe to the person's own streams, then welcome them. */
async function begin(
  connection: LiveConnection,
  expiresAt: number,
  options: SocketTransportOptions,
): Promise<void> {
  const { hub, dispatcher, clock, epoch } = options
  const { heads, blocked } = (await dispatcher.lookup('streams.?own', {}, connection.caller)) as {
    heads: Record<string, number>
    blocked: string[]
  }
  if (hub.reader(connection.id) !== connection) return
  connection.blocks.load(blocked)
  for (const [stream, head] of Object.entries(heads)) {
    if (!connection.dismissed.has(stream)) hub.subscribe(connection, stream, head)
  }
  connection.open(encodeWelcome(connection, { expiresAt, epoch, now: clock.now() }))
  dispatcher.connected(connection)
}

/** Every event is an operation; none is written by hand. */
function listen(socket: Socket, connection: LiveConnection, options: SocketTransportOptions): void {
  const { dispatcher, limits } = options
  const address = countedAddress(socket.request, options)
  socket.use((event, _next) => {
    const [name, ...args] = event as [string, ...unknown[]]
    const last = args.at(-1)
    const acknowledge =
      typeof last === 'function' ? (args.pop() as (reply: RawJson) => void) : undefined
    const answer = (reply: RawJson) => {
      if (acknowledge) connection.reply(reply.text.length, () => acknowledge(reply))
    }
    if (connection.calls >= limits.inFlight) {
      const details = { limit: 'inFlight', max: limits.inFlight, reason: 'too_many_in_flight' }
      return answer(
        refusal(
          new CollabError('limit_exceeded', { details, retryAfterMs: 100, requestId: newId() }),
        ),
      )
    }
    if (args.length > 1) {
      const details = { reason: 'extra_arguments', path: '' }
      return answer(refusal(new CollabError('invalid_payload', { details, requestId: newId() })))
    }
    if (!connection.begin()) return answer(refusal(toAnswer(goingAway(), newId())))
    const call = {
      name,
      input: args[0],
      caller: connection.caller,
      connection,
      address,
      via: 'socket',
    } as const
    void dispatcher.call(call).then(({ json, error }) => {
      answer(error ? refusal(error) : new RawJson(`{"ok":true,"data":${json}}`))
      connection.finish()
    })
    return undefined
  })
}

/** The service or this connection is about to end: the call was not made. */
const goingAway = (): CollabError =>
  new CollabError('unavailable', { details: { reason: 'draining' }, retryAfterMs: 1000 })

const refusal = (error: CollabError): RawJson =>
  new RawJson(`{"ok":false,"error":${JSON.stringify(error)}}`)
