import { readFileSync } from 'node:fs'
import { EVENTS, limitDefaults, type EventItem } from '@collab-kit/protocol'
import { connectLink } from '../rig/link.ts'
import { createGuest, type Person } from '../rig/person.ts'
import { openRawSocket, signIn, type RawSocket } from '../rig/raw-socket.ts'
import { until } from '../rig/until.ts'
import { assert, assertNothing, percentile, type Fault, type Figures, type Size } from './fault.ts'
import { withScene, type Scene } from './scene.ts'

const BODY = 'x'.repeat(12_000)
const BUDGET = limitDefaults.readerQueueBytes
/** One message of the largest size, its envelope and the closing word. */
const MARGIN = limitDefaults.messageBytes + 4096

/** What a reader does instead of reading. */
type Habit = (socket: RawSocket) => () => void

/** Nothing at all. */
const honest: Habit = () => () => {}

/** Answers pings that it never read: the heartbeat takes it for alive. */
const pongSending: Habit = (socket) => {
  const timer = setInterval(() => void socket.send('3'), 10_050)
  return () => clearInterval(timer)
}

/** Somebody takes part and does not read. */
export const slowReader: Fault = {
  id: 'F46',
  name: 'slow-reader',
  promise:
    'One who does not read costs at most 1 MiB, is closed as `slow_consumer`, disturbs nobody and misses nothing after',
  cycles: { whole: 5, small: 1 },
  run: (size) => slowReaders(size, { habit: honest, perSecond: 150 }),
}

/** The same with a pong every ten seconds, and so slowly that the heartbeat would have noticed an honest one first. */
export const pongSender: Fault = {
  id: 'F47',
  name: 'pong-sender',
  promise:
    'A pong from one who does not read buys it nothing: it is closed by the bytes that wait for it',
  cycles: { whole: 2, small: 1 },
  run: (size) => slowReaders(size, { habit: pongSending, perSecond: size.cycles > 1 ? 24 : 150 }),
}

interface Course {
  habit: Habit
  /** Messages of 12 kB. */
  perSecond: number
}

function slowReaders(size: Size, course: Course): Promise<Figures> {
  return withScene({ senders: 3, watchers: 1 }, async (scene) => {
    await scene.start()
    await scene.connect()
    const figures = {
      queued: 0,
      rss: 0,
      closedIn: [] as number[],
      alone: [] as number[],
      beside: [] as number[],
    }
    for (let cycle = 0; cycle < size.cycles; cycle++) {
      const talk = startTalk(scene, course.perSecond)
      await talk.messages(course.perSecond * 2)
      figures.alone.push(...talk.takeLatencies())
      const reader = await createGuest(scene.service.url, 'Slow')
      const outcome = await ignore(scene, reader, course)
      figures.beside.push(...talk.takeLatencies())
      await talk.stop()
      figures.queued = Math.max(figures.queued, outcome.queued)
      figures.rss = Math.max(figures.rss, outcome.rss)
      figures.closedIn.push(outcome.closedIn)
      await resumes(scene, reader, outcome.received)
      size.say(
        `closed with ${outcome.queued} bytes queued after ${Math.round(outcome.closedIn)} ms; ${outcome.received.length} items had been read`,
      )
    }
    await scene.verify()
    const [alone, beside] = [percentile(figures.alone, 0.99), percentile(figures.beside, 0.99)]
    return {
      cycles: size.cycles,
      'most bytes queued for the slow one': figures.queued,
      'allowed (1 MiB and a message)': BUDGET + MARGIN,
      'memory of the service meanwhile, MB more': Math.round(figures.rss / 1024),
      'closed as slow_consumer after, ms (longest)': Math.round(Math.max(...figures.closedIn)),
      "others' delivery p99 alone, ms": alone.toFixed(1),
      "others' delivery p99 beside it, ms": beside.toFixed(1),
      'ratio of those': (beside / alone).toFixed(2),
      'missed after resume': 0,
    }
  })
}

interface Talk {
  /** Resolves when so many more have been acknowledged. */
  messages(count: number): Promise<void>
  /** Milliseconds from sending to the arrival at a watcher, since the last time. */
  takeLatencies(): number[]
  stop(): Promise<void>
}

/** Everybody writes long messages, and a watcher takes the time of each. */
function startTalk(scene: Scene, perSecond: number): Talk {
  let latencies: number[] = []
  const sentAt = new Map<string, number>()
  scene.watchers[0]!.link.onItems((items) => {
    for (const { data } of items) {
      const since = sentAt.get((data as { clientMessageId?: string }).clientMessageId ?? '')
      if (since !== undefined) latencies.push(performance.now() - since)
    }
  })
  for (const sender of scene.senders) sender.start(perSecond / scene.senders.length, BODY)
  scene.onSent = ({ id, attempts }) => sentAt.set(id, attempts[0]!.invokedAt)
  return {
    async messages(count) {
      const enough = scene.acknowledged + count
      await until(() => scene.acknowledged >= enough, { what: 'people talk', within: 60_000 })
    },
    takeLatencies() {
      const taken = latencies
      latencies = []
      return taken
    },
    async stop() {
      for (const sender of scene.senders) await sender.stop()
    },
  }
}

interface Ignored {
  queued: number
  /** kB of memory more than before. */
  rss: number
  closedIn: number
  /** What was read before and after. */
  received: EventItem[]
}

/** Join, stop reading, and wait until the service has had enough. */
async function ignore(scene: Scene, reader: Person, { habit }: Course): Promise<Ignored> {
  const socket = await openRawSocket(scene.service.port)
  await signIn(socket, reader.token)
  await socket.send('420["chat.joinChat",{"chatId":"lobby"}]')
  await socket.next((text) => text.startsWith('430'), 'joined')
  const before = memoryOf(scene.service.pid)
  const since = performance.now()
  socket.pause()
  const stopHabit = habit(socket)
  let [queued, rss] = [0, 0]
  const closing = await until(
    async () => {
      queued = Math.max(queued, await queuedBytes(scene.service.url))
      rss = Math.max(rss, memoryOf(scene.service.pid) - before)
      return scene.service
        .log()
        .find(({ msg, username }) => msg === 'closing a connection' && username === reader.username)
    },
    { what: 'the slow reader is closed', within: 180_000, every: 100 },
  )
  const closedIn = performance.now() - since
  stopHabit()
  assert(closing['code'] === 'slow_consumer', `it was closed as ${String(closing['code'])}`)
  queued = Math.max(queued, Number(closing['queuedBytes']))
  assert(queued <= BUDGET + MARGIN, `${queued} bytes were queued`)
  socket.resume()
  await socket.closed
  return { queued, rss, closedIn, received: itemsOf(socket.texts) }
}

const itemsOf = (texts: readonly string[]): EventItem[] =>
  texts
    .filter((text) => text.startsWith(`42["${EVENTS}"`))
    .flatMap((text) => (JSON.parse(text.slice(2)) as [string, EventItem[]])[1])

/** What it read is one piece; with the log after it, it is all there is. */
async function resumes(
  scene: Scene,
  reader: Person,
  received: readonly EventItem[],
): Promise<void> {
  const stream = 'chat:lobby'
  const seqs = received
    .filter((item) => item.stream === stream && item.seq !== undefined)
    .map(({ seq }) => seq!)
  assertNothing(
    'items read out of order',
    seqs.filter((seq, index) => index > 0 && seq !== seqs[index - 1]! + 1),
  )
  const link = await connectLink(scene.service.url, reader)
  const { epoch } = await link.call('system.getInfo', {})
  const last = seqs.at(-1)!
  const { behind, heads, gone, reset } = await link.call('streams.resume', {
    epoch,
    heads: { [stream]: last },
  })
  assert(
    behind.includes(stream) && gone.length + reset.length === 0,
    `resume says ${JSON.stringify({ behind, gone, reset })}`,
  )
  let seq = last
  while (seq < heads[stream]!) {
    const { events } = await link.call('streams.readSince', { stream, seq })
    assertNothing(
      'gaps in the log',
      events.filter((item, index) => item.seq !== seq + 1 + index),
    )
    seq = events.at(-1)!.seq!
  }
  link.close()
}

async function queuedBytes(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^collab_queued_bytes\{of="slowest"\} (\d+)/m.exec(text)?.[1] ?? 0)
}

/** Resident memory, kB. */
function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
}
