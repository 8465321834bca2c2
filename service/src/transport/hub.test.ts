import { describe, expect, test } from 'vitest'
import type { Published } from '../kernel/outbox.ts'
import { TestReader } from '../testing/test-reader.ts'
import { Hub } from './hub.ts'

const STREAM = 'chat:a'
const event = (seq: number | undefined, more: Partial<Published> = {}): Published => ({
  stream: STREAM,
  seq,
  json: JSON.stringify({ name: 'test', ...(seq !== undefined && { seq }) }),
  ...more,
})

function hubOf(...readers: TestReader[]): Hub {
  const hub = new Hub(() => 'now')
  for (const reader of readers) hub.add(reader)
  return hub
}

describe('events of one commit', () => {
  test('are one frame for each reader of their stream and none for others', () => {
    const [ann, ben] = [new TestReader('ann'), new TestReader('ben')]
    const hub = hubOf(ann, ben)
    hub.subscribe(ann, STREAM)
    hub.publish([event(1), event(2), { ...event(1), stream: 'chat:b' }])
    expect(ann.frames.map((frame) => frame.length)).toEqual([2])
    expect(ben.frames).toEqual([])
  })

  test('reach a new member from the one that admits them, on every connection', () => {
    const [ann, one, two] = [
      new TestReader('ann'),
      new TestReader('1', 'ben'),
      new TestReader('2', 'ben'),
    ]
    const hub = hubOf(ann, one, two)
    hub.subscribe(ann, STREAM)
    hub.publish([event(1), event(2, { admits: 'ben' }), event(3)])
    expect([ann.seen, one.seen, two.seen]).toEqual([
      [1, 2, 3],
      [2, 3],
      [2, 3],
    ])
  })

  test('end for one who leaves with the word that they do', () => {
    const [ann, ben] = [new TestReader('ann'), new TestReader('ben')]
    const hub = hubOf(ann, ben)
    for (const each of [ann, ben]) hub.subscribe(each, STREAM)
    hub.publish([event(1, { dismisses: 'ben' }), event(2)])
    expect(ben.seen).toEqual([1, 'streams.removed'])
    expect(ann.seen).toEqual([1, 2])
    hub.publish([event(3)])
    expect(ben.seen).toHaveLength(2)
  })
})

describe('a stream that is joined', () => {
  test('is held until its head is known, then goes on after it', () => {
    const ann = new TestReader('ann')
    const hub = hubOf(ann)
    hub.hold(ann, STREAM)
    hub.publish([event(1), event(2), event(undefined), event(3)])
    expect(ann.seen).toEqual([])
    hub.release(ann, STREAM, { head: 2 })
    hub.publish([event(4)])
    expect(ann.seen).toEqual(['test', 3, 4])
  })

  test('is not repeated when commits are told after they could be read', () => {
    const ann = new TestReader('ann')
    const hub = hubOf(ann)
    hub.hold(ann, STREAM)
    hub.release(ann, STREAM, { head: 5 })
    hub.publish([event(4), event(5)])
    hub.publish([event(5), event(6)])
    hub.publish([event(7)])
    expect(ann.seen).toEqual([6, 7])
  })

  test('is given up when it may not be read', () => {
    const ann = new TestReader('ann')
    const hub = hubOf(ann)
    hub.hold(ann, STREAM)
    hub.publish([event(1)])
    hub.release(ann, STREAM, undefined)
    hub.publish([event(2)])
    expect([ann.seen, ann.subscriptions.size, ann.held.size]).toEqual([[], 0, 0])
  })
})

test('a beat tells the heads of the streams that moved, once', () => {
  const [ann, ben] = [new TestReader('ann'), new TestReader('ben')]
  const hub = hubOf(ann, ben)
  hub.subscribe(ann, STREAM)
  hub.publish([event(1), event(2)])
  hub.beat()
  hub.beat()
  expect(ann.frames.flat().filter(({ name }) => name === 'system.heads')).toMatchObject([
    { data: { [STREAM]: 2 } },
  ])
  expect(ben.frames).toEqual([])
})

test('nothing is left of a reader that is gone', () => {
  const ann = new TestReader('ann')
  const hub = hubOf(ann)
  hub.subscribe(ann, STREAM)
  hub.hold(ann, 'chat:b')
  hub.remove(ann)
  hub.publish([event(1), { ...event(1), stream: 'chat:b' }])
  expect([hub.size, hub.readersOf('ann'), ann.frames]).toEqual([0, [], []])
})
