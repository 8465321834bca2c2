import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { WireError, type ErrorShape, type OperationName } from '@collab-kit/protocol'
import { expect } from 'vitest'
import { connectLink, type Link } from '../rig/link.ts'
import { createAccount } from '../rig/person.ts'
import { connectTcp, openRawSocket, signIn, type RawSocket } from '../rig/raw-socket.ts'
import { startService, type ServiceProcess } from '../rig/service-process.ts'
import { ask } from './http.ts'
import type { Row, Stage } from './row.ts'

/** Enough public channels to join more than are allowed. */
const PUBLIC = Array.from({ length: 70 }, (_, n) => `public-${n}`)

const ENVIRONMENT = {
  // The rows are many and come fast; the limit on calls has a fault of its own.
  COLLAB_LIMITS_OPS_PER_SECOND: '200',
  COLLAB_LIMITS_OPS_BURST: '600',
  COLLAB_LOG_LEVEL: 'debug',
  COLLAB_CHATS: JSON.stringify([{ id: 'shared' }, ...PUBLIC.map((id) => ({ id }))]),
}

/** A service with people, and what it looks like to those who do nothing. */
export interface Theatre {
  readonly service: ServiceProcess
  /** Check a row, and after it that nothing was stored, told to others, logged as a mistake, or broken. */
  perform(row: Row): Promise<void>
  close(): Promise<void>
}

/** An activity that Ada made, with one key of shared state; nobody is in it. */
export const ACTIVITY = { type: 'board', id: 'shared' } as const

export async function openTheatre(env: Record<string, string> = {}): Promise<Theatre> {
  const service = await startService({ env: { ...ENVIRONMENT, ...env } })
  const [ada, ben, eve] = await Promise.all(
    ['ada', 'ben', 'eve'].map((name) => createAccount(service.url, name)),
  )
  const bystander = await connectLink(service.url, ada!)
  const { chatId: privateChat } = await bystander.call('chat.createChat', {
    kind: 'channel',
    members: [ben!.username],
  })
  await bystander.call('chat.sendMessage', {
    chatId: privateChat,
    clientMessageId: 'secret',
    body: 'between us',
  })
  await bystander.call('chat.joinChat', { chatId: 'shared' })
  await bystander.call('activities.joinActivity', ACTIVITY)
  await bystander.call('activities.setShared', { ...ACTIVITY, key: 'set', value: 1 })
  await bystander.call('activities.leaveActivity', ACTIVITY)
  const first = await connectLink(service.url, eve!)
  await first.call('chat.joinChat', { chatId: 'shared' })
  await first.call('chat.sendMessage', {
    chatId: 'shared',
    clientMessageId: 'first',
    body: 'the first body',
  })
  const { epoch } = await first.call('system.getInfo', {})
  first.close()
  const facts = {
    service,
    eve: eve!,
    ada: ada!,
    privateChat,
    epoch,
    adaConnection: bystander.connectionId,
  }
  return {
    service,
    async perform(row) {
      const actor = createActor(facts)
      const forgotten = [
        ...(row.remembers ? ['commands'] : []),
        ...(row.makesTickets ? ['event_tickets'] : []),
      ]
      const before = fingerprint(service.dataDir, forgotten)
      const heard = bystander.items.length
      const logged = service.log().length
      try {
        await row.check(actor.stage)
      } finally {
        actor.leave()
      }
      await bystander.call('system.echo', { message: `after ${row.number}` })
      const others = bystander.items.slice(heard).filter(({ name }) => !name.startsWith('system.'))
      expect(others, 'told to others').toEqual([])
      expect(fingerprint(service.dataDir, forgotten), 'what is stored').toEqual(before)
      expect(service.alive, 'the process is alive').toBe(true)
      expect((await ask(service.port, { path: '/readyz' })).status).toBe(200)
      expect(
        service
          .log()
          .slice(logged)
          .filter(({ level }) => level >= 50),
        'mistakes in the log',
      ).toEqual([])
    },
    async close() {
      bystander.close()
      await service.close()
    },
  }
}

type Facts = Omit<
  Stage,
  'link' | 'refused' | 'refuses' | 'raw' | 'stranger' | 'closedAfter' | 'http' | 'tcp'
>

/** Everything of one row that has to be closed after it. */
function createActor(facts: Facts): { stage: Stage; leave(): void } {
  const { service, eve } = facts
  const open: { close(): void }[] = []
  let own: Promise<Link> | undefined
  const keep = <T extends { close(): void }>(each: T): T => {
    open.push(each)
    return each
  }
  const link = () => (own ??= connectLink(service.url, eve).then(keep))
  const refused: Stage['refused'] = async (name, ...args) =>
    toRefusal(await (await link()).emit(name, ...args), name)
  const stranger = async () => {
    const socket = keep(await openRawSocket(service.port))
    await socket.next((text) => text.startsWith('0{'))
    return socket
  }
  const raw = async () => {
    const socket = keep(await openRawSocket(service.port))
    await signIn(socket, eve.token)
    return socket
  }
  const stage: Stage = {
    ...facts,
    link,
    refused,
    refuses: (name: OperationName, input) => refused(name, input),
    stranger,
    raw,
    closedAfter: async (frame) => closedAfter(await raw(), frame),
    http: (question) => ask(service.port, { token: eve.token, ...question }),
    tcp: (bytes) => exchangeBytes(service.port, bytes),
  }
  return { stage, leave: () => open.forEach((each) => each.close()) }
}

function toRefusal(reply: unknown, name: string): ErrorShape {
  const { ok, error } = reply as { ok: unknown; error: unknown }
  if (ok !== false) throw new Error(`${name} was not refused: ${JSON.stringify(reply)}`)
  return WireError.parse(error) as ErrorShape
}

async function closedAfter(
  socket: RawSocket,
  frame: string | Uint8Array,
): Promise<number | undefined> {
  await socket.send(frame, typeof frame === 'string' ? {} : { opcode: 2 })
  await socket.closed
  return socket.closeCode
}

/** How long to wait for more bytes where the service keeps the connection, milliseconds. */
const SILENCE_MS = 500

async function exchangeBytes(port: number, bytes: string): Promise<string> {
  const tcp = await connectTcp(port)
  await tcp.write(bytes)
  for (let known = -1; tcp.open && tcp.received().length !== known;) {
    known = tcp.received().length
    await Promise.race([tcp.closed, delay(SILENCE_MS)])
  }
  tcp.close()
  return tcp.received()
}

/** Whoever connects is here; that somebody said something of it is another thing. */
const isPassing = (table: string, row: Record<string, unknown>): boolean =>
  table === 'presence_nodes' ||
  table === 'participants' ||
  (table === 'presence' &&
    row['chosen'] === 'available' &&
    row['status'] === null &&
    row['data'] === null)

/** All rows of all tables but these; of the readiness probe nothing, nor of who is here. */
function fingerprint(dataDir: string, without: readonly string[]): Record<string, string> {
  const database = new DatabaseSync(join(dataDir, 'collab.db'), { readOnly: true })
  try {
    const tables = database
      .prepare("select name from sqlite_schema where type = 'table'")
      .all() as { name: string }[]
    return Object.fromEntries(
      tables
        .filter(({ name }) => !without.includes(name))
        .map(({ name }) => {
          const rows = database.prepare(`select * from ${name}`).all()
          const kept = rows.filter((row) => row['key'] !== 'probed_at' && !isPassing(name, row))
          return [
            name,
            `${kept.length} ${createHash('sha256').update(JSON.stringify(kept)).digest('base64url')}`,
          ]
        }),
    )
  } finally {
    database.close()
  }
}
