import { connectTarget } from '@collab-kit/protocol/conformance'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestService, engines, type Engine, type TestService } from '../../testing/service.ts'

// What the black-box rules cannot see: how sending behaves inside one commit, and over a restart.
function start(engine: Engine) {
  let running: TestService
  beforeAll(async () => {
    const limits = { opsPerSecond: 10_000, opsBurst: 10_000, inFlight: 1000 }
    running = await createTestService({ engine, limits })
  })
  afterAll(() => running?.close())
  return connectTarget({
    name: engine,
    transport: 'socket',
    get url() {
      return running.url
    },
    get limits() {
      return running.limits
    },
    restart: () => running.restart(),
  })
}

describe.each(engines)('sending on %s', (engine) => {
  const target = start(engine)

  test('a burst of one sender keeps its order and has no gap', async () => {
    const ann = await (await target.person()).connect()
    const { chatId } = await ann.call('chat.createChat', { kind: 'channel', visibility: 'public' })
    const bodies = Array.from({ length: 600 }, (_, index) => `message ${index}`)
    const sent = await Promise.all(
      bodies.map((body, index) =>
        ann.call('chat.sendMessage', { chatId, clientMessageId: `c${index}`, body }),
      ),
    )
    expect(sent.map(({ body }) => body)).toEqual(bodies)
    expect(sent.map(({ number }) => number)).toEqual(bodies.map((_, index) => index + 1))
    const seqs = sent.map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.map((_, index) => seqs[0]! + index))
    await ann.fence()
    const heard = ann.items.filter(({ name }) => name === 'chat.messageSent').map(({ seq }) => seq)
    expect(heard).toEqual(seqs)
    await ann.close()
  })

  test('a refused call in the middle of a batch harms no other', async () => {
    const ann = await (await target.person()).connect()
    const { chatId } = await ann.call('chat.createChat', { kind: 'channel', visibility: 'public' })
    const outcomes = await Promise.allSettled([
      ann.call('chat.sendMessage', { chatId, clientMessageId: 'a', body: 'first' }),
      ann.call('chat.sendMessage', { chatId, clientMessageId: 'a', body: 'another text' }),
      ann.call('chat.sendMessage', { chatId: 'nowhere', clientMessageId: 'b', body: 'lost' }),
      ann.call('chat.sendMessage', {
        chatId,
        clientMessageId: 'c',
        body: 'answer',
        replyTo: 'no-message',
      }),
      ann.call('chat.createChat', { kind: 'channel', chatId }),
      ann.call('chat.sendMessage', { chatId, clientMessageId: 'd', body: 'last' }),
    ])
    const codes = outcomes.map((each) =>
      each.status === 'rejected' ? (each.reason as { code: string }).code : 'ok',
    )
    expect(codes).toEqual([
      'ok',
      'idempotency_conflict',
      'not_found',
      'not_found',
      'already_exists',
      'ok',
    ])
    const { items } = await ann.call('chat.readHistory', { chatId })
    expect(items.map(({ body, number }) => [number, body])).toEqual([
      [1, 'first'],
      [2, 'last'],
    ])
    await ann.close()
  })

  test('the same message sent by two connections at once is one message', async () => {
    const person = await target.person()
    const [one, two] = [await person.connect(), await person.connect()]
    const { chatId } = await one.call('chat.createChat', { kind: 'channel' })
    const message = { chatId, clientMessageId: 'same', body: 'once' }
    const answers = await Promise.all(
      [one, two, one, two].map((peer) => peer.call('chat.sendMessage', message)),
    )
    expect(new Set(answers.map(({ messageId }) => messageId)).size).toBe(1)
    expect((await one.call('chat.readHistory', { chatId })).items).toHaveLength(1)
    await one.close()
    await two.close()
  })
})

describe.each(['file', 'postgres'] as const)('a restart on %s', (engine) => {
  const target = start(engine)

  test('what was acknowledged is there after a restart', async () => {
    const person = await target.person()
    const peer = await person.connect()
    const { chatId } = await peer.call('chat.createChat', { kind: 'channel' })
    const sent = await peer.call('chat.sendMessage', { chatId, clientMessageId: 'x', body: 'kept' })
    await target.restart!()
    await peer.ended
    const again = await person.connect()
    expect((await again.call('chat.readHistory', { chatId })).items).toEqual([sent])
    await again.close()
  })
})
