import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Backlog } from './backlog.ts'
import type { Outlet } from './outlet.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A reader that takes things when it is told to, and what went out to it. */
function stand() {
  const sent: string[] = []
  const waiting: (() => void)[] = []
  const outlet = {
    budget: 100,
    bytes: 0,
    fits: (bytes: number) => outlet.bytes === 0 || outlet.bytes + bytes <= outlet.budget,
    whenEmpty: (then: () => void) => void (outlet.bytes === 0 ? then() : waiting.push(then)),
  }
  const told: string[] = []
  const backlog = new Backlog({
    outlet: outlet as unknown as Outlet,
    onSlow: () => {
      told.push('slow')
      backlog.clear()
    },
    onPassed: () => void told.push('passed'),
  })
  const send = (name: string, bytes: number) => () => {
    sent.push(name)
    outlet.bytes += bytes
  }
  return {
    backlog,
    sent,
    told,
    queue: (bytes: number) => void (outlet.bytes += bytes),
    reply: (name: string, bytes: number) => backlog.addReply(bytes, send(name, bytes)),
    event: (name: string, bytes: number) => backlog.addAfter(bytes, send(name, bytes)),
    async take() {
      outlet.bytes = 0
      for (const then of waiting.splice(0)) then()
      await vi.advanceTimersByTimeAsync(0)
    },
  }
}

test('a reply goes past where it is small and fits', () => {
  const { backlog, queue } = stand()
  expect([backlog.isPassable(50), backlog.isPassable(51)]).toEqual([true, false])
  queue(60)
  expect([backlog.isPassable(40), backlog.isPassable(41)]).toEqual([true, false])
})

test('a reply that does not fit goes when the rest is taken, and what follows when it is', async () => {
  const { backlog, sent, told, queue, reply, event, take } = stand()
  queue(40)
  expect(reply('state', 120)).toBe(true)
  expect(event('one', 30)).toBe(true)
  expect([sent, backlog.active]).toEqual([[], true])
  await take()
  expect(sent).toEqual(['state'])
  expect(event('two', 60)).toBe(true)
  await take()
  expect(sent).toEqual(['state', 'one', 'two'])
  await take()
  expect([told, backlog.active]).toEqual([['passed'], false])
})

test('what waits behind is within the budget, and one reply beyond it', async () => {
  const { sent, queue, reply, event, take } = stand()
  queue(40)
  expect([reply('a', 120), reply('b', 120), event('c', 60), event('d', 1)]).toEqual([
    true,
    false,
    true,
    false,
  ])
  await take()
  expect([reply('e', 120), reply('f', 120)]).toEqual([true, false])
  await take()
  await take()
  expect(sent).toEqual(['a', 'c', 'e'])
})

test('one who takes nothing for 5 s is slow, and gets no reply', async () => {
  const { sent, told, queue, reply } = stand()
  queue(40)
  reply('state', 120)
  await vi.advanceTimersByTimeAsync(4999)
  expect(told).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect([sent, told]).toEqual([[], ['slow', 'passed']])
})

test('one who takes a large reply slowly has time', async () => {
  const { sent, told, reply, event, take } = stand()
  reply('state', 120)
  event('after', 10)
  await vi.advanceTimersByTimeAsync(60_000)
  expect([sent, told]).toEqual([['state'], []])
  await take()
  expect(sent).toEqual(['state', 'after'])
})
