import { connectTarget } from '@collab-kit/protocol/conformance'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestService, engines, type TestService } from '../testing/service.ts'

// Calls that one connection pipelines share a commit: each must see what those before it did.
describe.each(engines)('calls of one commit on %s', (engine) => {
  let running: TestService
  const target = connectTarget({
    name: engine,
    transport: 'socket',
    get url() {
      return running.url
    },
    get limits() {
      return running.limits
    },
  })
  beforeAll(async () => {
    running = await createTestService({ engine })
  })
  afterAll(() => running?.close())

  async function sender() {
    const ann = await (await target.person()).connect()
    const { chatId } = await ann.call('chat.createChat', { kind: 'channel', visibility: 'public' })
    const send = (clientMessageId: string) =>
      ann.call('chat.sendMessage', { chatId, clientMessageId, body: clientMessageId })
    return { ann, chatId, send }
  }

  test('regression: a message sent twice around another call is one message and harms no other', async () => {
    const { ann, chatId, send } = await sender()
    const [first, , again, next] = await Promise.all([
      send('a'),
      ann.call('chat.joinChat', { chatId }),
      send('a'),
      send('b'),
    ])
    expect(again).toEqual(first)
    expect(next.number).toBe(2)
    await ann.close()
  })

  test('regression: a direct message sent twice at once is one message', async () => {
    const { ann } = await sender()
    const { username } = await target.person()
    const input = { to: [username], clientMessageId: 'a', body: 'to you' }
    const [first, again] = await Promise.all([
      ann.call('chat.sendMessage', input),
      ann.call('chat.sendMessage', input),
    ])
    expect(again).toEqual(first)
    await ann.close()
  })

  test('a read mark counts the message sent just before it', async () => {
    const { ann, chatId, send } = await sender()
    const { seq } = await send('a')
    const ben = await (await target.person()).connect()
    await ben.call('chat.joinChat', { chatId })
    const [, sent] = await Promise.all([ann.call('chat.joinChat', { chatId }), send('b')])
    expect(sent.seq).toBeGreaterThan(seq)
    const [, mark] = await Promise.all([
      ben.call('chat.sendMessage', { chatId, clientMessageId: 'c', body: 'c' }),
      ben.call('chat.markRead', { chatId, seq: sent.seq + 1 }),
    ])
    expect(mark).toMatchObject({ readNumber: 3, unread: 0 })
    await Promise.all([ann.close(), ben.close()])
  })
})
