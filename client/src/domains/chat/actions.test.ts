import { CollabError, chatStream, userStream } from '@collab-kit/protocol/runtime'
import { describe, expect, it } from 'vitest'
import { memoryStorage } from '../../storage/memory.ts'
import { toChat } from '../../testing/fixtures.ts'
import { chatOf, createWorld, shown } from '../../testing/harness.ts'

const lobby = (count: number) => ({
  chats: [{ chatId: 'lobby', messages: Array.from({ length: count }, (_, index) => `m${index + 1}`) }],
})

describe('opening a chat', () => {
  it('[CHAT-16] shows the newest page and who wrote it, after one round trip for a member', async () => {
    using world = createWorld(lobby(60))
    const client = world.client()
    client.chat('lobby').open()
    expect(chatOf(client).status).toBe('loading')
    await world.clock.advance(50)
    expect(chatOf(client)).toMatchObject({ status: 'ready', hasOlder: true, discontinuity: 0, chat: { chatId: 'lobby', lastNumber: 60 } })
    expect(shown(client)).toHaveLength(50)
    expect(shown(client).at(-1)).toBe('m60')
    expect(client.store.getState().users['ben']?.displayName).toBe('Ben')
    expect(world.called('chat.getChat', 'chat.readHistory', 'chat.joinChat', 'streams.join')).toEqual(['chat.readHistory', 'chat.getChat'])
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
    world.service.answer('chat.getChat', () => toChat({ chatId: 'lobby', permissions: [], head: 2 }))
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

  it('[ACC-2] tells why it is refused, and shows it when one is let in', async () => {
    using world = createWorld()
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(50)
    expect(chatOf(client)).toMatchObject({ status: 'refused', error: { code: 'not_found' }, messages: [] })
    world.service.say('lobby', 'ben', 'welcome')
    const membership = { role: 'member', joinedAt: '', readNumber: 1, readSeq: 1, unread: 0 } as const
    world.service.push('chat.chatAdded', toChat({ chatId: 'lobby', membership }), { stream: userStream('ann') })
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
      return toChat({ chatId: 'lobby', head, lastNumber: 4, membership: { role: 'member', joinedAt: '', readNumber: 3, readSeq: 3, unread: 1 } })
    })
    await world.clock.advance(50)
    service.say('lobby', 'ben', 'after')
    await world.clock.advance(50)
    expect(shown(client)).toEqual(['m1', 'm2', 'm3', 'between', 'after'])
    expect(chatOf(client).chat).toMatchObject({ lastNumber: 5, head: 5, membership: { unread: 2 } })
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

describe('a live chat', () => {
  it('[SEQ-1] shows events in order, and tells listeners each once', async () => {
    using world = createWorld(lobby(1))
    const client = world.client()
    const heard: string[] = []
    client.on('chat.messageSent', ({ data }) => heard.push(data.body))
    client.chat('lobby').open()
    await world.clock.advance(50)
    for (const body of ['a', 'b']) world.service.say('lobby', 'ben', body)
    world.service.say('elsewhere', 'ben', 'not open')
    await world.clock.advance(50)
    expect(shown(client)).toEqual(['m1', 'a', 'b'])
    expect(heard).toEqual(['a', 'b', 'not open'])
  })

  it('shows a burst by few changes of the store', async () => {
    using world = createWorld(lobby(1))
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(100)
    let changes = 0
    client.store.subscribe(() => changes++)
    for (let count = 0; count < 200; count++) world.service.say('lobby', 'ben', `${count}`)
    await world.clock.advance(100)
    expect(shown(client)).toHaveLength(201)
    expect(changes).toBeLessThanOrEqual(2)
  })

  it('[CHAT-18] counts what is unread, and what is read', async () => {
    using world = createWorld(lobby(3))
    const client = world.client()
    const chat = client.chat('lobby')
    chat.open()
    await world.clock.advance(50)
    world.service.say('lobby', 'ben', 'one')
    world.service.say('lobby', 'ben', 'two')
    await world.clock.advance(50)
    expect(chatOf(client).chat?.membership).toMatchObject({ unread: 2, readNumber: 3 })
    chat.markRead(4)
    chat.markRead()
    chat.markRead(2)
    await world.clock.advance(20)
    expect(chatOf(client).chat?.membership).toMatchObject({ unread: 0, readNumber: 5, readSeq: 5 })
    await world.clock.advance(1_000)
    expect(world.service.calls.filter(({ operation }) => operation === 'chat.markRead').map(({ input }) => input)).toMatchObject([{ chatId: 'lobby', seq: 5 }])
  })

  it('[CHAT-19] tells a read mark that was made without a connection, once there is one', async () => {
    using world = createWorld(lobby(3))
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(50)
    world.service.say('lobby', 'ben', 'one')
    await world.clock.advance(50)
    world.service.refuse()
    world.service.drop()
    await world.clock.advance(50)
    client.chat('lobby').markRead()
    await world.clock.advance(2_000)
    expect(world.called('chat.markRead')).toEqual([])
    world.service.accept()
    await world.clock.until(() => world.called('chat.markRead').length === 1)
  })

  it('[CHAT-19] follows the read mark of another device, never back', async () => {
    using world = createWorld(lobby(3))
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(50)
    world.service.say('lobby', 'ben', 'one')
    const moved = { chatId: 'lobby', readSeq: 4, readNumber: 4, unread: 0 }
    world.service.push('chat.readMoved', moved, { stream: userStream('ann') })
    world.service.push('chat.readMoved', { ...moved, readSeq: 1, readNumber: 1, unread: 3 }, { stream: userStream('ann') })
    await world.clock.advance(50)
    expect(chatOf(client).chat?.membership).toMatchObject({ readNumber: 4, unread: 0 })
  })

  it('[EPH-2] shows who writes, until they stop, send or fall silent', async () => {
    using world = createWorld(lobby(1))
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(50)
    const say = (username: string, typing: boolean) =>
      world.service.push('chat.typingChanged', { chatId: 'lobby', username, typing }, { stream: chatStream('lobby'), durable: false })
    for (const name of ['ann', 'ben', 'cleo', 'dan']) say(name, true)
    await world.clock.advance(50)
    expect(chatOf(client).typing).toEqual(['ben', 'cleo', 'dan'])
    say('ben', false)
    world.service.say('lobby', 'cleo', 'done')
    await world.clock.advance(50)
    expect(chatOf(client).typing).toEqual(['dan'])
    await world.clock.advance(5_000)
    say('dan', true)
    await world.clock.advance(9_000)
    expect(chatOf(client).typing).toEqual(['dan'])
    await world.clock.advance(1_100)
    expect(chatOf(client).typing).toEqual([])
  })

  it('forgets who writes when the connection is lost', async () => {
    using world = createWorld(lobby(1))
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(50)
    world.service.push('chat.typingChanged', { chatId: 'lobby', username: 'ben', typing: true }, { stream: chatStream('lobby'), durable: false })
    await world.clock.advance(50)
    world.service.drop()
    await world.clock.advance(50)
    expect(chatOf(client).typing).toEqual([])
  })

  it('[EPH-2] tells own typing every 4 seconds at most, and its end by itself', async () => {
    using world = createWorld(lobby(1))
    const client = world.client()
    const chat = client.chat('lobby')
    chat.open()
    await world.clock.advance(50)
    const told = () => world.service.calls.filter(({ operation }) => operation === 'chat.setTyping').map(({ input }) => (input as { typing: boolean }).typing)
    for (let count = 0; count < 10; count++) {
      chat.setTyping(true)
      await world.clock.advance(500)
    }
    expect(told()).toEqual([true, true])
    await world.clock.advance(5_000)
    expect(told()).toEqual([true, true, false])
    chat.setTyping(false)
    chat.setTyping(true)
    chat.send('done')
    await world.clock.advance(10_000)
    expect(told()).toEqual([true, true, false, true])
  })

  it('[SEQ-8] is refused when one is put out, with the reason, and shows nothing of it', async () => {
    using world = createWorld(lobby(2))
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(50)
    world.service.push('streams.removed', { stream: chatStream('lobby'), reason: 'banned' })
    await world.clock.advance(50)
    expect(chatOf(client)).toMatchObject({ status: 'refused', error: { code: 'forbidden', details: { reason: 'banned' } }, messages: [] })
  })

  it('counts members and keeps the last message', async () => {
    using world = createWorld(lobby(1))
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(50)
    const stream = chatStream('lobby')
    world.service.push('chat.memberJoined', { chatId: 'lobby', username: 'cleo' }, { stream })
    world.service.push('chat.memberAdded', { chatId: 'lobby', username: 'dan' }, { stream })
    world.service.push('chat.memberLeft', { chatId: 'lobby', username: 'cleo' }, { stream })
    world.service.say('lobby', 'dan', 'hi')
    await world.clock.advance(50)
    expect(chatOf(client).chat).toMatchObject({ memberCount: 2, lastMessage: { body: 'hi' }, head: 5 })
  })
})

describe('after an absence', () => {
  const away = async (world: ReturnType<typeof createWorld>, missed: number) => {
    world.service.refuse()
    world.service.drop()
    await world.clock.advance(100)
    for (let count = 1; count <= missed; count++) world.service.say('lobby', 'ben', `missed ${count}`)
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

describe('sending', () => {
  it('shows a message at once and exactly once, at every moment', async () => {
    using world = createWorld(lobby(1))
    const client = world.client()
    const chat = client.chat('lobby')
    chat.open()
    await world.clock.advance(50)
    const seen: string[][] = []
    client.store.subscribe(() => seen.push(shown(client)))
    for (const body of ['one', 'two', 'three']) {
      chat.send(body)
      expect(shown(client).at(-1)).toMatch(new RegExp(`^\\(${body} (queued|sending)\\)$`))
    }
    await world.clock.advance(100)
    expect(shown(client)).toEqual(['m1', 'one', 'two', 'three'])
    for (const state of seen) {
      const bodies = state.map((text) => text.replace(/^\((.*) \w+\)$/, '$1'))
      expect(bodies).toEqual(['m1', 'one', 'two', 'three'].slice(0, bodies.length))
    }
  })

  it('[CHAT-11] takes everything a message may have', async () => {
    using world = createWorld(lobby(1))
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(50)
    const message = { body: ' as it is \n', data: { colour: 'red' }, replyTo: 'm-lobby-1', mentions: ['ben'] }
    client.chat('lobby').send(message)
    await world.clock.advance(50)
    expect(chatOf(client).messages.at(-1)).toMatchObject(message)
  })

  it.each(['', '   \n', '\u200b\u2060', '\u0000 a', '\ud800'])('[CHAT-13] refuses %j at once', (body) => {
    using world = createWorld()
    const chat = world.client().chat('lobby')
    expect(() => chat.send(body)).toThrowError(expect.objectContaining({ code: 'invalid_payload', details: { reason: 'invalid_text', path: 'body' } }))
  })

  it('[LIM-2] takes a body of just the limit and refuses one byte more, by the service\'s limit', async () => {
    using world = createWorld({ ...lobby(1), limits: { messageBytes: 12 } })
    const client = world.client()
    const chat = client.chat('lobby')
    chat.open()
    await world.clock.advance(50)
    chat.send('ü'.repeat(6))
    expect(() => chat.send('ü'.repeat(6) + '.')).toThrowError(expect.objectContaining({ code: 'too_large', details: { limit: 'messageBytes', max: 12, size: 13 } }))
    await world.clock.advance(50)
    expect(shown(client)).toEqual(['m1', 'üüüüüü'])
  })

  it('[LIM-11] refuses what does not fit into a frame', () => {
    using world = createWorld()
    const chat = world.client().chat('lobby')
    expect(() => chat.send({ body: 'x', data: { large: 'x'.repeat(128 * 1024) } })).toThrowError(expect.objectContaining({ code: 'too_large' }))
  })

  it('waits until the chat is joined', async () => {
    using world = createWorld(lobby(1))
    world.service.answer('chat.getChat', () => toChat({ chatId: 'lobby', permissions: ['join'], head: 1 }))
    const client = world.client()
    client.chat('lobby').open()
    client.chat('lobby').send('early')
    await world.clock.advance(100)
    const order = world.called('chat.joinChat', 'chat.sendMessage')
    expect(order).toEqual(['chat.joinChat', 'chat.sendMessage'])
    expect(shown(client)).toEqual(['m1', 'early'])
  })

  it('works offline and goes out with the next connection, once', async () => {
    using world = createWorld(lobby(1))
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(50)
    world.service.refuse()
    world.service.drop()
    await world.clock.advance(100)
    client.chat('lobby').send('later')
    expect(shown(client)).toEqual(['m1', '(later queued)'])
    world.service.accept()
    await world.clock.until(() => shown(client).at(-1) === 'later')
    expect(world.called('chat.sendMessage')).toHaveLength(1)
  })

  it('[IDEM-8] whose answer was lost is not doubled', async () => {
    using world = createWorld(lobby(1))
    const client = world.client()
    const chat = client.chat('lobby')
    chat.open()
    await world.clock.advance(50)
    const restore = world.service.answer('chat.sendMessage', ({ body, clientMessageId }, { username }) => {
      restore()
      world.service.drop()
      const message = world.service.say('lobby', username, body)
      // As the service stores it, though nobody hears of it.
      Object.assign(message, { clientMessageId })
      return message
    })
    chat.send('once')
    await world.clock.until(() => shown(client).at(-1) === 'once')
    expect(shown(client)).toEqual(['m1', 'once'])
  })

  it('[SEQ-5] that is refused stays with its reason, can be tried again and given up', async () => {
    using world = createWorld(lobby(1))
    const client = world.client()
    const chat = client.chat('lobby')
    chat.open()
    await world.clock.advance(50)
    const restore = world.service.answer('chat.sendMessage', () => {
      throw new CollabError('forbidden')
    })
    const { clientMessageId } = chat.send('no')
    const other = chat.send('never')
    await world.clock.advance(50)
    expect(chatOf(client).pending).toMatchObject([{ state: 'failed', error: { code: 'forbidden' } }, { state: 'failed' }])
    restore()
    chat.discard(other.clientMessageId)
    expect(shown(client)).toEqual(['m1', '(no failed)'])
    chat.retry(clientMessageId)
    await world.clock.advance(50)
    expect(shown(client)).toEqual(['m1', 'no'])
  })

  it('survives a reload of a remembered person, who sees it before the service is reached', async () => {
    using world = createWorld(lobby(1))
    const storage = memoryStorage()
    const before = world.client({ account: 'own', storage })
    await before.auth.signIn({ username: 'ann', password: 'secret' })
    before.chat('lobby').open()
    await world.clock.advance(50)
    world.service.refuse()
    world.service.drop()
    await world.clock.advance(50)
    before.chat('lobby').send('unsent')
    before.chat('lobby').setDraft('half a')
    await world.clock.advance(500)
    before.close()

    const after = world.client({ account: 'own', storage })
    after.chat('lobby').open()
    await world.clock.advance(100)
    expect(shown(after)).toEqual(['(unsent queued)'])
    expect(chatOf(after).draft).toBe('half a')
    world.service.accept()
    await world.clock.until(() => shown(after).at(-1) === 'unsent')
    expect(shown(after)).toEqual(['m1', 'unsent'])
    expect((await storage.entries('outbox/')).length).toBe(0)
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
    expect(chatOf(client)).toMatchObject({ loadingOlder: false, hasOlder: true, olderError: { code: 'rate_limited' } })
    restore()
    await chat.loadOlder()
    expect(chatOf(client).olderError).toBeUndefined()
    expect(shown(client)).toHaveLength(60)
  })
})

describe('a draft', () => {
  it('is shown at once, kept a little later, and forgotten when it is empty', async () => {
    using world = createWorld(lobby(1))
    const storage = memoryStorage()
    const client = world.client({ storage })
    const chat = client.chat('lobby')
    chat.open()
    await world.clock.advance(50)
    chat.setDraft('h')
    chat.setDraft('hello')
    expect(chatOf(client).draft).toBe('hello')
    expect(await storage.entries('draft/')).toEqual([])
    await world.clock.advance(400)
    expect((await storage.entries('draft/')).map(([, text]) => text)).toEqual(['hello'])
    chat.setDraft('')
    await world.clock.advance(400)
    expect(await storage.entries('draft/')).toEqual([])
  })

  it('that is being written is not replaced by what was kept', async () => {
    using world = createWorld(lobby(1))
    const storage = memoryStorage()
    const first = world.client({ storage })
    first.chat('lobby').open()
    await world.clock.advance(50)
    first.chat('lobby').setDraft('old')
    first.close()
    const second = world.client({ storage })
    second.chat('lobby').setDraft('new')
    second.chat('lobby').open()
    await world.clock.advance(50)
    expect(chatOf(second).draft).toBe('new')
  })
})
