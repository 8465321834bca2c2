import { Agent, request } from 'node:http'
import { chatStream, type Closing } from '@collab-kit/protocol'
import {
  connectTarget,
  openEventStream,
  type EventStream,
  type Person,
} from '@collab-kit/protocol/conformance'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestService, type TestService } from '../testing/service.ts'

let running: TestService
const readers: EventStream[] = []

beforeEach(async () => {
  running = await createTestService({
    engine: 'memory',
    limits: { opsBurst: 100_000, opsPerSecond: 10_000, readerQueueBytes: 300_000 },
  })
})
afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.close()))
  await running.close()
})

const target = connectTarget({
  name: 'memory',
  transport: 'rest',
  get url() {
    return running.url
  },
  get limits() {
    return running.limits
  },
})

async function follow(person: Person, lastEventId?: string): Promise<EventStream> {
  const token = person.accessToken
  const resumed = lastEventId === undefined ? {} : { lastEventId }
  const reader = await openEventStream({ url: running.url, token, ...resumed })
  readers.push(reader)
  return reader
}

const say = (person: Person, chatId: string, body: string) =>
  person.call('chat.sendMessage', { chatId, clientMessageId: crypto.randomUUID(), body })

const seqsOf = ({ items }: EventStream, stream: string) =>
  items.filter((item) => item.stream === stream && item.seq !== undefined).map(({ seq }) => seq)

test('what was missed comes in pages, and what is said meanwhile after it', async () => {
  const [ada, ben] = [await target.person(), await target.person()]
  const { chatId } = await ada.call('chat.createChat', { kind: 'channel', visibility: 'public' })
  const stream = chatStream(chatId)
  const first = await follow(ada)
  await ben.call('chat.joinChat', { chatId })
  await first.until((item) => item.stream === stream)
  await first.close()
  const body = 'x'.repeat(running.limits.messageBytes)
  for (let n = 0; n < 60; n++) await say(ben, chatId, body)
  for (let n = 0; n < 500; n++) await say(ben, chatId, 'short')
  const second = await follow(ada, first.lastEventId)
  for (let n = 0; n < 50; n++) await say(ben, chatId, 'meanwhile')
  const { seq: last } = await say(ben, chatId, 'the end')
  await second.until((item) => item.stream === stream && item.seq === last)
  const from = seqsOf(first, stream).at(-1)!
  expect(seqsOf(second, stream)).toEqual(
    Array.from({ length: last - from }, (_, index) => from + 1 + index),
  )
  expect(second.violations).toEqual([])
})

test('one who takes nothing of what was missed holds no more than a page', async () => {
  const [ada, ben] = [await target.person(), await target.person()]
  const { chatId } = await ada.call('chat.createChat', { kind: 'channel', visibility: 'public' })
  const first = await follow(ada)
  await first.close()
  await ben.call('chat.joinChat', { chatId })
  const body = 'x'.repeat(running.limits.messageBytes)
  for (let n = 0; n < 1000; n++) await say(ben, chatId, body)
  const second = await follow(ada, first.lastEventId)
  second.pause()
  for (let n = 0; n < 20; n++) await say(ben, chatId, body)
  const metrics = await (await fetch(`${running.url}/metrics`)).text()
  const queued = Number(/collab_queued_bytes\{of="slowest"\} (\d+)/.exec(metrics)?.[1])
  expect(queued).toBeLessThan(600_000)
  second.resume()
  const { seq } = await say(ben, chatId, 'the end')
  await second.until((item) => item.stream === chatStream(chatId) && item.seq === seq)
  expect(second.violations).toEqual([])
})

test('what a blocked person does is withheld in its place, live and later', async () => {
  const [ada, ben] = [await target.person(), await target.person()]
  const { chatId } = await ada.call('chat.createChat', { kind: 'channel', visibility: 'public' })
  await ben.call('chat.joinChat', { chatId })
  await ada.call('users.blockUser', { username: ben.username })
  const stream = chatStream(chatId)
  const live = await follow(ada)
  const { seq } = await say(ben, chatId, 'unheard')
  const { seq: last } = await say(ada, chatId, 'heard')
  await live.until((item) => item.stream === stream && item.seq === last)
  const later = await follow(ada, live.blocks[0]!.id)
  await later.until((item) => item.stream === stream && item.seq === last)
  const [one, other] = [live, later].map(({ items }) =>
    items.filter((item) => item.stream === stream),
  )
  expect(one).toEqual(other)
  expect(one![0]).toMatchObject({ name: 'streams.withheld', seq, data: {} })
  expect(JSON.stringify([live.items, later.items])).not.toContain('unheard')
})

test('a service that ends tells everybody when to come back, and waits for nobody', async () => {
  const ada = await target.person()
  const open = [await follow(ada), await follow(ada)]
  const deaf = await follow(ada)
  deaf.pause()
  const agent = new Agent({ keepAlive: true })
  await new Promise<void>((resolve) => {
    request(`${running.url}/healthz`, { agent }, (answer) =>
      answer.resume().on('end', resolve),
    ).end()
  })
  const ending = running.service
  const started = performance.now()
  await ending.close({ spreadMs: 3000 })
  expect(performance.now() - started).toBeLessThan(3000)
  for (const reader of open) {
    await reader.ended
    const closing = reader.items.at(-1)!
    expect(closing).toMatchObject({
      name: 'system.closing',
      data: { code: 'draining', reconnect: true },
    })
    const { afterMs } = closing.data as Closing
    expect(reader.blocks.at(-1)!.retry).toBe(Math.max(afterMs, 1000))
  }
  agent.destroy()
  deaf.resume()
  await deaf.ended
  // The next is what is closed afterwards.
  running = await createTestService({ engine: 'memory' })
})
