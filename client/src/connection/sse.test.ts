import type { EventItem } from '@collab-kit/protocol'
import { CollabError } from '@collab-kit/protocol/runtime'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connectSse, endTimers, settle, WELCOME, welcomed } from '../testing/sse-scene.ts'
import { sse } from './sse.ts'

const item = (stream: string, seq: number): EventItem => ({
  name: 'chat.messageSent',
  stream,
  seq,
  at: '',
  data: {},
})

beforeEach(() => void vi.useFakeTimers())
afterEach(endTimers)

describe('an event stream', () => {
  it('[SSE-1] is asked for with the token, and brings what the service says', async () => {
    const { service, seen, transport } = connectSse()
    expect(service.asked[0]).toMatchObject({ url: '/events', method: 'GET' })
    expect(service.asked[0]?.headers.get('authorization')).toBe('Bearer secret')
    service.open()
    service.say(WELCOME)
    await settle()
    expect(seen.frames).toEqual([[WELCOME]])
    transport.close()
  })

  it('says nothing of a token it does not have', () => {
    const { service, transport } = connectSse({})
    expect(service.asked[0]?.headers.has('authorization')).toBe(false)
    transport.close()
  })

  it('[ENV-2] hands on what stands side by side of one stream together, in order', async () => {
    const { service, seen, transport } = await welcomed()
    service.say(item('a', 1), item('a', 2), item('b', 1), item('a', 3))
    service.write(`data: ${JSON.stringify(item('a', 4))}\n`)
    await settle()
    service.write('\n')
    await settle()
    expect(seen.frames.slice(1)).toEqual([
      [item('a', 1), item('a', 2)],
      [item('b', 1)],
      [item('a', 3)],
      [item('a', 4)],
    ])
    transport.close()
  })

  it.each([
    [401, 'unauthenticated'],
    [403, 'origin_denied'],
    [429, 'limit_exceeded'],
  ] as const)('[ACC-7] brings the error of a refusal: %s %s', async (status, code) => {
    const { service, seen } = connectSse()
    const error = new CollabError(code, { retryAfterMs: 5000, requestId: 'r' }).toJSON()
    service.asked[0]?.answer({ ...error, type: 'about:blank', title: '', status }, status)
    await settle()
    expect(seen).toEqual({ frames: [], refused: [error], lost: 0 })
  })

  it('brings the status where a proxy answers instead', async () => {
    const { service, seen } = connectSse()
    service.asked[0]?.answerText('<html>', 502)
    await settle()
    expect(seen.refused).toMatchObject([{ code: 'unavailable', details: { status: 502 } }])
  })

  it('tells that nobody is there', async () => {
    const { service, seen } = connectSse()
    service.asked[0]?.breakOff()
    await settle()
    expect(seen).toEqual({ frames: [], refused: [undefined], lost: 0 })
  })

  it('takes the page of a network that wants to be signed in to for nobody', async () => {
    const refused: unknown[] = []
    sse({
      serviceUrl: 'https://chat.example',
      token: 't',
      fetch: async () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
      handlers: { items() {}, lost() {}, refused: (error) => refused.push(error) },
    })
    await settle()
    expect(refused).toEqual([undefined])
  })

  it.each(['end', 'cut'] as const)('is lost by an %s', async (how) => {
    const { service, seen } = await welcomed()
    service[how]()
    await settle()
    expect(seen).toMatchObject({ refused: [], lost: 1 })
  })

  it('is lost by what is no JSON', async () => {
    const { service, seen } = await welcomed()
    service.write('data: {"name":\n\n')
    await settle()
    expect(seen.lost).toBe(1)
    expect(service.asked[0]?.signal?.aborted).toBe(true)
  })

  it('takes 25 s of silence for the end, and a comment for a sign of life', async () => {
    const { service, seen } = await welcomed()
    await vi.advanceTimersByTimeAsync(24_000)
    service.write(':\n\n')
    await vi.advanceTimersByTimeAsync(24_000)
    expect(seen.lost).toBe(0)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(seen.lost).toBe(1)
    expect(service.asked[0]?.signal?.aborted).toBe(true)
  })

  it('does not count the time that timers slept as heard', async () => {
    const { service, seen, call } = await welcomed()
    vi.setSystemTime(Date.now() + 60_000)
    call('system.echo', { message: 'probe' })
    await settle()
    expect(seen.lost).toBe(1)
    expect(service.calls).toEqual([])
  })

  it('is silent and asks for nothing once it is closed', async () => {
    const { service, seen, transport, call } = await welcomed()
    const read = call('chat.getChat', { chatId: 'a' })
    const sent = [call('chat.markRead', { chatId: 'a', seq: 1 }), call('chat.markRead', { seq: 2 })]
    service.say(item('a', 1))
    transport.close()
    call('chat.getChat', { chatId: 'b' })
    const [reading, writing] = service.calls
    writing?.answer({})
    await settle()
    expect(seen).toEqual({ frames: [[WELCOME]], refused: [], lost: 0 })
    expect([read, sent]).toEqual([[], [[], []]])
    expect(service.calls).toHaveLength(2)
    // What only asks is given up; what changes something arrives, as if it had been said on a socket.
    expect([reading?.signal?.aborted, writing?.signal?.aborted]).toEqual([true, false])
  })

  it('leaves the error of a handler to whoever looks for errors', async () => {
    const { service, seen, transport } = connectSse()
    const caught: unknown[] = []
    process.once('uncaughtException', (error) => caught.push(error))
    seen.frames.push = () => {
      throw new Error('of the page')
    }
    service.open()
    service.say(WELCOME)
    await settle()
    await vi.waitFor(() => expect(caught).toHaveLength(1))
    expect(seen.lost).toBe(0)
    transport.close()
  })
})
