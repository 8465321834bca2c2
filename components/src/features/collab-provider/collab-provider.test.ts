import { createCollab } from '@collab-kit/client/base'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type FakeClient, fakeClient, messagesOf, readyChat } from '../../../demo/fake-client.ts'
import { drawn } from '../../../demo/mount.ts'
import { setDefaultServiceUrl } from '../../kit/default-service.ts'
import '../collab-chat/index.ts'
import type { CollabProviderElement } from './collab-provider.ts'
import './index.ts'

vi.mock(import('@collab-kit/client/base'), async (original) => ({
  ...(await original()),
  createCollab: vi.fn<typeof createCollab>(() => {
    const connection = { status: 'idle', since: 0, attempt: 0 } as const
    const chats = { lobby: readyChat('lobby', messagesOf(2)) }
    const client = fakeClient({ state: { connection, chats } })
    made.push(client)
    return client
  }),
}))

let made: FakeClient[] = []
let box: HTMLElement

const show = async (markup: () => HTMLElement) => {
  const element = markup()
  box.append(element)
  await Promise.all([element, ...element.querySelectorAll<HTMLElement>('*')].map(drawn))
  return element
}
const make = (tag: string, attributes: Record<string, string> = {}, ...children: HTMLElement[]) => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}
const given = () => vi.mocked(createCollab).mock.calls.map(([options]) => options)

beforeEach(() => {
  made = []
  vi.mocked(createCollab).mockClear()
  box = document.body.appendChild(document.createElement('div'))
})
afterEach(() => {
  vi.useRealTimers()
  box.remove()
})

describe('a provider', () => {
  it('connects once for all elements inside', async () => {
    const provider = await show(() =>
      make(
        'collab-provider',
        { 'service-url': 'https://chat.example', account: 'work' },
        make('div', {}, make('collab-chat', { 'chat-id': 'lobby' })),
        make('collab-chat', { 'chat-id': 'lobby' }),
      ),
    )
    expect(given()).toEqual([{ serviceUrl: 'https://chat.example', account: 'work' }])
    expect(made[0]?.calls[0]).toEqual(['connect'])
    expect(made[0]?.open.get('lobby')).toBe(2)
    expect(getComputedStyle(provider).display).toBe('contents')
  })

  it('tells of every change of the status, and of a missing sign-in', async () => {
    const provider = (await show(() =>
      make('collab-provider', { 'service-url': 'https://chat.example' }),
    )) as CollabProviderElement
    const told: unknown[] = []
    provider.addEventListener('collab-status-change', ({ detail }) => told.push(detail))
    provider.addEventListener('collab-auth-error', ({ detail }) => told.push(detail.error?.code))
    const error = { code: 'token_expired', message: '', retryable: false, requestId: '' } as const
    made[0]?.connection('reconnecting')
    made[0]?.connection('signed_out', { error })
    expect(told).toEqual([
      { status: 'reconnecting', previous: 'idle' },
      { status: 'signed_out', previous: 'reconnecting' },
      'token_expired',
    ])
    expect(provider.matches(':state(signed-out)')).toBe(true)
    expect(provider.status).toBe('signed_out')
    await provider.signOut()
    expect(made[0]?.calls).toContainEqual(['signOut'])
    await provider.refreshToken()
    expect(made[0]?.calls).toContainEqual(['refresh'])
  })

  it('hands its client to those who come later, and another one when it changes', async () => {
    const provider = (await show(() =>
      make('collab-provider', { 'service-url': 'https://chat.example' }),
    )) as CollabProviderElement
    const chat = document.createElement('collab-chat')
    chat.chatId = 'lobby'
    provider.append(chat)
    await drawn(chat)
    expect(chat.client).toBe(made[0])
    const other = fakeClient({ state: { chats: { lobby: readyChat('lobby', []) } } })
    provider.client = other
    await drawn(chat)
    expect(chat.client).toBe(other)
    expect([...(made[0]?.open.keys() ?? [])]).toEqual([])
    expect(other.open.get('lobby')).toBe(1)
  })

  it('lets nobody sign in where the page issues the tokens', async () => {
    const provider = await show(() =>
      make(
        'collab-provider',
        { 'service-url': 'https://chat.example', token: 'given' },
        make('collab-chat', { 'chat-id': 'lobby' }),
      ),
    )
    made[0]?.connection('signed_out')
    const chat = provider.querySelector('collab-chat')
    if (!chat) throw new Error('there is no chat')
    await drawn(chat)
    await vi.waitFor(() => expect(chat.shadowRoot?.textContent).toContain('Your session has ended'))
    expect(chat.shadowRoot?.querySelector('collab-sign-in')).toBeNull()
  })
})

describe('a provider that says nothing about tokens', () => {
  const asked: string[] = []
  let answer: (() => string | Promise<string>) | undefined
  const listen = (event: HTMLElementEventMap['collab-token-request']) => {
    asked.push(event.detail.reason)
    if (answer) event.respondWith(answer())
  }
  beforeEach(() => {
    asked.length = 0
    answer = undefined
    document.addEventListener('collab-token-request', listen)
  })
  afterEach(() => document.removeEventListener('collab-token-request', listen))
  const inside = () =>
    make(
      'collab-provider',
      { 'service-url': 'https://chat.example' },
      make('collab-chat', { 'chat-id': 'lobby' }),
    )

  it('asks the page for each of them, once somebody has answered', async () => {
    let tokens = 0
    answer = async () => `token-${++tokens}`
    const provider = (await show(inside)) as CollabProviderElement
    expect(asked).toEqual(['initial'])
    expect(given()).toHaveLength(1)
    const { getToken } = given()[0] ?? {}
    const { signal } = new AbortController()
    expect(await getToken?.('initial', signal)).toBe('token-1')
    expect(await getToken?.('refresh', signal)).toBe('token-2')
    expect(asked).toEqual(['initial', 'refresh'])
    answer = undefined
    expect(await getToken?.('rejected', signal)).toBe('')
    // Nobody signs in to the service here.
    made[0]?.connection('signed_out')
    const chat = provider.querySelector('collab-chat')
    await vi.waitFor(() =>
      expect(chat?.shadowRoot?.textContent).toContain('Your session has ended'),
    )
    expect(chat?.shadowRoot?.querySelector('collab-sign-in')).toBeNull()
  })

  it('leaves the sign-in to the service where nobody answers, and asks once more before that', async () => {
    const provider = (await show(inside)) as CollabProviderElement
    const missing: unknown[] = []
    provider.addEventListener('collab-auth-error', ({ type }) => missing.push(type))
    expect(given()).toEqual([{ serviceUrl: 'https://chat.example' }])
    made[0]?.connection('signed_out')
    expect([asked, missing]).toEqual([['initial', 'initial'], ['collab-auth-error']])
    // The page's script has come.
    answer = () => 'late'
    provider.connect()
    await drawn(provider)
    expect(given()).toHaveLength(2)
    expect(await given()[1]?.getToken?.('initial', AbortSignal.timeout(1000))).toBe('late')
    expect(made[0]?.calls).toContainEqual(['close'])
    expect(made[1]?.calls[0]).toEqual(['connect'])
    expect(provider.querySelector('collab-chat')?.client).toBe(made[1])
  })

  it('tells nobody of a missing sign-in when a page that came late answers', async () => {
    const provider = (await show(inside)) as CollabProviderElement
    const missing: unknown[] = []
    provider.addEventListener('collab-auth-error', ({ type }) => missing.push(type))
    answer = () => 'late'
    made[0]?.connection('signed_out')
    await drawn(provider)
    expect([given().length, missing]).toEqual([2, []])
  })

  it('asks nobody where it was given a client or a source of tokens', async () => {
    answer = () => 'unwanted'
    await show(() => Object.assign(make('collab-provider'), { client: fakeClient() }))
    await show(() =>
      make('collab-provider', { 'service-url': 'https://chat.example', token: 'own' }),
    )
    expect(asked).toEqual([])
  })

  it('hears the first answer alone, and none that comes late', async () => {
    const told: string[] = []
    let kept: HTMLElementEventMap['collab-token-request'] | undefined
    answer = () => 'second'
    box.addEventListener(
      'collab-token-request',
      (event) => {
        kept = event
        event.respondWith('first')
        expect(() => event.respondWith('again')).toThrow('too late')
        told.push('first')
      },
      { once: true },
    )
    await show(inside)
    expect([asked, told]).toEqual([[], ['first']])
    expect(() => kept?.respondWith('much later')).toThrow('too late')
    expect(await given()[0]?.getToken?.('initial', AbortSignal.timeout(1000))).toBe('first')
  })
})

describe('an element by itself', () => {
  it('connects with its own attributes, and reads an inline getToken anew at each call', async () => {
    const chat = (await show(() =>
      make('collab-chat', { 'chat-id': 'lobby', 'service-url': 'https://chat.example/' }),
    )) as HTMLElementTagNameMap['collab-chat']
    expect(given()).toEqual([{ serviceUrl: 'https://chat.example' }])
    chat.getToken = async () => 'first'
    await drawn(chat)
    expect(made[0]?.calls).toContainEqual(['close'])
    for (const token of ['second', 'third']) {
      chat.getToken = async () => token
      await drawn(chat)
    }
    expect(given()).toHaveLength(2)
    expect(await given()[1]?.getToken?.('refresh', AbortSignal.timeout(1000))).toBe('third')
  })

  it('connects to where the script came from, unless told otherwise', async () => {
    setDefaultServiceUrl('https://cdn.example/collab.js')
    await show(() => make('collab-chat', { 'chat-id': 'lobby' }))
    await show(() => make('collab-chat', { 'chat-id': 'lobby', 'service-url': '/chat/' }))
    expect(given().map(({ serviceUrl }) => serviceUrl)).toEqual([
      'https://cdn.example',
      `${location.origin}/chat`,
    ])
  })

  it('says so when the address is none', async () => {
    const chat = await show(() =>
      make('collab-chat', { 'chat-id': 'lobby', 'service-url': 'javascript:alert(1)' }),
    )
    expect(given()).toEqual([])
    await vi.waitFor(() =>
      expect(chat.shadowRoot?.textContent).toContain('Set the attribute service-url'),
    )
  })

  it('uses a client given to it, and leaves closing it to the giver', async () => {
    const client = fakeClient()
    const chat = document.createElement('collab-chat')
    Object.assign(chat, { client, chatId: 'lobby' })
    await show(() => chat)
    expect([chat.client, given()]).toEqual([client, []])
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    chat.remove()
    vi.advanceTimersByTime(3000)
    expect(client.calls.filter(([name]) => name === 'close')).toEqual([])
    expect(client.open.size).toBe(0)
  })

  it('keeps its connection through a move and closes it three seconds after it is gone', async () => {
    const chat = await show(() =>
      make('collab-chat', { 'chat-id': 'lobby', 'service-url': 'https://chat.example' }),
    )
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    chat.remove()
    vi.advanceTimersByTime(2900)
    box.append(chat)
    vi.advanceTimersByTime(10_000)
    expect(made[0]?.calls.some(([name]) => name === 'close')).toBe(false)
    chat.remove()
    vi.advanceTimersByTime(3000)
    expect(made[0]?.calls).toContainEqual(['close'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('comes back to life after it was let go', async () => {
    const chat = await show(() =>
      make('collab-chat', { 'chat-id': 'lobby', 'service-url': 'https://chat.example' }),
    )
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    chat.remove()
    vi.advanceTimersByTime(3000)
    vi.useRealTimers()
    box.append(chat)
    await drawn(chat)
    expect(made).toHaveLength(2)
    expect(made[1]?.open.get('lobby')).toBe(1)
    expect(chat.shadowRoot?.querySelectorAll('article')).toHaveLength(2)
  })
})
