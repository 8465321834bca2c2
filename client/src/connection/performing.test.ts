import type { EventItem } from '@collab-kit/protocol'
import { CollabError } from '@collab-kit/protocol/runtime'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fixedToken } from '../auth/sources.ts'
import { createTokens } from '../auth/tokens.ts'
import { DEFAULTS } from '../options.ts'
import type { ConnectionInfo } from '../state.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { Connection, type ConnectionOptions } from './connection.ts'
import { network } from './network.ts'
import type { TransportHandlers } from './transport.ts'

/** A connection whose transport is in the hands of the test. */
function connection(options: Partial<ConnectionOptions> = {}) {
  const clock = fakeClock()
  const seen = {
    infos: [] as ConnectionInfo[],
    errors: [] as string[],
    items: [] as string[],
    closed: 0,
  }
  const lines: { handlers: TransportHandlers; closed: boolean }[] = []
  const made = new Connection({
    serviceUrl: 'http://a.test',
    tokens: createTokens(fixedToken('t'), clock),
    clock,
    timings: DEFAULTS,
    transport({ handlers }) {
      const line = { handlers, closed: false }
      lines.push(line)
      return { send() {}, close: () => void (line.closed = true) }
    },
    onState: (info) => void seen.infos.push(info),
    onOpened: () => {},
    onClosed: () => void seen.closed++,
    onItems: (items) => void seen.items.push(...items.map(({ name }) => name)),
    resume: async () => {},
    onForget: () => {},
    onHint: () => {},
    onError: ({ message }) => void seen.errors.push(message),
    probe: async () => {},
    ...options,
  })
  return { made, clock, seen, lines }
}

const welcome: EventItem = {
  name: 'system.welcome',
  at: '',
  data: { connectionId: 'c', username: 'ann', epoch: 'e', serverTime: '', tokenExpiresAt: '' },
}
const closing: EventItem = {
  name: 'system.closing',
  at: '',
  data: { code: 'draining', reconnect: true, afterMs: 100 },
}

describe('a connection', () => {
  it('reports what should not occur, and goes on', () => {
    const { made, seen } = connection()
    made.put({ type: 'resumed' })
    expect(seen.errors).toEqual(['The connection met "resumed" while "idle".'])
    expect(made.state).toBe('idle')
  })

  it('hears only its newest transport', async () => {
    const { made, clock, lines, seen } = connection()
    made.put({ type: 'start' })
    await clock.advance(0)
    lines[0]?.handlers.items([welcome])
    lines[0]?.handlers.items([welcome])
    await clock.advance(0)
    lines[0]?.handlers.items([welcome])
    expect([made.state, seen.errors]).toEqual(['live', []])
    lines[0]?.handlers.lost('gone')
    await clock.advance(1_000)
    expect([lines.length, lines[0]?.closed]).toEqual([2, true])
    lines[0]?.handlers.items([welcome])
    lines[0]?.handlers.lost('again')
    lines[0]?.handlers.refused(new CollabError('forbidden').toJSON())
    expect([made.state, seen.errors]).toEqual(['connecting', []])
  })

  it('[ENV-2] is welcomed once, however often it is said, and hears what comes in the same frame', async () => {
    const { made, clock, lines, seen } = connection()
    made.put({ type: 'start' })
    await clock.advance(0)
    lines[0]?.handlers.items([
      welcome,
      { name: 'chat.messageSent', stream: 'chat:a', at: '', data: {} },
      closing,
    ])
    lines[0]?.handlers.items([welcome])
    expect(made.state).toBe('waiting')
    expect(seen.items).toEqual(['system.welcome', 'chat.messageSent', 'system.closing'])
    expect(seen.errors).toEqual([])
  })

  it('begins anew when it cannot catch up', async () => {
    const { made, clock, lines } = connection({
      resume: () => Promise.reject(new CollabError('unavailable')),
    })
    made.put({ type: 'start' })
    await clock.advance(0)
    lines[0]?.handlers.items([welcome])
    await clock.advance(0)
    expect([made.state, lines[0]?.closed]).toEqual(['waiting', true])
  })

  it('takes an error of another copy of the kit for what it is', async () => {
    const foreign = Object.assign(new Error('Sign in.'), { code: 'unauthenticated' })
    const clock = fakeClock()
    const source = { renewable: true, get: () => Promise.reject(foreign) }
    const { made, seen } = connection({ clock, tokens: createTokens(source, clock) })
    made.put({ type: 'start' })
    await clock.advance(0)
    expect(seen.infos.at(-1)).toMatchObject({
      status: 'signed_out',
      error: { code: 'unauthenticated', message: 'Sign in.' },
    })
  })

  it('tells when it will try again', async () => {
    const { made, clock, lines, seen } = connection()
    made.put({ type: 'start' })
    await clock.advance(0)
    lines[0]?.handlers.refused(new CollabError('unavailable', { retryAfterMs: 4_000 }).toJSON())
    const { retryAt = 0, error } = seen.infos.at(-1) ?? {}
    expect(retryAt).toBeGreaterThanOrEqual(clock.now() + 4_000)
    expect(error?.code).toBe('unavailable')
    await clock.advance(retryAt - clock.now())
    expect(lines).toHaveLength(2)
  })
})

describe('the network', () => {
  afterEach(() => {
    vi.doUnmock('./sse.ts')
    vi.unstubAllGlobals()
    vi.resetModules()
  })

  it('is out of reach when the page cannot load its fallback, which is said once', async () => {
    vi.stubGlobal('WebSocket', undefined)
    vi.doMock('./sse.ts', () => {
      throw new Error('not loaded')
    })
    const refused: unknown[] = []
    const connect = () =>
      network({
        serviceUrl: 'http://a.test',
        token: undefined,
        handlers: { items() {}, lost() {}, refused: (error) => refused.push(error) },
      })
    connect()
    await vi.waitFor(() => expect(refused).toHaveLength(1))
    expect(refused[0]).toMatchObject({ code: 'unavailable', details: { reason: 'unreachable' } })
    connect()
    await vi.waitFor(() => expect(refused).toHaveLength(2))
    expect(refused[1]).toBeUndefined()
  })
})
