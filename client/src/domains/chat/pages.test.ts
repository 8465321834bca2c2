import { CollabError, chatStream } from '@collab-kit/protocol/runtime'
import { describe, expect, it } from 'vitest'
import type { CollabClient } from '../../client.ts'
import type { ClientOptions } from '../../options.ts'
import { chatOf, createWorld, shown, type World } from '../../testing/harness.ts'

const STREAM = chatStream('lobby')

/** A world with a chat of so many messages, open and shown. */
async function opened(count: number, options: Partial<ClientOptions> = {}) {
  const world = createWorld({
    chats: [{ chatId: 'lobby', messages: { count, at: (number) => ({ body: `m${number}` }) } }],
  })
  const client = world.client(options)
  const chat = client.chat('lobby')
  chat.open()
  await world.clock.advance(50)
  return { world, client, chat }
}

/** First and last number of the window, and how many there are. */
const span = (client: CollabClient) => {
  const numbers = chatOf(client).messages.map(({ number }) => number)
  return [numbers[0], numbers.at(-1), numbers.length]
}

const settle = async (world: World, ...under: Promise<void>[]) => {
  await world.clock.advance(50)
  await Promise.all(under)
}

describe('newer messages', () => {
  it('[CHAT-16] come page by page until the newest, and live from then on', async () => {
    const { world, client, chat } = await opened(1_000)
    using _world = world
    await settle(world, chat.loadAround(880))
    expect(span(client)).toEqual([856, 905, 50])
    const first = chat.loadNewer()
    expect(chatOf(client)).toMatchObject({ loadingNewer: true, hasNewer: true })
    const second = chat.loadNewer()
    await settle(world, first, second)
    expect(span(client)).toEqual([856, 955, 100])
    await settle(world, chat.loadNewer())
    expect(span(client)).toEqual([856, 1_000, 145])
    expect(chatOf(client)).toMatchObject({ loadingNewer: false, hasNewer: false })
    await chat.loadNewer()
    expect(world.called('chat.readHistory')).toHaveLength(4)
    world.service.say('lobby', 'ben', 'live')
    await world.clock.advance(50)
    expect(shown(client).at(-1)).toBe('live')
    expect(chatOf(client).discontinuity).toBe(1)
  })

  it('are counted and not shown as long as there are others between', async () => {
    const { world, client, chat } = await opened(1_000)
    using _world = world
    await settle(world, chat.loadAround(500))
    const before = chatOf(client).messages
    for (const body of ['one', 'two']) world.service.say('lobby', 'ben', body)
    world.service.push(
      'chat.typingChanged',
      { chatId: 'lobby', username: 'ben', typing: true },
      { stream: STREAM, durable: false },
    )
    await world.clock.advance(50)
    expect(chatOf(client).messages).toBe(before)
    expect(chatOf(client)).toMatchObject({
      hasNewer: true,
      typing: ['ben'],
      chat: { lastNumber: 1_002, lastMessage: { body: 'two' }, membership: { unread: 2 } },
    })
  })

  it.each([0, 1, 3])(
    '[SEQ-9] are all there when %i are said while the last page is on its way',
    async (said) => {
      const { world, client, chat } = await opened(1_000)
      using _world = world
      await settle(world, chat.loadAround(960))
      const restore = world.service.answer('chat.readHistory', (_input, _caller, usual) => {
        restore()
        const page = usual()
        for (let count = 1; count <= said; count++)
          world.service.say('lobby', 'ben', `between ${count}`)
        return page
      })
      await settle(world, chat.loadNewer())
      world.service.say('lobby', 'ben', 'after')
      await world.clock.advance(50)
      expect(chatOf(client).hasNewer).toBe(false)
      expect(span(client)).toEqual([936, 1_001 + said, 66 + said])
    },
  )

  it('that are in the page already are not added again as events', async () => {
    const { world, client, chat } = await opened(1_000)
    using _world = world
    await settle(world, chat.loadAround(960))
    // The event comes long after the answer that holds its message.
    const drop = world.service.answer('chat.readHistory', async (_input, _caller, usual) => {
      drop()
      world.service.say('lobby', 'ben', 'said')
      return usual()
    })
    await settle(world, chat.loadNewer())
    world.service.tellHeads()
    await world.clock.advance(50)
    expect(span(client)).toEqual([936, 1_001, 66])
  })

  it('that cannot be had say so, and can be asked for again', async () => {
    const { world, client, chat } = await opened(1_000)
    using _world = world
    await settle(world, chat.loadAround(500))
    const restore = world.service.answer('chat.readHistory', () => {
      throw new CollabError('rate_limited')
    })
    await settle(world, chat.loadNewer())
    expect(span(client)).toEqual([476, 525, 50])
    expect(chatOf(client)).toMatchObject({
      hasNewer: true,
      loadingNewer: false,
      newerError: { code: 'rate_limited' },
    })
    restore()
    await settle(world, chat.loadNewer())
    expect(chatOf(client).newerError).toBeUndefined()
    expect(span(client)).toEqual([476, 575, 100])
  })
})

describe('a jump', () => {
  it('[CHAT-16] replaces what is shown at once, and shows it until then', async () => {
    const { world, client, chat } = await opened(1_000)
    using _world = world
    const seen: unknown[] = []
    client.store.subscribe(() => seen.push([...span(client), chatOf(client).discontinuity]))
    const jump = chat.loadAround(300)
    await settle(world, jump)
    for (const each of seen)
      expect([
        [951, 1_000, 50, 0],
        [276, 325, 50, 1],
      ]).toContainEqual(each)
    expect(chatOf(client)).toMatchObject({ hasOlder: true, hasNewer: true, discontinuity: 1 })
    await settle(world, chat.loadOlder(), chat.loadNewer())
    expect(span(client)).toEqual([226, 375, 150])
  })

  it('to the start and to the end says that there is no more', async () => {
    const { world, client, chat } = await opened(200)
    using _world = world
    await settle(world, chat.loadAround(0))
    expect(span(client)).toEqual([1, 50, 50])
    expect(chatOf(client)).toMatchObject({ hasOlder: false, hasNewer: true })
    await settle(world, chat.loadAround(200))
    expect(span(client)).toEqual([176, 200, 25])
    expect(chatOf(client)).toMatchObject({ hasOlder: true, hasNewer: false })
    world.service.say('lobby', 'ben', 'live')
    await world.clock.advance(50)
    expect(span(client)).toEqual([176, 201, 26])
  })

  it('to the newest messages leads to the live end, whatever is said meanwhile', async () => {
    const { world, client, chat } = await opened(1_000)
    using _world = world
    await settle(world, chat.loadAround(300))
    const restore = world.service.answer('chat.readHistory', (_input, _caller, usual) => {
      restore()
      const page = usual()
      world.service.say('lobby', 'ben', 'between')
      return page
    })
    await settle(world, chat.loadLatest())
    world.service.say('lobby', 'ben', 'after')
    await world.clock.advance(50)
    expect(span(client)).toEqual([951, 1_002, 52])
    expect(chatOf(client)).toMatchObject({ hasNewer: false, hasOlder: true, discontinuity: 2 })
    await chat.loadLatest()
    expect(chatOf(client).discontinuity).toBe(2)
  })

  it('that fails leaves what is shown, and says why to its caller', async () => {
    const { world, client, chat } = await opened(1_000)
    using _world = world
    const refusal = chat.loadAround(5_000).catch((error: unknown) => error)
    await world.clock.advance(50)
    expect(await refusal).toMatchObject({
      code: 'invalid_cursor',
      details: { reason: 'cursor_ahead', head: 1_000 },
    })
    expect(span(client)).toEqual([951, 1_000, 50])
    await settle(world, chat.loadOlder())
    expect(span(client)).toEqual([901, 1_000, 100])
  })

  it('takes the place of an earlier one, whichever is answered or refused first', async () => {
    const { world, client, chat } = await opened(1_000)
    using _world = world
    const held: (() => void)[] = []
    world.service.answer('chat.readHistory', ({ around }, _caller, usual) => {
      if (around === 100) throw new CollabError('unavailable')
      return new Promise((resolve) => held.push(() => resolve(usual())))
    })
    const jumps = [200, 100, 300, 400].map((seq) => chat.loadAround(seq))
    await world.clock.advance(50)
    held[2]?.()
    await world.clock.advance(50)
    expect(span(client)).toEqual([376, 425, 50])
    for (const answer of held) answer()
    await settle(world, ...jumps)
    expect(span(client)).toEqual([376, 425, 50])
    expect(chatOf(client).discontinuity).toBe(1)
  })

  it('takes the place of a page under way', async () => {
    const { world, client, chat } = await opened(200)
    using _world = world
    await settle(world, chat.loadAround(60))
    const held: (() => void)[] = []
    world.service.answer('chat.readHistory', ({ before }, _caller, usual) =>
      before === undefined ? usual() : new Promise((resolve) => held.push(() => resolve(usual()))),
    )
    const page = chat.loadOlder()
    await settle(world, chat.loadAround(180))
    expect(chatOf(client).loadingOlder).toBe(false)
    held[0]?.()
    await settle(world, page)
    expect(span(client)).toEqual([156, 200, 45])
    expect(held).toHaveLength(1)
  })

  it('to the newest messages gives up one that is under way, though it has nothing to do', async () => {
    const { world, client, chat } = await opened(1_000)
    using _world = world
    const jump = chat.loadAround(300)
    await settle(world, chat.loadLatest(), jump)
    expect(span(client)).toEqual([951, 1_000, 50])
  })

  it('that is answered after the chat was left or loaded anew changes nothing', async () => {
    const { world, client, chat } = await opened(1_000)
    using _world = world
    const held: (() => void)[] = []
    world.service.answer('chat.readHistory', ({ around }, _caller, usual) =>
      around === undefined ? usual() : new Promise((resolve) => held.push(() => resolve(usual()))),
    )
    const jump = chat.loadAround(300)
    world.service.restore({ [STREAM]: 990 })
    await world.clock.until(() => chatOf(client).discontinuity === 1)
    for (const answer of held) answer()
    await settle(world, jump)
    expect(span(client)).toEqual([941, 990, 50])
    const late = chat.loadAround(300)
    await world.clock.advance(0)
    client.close()
    held.at(-1)?.()
    await expect(late).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('is nothing in a chat that is not loaded', async () => {
    using world = createWorld()
    const chat = world.client().chat('lobby')
    await Promise.all([chat.loadAround(3), chat.loadLatest(), chat.loadNewer(), chat.loadOlder()])
    expect(world.called('chat.readHistory')).toEqual([])
  })
})

describe('a window', () => {
  it('holds 600 messages at most, in whole chunks, and reads the rest again', async () => {
    const { world, client, chat } = await opened(100_000)
    using _world = world
    while (!chatOf(client).hasNewer) await settle(world, chat.loadOlder())
    // 601 to 650 messages back, less what is beyond a border of 40.
    expect(span(client)).toEqual([99_351, 99_919, 569])
    while (chatOf(client).hasNewer) await settle(world, chat.loadNewer())
    expect(span(client)).toEqual([99_440, 100_000, 561])
    expect(chatOf(client)).toMatchObject({ hasOlder: true, discontinuity: 0 })
  })

  it('drops the oldest of what is said, and holds no more than the options say', async () => {
    const { world, client, chat } = await opened(1_000, { windowSize: 200 })
    using _world = world
    for (let count = 0; count < 4; count++) await settle(world, chat.loadOlder())
    expect(span(client)).toEqual([751, 919, 169])
    await settle(world, chat.loadLatest())
    for (let count = 0; count < 300; count++) world.service.say('lobby', 'ben', 'live')
    await world.clock.advance(50)
    expect(span(client)).toEqual([1_120, 1_300, 181])
    expect(chatOf(client)).toMatchObject({ hasOlder: true, hasNewer: false })
  })

  it('is not extended by a page that does not join it any more', async () => {
    const { world, client, chat } = await opened(1_000, { windowSize: 100 })
    using _world = world
    await settle(world, chat.loadAround(500))
    const held: (() => void)[] = []
    world.service.answer('chat.readHistory', ({ before }, _caller, usual) =>
      before === undefined ? usual() : new Promise((resolve) => held.push(() => resolve(usual()))),
    )
    const late = chat.loadOlder()
    for (let count = 0; count < 2; count++) await settle(world, chat.loadNewer())
    expect(span(client)).toEqual([560, 625, 66])
    held[0]?.()
    await settle(world, late)
    expect(span(client)).toEqual([560, 625, 66])
    expect(chatOf(client)).toMatchObject({ hasOlder: true, loadingOlder: false })
  })
})

describe('a window before the newest messages', () => {
  const away = async (world: World, missed: number) => {
    world.service.refuse()
    world.service.drop()
    await world.clock.advance(100)
    for (let count = 1; count <= missed; count++)
      world.service.say('lobby', 'ben', `missed ${count}`)
    world.service.accept()
  }

  it.each([250, 1_500])(
    '[RES-4] stays where it is when %i messages were missed, which are counted',
    async (missed) => {
      const { world, client, chat } = await opened(1_000)
      using _world = world
      await settle(world, chat.loadAround(300))
      await away(world, missed)
      await world.clock.until(() => chatOf(client).chat?.lastNumber === 1_000 + missed)
      await world.clock.until(() => client.status === 'live')
      expect(span(client)).toEqual([276, 325, 50])
      expect(chatOf(client)).toMatchObject({
        status: 'ready',
        hasOlder: true,
        hasNewer: true,
        discontinuity: 1,
      })
      world.service.say('lobby', 'ben', 'live')
      await settle(world, chat.loadLatest())
      expect(span(client)[1]).toBe(1_001 + missed)
    },
  )

  it('[RES-5] is void when the service was restored', async () => {
    const { world, client, chat } = await opened(1_000)
    using _world = world
    await settle(world, chat.loadAround(300))
    world.service.restore({ [STREAM]: 200 })
    await world.clock.until(() => chatOf(client).discontinuity === 2)
    expect(span(client)).toEqual([151, 200, 50])
    expect(chatOf(client).hasNewer).toBe(false)
  })

  it('takes no message of its own, which is pending until the service has it', async () => {
    const { world, client, chat } = await opened(1_000)
    using _world = world
    await settle(world, chat.loadAround(300))
    chat.send('mine')
    expect(chatOf(client).pending).toHaveLength(1)
    await world.clock.advance(50)
    expect(chatOf(client).pending).toEqual([])
    expect(span(client)).toEqual([276, 325, 50])
    expect(chatOf(client).chat).toMatchObject({
      lastMessage: { body: 'mine' },
      membership: { readNumber: 1_001 },
    })
    await settle(world, chat.loadLatest())
    expect(shown(client).at(-1)).toBe('mine')
  })

  it('has the own messages of a page confirmed, before their events are there', async () => {
    let lose = 0
    const world = createWorld({
      chats: [{ chatId: 'lobby', messages: { count: 200 } }],
      wire: (deliver) => (lose > 0 ? void lose-- : queueMicrotask(deliver)),
    })
    using _world = world
    const client = world.client()
    const chat = client.chat('lobby')
    chat.open()
    await settle(world)
    await settle(world, chat.loadAround(100))
    // Lost: the event, and the answer.
    world.service.answer('chat.sendMessage', (_input, _caller, usual) => {
      lose = 2
      return usual()
    })
    chat.send('mine')
    await world.clock.advance(50)
    expect(chatOf(client).pending).toHaveLength(1)
    const seen: number[] = []
    client.store.subscribe(() =>
      seen.push(shown(client).filter((body) => /mine/.test(body)).length),
    )
    await settle(world, chat.loadAround(201))
    expect(chatOf(client).pending).toEqual([])
    expect(seen.every((count) => count === 1)).toBe(true)
    expect(shown(client).at(-1)).toBe('mine')
  })

  it('[IDEM-8] confirms an own message whose answer was lost with much else', async () => {
    const { world, client, chat } = await opened(1_000)
    using _world = world
    await settle(world, chat.loadAround(300))
    const restore = world.service.answer('chat.sendMessage', (_input, _caller, usual) => {
      restore()
      world.service.refuse()
      world.service.drop()
      return usual()
    })
    chat.send('once')
    await away(world, 800)
    await world.clock.until(() => chatOf(client).pending.length === 0)
    expect(span(client)).toEqual([276, 325, 50])
    await settle(world, chat.loadAround(1_001))
    expect(shown(client).filter((body) => body === 'once')).toHaveLength(1)
  })

  it('[CHAT-19] is no limit to what is marked as read: by default all of the chat', async () => {
    const { world, client, chat } = await opened(1_000)
    using _world = world
    world.service.say('lobby', 'ben', 'unread')
    await settle(world, chat.loadAround(300))
    expect(chatOf(client).chat?.membership?.unread).toBe(1)
    chat.markRead()
    await world.clock.advance(500)
    expect(chatOf(client).chat?.membership).toMatchObject({ readSeq: 1_001, unread: 0 })
    expect(world.service.calls.at(-1)).toMatchObject({
      operation: 'chat.markRead',
      input: { seq: 1_001 },
    })
  })
})
