import { CollabError, chatStream, userStream } from '@collab-kit/protocol/runtime'
import { describe, expect, it } from 'vitest'
import { toChat } from '../../testing/fixtures.ts'
import { chatOf, createWorld, shown } from '../../testing/harness.ts'

const lobby = (count: number) => ({
  chats: [
    { chatId: 'lobby', messages: Array.from({ length: count }, (_, index) => `m${index + 1}`) },
  ],
})

describe('opening a chat', () => {
  it('[CHAT-16] shows the newest page and who wrote it, after one round trip for a member', async () => {
    using world = createWorld(lobby(60))
    const client = world.client()
    client.chat('lobby').open()
    expect(chatOf(client).status).toBe('loading')
    await world.clock.advance(50)
    expect(chatOf(client)).toMatchObject({
      status: 'ready',
      hasOlder: true,
      discontinuity: 0,
      chat: { chatId: 'lobby', lastNumber: 60 },
    })
    expect(shown(client)).toHaveLength(50)
    expect(shown(client).at(-1)).toBe('m60')
    expect(client.store.getState().users['ben']?.displayName).toBe('Ben')
    expect(
      world.called('chat.getChat', 'chat.readHistory', 'chat.joinChat', 'streams.join'),
    ).toEqual(['chat.readHistory', 'chat.getChat'])
  })

  it('[CHAT-6] joins what may be joined, and reads again what there is to see then', async () => {
    using world = createWorld(lobby(2))
    const outside = toChat({ chatId: 'lobby', permissions: ['join'] })
    world.service.answer('chat.getChat', () => outside)
    world.service.answer('chat.readHistory', () => {
      world.service.answer('chat.readHistory', () => ({ items: [], head: 2 }))
      throw new CollabError('forbidden')
    })
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(50)
    expect(chatOf(client).status).toBe('ready')
    expect(world.called('chat.joinChat')).toHaveLength(1)
    expect(world.called('chat.readHistory')).toHaveLength(2)
  })

  it('[RES-7] follows what may only be read, on every connection anew, and stops when nobody looks', async () => {
    using world = createWorld(lobby(2))
    world.service.answer('chat.getChat', () =>
      toChat({ chatId: 'lobby', permissions: [], head: 2 }),
    )
    const client = world.client()
    const release = client.chat('lobby').open()
    await world.clock.advance(0)
    expect(world.called('streams.join')).toHaveLength(1)
    world.service.drop()
    await world.clock.advance(1_000)
    expect(world.called('streams.join')).toHaveLength(2)
    release()
    await world.clock.advance(0)
    expect(world.called('streams.leave')).toHaveLength(1)
  })

  it('[CHAT-8] enters a room by every connection', async () => {
    using world = createWorld({ chats: [{ chatId: 'lobby', kind: 'room' }] })
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(0)
    world.service.drop()
    await world.clock.advance(1_000)
    expect(client.status).toBe('live')
    expect(world.called('chat.joinChat')).toHaveLength(2)
  })

  it.each([
    ['chat.joinChat', toChat({ chatId: 'lobby', kind: 'room' })],
    ['streams.join', toChat({ chatId: 'lobby', permissions: [] })],
  ])(
    '[CHAT-8] [RES-7] enters by %s again where a new connection did not get in',
    async (name, lobby) => {
      using world = createWorld({ chats: [lobby], answers: { 'chat.getChat': () => lobby } })
      const client = world.client()
      client.chat('lobby').open()
      await world.clock.until(() => chatOf(client).status === 'ready')
      const full = world.service.answer(name as 'chat.joinChat', () => {
        throw new CollabError('rate_limited', { retryAfterMs: 500 })
      })
      world.service.drop()
      await world.clock.until(() => world.called(name).length === 2)
      full()
      await world.clock.until(() => world.called(name).length === 3)
      await world.clock.until(() => chatOf(client).status === 'ready')
      world.service.answer(name as 'chat.joinChat', () => {
        throw new CollabError('forbidden')
      })
      world.service.drop()
      await world.clock.until(() => chatOf(client).status === 'refused')
      expect(chatOf(client).error?.code).toBe('forbidden')
    },
  )

  it('goes by any name, also one that objects have from the start', async () => {
    const names = ['toString', 'constructor']
    using world = createWorld({ chats: names.map((chatId) => ({ chatId, messages: [chatId] })) })
    const client = world.client()
    for (const chatId of names) {
      expect(chatOf(client, chatId)).toMatchObject({ chatId, status: 'idle' })
      client.chat(chatId).open()
      await world.clock.until(() => chatOf(client, chatId).status === 'ready')
      expect(shown(client, chatId)).toEqual([chatId])
    }
  })

  it('[ACC-2] tells why it is refused, and shows it when one is let in', async () => {
    using world = createWorld()
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(50)
    expect(chatOf(client)).toMatchObject({
      status: 'refused',
      error: { code: 'not_found' },
      messages: [],
    })
    world.service.say('lobby', 'ben', 'welcome')
    const membership = {
      role: 'member',
      joinedAt: '',
      readNumber: 1,
      readSeq: 1,
      unread: 0,
    } as const
    world.service.push('chat.chatAdded', toChat({ chatId: 'lobby', membership }), {
      stream: userStream('ann'),
    })
    await world.clock.advance(50)
    expect([chatOf(client).status, shown(client)]).toEqual(['ready', ['welcome']])
    expect(chatOf(client).error).toBeUndefined()
  })

  it('is tried again when the service cannot yet', async () => {
    using world = createWorld(lobby(1))
    const restore = world.service.answer('chat.getChat', () => {
      throw new CollabError('unavailable', { retryAfterMs: 2_000 })
    })
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(1_900)
    expect(world.called('chat.getChat')).toHaveLength(1)
    restore()
    await world.clock.advance(1_000)
    expect(chatOf(client).status).toBe('ready')
  })

  it('goes on with the next connection when this one ends meanwhile', async () => {
    using world = createWorld(lobby(1))
    const restore = world.service.answer('chat.getChat', () => {
      restore()
      world.service.drop()
      throw new CollabError('not_found')
    })
    const client = world.client({ callTimeoutMs: 100 })
    client.chat('lobby').open()
    await world.clock.until(() => chatOf(client).status === 'ready')
    expect(shown(client)).toEqual(['m1'])
  })

  it('[SEQ-9] misses nothing that is said meanwhile, and shows nothing twice', async () => {
    using world = createWorld(lobby(3))
    const { service } = world
    const client = world.client()
    client.chat('lobby').open()
    // Said after the page was read, before the chat was.
    const plain = { read: false }
    service.answer('chat.getChat', async () => {
      if (!plain.read) {
        plain.read = true
        await Promise.resolve()
        service.say('lobby', 'ben', 'between')
      }
      const head = 4
      return toChat({
        chatId: 'lobby',
        head,
        lastNumber: 4,
        membership: { role: 'member', joinedAt: '', readNumber: 3, readSeq: 3, unread: 1 },
      })
    })
    await world.clock.advance(50)
    service.say('lobby', 'ben', 'after')
    await world.clock.advance(50)
    expect(shown(client)).toEqual(['m1', 'm2', 'm3', 'between', 'after'])
    expect(chatOf(client).chat).toMatchObject({ lastNumber: 5, head: 5, membership: { unread: 2 } })
  })

  it('shows nothing when nobody looks any more once it is loaded', async () => {
    using world = createWorld(lobby(1))
    const client = world.client()
    client.connect()
    await world.clock.advance(50)
    const release = client.chat('lobby').open()
    release()
    await world.clock.advance(50)
    expect(chatOf(client)).toMatchObject({ status: 'idle', messages: [] })
  })

  it('is one thing however many do it, and ends with the last', async () => {
    using world = createWorld(lobby(1))
    const client = world.client({ releaseDelayMs: 3_000 })
    const first = client.chat('lobby').open()
    const second = client.chat('lobby').open()
    await world.clock.advance(50)
    expect(world.called('chat.getChat')).toHaveLength(1)
    first()
    first()
    await world.clock.advance(5_000)
    expect(chatOf(client).status).toBe('ready')
    second()
    const third = client.chat('lobby').open()
    await world.clock.advance(5_000)
    expect(chatOf(client).status).toBe('ready')
    third()
    await world.clock.advance(3_100)
    expect(chatOf(client)).toMatchObject({ status: 'idle', messages: [] })
    world.service.say('lobby', 'ben', 'unheard')
    await world.clock.advance(100)
    expect(shown(client)).toEqual([])
    expect(world.called('chat.getChat')).toHaveLength(1)
  })
})

describe('a chat that is left a moment after nobody looks', () => {
  it('is left also when it was loaded anew meanwhile', async () => {
    using world = createWorld(lobby(1))
    const client = world.client({ releaseDelayMs: 3_000 })
    const release = client.chat('lobby').open()
    await world.clock.until(() => chatOf(client).status === 'ready')
    release()
    world.service.push(
      'users.blockedChanged',
      { username: 'cleo', blocked: true },
      { stream: userStream('ann') },
    )
    await world.clock.advance(3_100)
    expect(chatOf(client).status).toBe('idle')
  })

  it('stays, and is loaded once more, when somebody opens it again while the service cannot yet', async () => {
    using world = createWorld(lobby(1))
    const restore = world.service.answer('chat.getChat', () => {
      throw new CollabError('unavailable', { retryAfterMs: 2_000 })
    })
    const client = world.client({ releaseDelayMs: 3_000 })
    client.chat('lobby').open()()
    await world.clock.advance(1_000)
    expect(world.called('chat.getChat')).toHaveLength(1)
    restore()
    client.chat('lobby').open()
    await world.clock.advance(10_000)
    expect(chatOf(client).status).toBe('ready')
  })
})

describe('after an absence', () => {
  const away = async (world: ReturnType<typeof createWorld>, missed: number) => {
    world.service.refuse()
    world.service.drop()
    await world.clock.advance(100)
    for (let count = 1; count <= missed; count++)
      world.service.say('lobby', 'ben', `missed ${count}`)
    world.service.accept()
  }

  it('[RES-4] a chat shows what it missed', async () => {
    using world = createWorld(lobby(2))
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(50)
    await away(world, 250)
    await world.clock.until(() => shown(client).length === 252)
    expect(world.called('streams.readSince')).toHaveLength(2)
    expect(chatOf(client).discontinuity).toBe(0)
  })

  it('a chat that missed too much shows its newest page, and the rest on scrolling back', async () => {
    using world = createWorld(lobby(2))
    const client = world.client()
    const chat = client.chat('lobby')
    chat.open()
    await world.clock.advance(50)
    await away(world, 500)
    await world.clock.until(() => chatOf(client).discontinuity === 1)
    expect(shown(client)).toHaveLength(50)
    expect(world.called('streams.readSince')).toEqual([])
    while (chatOf(client).hasOlder) {
      const loading = chat.loadOlder()
      await world.clock.advance(20)
      await loading
    }
    const numbers = chatOf(client).messages.map(({ number }) => number)
    expect(numbers).toEqual(Array.from({ length: 502 }, (_, index) => index + 1))
  })

  it('[RES-5] a chat of a restored service shows what is there now', async () => {
    using world = createWorld(lobby(2))
    const client = world.client()
    client.chat('lobby').open()
    client.chat('lobby').setDraft('kept')
    await world.clock.advance(50)
    world.service.restore({ [chatStream('lobby')]: 1 })
    await world.clock.until(() => chatOf(client).discontinuity === 1)
    expect(shown(client)).toEqual(['m1'])
    expect(chatOf(client).draft).toBe('kept')
    expect(client.store.getState().connection.epoch).toBe('epoch-2')
  })
})

describe('older messages', () => {
  it('[CHAT-16] come page by page until there are none', async () => {
    using world = createWorld(lobby(120))
    const client = world.client()
    const chat = client.chat('lobby')
    chat.open()
    await world.clock.advance(50)
    const first = chat.loadOlder()
    expect(chatOf(client).loadingOlder).toBe(true)
    const second = chat.loadOlder()
    await world.clock.advance(20)
    await Promise.all([first, second])
    expect(shown(client)).toHaveLength(100)
    const third = chat.loadOlder()
    await world.clock.advance(20)
    await third
    expect(shown(client)).toEqual(Array.from({ length: 120 }, (_, index) => `m${index + 1}`))
    expect(chatOf(client)).toMatchObject({ hasOlder: false, loadingOlder: false })
    await chat.loadOlder()
    expect(world.called('chat.readHistory')).toHaveLength(3)
  })

  it('that cannot be had say so, and can be asked for again', async () => {
    using world = createWorld(lobby(60))
    const client = world.client()
    const chat = client.chat('lobby')
    chat.open()
    await world.clock.advance(50)
    const restore = world.service.answer('chat.readHistory', () => {
      throw new CollabError('rate_limited')
    })
    await chat.loadOlder()
    expect(chatOf(client)).toMatchObject({
      loadingOlder: false,
      hasOlder: true,
      olderError: { code: 'rate_limited' },
    })
    restore()
    await chat.loadOlder()
    expect(chatOf(client).olderError).toBeUndefined()
    expect(shown(client)).toHaveLength(60)
  })
})
