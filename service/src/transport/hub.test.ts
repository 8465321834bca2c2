import { describe, expect, test, vi } from 'vitest'
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

  test('end for one connection alone, where it alone is put out', () => {
    const [one, two] = [new TestReader('1', 'ben'), new TestReader('2', 'ben')]
    const hub = hubOf(one, two)
    for (const each of [one, two]) hub.subscribe(each, STREAM)
    hub.publish([event(1, { disconnects: '2', reason: 'removed' }), event(2)])
    expect(one.seen).toEqual([1, 2])
    expect(two.seen).toEqual([1, 'streams.removed'])
  })
})

describe('the presence of many people', () => {
  const presence = (name: string): Published => ({
    stream: `presence:${name}`,
    seq: undefined,
    json: JSON.stringify({ name }),
    by: name,
  })

  test('comes to each reader in one frame, of those whom they follow and have not blocked', () => {
    const [ann, ben] = [new TestReader('ann'), new TestReader('ben')]
    const hub = hubOf(ann, ben)
    for (const name of ['cleo', 'dan', 'eve']) hub.subscribe(ann, `presence:${name}`)
    hub.subscribe(ben, 'presence:dan')
    ann.blocks.load(['eve'])
    hub.publish(['cleo', 'dan', 'eve', 'fay'].map(presence))
    expect(ann.frames.map((frame) => frame.map(({ name }) => name))).toEqual([['cleo', 'dan']])
    expect(ben.seen).toEqual(['dan'])
  })

  test('waits with whoever is not let in yet', () => {
    const ann = new TestReader('ann')
    const hub = hubOf(ann)
    hub.hold(ann, 'presence:dan')
    hub.publish([presence('dan')])
    expect(ann.frames).toEqual([])
    hub.release(ann, 'presence:dan', { head: 0 })
    expect(ann.seen).toEqual(['dan'])
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

describe('a right that is put in doubt', () => {
  const doubt = (seq: number, rechecks: string | true = true) => event(seq, { rechecks })

  function stand() {
    const [member, guest] = [new TestReader('ann'), new TestReader('ben')]
    const hub = hubOf(member, guest)
    const answers: ((allowed: boolean | Error) => void)[] = []
    hub.mayRead = () =>
      new Promise((resolve, reject) => {
        answers.push((allowed) => (allowed instanceof Error ? reject(allowed) : resolve(allowed)))
      })
    for (const each of [member, guest]) hub.subscribe(each, STREAM)
    guest.joined.add(STREAM)
    const asked = (count: number) => vi.waitFor(() => expect(answers).toHaveLength(count))
    return { hub, member, guest, answers, asked }
  }

  test('[PERM-11] keeps everything back from who joined by hand until it is answered', async () => {
    const { hub, member, guest, answers, asked } = stand()
    hub.publish([event(1), doubt(2), event(3)])
    hub.publish([event(4), event(undefined)])
    await asked(1)
    expect(member.seen).toEqual([1, 2, 3, 4, 'test'])
    expect(guest.seen).toEqual([1])
    answers[0]!(true)
    await vi.waitFor(() => expect(guest.seen).toEqual([1, 2, 3, 4, 'test']))
    hub.publish([event(5)])
    expect(guest.seen.at(-1)).toBe(5)
  })

  test('[PERM-11] ends the reading of one who has it no more', async () => {
    const { hub, guest, answers, asked } = stand()
    hub.publish([doubt(1), event(2)])
    await asked(1)
    answers[0]!(false)
    await vi.waitFor(() => expect(guest.seen).toEqual(['streams.removed']))
    expect(guest.frames.flat().at(-1)).toMatchObject({ data: { reason: 'permission' } })
    hub.publish([event(3)])
    expect(guest.seen).toHaveLength(1)
  })

  test('is asked again when it was put in doubt meanwhile, or could not be answered', async () => {
    const { hub, guest, answers, asked } = stand()
    hub.publish([doubt(1)])
    await asked(1)
    hub.publish([doubt(2)])
    answers[0]!(true)
    await asked(2)
    expect(guest.seen).toEqual([])
    answers[1]!(new Error('the database is away'))
    await asked(3)
    answers[2]!(true)
    await vi.waitFor(() => expect(guest.seen).toEqual([1, 2]))
  })

  test('is asked of the one person it is about, and not of a member', async () => {
    const { hub, member, guest, answers, asked } = stand()
    hub.publish([doubt(1, 'ann'), doubt(2, 'cleo'), event(3)])
    expect([member.seen, guest.seen]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
    hub.publish([doubt(4, 'ben')])
    await asked(1)
    answers[0]!(true)
    await vi.waitFor(() => expect(guest.seen).toEqual([1, 2, 3, 4]))
  })

  test('is asked of one who is being let in, whatever was answered before', async () => {
    const { hub, guest, answers, asked } = stand()
    const cleo = new TestReader('cleo')
    hub.add(cleo)
    hub.hold(cleo, STREAM)
    hub.publish([doubt(1), event(2)])
    cleo.joined.add(STREAM)
    hub.release(cleo, STREAM, { head: 0 })
    await asked(2)
    expect(cleo.seen).toEqual([])
    for (const answer of answers) answer(false)
    await vi.waitFor(() => expect(cleo.seen).toEqual(['streams.removed']))
    expect(guest.seen).toEqual(['streams.removed'])
  })
})

describe('what somebody says whom a reader has blocked', () => {
  const by = (seq: number | undefined) =>
    event(seq, { by: 'eve', json: `{"name":"test","at":"then"${seq ? `,"seq":${seq}` : ''}}` })

  test('[BLOCK-1] is withheld in its place, from this reader alone', () => {
    const [ann, ben] = [new TestReader('ann'), new TestReader('ben')]
    const hub = hubOf(ann, ben)
    for (const each of [ann, ben]) hub.subscribe(each, STREAM)
    ann.blocks.load(['eve'])
    hub.publish([event(1), by(2), by(undefined)])
    expect(ben.seen).toEqual([1, 2, 'test'])
    expect(ann.frames).toEqual([
      [
        { name: 'test', seq: 1 },
        { name: 'streams.withheld', stream: STREAM, seq: 2, at: 'then', data: {} },
      ],
    ])
  })

  test('[BLOCK-2] is nothing at all where it has no place', () => {
    const ann = new TestReader('ann')
    const hub = hubOf(ann)
    hub.subscribe(ann, STREAM)
    ann.blocks.load(['eve'])
    hub.publish([by(undefined)])
    expect(ann.frames).toEqual([])
  })

  test('[BLOCK-6] is heard as the own stream says, on every connection, before the list is there too', () => {
    const [one, two] = [new TestReader('1', 'ann'), new TestReader('2', 'ann')]
    const hub = hubOf(one, two)
    for (const each of [one, two]) hub.subscribe(each, STREAM)
    one.blocks.load([])
    const blocks = (blocked: boolean) => ({
      ...event(1, { blocks: { username: 'eve', blocked } }),
      stream: 'user:ann',
    })
    hub.publish([blocks(true)])
    two.blocks.load([])
    hub.publish([by(1)])
    hub.publish([blocks(false)])
    hub.publish([by(2)])
    for (const each of [one, two]) {
      expect(each.frames.flat().map(({ name }) => name)).toEqual(['streams.withheld', 'test'])
    }
  })
})

test('[PERM-15] a stream that is over ends for all its readers', () => {
  const [ann, ben] = [new TestReader('ann'), new TestReader('ben')]
  const hub = hubOf(ann, ben)
  for (const each of [ann, ben]) hub.subscribe(each, STREAM)
  hub.publish([event(1, { ends: true, reason: 'chat_removed' }), event(2)])
  for (const each of [ann, ben]) {
    expect(each.seen).toEqual([1, 'streams.removed'])
    expect(each.frames.flat().at(-1)).toMatchObject({ data: { reason: 'chat_removed' } })
  }
})
