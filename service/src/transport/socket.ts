import type { Server as HttpServer } from 'node:http'
import {
  CollabError,
  isCollabError,
  OLDEST_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
  type Closing,
  type Limits,
  type Welcome,
} from '@collab-kit/protocol'
import { Server, type Socket } from 'socket.io'
import type { Caller } from '../kernel/context.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Dispatcher } from '../kernel/dispatch.ts'
import { newId } from '../kernel/executor.ts'
import type { Authenticator } from './authenticator.ts'
import { addressOf, isTrusted } from './address.ts'
import { SocketConnection } from './connection.ts'
import { cutTransport } from './cut.ts'
import { encodeLocal } from './frame.ts'
import { guardEngine, type Abuse } from './guard.ts'
import type { Hub } from './hub.ts'
import type { OriginCheck } from './origins.ts'
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
  onClosing(connection: SocketConnection, closing: Closing): void
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
  const addresses = new Map<string, number>()
  let draining = false
  io.use((socket, next) => {
    if (draining) return next(toConnectError(goingAway()))
    admit(socket, { ...options, addresses }).then(
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
        if (reader instanceof SocketConnection)
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

function every(clock: Clock, ms: number, task: () => void): () => void {
  let cancel = clock.after(ms, function again() {
    task()
    cancel = clock.after(ms, again)
  })
  return () => cancel()
}

interface Admitted {
  caller: Caller
  expiresAt: number
}

type AdmitOptions = SocketTransportOptions & { addresses: Map<string, number> }

/** The first middleware: origin, then limits, then who it is. */
async function admit(socket: Socket, options: AdmitOptions): Promise<void> {
  const { request } = socket
  if (!options.allowOrigin(request)) {
    throw new CollabError('origin_denied', {
      message: `Pages of ${request.headers.origin} may not use this service: add it to allowedOrigins.`,
      details: { origin: String(request.headers.origin).slice(0, 200) },
    })
  }
  const auth = socket.handshake.auth as { token?: unknown; protocol?: unknown }
  const { protocol } = auth
  if (
    protocol !== undefined &&
    !(Number(protocol) >= OLDEST_PROTOCOL_VERSION && Number(protocol) <= PROTOCOL_VERSION)
  ) {
    throw new CollabError('not_supported', {
      details: { protocol, oldest: OLDEST_PROTOCOL_VERSION, newest: PROTOCOL_VERSION },
    })
  }
  const admitted = await options.authenticator.authenticate(auth.token)
  countConnections(socket, admitted, options)
  ;(socket.data as Admitted).caller = admitted.caller
  ;(socket.data as Admitted).expiresAt = admitted.expiresAt
}

function countConnections(socket: Socket, { caller }: Admitted, options: AdmitOptions): void {
  const { hub, limits, trustProxy, trustedIps, addresses } = options
  const refuse = (limit: 'connectionsPerUser' | 'connectionsPerIp') => {
    throw new CollabError('limit_exceeded', {
      details: { limit, max: limits[limit] },
      retryAfterMs: 5000,
    })
  }
  if (hub.readersOf(caller.username).length >= limits.connectionsPerUser)
    refuse('connectionsPerUser')
  const address = addressOf(socket.request, trustProxy)
  if (isTrusted(address, trustedIps)) return
  const count = addresses.get(address) ?? 0
  if (count >= limits.connectionsPerIp) refuse('connectionsPerIp')
  addresses.set(address, count + 1)
  socket.conn.once('close', () => {
    const left = (addresses.get(address) ?? 1) - 1
    if (left > 0) addresses.set(address, left)
    else addresses.delete(address)
  })
}

function toConnectError(error: unknown): Error {
  const refusal = isCollabError(error) ? error : new CollabError('internal', { cause: error })
  const named = refusal.withRequestId(newId())
  // Socket.IO sends `data` of the error to the client.
  return Object.assign(new Error(named.message), { data: named.toJSON() })
}

function connect(socket: Socket, options: SocketTransportOptions): void {
  const { hub, dispatcher, clock, limits } = options
  const { caller, expiresAt } = socket.data as Admitted
  const connection = new SocketConnection({
    socket,
    caller,
    hub,
    clock,
    queueBytes: limits.readerQueueBytes,
    joinedStreams: limits.joinedStreams,
    onClosing: (closed, closing) => options.onClosing(closed, closing),
  })
  hub.add(connection)
  socket.once('disconnect', () => {
    connection.ended()
    // There is one namespace: who has left it has no business on this socket.
    socket.conn.close()
    dispatcher.disconnected(connection)
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
  connection: SocketConnection,
  expiresAt: number,
  options: SocketTransportOptions,
): Promise<void> {
  const { hub, dispatcher, clock, epoch } = options
  const { heads } = (await dispatcher.lookup('streams.?own', {}, connection.caller)) as {
    heads: Record<string, number>
  }
  if (hub.reader(connection.id) !== connection) return
  for (const [stream, head] of Object.entries(heads)) {
    if (!connection.dismissed.has(stream)) hub.subscribe(connection, stream, head)
  }
  const now = new Date(clock.now()).toISOString()
  const welcome: Welcome = {
    connectionId: connection.id,
    username: connection.username,
    epoch,
    serverTime: now,
    tokenExpiresAt: new Date(expiresAt).toISOString(),
  }
  connection.open(encodeLocal('system.welcome', welcome, now))
}

/** Every event is an operation; none is written by hand. */
function listen(
  socket: Socket,
  connection: SocketConnection,
  options: SocketTransportOptions,
): void {
  const { dispatcher, limits, trustProxy } = options
  const address = addressOf(socket.request, trustProxy)
  socket.use((event, _next) => {
    const [name, ...args] = event as [string, ...unknown[]]
    const last = args.at(-1)
    const acknowledge =
      typeof last === 'function' ? (args.pop() as (reply: RawJson) => void) : undefined
    const answer = (reply: RawJson) => {
      if (acknowledge && connection.takes(reply.text.length)) acknowledge(reply)
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
    if (!connection.begin()) return answer(refusal(goingAway().withRequestId(newId())))
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
