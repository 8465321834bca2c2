import { CollabError } from '@collab-kit/protocol/runtime'
import { describe, expect, it } from 'vitest'
import { memoryStorage } from '../../storage/memory.ts'
import { toChat } from '../../testing/fixtures.ts'
import { chatOf, createWorld, shown } from '../../testing/harness.ts'

const lobby = (count: number) => ({
  chats: [
    { chatId: 'lobby', messages: Array.from({ length: count }, (_, index) => `m${index + 1}`) },
  ],
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
    const message = {
      body: ' as it is \n',
      data: { colour: 'red' },
      replyTo: 'm-lobby-1',
      mentions: ['ben'],
    }
    client.chat('lobby').send(message)
    await world.clock.advance(50)
    expect(chatOf(client).messages.at(-1)).toMatchObject(message)
  })

  it.each(['', '   \n', '\u200b\u2060', '\u0000 a', '\ud800'])(
    '[CHAT-13] refuses %j at once',
    (body) => {
      using world = createWorld()
      const chat = world.client().chat('lobby')
      expect(() => chat.send(body)).toThrowError(
        expect.objectContaining({
          code: 'invalid_payload',
          details: { reason: 'invalid_text', path: 'body' },
        }),
      )
    },
  )

  it("[LIM-2] takes a body of just the limit and refuses one byte more, by the service's limit", async () => {
    using world = createWorld({ ...lobby(1), limits: { messageBytes: 12 } })
    const client = world.client()
    const chat = client.chat('lobby')
    chat.open()
    await world.clock.advance(50)
    chat.send('ü'.repeat(6))
    expect(() => chat.send('ü'.repeat(6) + '.')).toThrowError(
      expect.objectContaining({
        code: 'too_large',
        details: { limit: 'messageBytes', max: 12, size: 13 },
      }),
    )
    await world.clock.advance(50)
    expect(shown(client)).toEqual(['m1', 'üüüüüü'])
  })

  it('[LIM-11] refuses what does not fit into a frame', () => {
    using world = createWorld()
    const chat = world.client().chat('lobby')
    expect(() => chat.send({ body: 'x', data: { large: 'x'.repeat(128 * 1024) } })).toThrowError(
      expect.objectContaining({ code: 'too_large' }),
    )
  })

  it('waits until the chat is joined', async () => {
    using world = createWorld(lobby(1))
    world.service.answer('chat.getChat', () =>
      toChat({ chatId: 'lobby', permissions: ['join'], head: 1 }),
    )
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
    const restore = world.service.answer(
      'chat.sendMessage',
      ({ body, clientMessageId }, { username }) => {
        restore()
        world.service.drop()
        const message = world.service.say('lobby', username, body)
        // As the service stores it, though nobody hears of it.
        Object.assign(message, { clientMessageId })
        return message
      },
    )
    chat.send('once')
    await world.clock.until(() => shown(client).at(-1) === 'once')
    expect(shown(client)).toEqual(['m1', 'once'])
  })

  it('is not confirmed by a message of another, whatever its id', async () => {
    using world = createWorld(lobby(1))
    const [ann, ben] = [world.client(), world.client({ token: 'token:ben' })]
    ann.chat('lobby').open()
    await world.clock.advance(50)
    const refuse = world.service.answer('chat.sendMessage', () => {
      throw new CollabError('forbidden')
    })
    const { clientMessageId } = ann.chat('lobby').send('mine')
    await world.clock.advance(50)
    refuse()
    await ben.api.chat.sendMessage({ chatId: 'lobby', clientMessageId, body: 'not mine' })
    await world.clock.advance(50)
    expect(shown(ann)).toEqual(['m1', 'not mine', '(mine failed)'])
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
    expect(chatOf(client).pending).toMatchObject([
      { state: 'failed', error: { code: 'forbidden' } },
      { state: 'failed' },
    ])
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
