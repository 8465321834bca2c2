import {
  CollabError,
  EVENTS,
  operations,
  PROTOCOL_VERSION,
  type EventItem,
  type InputOf,
  type OperationName,
  type SignIn,
  type Welcome,
} from '@collab-kit/protocol'
import { io, type Socket } from 'socket.io-client'
import { callByRest, toError, type KeyCredentials } from './http.ts'
import { Received } from './received.ts'
import { show } from './seen.ts'
import type { Backend, Call, Peer, Person, PersonOptions, Target } from './target.ts'

/** Password of every person made here. */
export const PASSWORD = 'correct horse battery staple'

export type Tokens = Pick<Person, 'username' | 'accessToken' | 'refreshToken'>

export interface TargetOptions extends Omit<Target, 'person'> {
  /** Makes an admin and signs in. */
  admin?(): Promise<Tokens>
}

/** A target from the address of a service: people by REST, connections by Socket.IO. */
export function connectTarget(options: TargetOptions): Target {
  const { name, transport, advance, restart, nodes, settle } = options
  return {
    name,
    transport,
    // Read anew each time: they may be known late, and a restart may change them.
    get url() {
      return options.url
    },
    get limits() {
      return options.limits
    },
    person: async (wanted = {}) => {
      const node = people++
      const own: Place = {
        transport,
        get url() {
          const all = options.nodes?.() ?? [options.url]
          return all[node % all.length]!
        },
        ...(settle && { settle }),
      }
      return createPerson(own, await signedIn({ ...options, url: own.url }, wanted))
    },
    ...(nodes && { nodes }),
    ...(settle && { settle }),
    ...(advance && { advance }),
    ...(restart && { restart }),
  }
}

/** Where a person's calls and connections go. */
type Place = Pick<Target, 'url' | 'transport' | 'settle'> & {
  /** Its connections tell nothing but who they are, as a bare Socket.IO client's do. Default false. */
  plain?: boolean
}

let people = 0
let counter = 0
const run = Math.random().toString(36).slice(2, 8)

/** A name that nothing else has, in this run and in others. */
export const unique = (what: string): string => `${what}-${run}-${++counter}`

async function signedIn(options: TargetOptions, wanted: PersonOptions): Promise<Tokens> {
  if (wanted.admin) {
    if (!options.admin) throw new Error(`${options.name} cannot make an admin`)
    return options.admin()
  }
  const displayName = wanted.displayName === undefined ? {} : { displayName: wanted.displayName }
  const answer = wanted.guest
    ? await callByRest(options, 'auth.continueAsGuest', { displayName: 'Guest', ...displayName })
    : await callByRest(options, 'auth.register', {
        username: wanted.username ?? unique('p'),
        password: PASSWORD,
        ...displayName,
      })
  return toTokens(answer as SignIn)
}

export const toTokens = ({ user, accessToken, refreshToken }: SignIn): Tokens => ({
  username: user.username,
  accessToken,
  refreshToken,
})

/** A signed-in person of the target. */
export function createPerson(target: Place, tokens: Tokens): Person {
  const peers: Peer[] = []
  const connect = async () => {
    const peer = await connectPeer(target, tokens.accessToken)
    peers.push(peer)
    return peer
  }
  let own: Promise<Peer> | undefined
  const call = async (name: OperationName, input: object): Promise<unknown> => {
    if (target.transport === 'rest' || operations.get(name)?.before) {
      return checked(
        name,
        await callByRest({ url: target.url, token: tokens.accessToken }, name, input),
      )
    }
    own ??= connect()
    return (await own).call(name, input as never)
  }
  return {
    ...tokens,
    get url() {
      return target.url
    },
    connect,
    call: call as Call,
    close: async () => {
      await Promise.all(peers.map((peer) => peer.close()))
    },
  }
}

/** A refusal of the handshake is thrown as the error that came with it. */
export async function connectPeer(
  target: Place,
  credentials: string | KeyCredentials | undefined,
  headers: Record<string, string> = {},
): Promise<Peer> {
  const shown = typeof credentials === 'string' ? { token: credentials } : credentials
  const socket = io(target.url, {
    auth: { ...shown, ...(!target.plain && { protocol: PROTOCOL_VERSION }) },
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    extraHeaders: headers,
  })
  const received = new Received()
  socket.on(EVENTS, (batch: unknown) => received.take(batch))
  const ended = new Promise<void>((resolve) => {
    socket.on('disconnect', () => {
      received.end()
      resolve()
    })
  })
  const refused = new Promise<never>((_, reject) => {
    socket.on('connect_error', (error: Error & { data?: unknown }) => {
      socket.close()
      show({ kind: 'refused', error: { message: error.message, data: error.data } })
      reject(error.data === undefined ? error : CollabError.from(toError(error.data)))
    })
  })
  const welcome = await Promise.race([received.until(isWelcome), refused])
  return toPeer({ target, credentials, socket, received, ended, welcome: welcome.data as Welcome })
}

const isWelcome = (item: EventItem): boolean => item.name === 'system.welcome'

interface PeerParts {
  target: Place
  credentials: string | KeyCredentials | undefined
  socket: Socket
  received: Received
  ended: Promise<void>
  welcome: Welcome
}

function toPeer({ target, credentials, socket, received, ended, welcome }: PeerParts): Peer {
  const { connectionId, username, epoch } = welcome
  const raw = (name: string, ...args: unknown[]): Promise<unknown> =>
    Promise.race([
      new Promise((resolve) => {
        socket.emit(name, ...args, (reply: unknown) => {
          show({ kind: 'reply', name, args, reply })
          resolve(reply)
        })
      }),
      ended.then(() =>
        Promise.reject(new Error(`the connection ended before the reply to ${name}`)),
      ),
    ])
  const answer = async (name: OperationName, input: object): Promise<unknown> => {
    if (target.transport === 'socket') return toData(await raw(name, input))
    return callByRest({ url: target.url, connectionId, ...restOf(credentials) }, name, input)
  }
  const call = async (name: OperationName, input: object): Promise<unknown> => {
    const data = checked(name, await answer(name, input))
    if (name === 'streams.leave') received.forget((input as InputOf<'streams.leave'>).stream)
    return data
  }
  return {
    connectionId,
    username,
    epoch,
    call: call as Call,
    items: received.items,
    violations: received.violations,
    until: (predicate) => received.until(predicate),
    raw,
    send: (name, ...args) => void socket.emit(name, ...args),
    fence: async () => {
      await target.settle?.()
      toData(await raw('system.echo', { message: 'fence' }))
    },
    pause: () => webSocketOf(socket).pause(),
    resume: () => webSocketOf(socket).resume(),
    ended,
    cut: async () => {
      webSocketOf(socket).terminate()
      await ended
    },
    close: async () => {
      if (socket.connected) socket.disconnect()
      else socket.close()
      await ended
    },
  }
}

const restOf = (credentials: string | KeyCredentials | undefined) =>
  typeof credentials === 'string' ? { token: credentials } : credentials && { key: credentials }

/** A backend with an API key; `call` and `connect` act for the person that the key names. */
export function createBackend(target: Place, key: KeyCredentials): Backend {
  const peers: Peer[] = []
  const connect = async () => {
    const peer = await connectPeer(target, key)
    peers.push(peer)
    return peer
  }
  let own: Promise<Peer> | undefined
  const call = async (name: OperationName, input: object): Promise<unknown> => {
    if (target.transport === 'rest')
      return checked(name, await callByRest({ url: target.url, key }, name, input))
    own ??= connect()
    return (await own).call(name, input as never)
  }
  return {
    username: key.actAs ?? key.apiKey,
    call: call as Call,
    connect,
    close: async () => {
      await Promise.all(peers.map((peer) => peer.close()))
    },
  }
}

/** The data of a good reply; a refusal is thrown. */
function toData(reply: unknown): unknown {
  const { ok, data, error } = reply as { ok?: unknown; data?: unknown; error?: unknown }
  if (ok === true) return data
  if (ok === false) throw CollabError.from(toError(error))
  throw new Error(`not a reply of the contract: ${JSON.stringify(reply)}`)
}

/** Every reply of every test is held against the contract. */
function checked(name: OperationName, data: unknown): unknown {
  const { success, error } = operations.get(name)!.output.safeParse(data)
  if (success) return data
  throw new Error(
    `the reply to ${name} is not of the contract: ${error.message}\n${JSON.stringify(data)}`,
  )
}

interface WebSocketParts {
  pause(): void
  resume(): void
  terminate(): void
}

/** What runs below Socket.IO in Node can stop reading, as a slow reader does. */
function webSocketOf(socket: Socket): WebSocketParts {
  const { transport } = socket.io.engine as unknown as { transport: { ws: WebSocketParts } }
  return transport.ws
}
