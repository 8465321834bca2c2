import type { Message } from '@collab-kit/protocol'
import { chatStream } from '@collab-kit/protocol/runtime'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createCollab } from '../../client.ts'
import { fakeClock } from '../../testing/fake-clock.ts'
import { chatOf } from '../../testing/harness.ts'
import { lossyWire } from '../../testing/lossy-wire.ts'
import { seededRandom } from '../../testing/random.ts'
import type { ScriptedState } from '../../testing/script.ts'
import { scriptedService } from '../../testing/scripted-service.ts'
import type { ChatState } from './model.ts'

// Somebody scrolls and jumps through a chat in which others write, over a network that delays and loses. At every
// moment the window is a slice of what the service has; in the end it is its tail.

const RUNS = Number(process.env['COLLAB_FUZZ_RUNS'] ?? 60)
const WINDOW = 130
const FIRST = 400

const ACTS = ['say', 'around', 'nearEnd', 'older', 'newer', 'latest', 'send', 'join'] as const
const FAULTS = ['drop', 'refuse', 'accept', 'flood', 'heads'] as const
type Act = (typeof ACTS)[number] | (typeof FAULTS)[number]

/** What happens next, how much or where, and how long until then. */
const step = fc.record({
  act: fc.oneof(
    { arbitrary: fc.constantFrom<Act>(...ACTS), weight: 4 },
    { arbitrary: fc.constantFrom<Act>(...FAULTS), weight: 1 },
  ),
  size: fc.integer({ min: 0, max: 500 }),
  ms: fc.integer({ min: 0, max: 300 }),
})

function createStage(seed: number) {
  const clock = fakeClock({ seed })
  const random = seededRandom(seed)
  const faults = { lose: 0.05, double: 0.1, delay: 0.5, delayMs: 200 }
  const service = scriptedService({
    now: clock.now,
    wire: lossyWire(clock, random, faults),
    chats: [{ chatId: 'lobby', messages: { count: FIRST } }],
    limits: { opsPerSecond: 1000, opsBurst: 1000 },
  })
  const client = createCollab({
    ...service.options,
    clock,
    token: 'token:ann',
    windowSize: WINDOW,
  })
  const state = service as unknown as ScriptedState
  const kept = () => state.chats.get('lobby')
  return {
    clock,
    service,
    client,
    faults,
    /** The messages that the service has, from one number on. */
    truth: (from: number, count: number): Message[] =>
      kept()?.messages.slice(from - 1, from - 1 + count) ?? [],
    total: () => kept()?.messages.length ?? 0,
  }
}
type Stage = ReturnType<typeof createStage>

const range = ({ messages }: ChatState): [first: number, last: number] => [
  messages[0]?.number ?? 0,
  messages.at(-1)?.number ?? 0,
]

/** A slice of the truth, next to the one before it unless it says otherwise. */
function check({ truth }: Stage, now: ChatState, before: ChatState) {
  if (now.messages !== before.messages) {
    const [first, last] = range(now)
    expect(now.messages).toEqual(truth(first, now.messages.length))
    const [wasFirst, wasLast] = range(before)
    // More may be said at once than a window holds.
    const isContinued = (first <= wasLast + 1 && last >= wasFirst - 1) || last - wasLast >= WINDOW
    if (before.messages.length && now.discontinuity === before.discontinuity)
      expect(isContinued).toBe(true)
  }
  const confirmed = new Set(now.messages.map(({ clientMessageId }) => clientMessageId))
  expect(now.pending.filter(({ clientMessageId }) => confirmed.has(clientMessageId))).toEqual([])
  expect(now.discontinuity).toBeGreaterThanOrEqual(before.discontinuity)
}

/** A jump fails without a connection, and beyond the end: nobody is to be told here. */
const unheard = (jump: Promise<void>) => void jump.catch(() => {})

function perform({ service, client, total }: Stage, act: Act, size: number) {
  const chat = client.chat('lobby')
  const say = (count: number) => {
    for (let said = 0; said < count; said++) service.say('lobby', 'ben', `said ${said}`)
  }
  const acts: Record<Act, () => void> = {
    say: () => say(size / 8),
    around: () => unheard(chat.loadAround(size)),
    nearEnd: () => unheard(chat.loadAround(total() - Math.floor(size / 5))),
    older: () => void chat.loadOlder(),
    newer: () => void chat.loadNewer(),
    latest: () => unheard(chat.loadLatest()),
    send: () => void chat.send('mine'),
    join: () =>
      void service.push(
        'chat.memberJoined',
        { chatId: 'lobby', username: 'cleo' },
        { stream: chatStream('lobby') },
      ),
    drop: () => service.drop(),
    refuse: () => service.refuse(),
    accept: () => service.accept(),
    // More than is read one by one after an absence.
    flood: () => {
      service.drop()
      say(500)
    },
    heads: () => service.tellHeads(),
  }
  acts[act]()
}

async function quiet({ service, client, clock, faults, total }: Stage) {
  Object.assign(faults, { lose: 0, double: 0, delay: 0 })
  service.accept()
  await clock.until(() => {
    service.tellHeads()
    const { status, pending, loadingOlder, loadingNewer, chat } = chatOf(client)
    return (
      client.status === 'live' &&
      status === 'ready' &&
      !pending.length &&
      !loadingOlder &&
      !loadingNewer &&
      chat?.lastNumber === total()
    )
  }, 600_000)
  await clock.advance(40_000)
}

it('[SEQ-1] a window is a slice of the chat without a hole, and its tail after a jump to the newest', async () => {
  const runs = fc.asyncProperty(
    fc.array(step, { maxLength: 40 }),
    fc.integer(),
    async (steps, seed) => {
      const stage = createStage(seed)
      const { client, clock, truth, total } = stage
      let before = chatOf(client)
      const wrong: unknown[] = []
      client.store.subscribe(() => {
        const now = chatOf(client)
        try {
          check(stage, now, before)
        } catch (error) {
          // A subscriber that throws is no matter of the store's: kept for the end.
          wrong.push(error)
        }
        before = now
      })
      client.chat('lobby').open()
      for (const { act, size, ms } of steps) {
        perform(stage, act, size)
        await clock.advance(ms)
      }
      await quiet(stage)
      const { messages, hasNewer, hasOlder } = chatOf(client)
      const [first, last] = range(chatOf(client))
      expect(hasOlder).toBe(first > 1)
      if (!hasNewer) expect(last).toBe(total())
      expect(messages.length).toBeLessThanOrEqual(WINDOW)

      const latest = client.chat('lobby').loadLatest()
      await clock.advance(1_000)
      await latest
      const tail = chatOf(client)
      expect(tail).toMatchObject({ hasNewer: false, pending: [] })
      expect(tail.messages).toEqual(truth(range(tail)[0], WINDOW + 1))
      expect(wrong).toEqual([])
      client.close()
    },
  )
  await fc.assert(runs, { numRuns: RUNS })
}, 60_000)
