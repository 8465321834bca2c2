import type { InputOf } from '@collab-kit/protocol'
import { chatStream } from '@collab-kit/protocol/runtime'
import { describe, expect, it } from 'vitest'
import { chatOf, createWorld, type World } from './harness.ts'
import { LazyList } from './lazy-list.ts'

type Reading = Omit<InputOf<'chat.readHistory'>, 'chatId'>

const count = (to: number, from = 1) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** Nine messages with others' comings and goings between, so that positions are no numbers. */
async function nine() {
  const world = createWorld({ chats: [{ chatId: 'lobby' }] })
  for (const n of count(9)) {
    world.service.say('lobby', 'ben', `message ${n}`)
    const member = { chatId: 'lobby', username: 'cleo' }
    if (n % 3 === 0)
      world.service.push('chat.memberJoined', member, { stream: chatStream('lobby') })
  }
  const client = world.client()
  client.connect()
  await world.clock.advance(10)
  const read = (input: Reading) =>
    answered(world, client.api.chat.readHistory({ chatId: 'lobby', ...input }))
  const { items } = await read({})
  return { world, read, at: (n: number) => items[n - 1]?.seq ?? 0 }
}

const refusal = (answer: Promise<unknown>) =>
  answer.then(
    () => undefined,
    (error: unknown) => error,
  )

/** An answer, once the clock has let it through. */
const answered = async <T>(world: World, answer: Promise<T>): Promise<T> =>
  (await Promise.all([answer, world.clock.advance(10)]))[0]

describe('history of a script', () => {
  it('[CHAT-16] is the newest, or what is before, after or around a position', async () => {
    const { world, read, at } = await nine()
    using _world = world
    const numbers = async (input: Reading) => {
      const { items, head } = await read(input)
      expect(head).toBe(12)
      return items.map(({ number }) => number)
    }
    expect(await numbers({})).toEqual(count(9))
    expect(await numbers({ limit: 3 })).toEqual([7, 8, 9])
    expect(await numbers({ before: at(4), limit: 2 })).toEqual([2, 3])
    expect(await numbers({ before: at(1) })).toEqual([])
    expect(await numbers({ before: 13, limit: 1 })).toEqual([9])
    expect(await numbers({ after: 0, limit: 2 })).toEqual([1, 2])
    expect(await numbers({ after: at(7) })).toEqual([8, 9])
    expect(await numbers({ after: at(9) })).toEqual([])
    expect(await numbers({ around: at(5), limit: 5 })).toEqual([3, 4, 5, 6, 7])
    expect(await numbers({ around: at(1), limit: 4 })).toEqual([1, 2, 3, 4])
    expect(await numbers({ around: at(9), limit: 4 })).toEqual([8, 9])
  })

  it('[CHAT-16] leads by cursors through all of it, each message once, both ways', async () => {
    const { world, read } = await nine()
    using _world = world
    for (const way of ['before', 'after'] as const) {
      const pages: number[][] = []
      let position: string | undefined = way === 'before' ? '13' : '0'
      while (position !== undefined) {
        const page = await read({ [way]: Number(position), limit: 4 })
        pages.push(page.items.map(({ number }) => number))
        position = page.nextCursor
      }
      const inOrder = way === 'before' ? pages.toReversed() : pages
      expect(inOrder.flat()).toEqual(count(9))
      expect(pages.map(({ length }) => length)).toEqual([4, 4, 1])
    }
  })

  it('[CHAT-16] refuses two positions, and one that is not reached yet', async () => {
    const { world, read } = await nine()
    using _world = world
    expect(await refusal(read({ before: 3, after: 1 }))).toMatchObject({
      code: 'invalid_payload',
      details: { reason: 'exclusive', path: 'before' },
    })
    for (const [path, position] of [
      ['before', 14],
      ['after', 13],
      ['around', 13],
    ] as const)
      expect(await refusal(read({ [path]: position }))).toMatchObject({
        code: 'invalid_cursor',
        details: { reason: 'cursor_ahead', path, head: 12 },
      })
  })

  it('[LIM-5] is cut to the size of a page, one message at least', async () => {
    const body = 'x'.repeat(1_000)
    using world = createWorld({
      limits: { pageBytes: 4_000, pageItems: 5 },
      chats: [
        { chatId: 'lobby', messages: [...count(4).map(() => body), ...count(9).map(String)] },
      ],
    })
    const client = world.client()
    client.connect()
    const read = async (input: Reading) => {
      const reading = client.api.chat.readHistory({ chatId: 'lobby', ...input })
      const { items, nextCursor } = await answered(world, reading)
      return [items[0]?.number, items.at(-1)?.number, nextCursor]
    }
    expect(await read({})).toEqual([9, 13, '9'])
    expect(await read({ before: 5 })).toEqual([3, 4, '3'])
    expect(await read({ after: 0 })).toEqual([1, 2, '2'])
    expect(await read({ around: 3 })).toEqual([3, 5, undefined])
  })
})

describe('a chat of a script', () => {
  it('of very many messages costs those that are read', async () => {
    const made: number[] = []
    using world = createWorld({
      chats: [
        {
          chatId: 'lobby',
          messages: {
            count: 100_000,
            at(number) {
              made.push(number)
              return { body: `m${number}`, sender: 'cleo' }
            },
          },
        },
      ],
    })
    const client = world.client()
    const chat = client.chat('lobby')
    chat.open()
    await world.clock.advance(50)
    world.service.say('lobby', 'ben', 'live')
    await world.clock.advance(50)
    const { messages, chat: known } = chatOf(client)
    expect(messages.slice(-2)).toMatchObject([
      { seq: 100_000, number: 100_000, body: 'm100000', sender: 'cleo' },
      { seq: 100_001, number: 100_001, body: 'live' },
    ])
    expect(known).toMatchObject({ lastNumber: 100_001, membership: { readNumber: 100_000 } })
    expect(made.length).toBeLessThan(200)
    expect(new Set(made).size).toBe(made.length)
  })

  it.each([
    [{ messages: { count: 20 }, unread: 5 }, 15],
    [{ messages: count(20).map(String), unread: 5 }, 15],
    [{ messages: count(3).map(String), unread: 9 }, 0],
  ])(
    '[CHAT-18] is unread as far as the script says, until it is read',
    async (given, readNumber) => {
      using world = createWorld({ chats: [{ chatId: 'lobby', ...given }] })
      const client = world.client()
      const chat = client.chat('lobby')
      chat.open()
      await world.clock.advance(50)
      const { lastNumber = 0 } = chatOf(client).chat ?? {}
      expect(chatOf(client).chat?.membership).toMatchObject({
        readNumber,
        readSeq: readNumber,
        unread: lastNumber - readNumber,
      })
      chat.markRead()
      await world.clock.advance(1_000)
      world.service.say('lobby', 'ben', 'new')
      world.service.restore()
      await world.clock.until(() => chatOf(client).discontinuity === 1)
      expect(chatOf(client).chat?.membership).toMatchObject({ readNumber: lastNumber, unread: 1 })
    },
  )

  it('[CHAT-19] refuses a mark beyond its end, and moves none back', async () => {
    using world = createWorld({ chats: [{ chatId: 'lobby', messages: { count: 9 }, unread: 4 }] })
    const client = world.client()
    client.connect()
    const mark = (seq: number) =>
      answered(world, client.api.chat.markRead({ chatId: 'lobby', seq }))
    expect(await mark(7)).toEqual({ readSeq: 7, readNumber: 7, unread: 2 })
    expect(await mark(3)).toEqual({ readSeq: 7, readNumber: 7, unread: 2 })
    expect(await refusal(mark(10))).toMatchObject({ code: 'invalid_cursor' })
  })

  it('answers otherwise for as long as one wants, by what it would have said', async () => {
    using world = createWorld({ chats: [{ chatId: 'lobby', name: 'Lobby' }] })
    const client = world.client()
    client.connect()
    const name = async () =>
      (await answered(world, client.api.chat.getChat({ chatId: 'lobby' }))).name
    const end = world.service.answer('chat.getChat', async (_input, _caller, usual) => ({
      ...(await usual()),
      name: 'Other',
    }))
    expect(await name()).toBe('Other')
    end()
    expect(await name()).toBe('Lobby')
  })
})

describe('a lazy list', () => {
  it('makes each item once, and holds what was added after them', () => {
    const list = new LazyList(3, (index) => ({ index }))
    list.push({ index: 3 })
    expect(list.at(1)).toBe(list.at(1))
    expect(list.slice(-5, 99).map(({ index }) => index)).toEqual([0, 1, 2, 3])
    expect([list.at(-1), list.at(4)]).toEqual([undefined, undefined])
    expect(list.count(({ index }) => index <= 2)).toBe(3)
    list.cut(2)
    list.push({ index: 9 })
    expect(list.slice(0, 9).map(({ index }) => index)).toEqual([0, 1, 9])
  })
})

describe('people and activities of a script', () => {
  it('are there from the start, and change when the script says so', async () => {
    using world = createWorld({
      people: [{ username: 'ben', state: 'dnd' }],
      activities: [{ type: 'board', id: '1', participants: [{ username: 'ben' }] }],
    })
    const { api } = world.client()
    const name = { type: 'board', id: '1' }
    const presence = async () => (await api.presence.getPresence({ usernames: ['ben'] })).items[0]
    expect(await presence()).toMatchObject({ state: 'dnd', rev: 1 })
    world.service.setPresence('ben', { state: 'away' })
    expect(await presence()).toMatchObject({ state: 'away', rev: 2 })
    const { participants } = await api.activities.joinActivity(name)
    expect(participants.map(({ username }) => username)).toEqual(['ben', 'ann'])
    const { version } = await api.activities.setShared({ ...name, key: 'a', value: 1 })
    await expect(
      api.activities.setShared({ ...name, key: 'a', value: 2, ifVersion: 0 }),
    ).rejects.toMatchObject({ code: 'conflict', details: { value: 1, version } })
  })
})
