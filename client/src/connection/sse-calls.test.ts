import { CollabError } from '@collab-kit/protocol/runtime'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { endTimers, settle, welcomed } from '../testing/sse-scene.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(endTimers)

describe('a call beside an event stream', () => {
  it('[REST-2] is one request of its operation for this connection', async () => {
    const { service, call, transport } = await welcomed()
    const replies = call('chat.setMemberRole', {
      chatId: 'a/b ü',
      username: 'ben',
      role: 'admin',
      commandId: 'id-1',
    })
    const [asked] = service.calls
    expect(asked).toMatchObject({
      method: 'PUT',
      url: '/chats/a%2Fb%20%C3%BC/members/ben/role',
      body: { role: 'admin' },
    })
    expect(Object.fromEntries(asked?.headers ?? [])).toMatchObject({
      authorization: 'Bearer secret',
      'x-connection-id': 'c1',
      'idempotency-key': 'id-1',
    })
    asked?.answer({ done: true })
    await settle()
    expect(replies).toEqual([{ ok: true, data: { done: true } }])
    transport.close()
  })

  it('[REST-2] asks by query', async () => {
    const { service, call, transport } = await welcomed()
    call('users.getUsers', { usernames: ['ann', 'ben & co'], cursor: undefined })
    call('chat.readHistory', { chatId: 'a', before: 7, limit: 40 })
    expect(service.calls.map(({ url, body }) => [url, body])).toEqual([
      ['/users?usernames=ann&usernames=ben+%26+co', undefined],
      ['/chats/a/messages?before=7&limit=40', undefined],
    ])
    transport.close()
  })

  it('[REST-3] brings the problem of an answer', async () => {
    const { service, call, seen, transport } = await welcomed()
    const error = new CollabError('forbidden', { requestId: 'r', details: { a: 1 } }).toJSON()
    const replies = call('chat.getChat', { chatId: 'a' })
    service.calls[0]?.answer({ ...error, type: 'about:blank', title: '', status: 403 }, 403)
    await settle()
    expect(replies).toEqual([{ ok: false, error }])
    expect(seen.lost).toBe(0)
    transport.close()
  })

  it('knows an operation that the service cannot have', async () => {
    const { service, call, transport } = await welcomed()
    const replies = call('other.thing', {})
    await settle()
    expect(replies).toMatchObject([{ ok: false, error: { code: 'unknown_operation' } }])
    expect(service.calls).toEqual([])
    transport.close()
  })

  it('keeps the order of what changes something, and reads meanwhile', async () => {
    const { service, call, transport } = await welcomed()
    const order: string[] = []
    for (const clientMessageId of ['m1', 'm2'])
      transport.send('chat.sendMessage', { chatId: 'a', clientMessageId, body: '' }, () =>
        order.push(clientMessageId),
      )
    transport.send('chat.setTyping', { chatId: 'a', typing: false }, () => order.push('typing'))
    const read = call('chat.getChat', { chatId: 'a' })
    const urls = () => service.calls.map(({ method, url }) => `${method} ${url}`)
    expect(urls()).toEqual(['POST /chats/a/messages', 'GET /chats/a'])
    service.calls[1]?.answer({})
    await settle()
    expect([read.length, order]).toEqual([1, []])
    service.calls[0]?.answer({})
    await settle()
    expect(urls().slice(2)).toEqual(['POST /chats/a/messages'])
    service.calls[2]?.answer({})
    await settle()
    service.calls[3]?.answer({})
    await settle()
    expect(order).toEqual(['m1', 'm2', 'typing'])
    transport.close()
  })

  it('[P4] lets no message overtake one that shall be sent again', async () => {
    const { service, call, transport } = await welcomed()
    const error = new CollabError('rate_limited', { retryAfterMs: 100, requestId: 'r' }).toJSON()
    const send = (chatId: string, clientMessageId: string) =>
      call('chat.sendMessage', { chatId, clientMessageId, body: '' })
    const [first, second, other] = [send('a', 'm1'), send('a', 'm2'), send('b', 'm3')]
    service.calls[0]?.answer({ ...error, status: 429 }, 429)
    await settle()
    expect([first, second]).toEqual([[{ ok: false, error }], [{ ok: false, error }]])
    expect(service.calls[1]?.url).toBe('/chats/b/messages')
    service.calls[1]?.answer({})
    await settle()
    expect(other).toEqual([{ ok: true, data: {} }])
    transport.close()
  })

  it('that nothing answers is the end of the connection', async () => {
    const { service, call, seen } = await welcomed()
    const [first, second] = [call('chat.markRead', {}), call('chat.markRead', {})]
    service.calls[0]?.breakOff()
    await settle()
    expect([seen.lost, first, second]).toEqual([1, [], []])
    expect(service.calls).toHaveLength(1)
    expect(service.asked[0]?.signal?.aborted).toBe(true)
  })

  it.each([502, 504, 404])('that a proxy answers with %s is the end as well', async (status) => {
    const { service, call, seen } = await welcomed()
    const replies = call('chat.getChat', { chatId: 'a' })
    service.calls[0]?.answerText('<html>', status)
    await settle()
    expect([seen.lost, replies]).toEqual([1, []])
  })

  it.each([
    [413, 'too_large'],
    [403, 'forbidden'],
  ])('that a proxy refuses with %s is refused', async (status, code) => {
    const { service, call, seen, transport } = await welcomed()
    const replies = call('chat.sendMessage', { chatId: 'a', clientMessageId: 'm', body: 'x' })
    service.calls[0]?.answerText('<html>', status)
    await settle()
    expect(replies).toMatchObject([{ ok: false, error: { code } }])
    expect(seen.lost).toBe(0)
    transport.close()
  })

  it('with a token that has ended is the end, and the next connection brings another', async () => {
    const { service, call, seen } = await welcomed()
    const replies = call('chat.getChat', { chatId: 'a' })
    service.calls[0]?.answer(new CollabError('token_expired').toJSON(), 401)
    await settle()
    expect([seen.lost, replies]).toEqual([1, []])
  })

  it('is made with the renewed token from then on', async () => {
    const { service, call, transport } = await welcomed()
    call('auth.renew', { token: 'newer' })
    expect(service.calls[0]?.headers.get('authorization')).toBe('Bearer secret')
    service.calls[0]?.answer({ tokenExpiresAt: '' })
    await settle()
    call('chat.getChat', { chatId: 'a' })
    expect(service.calls[1]?.headers.get('authorization')).toBe('Bearer newer')
    transport.close()
  })

  it('keeps its token when a newer one is refused', async () => {
    const { service, call, seen, transport } = await welcomed()
    const replies = call('auth.renew', { token: 'bad' })
    service.calls[0]?.answer(new CollabError('token_expired').toJSON(), 401)
    await settle()
    expect(replies).toMatchObject([{ ok: false, error: { code: 'token_expired' } }])
    call('chat.getChat', { chatId: 'a' })
    expect(service.calls[1]?.headers.get('authorization')).toBe('Bearer secret')
    expect(seen.lost).toBe(0)
    transport.close()
  })

  it('looks for the node that has its connection', async () => {
    const { service, call, seen, transport } = await welcomed()
    const replies = call('streams.join', { stream: 'chat:a' })
    for (let node = 0; node < 3; node++) {
      service.calls[node]?.answer(new CollabError('connection_required').toJSON(), 400)
      await vi.advanceTimersByTimeAsync(80)
    }
    service.calls[3]?.answer({ head: 4 })
    await settle()
    expect(replies).toEqual([{ ok: true, data: { head: 4 } }])
    expect(seen.lost).toBe(0)
    transport.close()
  })

  it('that no node has the connection of is the end', async () => {
    const { service, call, seen } = await welcomed()
    call('streams.join', { stream: 'chat:a' })
    for (let node = 0; seen.lost === 0; node++) {
      expect(node).toBeLessThan(20)
      service.calls[node]?.answer(new CollabError('connection_required').toJSON(), 400)
      await vi.advanceTimersByTimeAsync(80)
    }
    expect(service.calls).toHaveLength(20)
  })
})
