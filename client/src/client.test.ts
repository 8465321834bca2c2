import { execFileSync } from 'node:child_process'
import { describe, expect, it, vi } from 'vitest'
import { createCollab } from './client.ts'
import { selectChat } from './domains/chat/selectors.ts'
import { selectConnection, selectService, selectSignInNeeded } from './domains/system/selectors.ts'
import { selectMe, selectUser, selectUsername } from './domains/users/selectors.ts'
import { memoryStorage } from './storage/memory.ts'
import { scriptedService } from './testing/scripted-service.ts'
import { chatOf, createWorld, shown } from './testing/harness.ts'

const fetchOf = ({ service }: ReturnType<typeof createWorld>) => service.options.fetch ?? fetch

const lobby = { chats: [{ chatId: 'lobby', messages: ['hello'] }] }

describe('clients', () => {
  it('of the same service and account share one connection and one store', async () => {
    using world = createWorld(lobby)
    const asked: string[] = []
    const clients = ['a', 'b', 'c'].map((name) =>
      world.client({ getToken: async () => (asked.push(name), 'token:ann') }),
    )
    for (const client of clients) client.chat('lobby').open()
    await world.clock.advance(50)
    expect(world.service.connections).toHaveLength(1)
    expect(new Set(clients.map(({ store }) => store)).size).toBe(1)
    // The newest function counts: pages make a new one with every render.
    expect(asked).toEqual(['c'])
  })

  it.each([
    [{ token: 'token:ann' }, { token: 'token:ben' }],
    [{ account: 'one' }, { account: 'two' }],
    [{ token: 'token:ann' }, { getToken: async () => 'token:ann' }],
    [{ token: 'token:ann' }, { token: 'token:ann', storage: 'indexeddb' as const }],
    [{ tokenEndpoint: '/a' }, { tokenEndpoint: '/b' }],
    [
      { credentials: { username: 'a', password: 'x' } },
      { credentials: { username: 'b', password: 'x' } },
    ],
  ])('%j and %j are kept apart', (one, other) => {
    using world = createWorld()
    expect(world.client(one).store).not.toBe(world.client(other).store)
  })

  it('are told apart by the address, whatever its slash', () => {
    const { transport, fetch } = scriptedService().options
    const open = (serviceUrl: string) =>
      createCollab({ serviceUrl, transport, fetch, storage: 'memory' } as never)
    const clients = ['http://a.test', 'http://a.test/', 'http://a.test/chat/', 'http://b.test'].map(
      open,
    )
    expect(new Set(clients.map(({ store }) => store)).size).toBe(3)
    for (const client of clients) client.close()
    expect(() => open('nowhere')).toThrow(TypeError)
  })

  it('end the connection with the last of them', async () => {
    using world = createWorld(lobby)
    const first = world.client()
    const second = world.client()
    first.connect()
    await world.clock.advance(50)
    first.close()
    first.close()
    await world.clock.advance(50)
    expect(second.status).toBe('live')
    second.close()
    expect([second.status, world.service.connections]).toEqual(['closed', []])
    await expect(second.api.users.getMe({})).rejects.toMatchObject({
      code: 'unavailable',
      details: { reason: 'closed' },
    })
  })

  it('wait before they end it, so that a moved element does not blink', async () => {
    using world = createWorld(lobby)
    const first = world.client({ closeDelayMs: 3_000 })
    first.connect()
    await world.clock.advance(50)
    first.close()
    await world.clock.advance(2_000)
    const second = world.client({ closeDelayMs: 3_000 })
    expect(second.status).toBe('live')
    await world.clock.advance(10_000)
    expect(second.status).toBe('live')
    second.close()
    await world.clock.advance(3_000)
    expect(second.status).toBe('closed')
    expect(world.client().status).toBe('idle')
  })

  it('hear nothing more and hold no chat open once they are closed', async () => {
    using world = createWorld(lobby)
    const first = world.client()
    const second = world.client()
    const heard: string[] = []
    first.on('chat.messageSent', ({ data }) => heard.push(data.body))
    first.chat('lobby').open()
    await world.clock.advance(50)
    expect(chatOf(second).status).toBe('ready')
    first.close()
    world.service.say('lobby', 'ben', 'unheard')
    await world.clock.advance(50)
    expect([heard, chatOf(second).status]).toEqual([[], 'idle'])
  })

  it('leave no timer and no connection behind, whatever they were doing', async () => {
    using world = createWorld(lobby)
    for (const moment of [0, 1, 50, 15_000]) {
      const client = world.client()
      const chat = client.chat('lobby')
      chat.open()
      chat.send('x')
      chat.setTyping(true)
      chat.setDraft('y')
      client.api.users.getMe({}).catch(() => {})
      await world.clock.advance(moment)
      chat.markRead()
      client.close()
      expect([moment, world.clock.waiting, world.service.connections]).toEqual([moment, 0, []])
    }
    const waiting = world.client()
    world.service.refuse()
    waiting.chat('lobby').open()
    await world.clock.advance(5_000)
    waiting.close()
    expect(world.clock.waiting).toBe(0)
  })

  it('leave no listener of the page behind', async () => {
    using world = createWorld(lobby)
    const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
    const live = new Set<string>()
    const add = page.addEventListener.bind(page)
    page.addEventListener = (type: string, handler: never, options: AddEventListenerOptions) => {
      live.add(type)
      options.signal?.addEventListener('abort', () => live.delete(type))
      add(type, handler, options)
    }
    vi.stubGlobal('window', page)
    vi.stubGlobal('document', page)
    const client = world.client()
    client.chat('lobby').open()
    await world.clock.advance(50)
    expect([...live].toSorted()).toEqual([
      'offline',
      'online',
      'pagehide',
      'pageshow',
      'visibilitychange',
    ])

    page.dispatchEvent(new Event('offline'))
    expect(client.status).toBe('offline')
    page.dispatchEvent(new Event('online'))
    await world.clock.advance(20)
    expect(client.status).toBe('live')
    page.dispatchEvent(new Event('pagehide'))
    await world.clock.advance(60_000)
    expect([client.status, world.service.connections]).toEqual(['reconnecting', []])
    page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    await world.clock.advance(20)
    expect(client.status).toBe('live')
    // The connection has died unnoticed, as over the sleep of a laptop.
    world.service.answer('system.echo', () => new Promise(() => {}))
    page.dispatchEvent(new Event('visibilitychange'))
    await world.clock.until(() => client.status === 'reconnecting')
    await world.clock.until(() => client.status === 'live')

    client.close()
    expect([...live]).toEqual([])
    vi.unstubAllGlobals()
  })
})

describe('a person signed out', () => {
  it('is signed in when they come back to the page and have signed in on another tab', async () => {
    using world = createWorld(lobby)
    const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
    vi.stubGlobal('window', page)
    vi.stubGlobal('document', page)
    const storage = memoryStorage()
    const here = world.client({ account: 'own', storage })
    here.connect()
    // What keeps the sign-in is fetched by then, whatever the clock says.
    const until = (status: string) =>
      vi.waitFor(async () => {
        await world.clock.advance(50)
        expect(here.status).toBe(status)
      })
    await until('signed_out')
    page.dispatchEvent(new Event('visibilitychange'))
    await until('signed_out')
    // Another tab has the same storage and a connection of its own.
    const there = world.client({
      account: 'own',
      storage,
      fetch: async (...of) => fetchOf(world)(...of),
    })
    await there.auth.signIn({ username: 'ann', password: 'secret' })
    page.dispatchEvent(new Event('visibilitychange'))
    await until('live')
    expect(here.store.getState().username).toBe('ann')
    here.close()
    there.close()
    vi.unstubAllGlobals()
  })
})

describe('a call', () => {
  it('is a promise and an event', async () => {
    using world = createWorld()
    const client = world.client()
    const all: string[] = []
    const some: unknown[] = []
    client.on('call', ({ operation }) => all.push(operation))
    const end = client.on('call:users.getUser', (call) => some.push(call))
    const user = await client.api.users.getUser({ username: 'ben' })
    await expect(client.api.users.getUser({ username: 'nobody' })).rejects.toMatchObject({
      code: 'not_found',
    })
    end()
    await client.api.users.getUser({ username: 'ben' })
    expect(all).toEqual(expect.arrayContaining(['users.getMe', 'users.getUser']))
    expect(some).toMatchObject([
      { operation: 'users.getUser', input: { username: 'ben' }, data: user },
      { operation: 'users.getUser', input: { username: 'nobody' }, error: { code: 'not_found' } },
    ])
  })

  it('waits over a lost connection', async () => {
    using world = createWorld(lobby)
    const client = world.client()
    client.connect()
    await world.clock.advance(50)
    world.service.refuse()
    world.service.drop()
    await world.clock.advance(50)
    const call = client.api.chat.getChat({ chatId: 'lobby' })
    world.service.accept()
    await world.clock.advance(2_000)
    await expect(call).resolves.toMatchObject({ chatId: 'lobby' })
  })
})

describe('selectors', () => {
  it('read the state, and give the same for what is not there', async () => {
    using world = createWorld(lobby)
    const client = world.client()
    const idle = client.store.getState()
    expect(selectChat(idle, 'lobby')).toBe(selectChat(idle, 'lobby'))
    expect(selectChat(idle, 'lobby')).toMatchObject({ chatId: 'lobby', status: 'idle' })
    client.chat('lobby').open()
    await world.clock.advance(100)
    const state = client.store.getState()
    expect(selectConnection(state).status).toBe('live')
    expect(selectMe(state)?.username).toBe('ann')
    expect(selectUsername(state)).toBe('ann')
    expect(selectUser(state, 'ben')?.displayName).toBe('Ben')
    expect(selectService(state)).toBeUndefined()
    expect(selectSignInNeeded(state)).toBe(false)
    expect(shown(client)).toEqual(['hello'])
  })
})

describe('the package', () => {
  it('imports where there is no page, and starts nothing', () => {
    const script = `
      const before = process.getActiveResourcesInfo().length
      const { createCollab } = await import('@collab-kit/client')
      const client = createCollab({ serviceUrl: 'http://127.0.0.1:9' })
      client.chat('lobby').setDraft('x')
      client.close()
      console.log(typeof window, process.getActiveResourcesInfo().length - before)`
    const output = execFileSync(
      process.execPath,
      ['--conditions=collab-kit-source', '--input-type=module', '-e', script],
      { cwd: import.meta.dirname, encoding: 'utf8' },
    )
    expect(output.trim()).toBe('undefined 0')
  })
})
