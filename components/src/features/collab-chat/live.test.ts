import { createCollab } from '@collab-kit/client'
import { scriptedService } from '@collab-kit/client/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { drawn } from '../../../demo/mount.ts'
import type { CollabChatElement } from './collab-chat.ts'
import './index.ts'

// The element on the real client: what the other tests say with a stand-in, all the way to the wire.

let chat: CollabChatElement
let end: () => void

const setup = (script: Parameters<typeof scriptedService>[0] = {}) => {
  const service = scriptedService({
    chats: [
      { chatId: 'lobby', name: 'Lobby', messages: ['one', 'two'], permissions: ['join', 'send'] },
    ],
    ...script,
  })
  const client = createCollab({
    ...service.options,
    token: 'token:ann',
    backoffMinMs: 1,
    backoffMaxMs: 10,
  })
  chat = document.createElement('collab-chat')
  Object.assign(chat, { client, chatId: 'lobby' })
  document.body.append(chat)
  end = () => client.close()
  return { service, client }
}
const bodies = () =>
  [...(chat.shadowRoot?.querySelectorAll('.bubble') ?? [])].map(({ textContent }) => textContent)
const row = (index: number) => [...(chat.shadowRoot?.querySelectorAll('article') ?? [])].at(index)

beforeEach(() => void vi.spyOn(document, 'hasFocus').mockReturnValue(true))
afterEach(() => {
  chat.remove()
  end()
  vi.restoreAllMocks()
})

it('opens a chat, shows it and takes part in it', async () => {
  const { service } = setup()
  await vi.waitFor(() => expect(bodies()).toEqual(['one', 'two']))
  expect(chat.shadowRoot?.querySelector('#title')?.textContent?.trim()).toBe('Lobby')
  service.say('lobby', 'ben', 'three')
  await vi.waitFor(() => expect(bodies()).toEqual(['one', 'two', 'three']))
  const sent: string[] = []
  chat.addEventListener('collab-sent', ({ detail }) => sent.push(detail.message.body))
  chat.send('four')
  await drawn(chat)
  expect(bodies()).toEqual(['one', 'two', 'three', 'four'])
  await vi.waitFor(() => expect(sent).toEqual(['four']))
  expect(bodies()).toEqual(['one', 'two', 'three', 'four'])
  expect(row(-1)?.dataset['key']).toMatch(/^m/)
})

it('keeps what was written while the service was away, and sends it afterwards', async () => {
  const { service, client } = setup()
  await vi.waitFor(() => expect(bodies()).toHaveLength(2))
  service.refuse()
  service.drop()
  await vi.waitFor(() => expect(client.status).not.toBe('live'))
  chat.send('from the tunnel')
  await drawn(chat)
  expect(row(-1)?.dataset['key']).toMatch(/^p/)
  service.accept()
  await vi.waitFor(() => expect(row(-1)?.dataset['key']).toMatch(/^m/), 5000)
  expect(bodies().at(-1)).toBe('from the tunnel')
})

it('shows why a page is not let in', async () => {
  const { service, client } = setup()
  await vi.waitFor(() => expect(bodies()).toHaveLength(2))
  service.refuse({ code: 'origin_denied', message: '', retryable: false, requestId: '' })
  service.drop()
  await vi.waitFor(() => expect(client.status).toBe('refused'))
  await vi.waitFor(() => expect(chat.shadowRoot?.textContent).toContain(location.origin))
})
