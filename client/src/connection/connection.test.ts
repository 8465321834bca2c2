import { CollabError } from '@collab-kit/protocol/runtime'
import { describe, expect, it, vi } from 'vitest'
import type { CollabClient } from '../client.ts'
import type { TokenReason } from '../options.ts'
import { memoryStorage } from '../storage/memory.ts'
import { createWorld, shown } from '../testing/harness.ts'

const statusesOf = (client: CollabClient) => {
  const seen: string[] = []
  client.on('status', (status) => seen.push(status))
  return seen
}

describe('a connection', () => {
  it('is made by connect, by opening a chat or by a call, not by creating a client', async () => {
    using world = createWorld()
    const client = world.client()
    await world.clock.advance(60_000)
    expect([client.status, world.service.connections]).toEqual(['idle', []])
    client.connect()
    client.connect()
    await world.clock.advance(0)
    expect([client.status, world.service.connections]).toEqual(['live', ['token:ann']])
    const second = world.client({ token: 'token:ben' })
    await second.api.users.getMe({})
    await world.clock.advance(0)
    expect(second.status).toBe('live')
  })

  it('[ENV-2] knows its person, its limits and its place', async () => {
    using world = createWorld({ limits: { messageBytes: 99 } })
    const client = world.client()
    client.connect()
    await world.clock.advance(50)
    expect(client.store.getState()).toMatchObject({
      username: 'ann',
      me: { username: 'ann', displayName: 'Ann' },
      limits: { messageBytes: 99 },
      connection: { status: 'live', connectionId: 'connection-1', epoch: 'epoch-1', attempt: 0 },
    })
  })

  it('comes back by itself, later with every attempt in vain', async () => {
    using world = createWorld()
    const client = world.client()
    const statuses = statusesOf(client)
    client.connect()
    await world.clock.advance(20_000)
    world.service.refuse()
    world.service.drop()
    await world.clock.advance(60_000)
    const { status, attempt, retryAt } = client.store.getState().connection
    expect(status).toBe('offline')
    expect(attempt).toBeGreaterThan(4)
    expect(retryAt).toBeGreaterThan(world.clock.now())
    world.service.accept()
    await world.clock.until(() => client.status === 'live')
    expect(statuses).toEqual(['connecting', 'live', 'reconnecting', 'offline', 'live'])
    expect(client.store.getState().connection.error).toBeUndefined()
  })

  it('is given up when the service does not answer', async () => {
    using world = createWorld({ answers: { 'streams.resume': () => new Promise(() => {}) } })
    const client = world.client()
    client.connect()
    await world.clock.advance(10_000)
    expect(client.store.getState().connection).toMatchObject({ status: 'connecting', attempt: 1 })
    await world.clock.advance(500)
    expect(world.service.connections).toHaveLength(1)
  })

  it('[ENV-10] stays away when it was told to, and says why', async () => {
    using world = createWorld()
    const client = world.client()
    client.connect()
    await world.clock.advance(0)
    world.service.closeAll({ code: 'revoked', reconnect: false, afterMs: 0 })
    await world.clock.advance(120_000)
    expect(client.store.getState().connection).toMatchObject({
      status: 'signed_out',
      error: { code: 'token_revoked' },
    })
    expect(world.service.connections).toEqual([])
  })

  it('[ENV-10] waits as long as it was told to', async () => {
    using world = createWorld()
    const client = world.client()
    client.connect()
    await world.clock.advance(0)
    world.service.closeAll({ code: 'draining', reconnect: true, afterMs: 5_000 })
    await world.clock.advance(4_990)
    expect(client.status).toBe('reconnecting')
    await world.clock.advance(600)
    expect(client.status).toBe('live')
  })

  it('[ACC-7] is refused for good where the page may not be, until somebody asks again', async () => {
    using world = createWorld()
    world.service.refuse(new CollabError('origin_denied').toJSON())
    const client = world.client()
    const errors: string[] = []
    client.on('error', ({ code }) => errors.push(code))
    client.connect()
    await world.clock.advance(120_000)
    expect(client.store.getState().connection).toMatchObject({
      status: 'refused',
      error: { code: 'origin_denied' },
    })
    expect(errors).toEqual(['origin_denied'])
    await expect(client.api.users.getMe({})).rejects.toMatchObject({ code: 'origin_denied' })
    world.service.accept()
    client.connect()
    await world.clock.advance(0)
    expect(client.status).toBe('live')
  })

  it('[LIM-8] comes again when a refusal names a time', async () => {
    using world = createWorld()
    world.service.refuse(new CollabError('rate_limited', { retryAfterMs: 4_000 }).toJSON())
    const client = world.client()
    client.connect()
    await world.clock.advance(3_000)
    world.service.accept()
    expect(client.status).toBe('connecting')
    await world.clock.advance(2_000)
    expect(client.status).toBe('live')
  })
})

describe('a token', () => {
  it('of a function is asked for once at first, and anew when it is refused', async () => {
    using world = createWorld()
    const reasons: TokenReason[] = []
    const client = world.client({ getToken: async (reason) => (reasons.push(reason), `token:ann`) })
    world.service.refuse(new CollabError('token_expired').toJSON())
    client.connect()
    client.connect()
    await world.clock.advance(0)
    expect(reasons).toEqual(['initial', 'rejected'])
    expect(client.store.getState().connection).toMatchObject({
      status: 'signed_out',
      error: { code: 'token_expired' },
    })
    world.service.accept()
    client.connect()
    await world.clock.advance(0)
    expect(client.status).toBe('live')
  })

  it('that does not come yet is waited for, with growing pauses', async () => {
    using world = createWorld()
    let failing = true
    const client = world.client({
      getToken: async () => {
        if (failing) throw new Error('the page is offline')
        return 'token:ann'
      },
    })
    const errors: string[] = []
    client.on('error', ({ message }) => errors.push(message))
    client.connect()
    await world.clock.advance(5_000)
    expect(client.store.getState().connection.error).toMatchObject({
      code: 'unavailable',
      details: { reason: 'token_source' },
    })
    expect(errors).toContain('the page is offline')
    failing = false
    await world.clock.until(() => client.status === 'live')
  })

  it('[AUTH-11] is renewed on the live connection before its end, without being told', async () => {
    using world = createWorld({ tokenLifeMs: 600_000 })
    const reasons: TokenReason[] = []
    const client = world.client({ getToken: async (reason) => (reasons.push(reason), `token:ann`) })
    client.connect()
    await world.clock.advance(400_000)
    expect(world.called('auth.renew')).toHaveLength(0)
    await world.clock.advance(110_000)
    expect(world.called('auth.renew')).toHaveLength(1)
    await world.clock.advance(600_000)
    expect(world.called('auth.renew')).toHaveLength(2)
    expect(reasons).toEqual(['initial', 'refresh', 'refresh'])
    expect(world.service.connections).toHaveLength(1)
  })

  it('[AUTH-10] is renewed when the service says that its end is near', async () => {
    using world = createWorld({ tokenLifeMs: 3_600_000 })
    const client = world.client({ getToken: async () => 'token:ann' })
    client.connect()
    await world.clock.advance(0)
    world.service.push('auth.tokenExpiring', { expiresAt: '' })
    world.service.push('auth.tokenExpiring', { expiresAt: '' })
    await world.clock.advance(10_000)
    expect(world.called('auth.renew')).toHaveLength(1)
  })

  it('that cannot be renewed yet is tried again while the old one holds', async () => {
    using world = createWorld({ tokenLifeMs: 600_000 })
    let failures = 2
    const client = world.client({
      getToken: async (reason) => {
        if (reason === 'refresh' && failures-- > 0) throw new Error('not now')
        return 'token:ann'
      },
    })
    const errors: string[] = []
    client.on('error', ({ code }) => errors.push(code))
    client.connect()
    await world.clock.advance(540_000)
    expect(world.called('auth.renew')).toHaveLength(1)
    expect(errors).toEqual(['unavailable', 'unavailable'])
    expect(client.status).toBe('live')
  })

  it('[AUTH-9] that has ended brings a new connection with another one', async () => {
    using world = createWorld()
    const reasons: TokenReason[] = []
    const client = world.client({ getToken: async (reason) => (reasons.push(reason), `token:ann`) })
    client.connect()
    await world.clock.advance(0)
    world.service.closeAll({ code: 'token_expired', reconnect: true, afterMs: 0 })
    await world.clock.advance(0)
    expect([client.status, reasons]).toEqual(['live', ['initial', 'rejected']])
  })

  it('that was given once and has ended leaves the client signed out', async () => {
    using world = createWorld()
    const client = world.client({ token: 'token:ann' })
    client.connect()
    await world.clock.advance(0)
    world.service.closeAll({ code: 'token_expired', reconnect: true, afterMs: 0 })
    await world.clock.advance(0)
    expect(client.status).toBe('signed_out')
  })
})

describe('signing in', () => {
  it('[AUTH-5] is needed where there is no token, and the ways in are known', async () => {
    using world = createWorld({ info: { registration: 'closed' } })
    const client = world.client({ account: 'own' })
    client.connect()
    // What keeps a sign-in is fetched by then, whatever the clock says.
    await vi.waitFor(async () => {
      await world.clock.advance(0)
      expect(client.store.getState()).toMatchObject({
        connection: { status: 'signed_out' },
        service: { registration: 'closed', guests: 'on' },
      })
    })
  })

  it('asks for the ways in until they are known', async () => {
    using world = createWorld()
    const client = world.client({ account: 'own' })
    let failures = 2
    world.service.answer('system.getInfo', () => {
      throw failures-- > 0 ? new CollabError('unavailable') : new CollabError('not_found')
    })
    client.connect()
    await world.clock.advance(10_000)
    expect(failures).toBeLessThan(0)
    expect(client.store.getState().service).toBeUndefined()
  })

  it('[AUTH-4] as a guest brings the person and a live connection', async () => {
    using world = createWorld()
    const client = world.client({ account: 'own' })
    client.connect()
    await world.clock.advance(0)
    const me = await client.auth.continueAsGuest({ displayName: 'Visitor' })
    await world.clock.advance(50)
    expect(me).toMatchObject({ displayName: 'Visitor', guest: true })
    expect(client.store.getState()).toMatchObject({
      connection: { status: 'live' },
      username: me.username,
      me: { guest: true },
    })
  })

  it('[AUTH-3] that is refused leaves things as they are', async () => {
    using world = createWorld()
    const client = world.client({ account: 'own' })
    client.connect()
    await world.clock.advance(0)
    world.service.answer('auth.signIn', () => {
      throw new CollabError('unauthenticated', { message: 'Wrong.' })
    })
    await expect(client.auth.signIn({ username: 'ann', password: 'x' })).rejects.toMatchObject({
      code: 'unauthenticated',
      message: 'Wrong.',
    })
    expect(client.status).toBe('signed_out')
  })

  it('is remembered over a reload, and ends with signing out', async () => {
    using world = createWorld()
    const storage = memoryStorage()
    const first = world.client({ account: 'own', storage })
    await first.auth.signIn({ username: 'ann', password: 'secret' })
    first.close()
    const second = world.client({ account: 'own', storage })
    second.connect()
    await world.clock.advance(0)
    expect(second.status).toBe('live')
    await second.auth.signOut()
    await world.clock.advance(0)
    expect(second.store.getState()).toMatchObject({
      connection: { status: 'signed_out' },
      users: {},
    })
    expect(second.store.getState().me).toBeUndefined()
    expect(world.called('auth.signOut')).toHaveLength(1)
    second.close()
    const third = world.client({ account: 'own', storage })
    third.connect()
    await world.clock.advance(0)
    expect(third.status).toBe('signed_out')
  })

  it('is not remembered where the service does not want it', async () => {
    using world = createWorld({ info: { remember: 'off' } })
    const storage = memoryStorage()
    const first = world.client({ account: 'own', storage })
    await first.auth.register({ username: 'ann', password: 'secret' })
    await world.clock.advance(0)
    expect(first.status).toBe('live')
    expect(JSON.stringify(await storage.entries(''))).not.toContain('refresh:')
  })

  it('signs out at once when the service is not reached', async () => {
    using world = createWorld()
    const client = world.client({ account: 'own' })
    await client.auth.signIn({ username: 'ann', password: 'secret' })
    await world.clock.advance(0)
    world.service.refuse()
    world.service.drop()
    await client.auth.signOut()
    expect(client.status).toBe('signed_out')
  })

  it('with credentials needs nobody', async () => {
    using world = createWorld()
    const client = world.client({ credentials: { username: 'bot', password: 'secret' } })
    client.connect()
    await world.clock.advance(0)
    expect(client.store.getState()).toMatchObject({
      connection: { status: 'live' },
      username: 'bot',
    })
    expect(world.called('auth.signIn')).toHaveLength(1)
  })

  it("is the page's own affair where it brings tokens", async () => {
    using world = createWorld()
    const client = world.client({ token: 'token:ann' })
    await expect(client.auth.signIn({ username: 'ann', password: 'x' })).rejects.toMatchObject({
      code: 'not_supported',
    })
  })

  it('as another person shows nothing of the one before', async () => {
    using world = createWorld({ chats: [{ chatId: 'lobby', messages: ['hello'] }] })
    const client = world.client({ account: 'own' })
    await client.auth.signIn({ username: 'ann', password: 'secret' })
    client.chat('lobby').open()
    client.chat('lobby').setDraft('a secret of ann')
    await world.clock.advance(50)
    world.service.refuse()
    world.service.drop()
    client.chat('lobby').send('of ann')
    const waiting = client.api.chat.getChat({ chatId: 'lobby' })
    waiting.catch(() => {})
    world.service.accept()
    await client.auth.signIn({ username: 'ben', password: 'secret' })
    const { chats, me, users } = client.store.getState()
    expect([
      me?.username,
      Object.keys(users),
      chats['lobby']?.draft,
      chats['lobby']?.pending,
    ]).toEqual(['ben', ['ben'], '', []])
    await expect(waiting).rejects.toMatchObject({ code: 'unauthenticated' })
    await world.clock.advance(50)
    expect(shown(client)).toEqual(['hello'])
    expect(world.called('chat.sendMessage')).toEqual([])
  })

  it('shows no secret to those who listen to calls', async () => {
    using world = createWorld()
    const client = world.client({ account: 'own' })
    const calls: unknown[] = []
    client.on('call', (call) => calls.push(call))
    await client.auth.signIn({ username: 'ann', password: 'secret' })
    await client.api.auth.signIn({ username: 'ann', password: 'secret' })
    expect(JSON.stringify(calls)).not.toMatch(/secret|token:|refresh:/)
    expect(calls).toContainEqual({ operation: 'auth.signIn', input: {}, data: {} })
  })
})
