import {
  EVENTS,
  PROTOCOL_VERSION,
  type Closing,
  type EventItem,
  type InputOf,
  type OperationName,
  type OutputOf,
  type Reply,
} from '@collab-kit/protocol'
import { io, type Socket } from 'socket.io-client'
import type { Person } from './person.ts'
import { until } from './until.ts'

/** A refusal as it came over the wire. */
export class Refused extends Error {
  readonly code: string
  readonly details: Record<string, unknown>
  constructor(
    name: string,
    {
      code,
      message,
      details = {},
    }: { code: string; message: string; details?: Record<string, unknown> },
  ) {
    super(`${name}: ${code} ${JSON.stringify(details)} ${message}`)
    this.code = code
    this.details = details
  }
}

/** The connection ended before the answer: the outcome is not known. */
export class Gone extends Error {}

/** One live Socket.IO connection of a person, without any cleverness of its own. */
export interface Link {
  readonly connectionId: string
  /** Everything received, the welcome first. */
  readonly items: EventItem[]
  readonly connected: boolean
  readonly ended: Promise<void>
  /** Resolves when the service says goodbye. */
  readonly closing: Promise<Closing>
  /** Throws `Refused` or `Gone`. */
  call<N extends OperationName>(name: N, input: InputOf<N>): Promise<OutputOf<N>>
  /** Emit anything and resolve with whatever comes back; throws `Gone`. */
  emit(name: string, ...args: unknown[]): Promise<Reply>
  /** Emit without an acknowledgement. */
  tell(name: string, ...args: unknown[]): void
  /** Called with each batch from now on. */
  onItems(take: (items: EventItem[]) => void): void
  close(): void
  /** End the transport without a goodbye, as a closed tab does. */
  drop(): void
}

/** Connect and wait for the welcome; throws `Refused` with the error of the handshake. */
export async function connectLink(url: string, { token }: Pick<Person, 'token'>): Promise<Link> {
  const socket = io(url, {
    // As the kit's client: who says goodbye means it.
    auth: { token, protocol: PROTOCOL_VERSION },
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
  })
  const items: EventItem[] = []
  const takers: ((items: EventItem[]) => void)[] = []
  let sayGoodbye: (closing: Closing) => void
  const closing = new Promise<Closing>((resolve) => (sayGoodbye = resolve))
  socket.on(EVENTS, (batch: EventItem[]) => {
    items.push(...batch)
    const goodbye = batch.find(({ name }) => name === 'system.closing')
    if (goodbye) sayGoodbye(goodbye.data as Closing)
    for (const take of takers) take(batch)
  })
  let failure: Error | undefined
  const ended = new Promise<void>((resolve) => {
    socket.once('disconnect', () => resolve())
    socket.once('connect_error', (error: Error & { data?: never }) => {
      failure = error.data ? new Refused('connect', error.data) : new Gone(error.message)
      socket.close()
      resolve()
    })
  })
  try {
    await until(() => items.length > 0 || failure !== undefined, { what: 'the welcome' })
  } catch (error) {
    socket.close()
    throw error
  }
  if (failure) throw failure
  return toLink({ socket, items, ended, closing, onItems: (take) => takers.push(take) })
}

interface Parts {
  socket: Socket
  items: EventItem[]
  ended: Promise<void>
  closing: Promise<Closing>
  onItems: Link['onItems']
}

function toLink({ socket, items, ended, closing, onItems }: Parts): Link {
  const waiting = new Set<(reason: Error) => void>()
  void ended.then(() => {
    for (const fail of waiting) fail(new Gone('the connection ended before the answer'))
  })
  const emit: Link['emit'] = (name, ...args) =>
    new Promise((resolve, reject) => {
      if (!socket.connected) return reject(new Gone('not connected'))
      waiting.add(reject)
      socket.emit(name, ...args, (reply: Reply) => {
        waiting.delete(reject)
        resolve(reply)
      })
      return undefined
    })
  return {
    connectionId: (items[0]!.data as { connectionId: string }).connectionId,
    items,
    ended,
    closing,
    onItems,
    emit,
    get connected() {
      return socket.connected
    },
    async call(name, input) {
      const reply = await emit(name, input)
      if (!reply.ok) throw new Refused(name, reply.error)
      return reply.data as never
    },
    tell: (name, ...args) => void socket.emit(name, ...args),
    close: () => void socket.close(),
    drop: () => void socket.io.engine.close(),
  }
}
