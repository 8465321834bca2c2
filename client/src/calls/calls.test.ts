import type { InputOf, OperationName, Reply } from '@collab-kit/protocol'
import { CollabError } from '@collab-kit/protocol/runtime'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Transport } from '../connection/transport.ts'
import { fakeClock, type FakeClock } from '../testing/fake-clock.ts'
import { createApi } from './api.ts'
import { Calls, type CallRecord } from './calls.ts'

interface Sent {
  name: string
  input: Record<string, unknown>
  reply(reply: Reply): void
}

/** A connection that shows what was sent and answers when it is told to. */
function line() {
  const sent: Sent[] = []
  const transport: Transport = {
    send: (name, input, reply) => void sent.push({ name, input: input as Sent['input'], reply }),
    close() {},
  }
  return { sent, transport }
}

let clock: FakeClock
let wanted: number
let finished: CallRecord[]
let calls: Calls

beforeEach(() => {
  clock = fakeClock()
  wanted = 0
  finished = []
  calls = new Calls({
    clock,
    timings: { callTimeoutMs: 30_000, attemptTimeoutMs: 12_000 },
    onWanted: () => wanted++,
    onFinished: (call) => void finished.push(call),
  })
})

/** A call whose end can be looked at. */
function track<N extends OperationName>(name: N, input: InputOf<N>, once = false) {
  const end: { data?: unknown; error?: CollabError } = {}
  const promise = once ? calls.attempt(name, input) : calls.call(name, input)
  promise.then(
    (data) => void (end.data = data),
    (error: CollabError) => void (end.error = error),
  )
  return end
}

const ok = (data: unknown = {}): Reply => ({ ok: true, data })
const refusal = (...of: ConstructorParameters<typeof CollabError>): Reply => ({
  ok: false,
  error: new CollabError(...of).toJSON(),
})
const room = { chatId: 'a' }

describe('a call', () => {
  it('waits for a connection, asks for one, and keeps its turn', async () => {
    track('chat.getChat', room)
    track('chat.joinChat', room)
    expect(wanted).toBe(2)
    const { sent, transport } = line()
    calls.opened(transport)
    expect(sent.map(({ name }) => name)).toEqual(['chat.getChat', 'chat.joinChat'])
  })

  it('[ENV-1] ends with the answer', async () => {
    const { sent, transport } = line()
    calls.opened(transport)
    const good = track('chat.getChat', room)
    const bad = track('chat.getChat', room)
    sent[0]?.reply(ok({ chatId: 'a' }))
    sent[1]?.reply(refusal('not_found', { requestId: 'r1' }))
    await clock.advance(0)
    expect(good.data).toEqual({ chatId: 'a' })
    expect(bad.error).toMatchObject({ name: 'CollabError', code: 'not_found', requestId: 'r1' })
    expect(clock.waiting).toBe(0)
  })

  it('[IDEM-1] that is a command is sent again on the next connection by the same id', async () => {
    const first = line()
    calls.opened(first.transport)
    const end = track('chat.joinChat', room)
    expect(first.sent[0]?.input['commandId']).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
    calls.closed()
    const second = line()
    calls.opened(second.transport)
    expect(second.sent[0]?.input).toEqual(first.sent[0]?.input)
    // The old connection's answer comes after all: nobody's.
    first.sent[0]?.reply(ok('old'))
    second.sent[0]?.reply(ok('new'))
    await clock.advance(0)
    expect(end.data).toBe('new')
  })

  it('[IDEM-7] that is a query has no id, and a command keeps its own', () => {
    const { sent, transport } = line()
    calls.opened(transport)
    track('chat.getChat', room)
    track('chat.joinChat', { ...room, commandId: 'mine' })
    track('chat.sendMessage', { ...room, clientMessageId: 'm1', body: 'x' })
    track('auth.renew', { token: 't' })
    expect(sent.map(({ input }) => input['commandId'])).toEqual([
      undefined,
      'mine',
      undefined,
      undefined,
    ])
  })

  it('[IDEM-3] whose outcome is unknown is sent again with the same id', async () => {
    const { sent, transport } = line()
    calls.opened(transport)
    const end = track('chat.joinChat', room)
    sent[0]?.reply(refusal('outcome_unknown'))
    await clock.advance(200)
    expect(sent).toHaveLength(2)
    expect(sent[1]?.input).toEqual(sent[0]?.input)
    sent[1]?.reply(ok('done'))
    await clock.advance(0)
    expect(end.data).toBe('done')
  })

  it('whose answer does not come is sent again on the same connection', async () => {
    const { sent, transport } = line()
    calls.opened(transport)
    const end = track('chat.joinChat', room)
    await clock.advance(12_200)
    expect(sent).toHaveLength(2)
    // Late and doubled answers count once.
    sent[0]?.reply(ok('late'))
    sent[1]?.reply(ok('right'))
    sent[1]?.reply(ok('twice'))
    await clock.advance(0)
    expect(end.data).toBe('right')
    expect(finished).toHaveLength(1)
  })

  it('ends at its deadline: unknown for a command that was sent, unavailable for all else', async () => {
    const queued = track('chat.joinChat', room)
    await clock.advance(30_000)
    expect(queued.error).toMatchObject({ code: 'unavailable', details: { reason: 'deadline' } })
    const { transport } = line()
    calls.opened(transport)
    const query = track('chat.getChat', room)
    const command = track('chat.joinChat', room)
    await clock.advance(30_000)
    expect(query.error?.code).toBe('unavailable')
    expect(command.error?.code).toBe('outcome_unknown')
    expect(clock.waiting).toBe(0)
  })

  it('that holds a secret is never repeated on its own, and shows nothing of it', async () => {
    const { sent, transport } = line()
    calls.opened(transport)
    const end = track('auth.renew', { token: 'secret' })
    await clock.advance(12_000)
    expect(sent).toHaveLength(1)
    expect(end.error?.code).toBe('outcome_unknown')
    track('auth.renew', { token: 'secret' })
    sent[1]?.reply(ok({ tokenExpiresAt: 'x' }))
    await clock.advance(0)
    expect(finished).toMatchObject([
      { operation: 'auth.renew', input: {} },
      { operation: 'auth.renew', input: {}, data: {} },
    ])
  })

  it('[LIM-7] waits while too many are without an answer', () => {
    const { sent, transport } = line()
    calls.opened(transport)
    for (let count = 0; count < 100; count++) track('chat.getChat', room)
    expect(sent).toHaveLength(48)
    sent[0]?.reply(ok())
    expect(sent).toHaveLength(49)
  })

  it('is told with its input and its answer', async () => {
    const { sent, transport } = line()
    calls.opened(transport)
    track('chat.getChat', room)
    sent[0]?.reply(ok({ chatId: 'a' }))
    expect(finished).toEqual([{ operation: 'chat.getChat', input: room, data: { chatId: 'a' } }])
  })
})

describe('an attempt', () => {
  it('is made now or not at all', async () => {
    const end = track('chat.setTyping', { ...room, typing: true }, true)
    await clock.advance(0)
    expect(end.error).toMatchObject({ code: 'unavailable', details: { reason: 'disconnected' } })
    expect(wanted).toBe(0)
  })

  it('ends with the connection', async () => {
    const { transport } = line()
    calls.opened(transport)
    const command = track('chat.joinChat', room, true)
    const query = track('chat.setTyping', { ...room, typing: true }, true)
    calls.closed()
    await clock.advance(0)
    expect(command.error?.code).toBe('outcome_unknown')
    expect(query.error?.code).toBe('unavailable')
    expect(clock.waiting).toBe(0)
  })

  it('ends when no answer comes', async () => {
    const { sent, transport } = line()
    calls.opened(transport)
    const end = track('chat.joinChat', room, true)
    await clock.advance(12_000)
    expect(end.error?.code).toBe('outcome_unknown')
    expect(sent).toHaveLength(1)
  })
})

describe('a blocked line', () => {
  it('ends what waits and what comes, with the reason', async () => {
    const waiting = track('chat.getChat', room)
    calls.block(new CollabError('origin_denied'))
    const coming = track('chat.getChat', room)
    await clock.advance(0)
    expect(waiting.error?.code).toBe('origin_denied')
    expect(coming.error?.code).toBe('origin_denied')
    expect(finished).toHaveLength(2)
    expect(clock.waiting).toBe(0)
  })

  it('takes calls again when it is unblocked', async () => {
    calls.block(new CollabError('unauthenticated'))
    calls.unblock()
    const end = track('chat.getChat', room)
    const { sent, transport } = line()
    calls.opened(transport)
    sent[0]?.reply(ok('there'))
    await clock.advance(0)
    expect(end.data).toBe('there')
  })
})

describe('the api', () => {
  it('calls operations by their names', async () => {
    const seen: unknown[] = []
    const api = createApi(async (name, input) => void seen.push([name, input]))
    await api.chat.getChat({ chatId: 'a' })
    await api.users.getMe({})
    expect(seen).toEqual([
      ['chat.getChat', { chatId: 'a' }],
      ['users.getMe', {}],
    ])
    expect(api.chat.getChat).toBe(api.chat.getChat)
  })

  it('can be waited for like any value', async () => {
    const calls: string[] = []
    const api = createApi(async (name) => void calls.push(name))
    expect(await Promise.resolve(api)).toBe(api)
    expect(await Promise.resolve(api.chat)).toBe(api.chat)
    expect(calls).toEqual([])
  })
})
