import type { EventItem, Message } from '@collab-kit/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createTestService, engines, type Engine, type TestService } from '../testing/service.ts'
import { pace, readDay } from './day.ts'

const lines = await readDay()
const senders = new Set(lines.map(({ sender }) => sender))

/** Import in the batches of an import that was cut off. */
const past = lines.map((line, index) => ({
  ...line,
  clientMessageId: `ubuntu-irc-2016-11-02-${index + 1}`,
}))

let running: TestService
const start = async (engine: Engine, options: object = {}) => {
  running = await createTestService({
    engine,
    demo: 'on',
    chats: [{ id: 'lobby', name: 'Lobby' }],
    ...options,
  })
  return running
}
// A whole day on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
afterEach(() => running.close())

const { call, everything, history } = {
  async call(name: string, input: object, username = 'ann') {
    const caller = { username, role: 'user' } as const
    const answer = await running.service.dispatcher.call({
      name,
      input,
      caller,
      connection: undefined,
      address: '',
      via: 'service',
    })
    if (answer.error) throw answer.error
    return JSON.parse(answer.json)
  },
  /** The whole log of the lobby. */
  async everything(): Promise<EventItem[]> {
    const all: EventItem[] = []
    for (;;) {
      const { events, head } = await call('streams.readSince', {
        stream: 'chat:lobby',
        seq: all.length,
        limit: 200,
      })
      all.push(...events)
      if (events.length === 0 || all.length >= head) return all
    }
  },
  async history(): Promise<Message[]> {
    const all: Message[] = []
    for (let after = 0; ; after = all.at(-1)!.seq) {
      const { items } = await call('chat.readHistory', { chatId: 'lobby', after, limit: 200 })
      if (items.length === 0) return all
      all.push(...items)
    }
  },
}

const told = ({ sender, body, createdAt: at }: Message) => ({ at, sender, body })
const post = (path: string, init: RequestInit = {}) =>
  fetch(`${running.url}/demo${path}`, { method: 'POST', ...init })
const json = (body: unknown) => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
const replayState = async () => (await fetch(`${running.url}/demo/replay`)).json()

describe.each(engines)('the demo on %s', (engine) => {
  test('the day becomes the history of the lobby, once', async () => {
    await start(engine)
    await running.service.demo!.prepare()
    await running.service.demo!.prepare()
    const messages = await history()
    expect(messages.map(told)).toEqual(lines)
    expect(messages.map(({ number }) => number)).toEqual(lines.map((_, index) => index + 1))
    const events = await everything()
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    expect(events).toHaveLength(lines.length + senders.size)
    const spoke = new Set<string>()
    const joined = new Map<string, EventItem>()
    for (const event of events) {
      const username = event.actor!.username
      if (event.name === 'chat.memberJoined') joined.set(username, event)
      else if (!spoke.has(username)) {
        // Everyone comes in with their first message, at its time.
        expect(joined.get(username)).toMatchObject({
          at: event.at,
          data: { chatId: 'lobby', username },
        })
        spoke.add(username)
      }
    }
    expect([...joined.keys()]).toEqual([...senders])
    expect(await call('chat.getChat', { chatId: 'lobby' })).toMatchObject({
      memberCount: 246,
      lastNumber: 1975,
      createdAt: lines[0]!.at,
      lastMessage: { number: 1975 },
    })
  })

  test('an import that was cut off goes on where it ended', async () => {
    await start(engine)
    const { dispatcher } = running.service
    await dispatcher.internal('chat.$importMessages', {
      chatId: 'lobby',
      messages: past.slice(0, 333),
    })
    expect(await history()).toHaveLength(333)
    await running.service.demo!.prepare()
    expect((await history()).map(told)).toEqual(lines)
    const events = await everything()
    expect(events).toHaveLength(lines.length + senders.size)
  })

  test('the replay sends every message again in its order, past the limits of its people', async () => {
    await start(engine, { limits: { opsPerSecond: 1, opsBurst: 1 } })
    await running.service.demo!.prepare()
    const started = await post('/replay', json({ speed: 'max' }))
    expect(await started.json()).toMatchObject({ running: true, speed: 'max' })
    await expect
      .poll(replayState, { timeout: 20_000 })
      .toMatchObject({ running: false, sent: 1975, error: null })
    const replayed = (await history()).slice(lines.length)
    expect(replayed.map(({ sender, body }) => [sender, body])).toEqual(
      lines.map(({ sender, body }) => [sender, body]),
    )
    expect(new Set(replayed.map(({ createdAt }) => createdAt.slice(0, 4)))).not.toContain('2016')
  })
})

describe('the demo', () => {
  beforeEach(async () => {
    await start('memory')
  })

  test('a lobby in which people talk already stays as it is', async () => {
    await running.service.dispatcher.internal('auth.$addUser', { username: 'early' })
    await call('chat.joinChat', { chatId: 'lobby' }, 'early')
    await call(
      'chat.sendMessage',
      { chatId: 'lobby', clientMessageId: 'a', body: 'hello' },
      'early',
    )
    await running.service.demo!.prepare()
    expect((await history()).map(({ body }) => body)).toEqual(['hello'])
    expect((await post('/replay', json({ speed: 60 }))).status).toBe(501)
  })

  test('nobody who has a name of the day gets its words', async () => {
    await running.addAdmin('ppf', 'a password of ppf')
    await running.service.demo!.prepare()
    expect((await history()).filter(({ sender }) => sender === 'ppf')).toEqual([])
    expect(await replayState()).toMatchObject({ available: false })
  })

  test('the replay keeps the pace of the day and can be stopped', async () => {
    await running.service.demo!.prepare()
    const offsets = pace(lines)
    await post('/replay', json({ speed: 60 }))
    for (let second = 0; second < 60; second++) await running.clock!.advance(1000)
    const firstHour = offsets.filter((offset) => offset <= 3_600_000).length
    const { sent } = (await replayState()) as { sent: number }
    expect(Math.abs(sent - firstHour)).toBeLessThanOrEqual(2)
    expect((await post('/replay', json({ speed: 600 }))).status).toBe(409)
    const stopped = await fetch(`${running.url}/demo/replay`, { method: 'DELETE' })
    expect(await stopped.json()).toMatchObject({ running: false, error: null })
    expect((await history()).length).toBe(
      lines.length + ((await replayState()) as { sent: number }).sent,
    )
  })

  test('its people get tokens of their own, nobody else does', async () => {
    await running.service.demo!.prepare()
    const tokenOf = async (name: string, init?: RequestInit) => {
      const response = await post(`/token/${name}`, init)
      return {
        status: response.status,
        body: (await response.json()) as { token: string; code?: string },
      }
    }
    const me = (token: string) =>
      fetch(`${running.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } })
    const { body } = await tokenOf('ann')
    expect(await (await me(body.token)).json()).toMatchObject({
      username: 'ann',
      displayName: 'Ann',
      role: 'user',
    })
    expect((await tokenOf('ppf')).body.code).toBe('not_found')
    expect(
      (await tokenOf('ann', { headers: { origin: 'https://elsewhere.example' } })).body.code,
    ).toBe('origin_denied')
    expect((await tokenOf('ann', { headers: { origin: 'null' } })).body.code).toBe('origin_denied')
    await fetch(`${running.url}/api/v1/auth/sign-out`, {
      method: 'POST',
      headers: { authorization: `Bearer ${body.token}` },
    })
    await running.clock!.advance(1)
    expect((await me(body.token)).status).toBe(401)
    expect((await me((await tokenOf('ann')).body.token)).status).toBe(200)
    await running.service.dispatcher.internal('auth.$addUser', {
      username: 'ben',
      passwordHash: 'one of their own',
    })
    expect((await tokenOf('ben')).body.code).toBe('forbidden')
  })

  test('a speed that is none is refused by name', async () => {
    await running.service.demo!.prepare()
    const response = await post('/replay', json({ speed: 7 }))
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ details: { path: 'speed' } })
  })
})

test('without the demo there is nothing of it', async () => {
  await start('memory', { demo: 'off' })
  expect((await post('/token/ann')).status).toBe(404)
  expect((await fetch(`${running.url}/demo/replay`)).status).toBe(404)
})
