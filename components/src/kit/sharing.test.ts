import type { ClientOptions } from '@collab-kit/client'
import { type ScriptedService, scriptedService } from '@collab-kit/client/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { drawn } from '../../demo/mount.ts'
import '../features/collab-chat/index.ts'
import '../features/collab-composer/index.ts'
import '../features/collab-messages/index.ts'
import '../features/collab-provider/index.ts'
import { RELEASE_DELAY_MS } from './client-source.ts'

// However many elements a page holds: one connection for each who is there. The elements are real and so is the client;
// only the wire ends in memory.

let service: ScriptedService
/** Every connection that was ever opened. */
let opened: string[]
let replaced: Pick<ClientOptions, 'transport' | 'fetch' | 'storage'>

vi.mock(import('@collab-kit/client/base'), async (original) => {
  const real = await original()
  return { ...real, createCollab: (options) => real.createCollab({ ...options, ...replaced }) }
})

beforeEach(() => {
  opened = []
  service = scriptedService({ chats: [{ chatId: 'lobby', messages: ['hello'] }] })
  const { transport, fetch, storage } = service.options
  if (!transport || !fetch || !storage) throw new Error('the script has no wire')
  replaced = {
    fetch,
    storage,
    transport: (request) => {
      opened.push(request.token ?? 'nobody')
      return transport(request)
    },
  }
})

afterEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  document.body.replaceChildren()
  vi.advanceTimersByTime(RELEASE_DELAY_MS)
  vi.useRealTimers()
})

const TEN = [
  ...['collab-chat', 'collab-chat', 'collab-chat', 'collab-chat'],
  ...['collab-messages', 'collab-messages', 'collab-messages'],
  ...['collab-composer', 'collab-composer', 'collab-composer'],
] as ('collab-chat' | 'collab-composer' | 'collab-messages')[]
type Attributes = Record<string, string>
type Chat = HTMLElementTagNameMap[(typeof TEN)[number]]

function add(
  tag: (typeof TEN)[number],
  attributes: Attributes = {},
  parent: Element = document.body,
): Chat {
  const element = document.createElement(tag)
  element.setAttribute('chat-id', 'lobby')
  element.setAttribute('service-url', 'https://chat.example')
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  parent.append(element)
  return element
}
const live = (...elements: Chat[]) =>
  vi.waitFor(() =>
    expect(elements.map(({ client }) => client?.status)).toEqual(elements.map(() => 'live')),
  )
/** Lets pass what a removed element keeps. */
const pass = (milliseconds = RELEASE_DELAY_MS) => vi.advanceTimersByTime(milliseconds)

it('ten elements that name the same service and person open one connection, until the last is gone', async () => {
  const elements = TEN.map((tag) => add(tag, { token: 'token:ann' }))
  await live(...elements)
  expect(opened).toEqual(['token:ann'])
  expect(new Set(elements.map(({ client }) => client?.store)).size).toBe(1)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  for (const element of elements.slice(1)) element.remove()
  pass(60_000)
  expect(service.connections).toEqual(['token:ann'])
  elements[0]?.remove()
  pass(RELEASE_DELAY_MS - 1)
  expect(service.connections).toEqual(['token:ann'])
  pass(1)
  expect(service.connections).toEqual([])
})

it('a provider, those inside it and those beside it share one', async () => {
  const provider = document.createElement('collab-provider')
  provider.setAttribute('service-url', 'https://chat.example/')
  provider.setAttribute('token', 'token:ann')
  document.body.append(provider)
  const inside = TEN.map((tag) => add(tag, {}, provider))
  const beside = TEN.map((tag) => add(tag, { token: 'token:ann' }))
  await live(...inside, ...beside)
  expect(opened).toEqual(['token:ann'])
})

it('functions of the page for tokens, a new one with every rendering, never connect again', async () => {
  const elements = TEN.map((tag) => {
    const element = document.createElement(tag)
    Object.assign(element, {
      chatId: 'lobby',
      serviceUrl: 'https://chat.example',
      getToken: async () => 'token:ann',
    })
    document.body.append(element)
    return element
  })
  for (let rendering = 0; rendering < 20; rendering++) {
    for (const element of elements) element.getToken = async () => 'token:ann'
    await drawn(elements[0]!)
  }
  await live(...elements)
  expect(opened).toEqual(['token:ann'])
})

it('a function for tokens that was replaced is not asked again, nor is that of an element that is gone', async () => {
  const asked: string[] = []
  const elements = ['first', 'second'].map((name) => {
    const element = document.createElement('collab-chat')
    Object.assign(element, {
      chatId: 'lobby',
      serviceUrl: 'https://chat.example',
      getToken: async () => (asked.push(name), 'token:ann'),
    })
    document.body.append(element)
    return element
  })
  await live(...elements)
  elements[0]!.getToken = async () => (asked.push('first anew'), 'token:ann')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  elements[1]?.remove()
  pass()
  vi.useRealTimers()
  asked.length = 0
  service.refuse({ code: 'token_expired', message: '', retryable: false, requestId: '' })
  service.drop()
  await vi.waitFor(() => expect(asked).not.toEqual([]))
  service.accept()
  expect(new Set(asked)).toEqual(new Set(['first anew']))
})

it('what is taken away and put back at once, as frameworks do, stays connected', async () => {
  const element = add('collab-chat', { token: 'token:ann' })
  element.remove()
  document.body.append(element)
  await live(element)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  for (let round = 0; round < 20; round++) {
    element.remove()
    pass(RELEASE_DELAY_MS - 100)
    document.body.append(element)
  }
  pass(60_000)
  expect(opened).toEqual(['token:ann'])
  expect(element.client?.status).toBe('live')
})

it.each<[string, Attributes, Attributes]>([
  ['accounts', { account: 'work', token: 'token:ann' }, { account: 'home', token: 'token:ann' }],
  ['tokens', { token: 'token:ann' }, { token: 'token:ben' }],
])('two %s are two connections', async (_name, one, other) => {
  const elements = [one, other, one, other].map((attributes) => add('collab-messages', attributes))
  await live(...elements)
  expect(opened).toHaveLength(2)
  expect(new Set(elements.map(({ client }) => client?.store)).size).toBe(2)
})

it('the connection is closed and opened anew when the person is another one', async () => {
  const elements = [
    add('collab-chat', { token: 'token:ann' }),
    add('collab-messages', { token: 'token:ann' }),
  ]
  await live(...elements)
  for (const element of elements) element.token = 'token:ben'
  await drawn(elements[0]!)
  await live(...elements)
  expect(opened).toEqual(['token:ann', 'token:ben'])
  expect(service.connections).toEqual(['token:ben'])
})

it('a hundred chats that come and go leave no connection, no timer and no listener', async () => {
  const before = [document, window].map((target) => vi.spyOn(target, 'addEventListener'))
  const removed = [document, window].map((target) => vi.spyOn(target, 'removeEventListener'))
  for (let round = 0; round < 10; round++) {
    vi.useRealTimers()
    const elements = TEN.map((tag, index) =>
      add(tag, { token: `token:${index % 2 ? 'ann' : 'ben'}` }),
    )
    await live(...elements)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    for (const element of elements) element.remove()
    pass()
    expect([round, service.connections, vi.getTimerCount()]).toEqual([round, [], 0])
  }
  const added = before.flatMap(({ mock }) => mock.calls)
  const gone = removed.flatMap(({ mock }) => mock.calls)
  const kept = added.filter(([type, listener, options]) => {
    if (typeof options === 'object' && (options.signal?.aborted || options.once)) return false
    return !gone.some(([otherType, other]) => otherType === type && other === listener)
  })
  expect(added.length).toBeGreaterThan(100)
  expect(kept.map(([type]) => type)).toEqual([])
  vi.restoreAllMocks()
})
