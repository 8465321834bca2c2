import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { serverOf } from '../testing/service.ts'
import type { Bus, OpenBus } from './bus.ts'
import { createMemoryNetwork } from './memory.ts'
import { openRedis } from './redis.ts'

const buses: Bus[] = []
afterEach(() => Promise.all(buses.splice(0).map((bus) => bus.close())))

async function node(open: OpenBus) {
  const heard: [channel: string, message: string][] = []
  const bus = await open({
    message: (channel, message) => void heard.push([channel, message]),
    up: () => {},
    down: () => {},
  })
  buses.push(bus)
  await vi.waitFor(() => expect(bus.up).toBe(true))
  return { bus, heard }
}

const kinds: [name: string, open: () => OpenBus][] = [
  ['memory', () => createMemoryNetwork().open],
  ['Redis', () => openRedis(serverOf('TEST_REDIS_URL', 'Redis'), 'conformance')],
]

describe.each(kinds)('the bus by %s', (_name, create) => {
  test('tells the others what is said on the channels they listen to, in order, and nothing else', async () => {
    const open = create()
    const [one, two, three] = [await node(open), await node(open), await node(open)]
    const channel = `chat:${randomUUID()}`
    await two.bus.subscribe([channel, `${channel}-2`])
    await three.bus.subscribe([`${channel}-3`])
    one.bus.publish(`${channel}-3`, 'not for two')
    for (let index = 0; index < 100; index++) one.bus.publish(channel, `${index}`)
    await vi.waitFor(() => expect(two.heard.length === 100).toBe(true))
    expect(two.heard).toEqual(Array.from({ length: 100 }, (_, index) => [channel, `${index}`]))
    await vi.waitFor(() => expect(three.heard.length === 1).toBe(true))
  })

  test('does not give back what a node says itself', async () => {
    const open = create()
    const [one, two] = [await node(open), await node(open)]
    const channel = `chat:${randomUUID()}`
    await Promise.all([one.bus.subscribe([channel]), two.bus.subscribe([channel])])
    one.bus.publish(channel, 'from one')
    two.bus.publish(channel, 'from two')
    await vi.waitFor(() => expect(one.heard.length > 0 && two.heard.length > 0).toBe(true))
    expect([one.heard, two.heard]).toEqual([[[channel, 'from two']], [[channel, 'from one']]])
  })

  test('is silent on a channel that is left', async () => {
    const open = create()
    const [one, two] = [await node(open), await node(open)]
    const [left, kept] = [`chat:${randomUUID()}`, `chat:${randomUUID()}`]
    await two.bus.subscribe([left, kept])
    two.bus.unsubscribe([left])
    // Commands of one connection are carried out in turn: after this one the channel is left.
    await two.bus.subscribe([randomUUID()])
    one.bus.publish(left, 'too late')
    one.bus.publish(kept, 'in time')
    await vi.waitFor(() => expect(two.heard.length > 0).toBe(true))
    expect(two.heard).toEqual([[kept, 'in time']])
  })
})
