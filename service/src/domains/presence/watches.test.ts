import { limitDefaults, parseStreamKey } from '@collab-kit/protocol'
import { describe, expect, test } from 'vitest'
import type { Connection, Edge } from '../../kernel/context.ts'
import type { Published } from '../../kernel/outbox.ts'
import { createFakeClock } from '../../testing/fake-clock.ts'
import type { PlaceAnswer, PlaceQuestion } from './questions.ts'
import { createWatches } from './watches.ts'

const CHAT = 'chat:lobby'
const place = { chatId: 'lobby' }

/** A question to the database that waits for its answer. */
interface Asked {
  question: PlaceQuestion
  answer(what: Partial<PlaceAnswer>): Promise<void>
  fail(): Promise<void>
}

/** One node whose database answers when it is told to. */
function stand({ shared = false, limits = {} } = {}) {
  const clock = createFakeClock()
  const watches = createWatches()
  const live = new Map<string, Connection>()
  const waiting: Asked[] = []
  let changes = 0
  const settle = () => clock.advance(0)
  const lookup = (name: string, input: Record<string, unknown>): Promise<unknown> => {
    const names = (input['usernames'] ?? []) as string[]
    const items = names.map((username) => ({ username, rev: 1, state: 'available' }))
    if (name === 'presence.?states') return Promise.resolve({ items, blocks: [] })
    if (name === 'presence.?snapshot') return Promise.resolve({ items })
    if (name === 'presence.?known') {
      const asked = input['asked'] as { usernames: string[] }[]
      return Promise.resolve({ known: asked.map(({ usernames }) => usernames) })
    }
    const stamp = ++changes
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    waiting.push({
      question: input as unknown as PlaceQuestion,
      async answer(what) {
        resolve({ stamp, total: 0, refused: [], ...what })
        await settle()
        await settle()
      },
      async fail() {
        reject(new Error('the database is away'))
        await settle()
      },
    })
    return promise
  }
  const edge = {
    now: clock.now,
    after: (ms: number, task: () => void) => clock.after(ms, task),
    afterAnswer: (task: () => void) => void setImmediate(task),
    connectionsOf: (username: string) =>
      [...live.values()].filter(({ caller }) => caller.username === username),
    policy: { shared, presenceVisibility: 'everyone', limits: { ...limitDefaults, ...limits } },
    lookup,
  } as unknown as Edge

  /** A connection, whose streams it reads and what it was told. */
  function connect(username: string, { reads = true } = {}) {
    const streams = new Set<string>()
    const told: object[] = []
    const connection = {
      id: `of ${username}`,
      caller: { username, role: 'user' },
      hold: (stream: string) => void streams.add(stream),
      drop: (stream: string) => void streams.delete(stream),
      release: () => {},
      reads: () => reads,
      onLeft: () => {},
      tell: (_event: unknown, data: object) => void told.push(data),
    } as unknown as Connection
    live.set(connection.id, connection)
    const own = { ...edge, connection, caller: connection.caller }
    return {
      connection,
      told,
      counts: () => told.filter((each) => 'online' in each),
      /** Whom it follows. */
      follows: () =>
        [...streams]
          .map((each) => parseStreamKey(each)?.id[0] ?? '')
          .toSorted((a, b) => a.localeCompare(b)),
      subscribe: (target: object = place) => watches.subscribe(own, target),
      unsubscribe: (target: object = place) => watches.unsubscribe(own, target),
      end() {
        live.delete(connection.id)
        watches.disconnected(connection)
      },
    }
  }
  return {
    clock,
    connect,
    waiting,
    /** The question that is asked next. */
    async next(): Promise<Asked> {
      for (let n = 0; n < 10 && waiting.length === 0; n++) await settle()
      const asked = waiting.shift()
      expect(asked, 'something is asked').toBeDefined()
      return asked!
    },
    async asksNothing() {
      for (let n = 0; n < 5; n++) await settle()
      expect(waiting).toEqual([])
    },
    heard: (what: Partial<Published>) =>
      watches.heard(edge, { stream: CHAT, seq: 1, json: '', ...what }),
  }
}
type Stand = ReturnType<typeof stand>
type Reader = ReturnType<Stand['connect']>

const members = (...names: string[]): Partial<PlaceAnswer> => ({
  total: names.length,
  names,
  seen: { ada: names, eve: names },
})
const crowd = (online: number): Partial<PlaceAnswer> => ({
  total: 9,
  online: { ada: online, eve: online },
})

async function enter({ next }: Stand, reader: Reader, what: Partial<PlaceAnswer>) {
  const entering = reader.subscribe()
  await (await next()).answer(what)
  return entering
}

describe('somebody who is put out', () => {
  test('while the place is being asked is not told who is there', async () => {
    const node = stand()
    const eve = node.connect('eve')
    await enter(node, eve, members('ada', 'ben'))
    node.heard({ people: { came: 'cy' } })
    const early = await node.next()
    node.heard({ dismisses: 'eve' })
    await early.answer(members('ada', 'ben', 'cy'))
    expect(eve.follows()).toEqual([])
    expect(eve.told).toEqual([])
    const late = await node.next()
    expect(late.question.doubtful).toEqual(['eve'])
    await late.answer({ refused: ['eve'] })
    expect(eve.follows()).toEqual([])
    await node.asksNothing()
  })

  test('is asked for after a question that failed meanwhile', async () => {
    const node = stand()
    const [ada, eve] = [node.connect('ada'), node.connect('eve')]
    for (const each of [ada, eve]) await enter(node, each, members('ada', 'eve'))
    node.heard({ dismisses: 'ada' })
    const early = await node.next()
    node.heard({ dismisses: 'eve' })
    await early.fail()
    await node.clock.advance(1000)
    const late = await node.next()
    expect(new Set(late.question.doubtful)).toEqual(new Set(['ada', 'eve']))
  })

  test('while they begin to watch is refused', async () => {
    const node = stand()
    const eve = node.connect('eve')
    const entering = eve.subscribe()
    const early = await node.next()
    expect(early.question.doubtful).toEqual(['eve'])
    node.heard({ dismisses: 'eve' })
    await early.answer(members('ada', 'eve'))
    expect(eve.follows()).toEqual([])
    const late = await node.next()
    await Promise.all([
      expect(entering).rejects.toMatchObject({ code: 'not_found' }),
      late.answer({ refused: ['eve'] }),
    ])
    expect(eve.follows()).toEqual([])
    await node.asksNothing()
  })
})

describe('on several nodes', () => {
  test('who does not read the stream is asked for every 3 seconds, and followed meanwhile', async () => {
    const node = stand({ shared: true })
    const [ada, eve] = [node.connect('ada'), node.connect('eve', { reads: false })]
    for (const each of [ada, eve]) await enter(node, each, members('ada', 'ben'))
    await node.clock.advance(3000)
    const asked = await node.next()
    expect(asked.question.doubtful).toContain('eve')
    expect(eve.follows()).toEqual(['ada', 'ben'])
    await asked.answer({ ...members('ada', 'ben'), refused: ['eve'] })
    expect([eve.follows(), ada.follows()]).toEqual([[], ['ada', 'ben']])
    await node.clock.advance(10_000)
    await node.asksNothing()
  })

  test('so is who counts a crowd', async () => {
    const node = stand({ shared: true })
    const eve = node.connect('eve', { reads: false })
    await enter(node, eve, crowd(5))
    const doubts: string[][] = []
    for (let n = 0; n < 3; n++) {
      await node.clock.advance(1000)
      const asked = await node.next()
      doubts.push(asked.question.doubtful)
      await asked.answer(crowd(5))
    }
    expect(doubts).toEqual([[], [], ['eve']])
  })
})

describe('an answer that comes late', () => {
  test('does not stand against what was heard since', async () => {
    const node = stand()
    const [ada, eve] = [node.connect('ada'), node.connect('eve')]
    await enter(node, ada, members('ada'))
    const entering = eve.subscribe()
    const early = await node.next()
    node.heard({ people: { came: 'cy' } })
    await (await node.next()).answer(members('ada', 'cy'))
    await early.answer(members('ada'))
    await entering
    await (await node.next()).answer(members('ada', 'cy'))
    expect(eve.follows()).toEqual(['ada', 'cy'])
    await node.asksNothing()
  })

  test('is not asked for twice at a time', async () => {
    const node = stand()
    const [ada, eve] = [node.connect('ada'), node.connect('eve')]
    await enter(node, ada, crowd(5))
    await node.clock.advance(1000)
    const slow = await node.next()
    await enter(node, eve, crowd(5))
    await node.clock.advance(5000)
    await node.asksNothing()
    await slow.answer(crowd(6))
    expect(ada.counts()).toMatchObject([{ online: 6 }])
  })
})

describe('the number of a crowd', () => {
  test('is told once a second though many leave', async () => {
    const node = stand()
    const ada = node.connect('ada')
    await enter(node, ada, crowd(5))
    await node.clock.advance(1000)
    await (await node.next()).answer(crowd(6))
    for (const name of ['ben', 'cy', 'dan']) node.heard({ dismisses: name, people: { went: name } })
    await node.asksNothing()
    expect(ada.counts()).toMatchObject([{ online: 6 }])
    await node.clock.advance(1000)
    await (await node.next()).answer(crowd(3))
    expect(ada.counts()).toMatchObject([{ online: 6 }, { online: 3 }])
  })

  test('is told once a second though one of those who watch is put out', async () => {
    const node = stand()
    const [ada, eve] = [node.connect('ada'), node.connect('eve')]
    for (const each of [ada, eve]) await enter(node, each, crowd(5))
    node.heard({ dismisses: 'eve' })
    await (await node.next()).answer({ ...crowd(4), refused: ['eve'] })
    expect(ada.counts()).toEqual([])
    await node.clock.advance(1000)
    const counting = await node.next()
    expect(counting.question).not.toHaveProperty('stamp')
    await counting.answer(crowd(4))
    expect([ada.counts(), eve.counts()]).toMatchObject([[{ online: 4 }], []])
  })

  test('is told though others begin to watch all the time', async () => {
    const node = stand()
    const ada = node.connect('ada')
    await enter(node, ada, crowd(5))
    for (const ms of [600, 400]) {
      await enter(node, node.connect('eve'), crowd(5))
      await node.clock.advance(ms)
    }
    await (await node.next()).answer(crowd(6))
    expect(ada.counts()).toMatchObject([{ online: 6 }])
  })
})

describe('a connection that has ended', () => {
  test('before it could begin to watch is given nothing', async () => {
    const node = stand()
    const eve = node.connect('eve')
    eve.end()
    for (const target of [place, { usernames: ['ada'] }])
      expect(await eve.subscribe(target)).toEqual({ items: [] })
    expect(eve.follows()).toEqual([])
    node.heard({ people: { came: 'cy' } })
    await node.asksNothing()
  })

  test('while it began to watch is given nothing', async () => {
    const node = stand()
    const eve = node.connect('eve')
    const entering = eve.subscribe()
    const asked = await node.next()
    eve.end()
    await asked.answer(members('ada'))
    expect(await entering).toEqual({ items: [] })
    expect(eve.follows()).toEqual([])
    node.heard({ people: { came: 'cy' } })
    await node.asksNothing()
  })
})

test('what was unsubscribed while it was asked is not followed', async () => {
  const node = stand()
  const eve = node.connect('eve')
  const entering = eve.subscribe()
  const asked = await node.next()
  eve.unsubscribe()
  await asked.answer(members('ada'))
  expect(await entering).toEqual({ items: [] })
  expect(eve.follows()).toEqual([])
})

test('who watches a place and follows somebody in it by name loses only the place', async () => {
  const node = stand()
  const eve = node.connect('eve')
  await eve.subscribe({ usernames: ['ada'] })
  await enter(node, eve, members('ada', 'ben'))
  node.heard({ ends: true })
  await (await node.next()).answer({ refused: ['eve'] })
  expect(eve.follows()).toEqual(['ada'])
})

test('[PRES-15] as many places are watched as streams may be joined', async () => {
  const node = stand({ limits: { joinedStreams: 1 } })
  const eve = node.connect('eve')
  await enter(node, eve, members('ada'))
  await enter(node, eve, members('ada'))
  await expect(eve.subscribe({ chatId: 'other' })).rejects.toMatchObject({
    code: 'limit_exceeded',
    details: { limit: 'joinedStreams', max: 1 },
  })
})

test('who went and is back before it was asked is told anew', async () => {
  const node = stand()
  const ada = node.connect('ada')
  await enter(node, ada, members('ada', 'ben'))
  node.heard({ people: { went: 'ben' } })
  expect(ada.follows()).toEqual(['ada'])
  node.heard({ people: { came: 'ben' } })
  await (await node.next()).answer(members('ada', 'ben'))
  expect(ada.told).toMatchObject([{ username: 'ben' }])
})
