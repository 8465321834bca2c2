import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer, type ServerProcess } from './processes.ts'
import { RawConnection, type RawConnectionOptions } from './raw-connection.ts'
import { watcher, type Watcher } from './watcher.ts'

/** The chat that many share. */
export const SHARED = 'bench'

/** What one person is told of. */
export type Listener = Pick<RawConnectionOptions, 'onMessages' | 'onLost' | 'witness'>

/** What a watcher is told of. */
export type WatchListener = Required<Pick<RawConnectionOptions, 'onText' | 'onLost'>>

/** One connected person in one place. */
export interface Person {
  connection: RawConnection
  /** Send a message, its body as JSON; the reply holds its `seq`. */
  send(body: string, onReply: (payload: Buffer) => void): void
}

/** A server under load: ours, or the one it is compared with. */
export interface Target {
  readonly name: 'Collab Kit' | 'Socket.IO'
  readonly server: ServerProcess
  /** A new person in the shared chat, or in a place of their own. */
  enter(where: 'shared' | 'own', listener: Listener): Promise<Person>
  /** How each change of a person begins in a frame. */
  readonly changeItem: string
  /** A new person in no place at all. */
  meet(listener: WatchListener): Promise<Watcher>
  close(): Promise<void>
}

let sent = 0
/** As long as the ids that the SDK makes. */
const nextId = (): string => (sent++).toString(36).padStart(26, '0')

/** No limit is in the way of a measurement. */
const NO_LIMITS = {
  COLLAB_LIMITS_OPS_PER_SECOND: '1e9',
  COLLAB_LIMITS_OPS_BURST: '1e9',
  COLLAB_LIMITS_SIGN_INS_PER_MINUTE: '1e9',
}

const MESSAGES = {
  hot: '42["events",[{"name":"chat.messageSent"',
  item: '{"name":"chat.messageSent"',
}
const TWIN_MESSAGES = { hot: '42["message",', item: '42["message",' }
/** Who watches is in no chat. */
const onMessages = (): never => {
  throw new Error('a message came to one who is in no chat')
}

/** The service, durable as it always is, in a new folder. */
export async function startKit(profile = ''): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), 'collab-bench-'))
  const server = await startServer(new URL('../../service/src/main.ts', import.meta.url), {
    args: ['serve'],
    profile,
    env: (port) => ({
      COLLAB_DATA_DIR: folder,
      COLLAB_HOST: '127.0.0.1',
      COLLAB_PORT: String(port),
      COLLAB_GUESTS: 'on',
      COLLAB_DEMO: 'off',
      COLLAB_LOG_LEVEL: 'error',
      COLLAB_TOKEN_TTL: '86400',
      COLLAB_CHATS: JSON.stringify([{ id: SHARED }]),
      ...NO_LIMITS,
    }),
  })
  const { port } = server
  return {
    name: 'Collab Kit',
    server,
    async enter(where, listener) {
      const { accessToken: token } = await signIn(port)
      const auth = { token }
      const connection = await new RawConnection({
        port,
        auth,
        messages: MESSAGES,
        welcome: true,
        ...listener,
      }).open()
      const chatId =
        where === 'shared' ? await joinShared(connection) : await makeChannel(connection)
      return {
        connection,
        send(body, onReply) {
          const input = `{"chatId":"${chatId}","clientMessageId":"${nextId()}","body":${body}}`
          connection.emit('chat.sendMessage', input, onReply)
        },
      }
    },
    changeItem: CHANGE_ITEM,
    meet: (listener) => meetKit(port, listener),
    async close() {
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** How a change of a person begins in a frame of the service. */
export const CHANGE_ITEM = '{"name":"presence.presenceChanged"'

/** A new guest of the service, in no place at all. */
export async function meetKit(port: number, listener: WatchListener): Promise<Watcher> {
  const { accessToken: token, user } = await signIn(port)
  const options = { port, auth: { token }, messages: MESSAGES, welcome: true, onMessages }
  const connection = await new RawConnection({ ...options, ...listener }).open()
  return watcher(user.username, connection, unwrap)
}

interface SignIn {
  accessToken: string
  user: { username: string }
}

async function signIn(port: number): Promise<SignIn> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/auth/guest`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ displayName: 'Bench' }),
  })
  if (!response.ok) throw new Error(`no guest: ${await response.text()}`)
  return (await response.json()) as SignIn
}

async function joinShared(connection: RawConnection): Promise<string> {
  unwrap(await connection.call('chat.joinChat', { chatId: SHARED }))
  return SHARED
}

async function makeChannel(connection: RawConnection): Promise<string> {
  const made = unwrap(await connection.call('chat.createChat', { kind: 'channel' }))
  return (made as { chatId: string }).chatId
}

/** The data of a reply; throws with what it refuses. */
export function unwrap(reply: unknown): unknown {
  const { ok, data } = reply as { ok: boolean; data: unknown }
  if (!ok) throw new Error(`refused: ${JSON.stringify(reply)}`)
  return data
}

export async function startTwin(profile = ''): Promise<Target> {
  const server = await startServer(new URL('./twin-server.ts', import.meta.url), {
    env: (port) => ({ PORT: String(port) }),
    profile,
  })
  const { port } = server
  let people = 0
  const nextPerson = () => `guest-${(people++).toString(36).padStart(16, '0')}`
  return {
    name: 'Socket.IO',
    server,
    async enter(where, listener) {
      const sender = nextPerson()
      const auth = { sender, place: where === 'shared' ? SHARED : sender }
      const connection = await new RawConnection({
        port,
        auth,
        messages: TWIN_MESSAGES,
        welcome: false,
        ...listener,
      }).open()
      return {
        connection,
        send: (body, onReply) =>
          connection.emit('send', `{"clientMessageId":"${nextId()}","body":${body}}`, onReply),
      }
    },
    changeItem: '42["presence",',
    async meet(listener) {
      const sender = nextPerson()
      const auth = { sender, place: sender }
      const options = { port, auth, messages: TWIN_MESSAGES, welcome: false, onMessages }
      const connection = await new RawConnection({ ...options, ...listener }).open()
      return watcher(sender, connection, (reply) => reply)
    },
    close: () => server.close(),
  }
}
