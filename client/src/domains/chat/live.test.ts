import { CollabError, chatStream, userStream } from '@collab-kit/protocol/runtime'
import { describe, expect, it } from 'vitest'
import { chatOf, createWorld, shown } from '../../testing/harness.ts'

const lobby = (count: number) => ({
  chats: [
    { chatId: 'lobby', messages: Array.from({ length: count }, (_, index) => `m${index + 1}`) },
  ],
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
    expect(
      world.service.calls
        .filter(({ operation }) => operation === 'chat.markRead')
        .map(({ input }) => input),
    ).toMatchObject([{ chatId: 'lobby', seq: 5 }])
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

  it('[CHAT-19] tells a read mark again that the service could not take, and none that it refused', async () => {
    using world = createWorld(lobby(3))
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(50)
    let failures = 2
    world.service.answer('chat.markRead', () => {
      throw new CollabError(failures-- > 0 ? 'unavailable' : 'forbidden')
    })
    world.service.say('lobby', 'ben', 'one')
    await world.clock.advance(50)
    client.chat('lobby').markRead()
    await world.clock.advance(60_000)
    expect(world.called('chat.markRead')).toHaveLength(3)
  })

  it('[CHAT-19] follows the read mark of another device, never back', async () => {
    using world = createWorld(lobby(3))
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(50)
    world.service.say('lobby', 'ben', 'one')
    const moved = { chatId: 'lobby', readSeq: 4, readNumber: 4, unread: 0 }
    world.service.push('chat.readMoved', moved, { stream: userStream('ann') })
    world.service.push(
      'chat.readMoved',
      { ...moved, readSeq: 1, readNumber: 1, unread: 3 },
      { stream: userStream('ann') },
    )
    await world.clock.advance(50)
    expect(chatOf(client).chat?.membership).toMatchObject({ readNumber: 4, unread: 0 })
  })

  it('[EPH-2] shows who writes, until they stop, send or fall silent', async () => {
    using world = createWorld(lobby(1))
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(50)
    const say = (username: string, typing: boolean) =>
      world.service.push(
        'chat.typingChanged',
        { chatId: 'lobby', username, typing },
        { stream: chatStream('lobby'), durable: false },
      )
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
    world.service.push(
      'chat.typingChanged',
      { chatId: 'lobby', username: 'ben', typing: true },
      { stream: chatStream('lobby'), durable: false },
    )
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
    const told = () =>
      world.service.calls
        .filter(({ operation }) => operation === 'chat.setTyping')
        .map(({ input }) => (input as { typing: boolean }).typing)
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
    expect(chatOf(client)).toMatchObject({
      status: 'refused',
      error: { code: 'forbidden', details: { reason: 'banned' } },
      messages: [],
    })
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
    expect(chatOf(client).chat).toMatchObject({
      memberCount: 2,
      lastMessage: { body: 'hi' },
      head: 5,
    })
  })

  it('[PERM-2] asks what one may do when permissions have changed', async () => {
    using world = createWorld(lobby(1))
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(50)
    world.service.answer('chat.getPermissions', () => ({ permissions: {}, mine: ['join'] }))
    const changed = { chatId: 'lobby', subject: 'user:ann', permissions: [] }
    world.service.push('chat.permissionsChanged', changed, { stream: chatStream('lobby') })
    await world.clock.advance(50)
    expect(chatOf(client).chat?.permissions).toEqual(['join'])
  })

  it('[BLOCK-6] shows anew what may be seen when somebody is blocked or heard again', async () => {
    using world = createWorld(lobby(2))
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(50)
    world.service.answer('chat.readHistory', () => ({ items: [], head: 2 }))
    const stream = userStream('ann')
    world.service.push('users.blockedChanged', { username: 'ben', blocked: true }, { stream })
    await world.clock.advance(50)
    expect(shown(client)).toEqual([])
  })

  it('[BLOCK-6] shows nothing of the blocked in a window that was kept over a long absence', async () => {
    using world = createWorld(lobby(120))
    const client = world.client()
    const chat = client.chat('lobby')
    chat.open()
    await world.clock.advance(50)
    const jump = chat.loadAround(10)
    await world.clock.advance(20)
    await jump
    world.service.refuse()
    world.service.drop()
    for (let count = 1; count <= 500; count++) world.service.say('lobby', 'ben', `missed ${count}`)
    world.service.accept()
    await world.clock.until(() => chatOf(client).chat?.lastNumber === 620)
    expect(shown(client)).toContain('m10')
    world.service.answer('chat.readHistory', () => ({ items: [], head: 620 }))
    world.service.push(
      'users.blockedChanged',
      { username: 'ben', blocked: true },
      { stream: userStream('ann') },
    )
    await world.clock.advance(50)
    expect(shown(client)).toEqual([])
  })
})
