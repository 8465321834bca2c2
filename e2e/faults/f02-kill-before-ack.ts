import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCollab } from '@collab-kit/client'
import { Cluster, whyNoCluster } from '../rig/cluster.ts'
import { createFailpoint, type Failpoint } from '../rig/failpoint.ts'
import { freePort } from '../../scripts/test/free-port.ts'
import { connectLink, Gone, type Link } from '../rig/link.ts'
import { createGuest, type Person } from '../rig/person.ts'
import { startService, type ServiceProcess } from '../rig/service-process.ts'
import { until } from '../rig/until.ts'
import { assert, goesOn, median, type Fault, type Figures, type Size } from './fault.ts'
import { hashOf } from './history.ts'
import { ROOMY } from './scene.ts'
import { readStored } from './stored.ts'

/** The service ends itself when the COMMIT of a message has returned, before anybody is told. */
export const killBeforeAck: Fault = {
  id: 'F2',
  name: 'kill-before-ack',
  promise:
    'A message whose service was killed after its commit and before its acknowledgement is sent again and stored once',
  cycles: { whole: 60, small: 2 },
  run: (size) => killEmbedded(size),
}

/** The same to one of two nodes; the repetition goes to the other. */
export const nodeKilledBeforeAck: Fault = {
  id: 'F2',
  name: 'node-killed-before-ack',
  promise:
    'A message whose node was killed after its commit and before its acknowledgement is acknowledged by another, and stored once',
  cycles: { whole: 60, small: 2 },
  whyNot: whyNoCluster,
  run: (size) => killNodes(size),
}

/** What one does who was not answered. */
export interface Habits {
  /** The id of the repetition, by that of the message. */
  again(id: string): string
  /** Whether the failpoint is there. */
  armed: boolean
}

const HABITS: Habits = { again: (id) => id, armed: true }

interface Row {
  seq: number
}

/** From the kill on, milliseconds. */
interface Times {
  /** Until the acknowledgement. */
  resolved: number
  /** From the repetition until the acknowledgement; not known of a client that repeats by itself. */
  repeated?: number
}

/** One embedded database; by turns a bare connection and the client repeat a message. */
export async function killEmbedded(size: Size, habits = HABITS): Promise<Figures> {
  const rig = new AsyncDisposableStack()
  try {
    const failpoint = createFailpoint()
    rig.defer(() => failpoint.close())
    const scratch = mkdtempSync(join(tmpdir(), 'collab-killed-'))
    rig.defer(() => rmSync(scratch, { recursive: true, force: true }))
    const dataDir = join(scratch, 'data')
    const port = String(await freePort())
    const start = async () => {
      const service = await startService({
        dataDir,
        env: { ...ROOMY, COLLAB_PORT: port, ...failpoint.env },
      })
      rig.defer(() => service.close())
      return service
    }
    let victim = await start()
    const next = async () => {
      victim = await start()
      return victim.url
    }
    const person = await createGuest(victim.url, 'Ann')
    const rows = (body: string) => Promise.resolve(readCopy(dataDir, body))
    return await repeat(size, (cycle) => {
      const each = { victim, failpoint, habits, rows, person, cycle, next }
      return cycle % 2 === 0 ? byLink(each) : byClient(each)
    })
  } finally {
    await rig.disposeAsync()
  }
}

/** Two nodes on one PostgreSQL. */
export async function killNodes(size: Size, habits = HABITS): Promise<Figures> {
  const rig = new AsyncDisposableStack()
  try {
    const failpoint = createFailpoint()
    rig.defer(() => failpoint.close())
    const cluster = await Cluster.start({ env: { ...ROOMY, ...failpoint.env } })
    rig.defer(() => cluster.close())
    const person = await createGuest(cluster.urls[0]!, 'Ann')
    const rows = (body: string) =>
      cluster.postgres.query<Row>(
        "select seq::int as seq from log where data::json ->> 'body' = $1",
        [body],
      )
    return await repeat(size, async (cycle) => {
      const [node, other] = cycle % 2 === 0 ? cluster.nodes : cluster.nodes.toReversed()
      const next = () => Promise.resolve(other!.service.url)
      const victim = node!.service
      const times = await byLink({ victim, failpoint, habits, rows, person, cycle, next })
      await cluster.restartNode(node!)
      return times
    })
  } finally {
    await rig.disposeAsync()
  }
}

interface Cycle {
  /** Ends when the failpoint fires. */
  victim: ServiceProcess
  failpoint: Failpoint
  habits: Habits
  /** Rows with this body, by the database alone. */
  rows(body: string): Promise<Row[]>
  person: Person
  cycle: number
  /** Where to go when the service has ended. */
  next(): Promise<string>
}

async function repeat(size: Size, once: (cycle: number) => Promise<Times>): Promise<Figures> {
  const times: Times[] = []
  const since = performance.now()
  for (let cycle = 0; goesOn(size, cycle, since); cycle++) {
    times.push(await once(cycle))
    size.say(`${cycle + 1} kills, resolved after ${Math.round(times.at(-1)!.resolved)} ms`)
  }
  const resolved = times.map((each) => each.resolved)
  const repeated = times.flatMap((each) => each.repeated ?? [])
  return {
    'killed after COMMIT, before the acknowledgement': times.length,
    'stored at that moment': times.length,
    'lost, doubled': 0,
    'from the kill to the acknowledgement, ms (median)': Math.round(median(resolved)),
    'from the kill to the acknowledgement, ms (longest)': Math.round(Math.max(...resolved)),
    'from the repetition to the acknowledgement, ms (median)': Math.round(median(repeated)),
  }
}

/** One who repeats on a new connection what was not answered. */
async function byLink(each: Cycle): Promise<Times> {
  const { victim, person, cycle, habits, next, rows } = each
  const [id, body] = [`m-${cycle}`, `said on a connection, ${cycle}.`]
  const first = await connectLink(victim.url, person)
  await first.call('chat.joinChat', { chatId: 'lobby' })
  arm(each, body)
  let answer: string | undefined
  const answered = say(first, id, body).then(
    () => (answer = 'acknowledged'),
    (error: unknown) => (answer = error instanceof Gone ? 'gone' : String(error)),
  )
  const killedAt = await endsItself(each, () => answer)
  assert((await answered) === 'gone', `the first sending was ${answer}`)
  assert(!first.items.some((item) => mentions(item, body)), 'it was told of before the end')
  const stored = await rows(body)
  assertStoredOnce(stored, 'when the service was killed')
  const second = await connectLink(await next(), person)
  const repeatedAt = performance.now()
  const { seq } = await say(second, habits.again(id), body)
  const answeredAt = performance.now()
  second.close()
  assertStoredOnce(await rows(body), 'in the end')
  assert(seq === stored[0]!.seq, `acknowledged as ${seq}, stored as ${stored[0]!.seq}`)
  return { resolved: answeredAt - killedAt, repeated: answeredAt - repeatedAt }
}

/** One whose client repeats by itself. */
async function byClient(each: Cycle): Promise<Times> {
  const { victim, person, cycle, next, rows } = each
  const body = `said with the client, ${cycle}.`
  const client = createCollab({ serviceUrl: victim.url, token: person.token, storage: 'memory' })
  const state = () => client.store.getState().chats['lobby']
  const drawn = () => state()?.messages.filter((message) => message.body === body).length ?? 0
  try {
    const chat = client.chat('lobby')
    chat.open()
    await until(() => client.status === 'live' && state()?.status === 'ready', {
      what: 'the client is there',
    })
    arm(each, body)
    chat.send(body)
    const answer = () => (state()?.pending.length === 0 ? 'acknowledged' : undefined)
    const killedAt = await endsItself(each, answer)
    assert(drawn() === 0, 'it was told of before the end')
    assertStoredOnce(await rows(body), 'when the service was killed')
    await next()
    await until(answer, { what: 'the client has sent it again', within: 40_000 })
    const resolved = performance.now() - killedAt
    assert(drawn() === 1, `the client shows it ${drawn()} times`)
    assertStoredOnce(await rows(body), 'in the end')
    return { resolved }
  } finally {
    client.close()
  }
}

function arm({ failpoint, habits }: Cycle, body: string): void {
  if (habits.armed) failpoint.arm(body)
}

const say = (link: Link, clientMessageId: string, body: string) =>
  link.call('chat.sendMessage', { chatId: 'lobby', clientMessageId, body })

const mentions = (item: Link['items'][number], body: string): boolean =>
  JSON.stringify(item).includes(body)

function assertStoredOnce(rows: readonly Row[], when: string): void {
  const places = rows.map(({ seq }) => seq).join(', ')
  assert(rows.length === 1, `stored ${rows.length} times ${when}: ${places}`)
}

/** Waits for the end that the failpoint is; answers when it was seen. */
async function endsItself(
  { victim, failpoint }: Cycle,
  answer: () => string | undefined,
): Promise<number> {
  await until(() => !victim.alive || (answer() !== undefined && !failpoint.fired()), {
    what: 'the failpoint fires',
  })
  const at = performance.now()
  assert(!victim.alive, `the failpoint did not fire: the message was ${answer()}`)
  const { signal } = await victim.exited
  const fired = failpoint.fired()
  assert(fired, `the failpoint did not fire, and the service ended with ${signal}`)
  assert(
    signal === 'SIGKILL' && fired.pid === victim.pid,
    `${fired.where} of ${fired.pid} fired, and ${victim.pid} ended with ${signal}`,
  )
  return at
}

/** Rows with this body in a copy of the files: what they hold is not touched. */
function readCopy(dataDir: string, body: string): Row[] {
  const copy = mkdtempSync(join(tmpdir(), 'collab-copy-'))
  try {
    cpSync(dataDir, copy, { recursive: true })
    return readStored(copy).rows.filter(({ hash }) => hash === hashOf(body))
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}
