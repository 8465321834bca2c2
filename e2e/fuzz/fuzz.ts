import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { assert, assertNothing, type Figures } from '../faults/fault.ts'
import { readByService, readStored } from '../faults/stored.ts'
import { Watcher, type Naming } from '../faults/watcher.ts'
import { check } from '../faults/checker.ts'
import type { Observation, Sighting } from '../faults/history.ts'
import { connectLink } from '../rig/link.ts'
import { createGuest } from '../rig/person.ts'
import { createRandom, type Random } from '../rig/random.ts'
import { startService, type ServiceProcess } from '../rig/service-process.ts'
import { fuzzFrames, fuzzHttp, fuzzPolling, type ByteFuzzOptions } from './bytes.ts'
import { createCallFuzzer, createTally, type Tally } from './calls.ts'
import { heapAfterCollection, INSPECTABLE } from './memory.ts'
import type { World } from './values.ts'

export interface FuzzOptions {
  seconds: number
  random: Random
  say(line: string): void
}

const CHATS = ['lobby', 'hall']
/** How many call at the same time; the bytes come from as many others. */
const LANES = 6
/** The heap may end this much larger than it was after warming up: caches that have a bound of their own. */
const GROWTH_BYTES = 24 * 1024 * 1024

const ENVIRONMENT = {
  COLLAB_LIMITS_OPS_PER_SECOND: '5000',
  COLLAB_LIMITS_OPS_BURST: '20000',
  COLLAB_LIMITS_SIGN_INS_PER_MINUTE: '1000000',
  COLLAB_CHATS: JSON.stringify(CHATS.map((id) => ({ id }))),
}

/** Send inputs of every kind to a real service for a while; throws when it is the worse for it. */
export async function fuzz({ seconds, random, say }: FuzzOptions): Promise<Figures> {
  const scratch = mkdtempSync(join(tmpdir(), 'collab-fuzz-'))
  const service = await startService({
    dataDir: join(scratch, 'data'),
    env: ENVIRONMENT,
    flags: [INSPECTABLE],
  })
  try {
    return await run(service, { seconds, random, say })
  } catch (error) {
    const last = service
      .log()
      .filter(({ level }) => level >= 50)
      .slice(-5)
    throw new Error(
      `seed ${random.seed}: ${(error as Error).message}\n${last.map((line) => JSON.stringify(line)).join('\n')}`,
      { cause: error },
    )
  } finally {
    await service.close()
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function run(
  service: ServiceProcess,
  { seconds, random, say }: FuzzOptions,
): Promise<Figures> {
  const watcher = new Watcher(await createGuest(service.url, 'Watcher'), CHATS, byAll)
  await watcher.connect(service.url)
  const world = await createWorld(service)
  const tally = createTally()
  await work(service, {
    world,
    tally,
    random,
    until: performance.now() + Math.min(5, seconds / 3) * 1000,
  })
  const before = await settledHeap(service, seconds)
  say(`warm: ${tally.calls} calls, heap ${mega(before)} MB`)
  const bytes = await work(service, {
    world,
    tally,
    random,
    until: performance.now() + seconds * 1000,
  })
  const after = await settledHeap(service, seconds)
  say(`${tally.calls} calls, heap ${mega(after)} MB`)
  assertNothing('findings', tally.findings)
  assert(service.alive, 'the service has ended')
  assertNothing(
    'rejections, exceptions and mistakes in the log',
    service.log().filter(({ level }) => level >= 50),
  )
  assert(after - before < GROWTH_BYTES, `the heap grew from ${mega(before)} to ${mega(after)} MB`)
  await verify(service, watcher)
  return {
    seconds,
    calls: tally.calls,
    'of these answered ok': tally.ok,
    refused: [...tally.codes]
      .sort(([, a], [, b]) => b - a)
      .map(([code, count]) => `${code} ${count}`)
      .join(', '),
    'connections ended by the service': tally.ended,
    'raw frames': bytes.frames,
    'raw requests': bytes.requests,
    'polling payloads': bytes.polling,
    'exits, rejections, answers without a code': 0,
    'heap before, MB': mega(before),
    'heap after, MB': mega(after),
  }
}

const mega = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)

async function createWorld(service: ServiceProcess): Promise<World> {
  const person = await createGuest(service.url, 'World')
  const link = await connectLink(service.url, person)
  const { epoch } = await link.call('system.getInfo', {})
  const messages: string[] = []
  for (const chatId of CHATS) {
    await link.call('chat.joinChat', { chatId })
    const { messageId } = await link.call('chat.sendMessage', {
      chatId,
      clientMessageId: 'first',
      body: 'first',
    })
    messages.push(messageId)
  }
  const { chatId } = await link.call('chat.createChat', { kind: 'channel' })
  link.close()
  return {
    chats: [...CHATS, chatId, 'absent'],
    people: [person.username, 'absent', 'admin'],
    messages,
    tokens: [person.token, 'x.y.z'],
    cursors: ['x'],
    epoch,
  }
}

interface Work {
  world: World
  tally: Tally
  random: Random
  until: number
}

async function work(service: ServiceProcess, { world, tally, random, until: end }: Work) {
  const bytes = { frames: 0, requests: 0, polling: 0 }
  const goesOn = () => performance.now() < end && service.alive && tally.findings.length < 20
  const callers = Array.from({ length: LANES }, async () => {
    // Each lane has a seed of its own: the order in which they take turns is nobody's.
    const fuzzer = createCallFuzzer(service, world, {
      random: createRandom(random.whole(0, 2 ** 31)),
      tally,
    })
    while (goesOn()) await fuzzer.step()
    fuzzer.close()
  })
  const { token } = await createGuest(service.url, 'Bytes')
  const lane = async (
    kind: keyof typeof bytes,
    step: (options: ByteFuzzOptions) => Promise<number>,
  ) => {
    const own = createRandom(random.whole(0, 2 ** 31))
    while (goesOn()) bytes[kind] += await step({ port: service.port, token, random: own })
  }
  await Promise.all([
    ...callers,
    lane('frames', fuzzFrames),
    lane('frames', fuzzFrames),
    lane('requests', fuzzHttp),
    lane('polling', fuzzPolling),
  ])
  return bytes
}

/** Sessions whose end was never said are forgotten by the heartbeat, after this time. */
const HEARTBEAT_SECONDS = 25

/** The heap when everybody has gone, as far as there is time to wait for it. */
async function settledHeap(service: ServiceProcess, seconds: number): Promise<number> {
  await delay(Math.min(HEARTBEAT_SECONDS, seconds / 10) * 1000)
  return heapAfterCollection(service)
}

/** Ids of messages are used again here, by others and in other chats. */
const byAll: Naming = ({ chatId, sender, clientMessageId }) =>
  `${chatId}/${sender}/${clientMessageId}`

const UNKNOWN = { lane: '', invokedAt: 0, outcome: 'unknown' } as const

/** What somebody watched, as it is left: what was emptied since was seen with its words. */
function seen(
  { observation }: Watcher,
  rows: readonly Sighting[],
  erased: ReadonlySet<string>,
): Observation {
  const left = new Map(rows.map((row) => [`${row.chat} ${row.seq}`, row]))
  const sightings = observation.sightings.map((each) => {
    const place = `${each.chat} ${each.seq}`
    return erased.has(place) ? left.get(place)! : each
  })
  return { ...observation, sightings }
}

/** Every chat is gapless, and whoever watched has seen just that. */
async function verify(service: ServiceProcess, watcher: Watcher): Promise<void> {
  const { heads } = await readByService(watcher.link, CHATS)
  await watcher.sees(heads)
  watcher.close()
  const { code } = await service.end('SIGTERM')
  assert(code === 0, `it ended with ${code}`)
  const { rows, erased, integrity } = readStored(service.dataDir, byAll)
  assert(integrity === 'ok', `the database is damaged: ${integrity}`)
  // Who sent what is not recorded here: all that is stored counts as sent.
  const sends = rows.flatMap(({ id, chat, hash }) =>
    id === undefined ? [] : [{ id, chat, hash: hash!, author: 'anybody', attempts: [UNKNOWN] }],
  )
  const found = check({ sends, stored: rows, heads, observations: [seen(watcher, rows, erased)] })
  assertNothing('violations', [...found, ...watcher.violations])
}
