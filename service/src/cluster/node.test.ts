import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Bus } from '../bus/bus.ts'
import { ClusterNode, type NodeOptions } from './node.ts'

type Options = NodeOptions<never>

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A bus that works and says nothing. */
const silent: Bus = {
  up: true,
  publish() {},
  subscribe: async () => {},
  unsubscribe() {},
  close: async () => {},
}

function createNode(truth: Partial<Options['truth']>, delivered: Options['readers']['publish']) {
  const ended: string[] = []
  const node = new ClusterNode<never>({
    readers: { publish: delivered, readers: () => [] } as Partial<Options['readers']> as never,
    truth: { heads: async () => ({}), ended: async () => [], ...truth } as Options['truth'],
    endSignIn: (signInId) => void ended.push(signInId),
    onError: (error) => {
      throw error
    },
  })
  return { node, ended }
}

test('a sign-in that a node without a bus has ended is over here in five seconds', async () => {
  let over = false
  const { node, ended } = createNode({ ended: async () => (over ? ['theirs'] : []) }, () => {})
  await node.start(async () => silent)
  await vi.advanceTimersByTimeAsync(12_345)
  over = true
  await vi.advanceTimersByTimeAsync(5000)
  expect(ended).toContain('theirs')
  await node.close()
})

test('what a node without a bus has written is delivered here in five seconds', async () => {
  const item = { stream: 'chat:lobby', seq: 8, json: '{}' }
  let written = false
  const delivered: unknown[] = []
  const { node } = createNode(
    {
      heads: async () => ({ 'chat:lobby': written ? 8 : 7 }),
      after: async () => [item],
    },
    (items) => delivered.push(...items),
  )
  await node.start(async () => silent)
  node.follow('chat:lobby', 7)
  await vi.advanceTimersByTimeAsync(12_345)
  written = true
  await vi.advanceTimersByTimeAsync(5000)
  expect(delivered).toEqual([item])
  await node.close()
})
