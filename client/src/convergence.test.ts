import { chatStream } from '@collab-kit/protocol/runtime'
import { describe, expect, it } from 'vitest'
import { createCollab, type CollabClient } from './client.ts'
import { fakeClock } from './testing/fake-clock.ts'
import { chatOf } from './testing/harness.ts'
import { lossyWire, type Faults } from './testing/lossy-wire.ts'
import { seededRandom } from './testing/random.ts'
import { scriptedService } from './testing/scripted-service.ts'

// Two people write over a network that loses, doubles and reorders frames and breaks connections. When it has become
// quiet both show the same: what the service has, each message once.

const STEPS = 120
const seeds = process.env['COLLAB_FUZZ_SEEDS']?.split(',').map(Number) ?? [
  ...Array.from({ length: 12 }, (_, index) => index + 1),
  Math.floor(Math.random() * 1e9),
]

/** Never broken, not even for a moment: numbers without a hole, and nothing both confirmed and on its way. */
function check(client: CollabClient) {
  const { messages, pending } = chatOf(client)
  for (const [index, { number }] of messages.entries()) {
    expect(number).toBe((messages[0]?.number ?? 0) + index)
  }
  const confirmed = new Set(messages.map(({ clientMessageId }) => clientMessageId))
  expect(pending.filter(({ clientMessageId }) => confirmed.has(clientMessageId))).toEqual([])
}

async function run(seed: number) {
  const random = seededRandom(seed)
  const clock = fakeClock({ seed })
  const faults: Faults = { lose: 0.1, double: 0.1, delay: 0.4, delayMs: 300 }
  const quiet = { lose: 0, double: 0, delay: 0, delayMs: 0 }
  const service = scriptedService({
    now: clock.now,
    wire: lossyWire(clock, random, faults),
    chats: [
      { chatId: 'lobby', messages: Array.from({ length: 70 }, (_, index) => `before ${index}`) },
    ],
    limits: { opsPerSecond: 1000, opsBurst: 1000 },
  })
  const clients = ['ann', 'ben'].map((name) =>
    createCollab({ ...service.options, clock, token: `token:${name}` }),
  )
  const sent: string[] = []
  for (const client of clients) {
    client.chat('lobby').open()
    client.store.subscribe(() => check(client))
  }
  const acts: ((client: CollabClient) => void)[] = [
    (client) => void sent.push(client.chat('lobby').send(`message ${sent.length}`).clientMessageId),
    (client) => void sent.push(client.chat('lobby').send(`message ${sent.length}`).clientMessageId),
    (client) => void client.chat('lobby').loadOlder(),
    (client) => client.chat('lobby').markRead(),
    (client) => client.chat('lobby').setTyping(true),
    () => service.tellHeads(),
    () => service.drop(),
    () => service.refuse(),
    () => service.accept(),
  ]
  for (let count = 0; count < STEPS; count++) {
    const client = clients[Math.floor(random() * clients.length)]
    if (client) acts[Math.floor(random() * acts.length)]?.(client)
    await clock.advance(Math.floor(random() * 400))
  }
  Object.assign(faults, quiet)
  service.accept()
  await clock.until(() => {
    service.tellHeads()
    return clients.every(
      (client) =>
        client.status === 'live' &&
        chatOf(client).pending.length === 0 &&
        chatOf(client).loadingOlder === false,
    )
  }, 600_000)
  service.tellHeads()
  await clock.advance(5_000)
  return { service, clients, sent, clock }
}

describe('two clients over a bad network', () => {
  it.each(seeds)('[SEQ-1] [IDEM-8] show the same when it is quiet (seed %i)', async (seed) => {
    const { clients, sent, clock } = await run(seed)
    const [ann, ben] = clients.map((client) => chatOf(client).messages)
    // The window may reach back less far for one of them.
    const from = Math.max(ann?.[0]?.number ?? 0, ben?.[0]?.number ?? 0)
    const tail = (messages: typeof ann) => (messages ?? []).filter(({ number }) => number >= from)
    expect(tail(ann)).toEqual(tail(ben))
    const all = [
      ...new Map(
        [...(ann ?? []), ...(ben ?? [])].map((message) => [message.number, message]),
      ).values(),
    ]
    const ids = all.map(({ clientMessageId }) => clientMessageId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(sent.filter((id) => !ids.includes(id))).toEqual([])
    expect(chatStream('lobby')).toBe('chat:lobby')
    for (const client of clients) client.close()
    expect(clock.waiting).toBeGreaterThanOrEqual(0)
  })
})
