import { afterEach, expect, test, vi } from 'vitest'
import type { Published } from '../kernel/outbox.ts'
import { TestReader } from '../testing/test-reader.ts'
import { Hub, type Reader } from '../transport/hub.ts'
import { ClusterNode } from './node.ts'

const STREAM = 'chat:lobby'

const event = (seq: number): Published => ({ stream: STREAM, seq, json: JSON.stringify({ seq }) })

let node: ClusterNode<Reader> | undefined
afterEach(() => node?.close())

/** A node whose log others write to. */
async function stand(...readers: TestReader[]) {
  const database = { away: false }
  const log: Published[] = []
  const changed: Published[] = []
  const hub = new Hub(() => new Date(0).toISOString())
  for (const reader of readers) hub.add(reader)
  node = hub.watcher = new ClusterNode<Reader>({
    readers: hub,
    truth: {
      after: async (positions) => log.filter(({ seq }) => seq! > (positions[STREAM] ?? 0)),
      heads: async (streams) => Object.fromEntries(streams.map((each) => [each, log.length])),
      readable: async () => log.length,
      memberships: async () => new Map(),
      async ended() {
        if (database.away) throw new Error('the database is away')
        return { signInIds: [], people: [] }
      },
      changed: async () => ({ items: changed, since: {} }),
    },
    endSignIn: () => {},
    endPerson: () => {},
    endReplaced: () => {},
    onError: () => {},
  })
  await node.start()
  const write = () => {
    log.push(event(log.length + 1))
    return log.slice(-1)
  }
  return { hub, node, write, changed, database }
}

test('who waits to be let in misses nothing, though somebody else was let in meanwhile', async () => {
  const [ann, ben] = [new TestReader('ann'), new TestReader('ben')]
  const { hub, node: own, write } = await stand(ann, ben)
  hub.hold(ann, STREAM)
  own.publish(write())
  // Written by another node; nobody here has heard of it.
  write()
  hub.subscribe(ben, STREAM, 2)
  own.publish(write())
  hub.release(ann, STREAM, { head: 0 })
  own.publish(write())
  await vi.waitFor(() => expect(ann.seen).toEqual([1, 2, 3, 4]))
  expect(ben.seen).toEqual([3, 4])
})

test('what other nodes wrote is found without a word from them', async () => {
  const ann = new TestReader('ann')
  const { hub, write } = await stand(ann)
  hub.subscribe(ann, STREAM, 0)
  write()
  write()
  await vi.waitFor(() => expect(ann.seen).toEqual([1, 2]), { timeout: 5000 })
})

const PRESENCE = 'presence:ben'

const state = (rev: number): Published => ({
  stream: PRESENCE,
  seq: undefined,
  json: JSON.stringify({ seq: rev }),
  state: { of: 'ben', rev },
})

test('a state that nobody told of is told from the database, and none that was told already', async () => {
  const ann = new TestReader('ann')
  const { hub, node: own, changed } = await stand(ann)
  hub.subscribe(ann, PRESENCE, 0)
  own.publish([state(1)])
  changed.push(state(1), state(2), { ...state(9), stream: 'presence:nobody-watches' })
  await vi.waitFor(() => expect(ann.seen).toEqual([1, 2]), { timeout: 5000 })
  changed.push(state(3))
  await vi.waitFor(() => expect(ann.seen).toEqual([1, 2, 3]), { timeout: 5000 })
})

test('a state that was withheld while the database was away is told when it is back', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] })
  try {
    const ann = new TestReader('ann')
    const { hub, node: own, changed, database } = await stand(ann)
    hub.subscribe(ann, PRESENCE, 0)
    own.publish([state(1)])
    database.away = true
    await vi.advanceTimersByTimeAsync(7000)
    own.publish([state(2)])
    expect(ann.seen).toEqual([1])
    database.away = false
    changed.push(state(1), state(2))
    await vi.advanceTimersByTimeAsync(2000)
    expect(ann.seen).toEqual([1, 2])
  } finally {
    vi.useRealTimers()
  }
})
