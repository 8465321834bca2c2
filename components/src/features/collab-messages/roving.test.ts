import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { messageOf, messagesOf, readyChat } from '../../../demo/fake-client.ts'
import { drawn, type Mounted, mountChat as mount, unmountAll } from '../../../demo/mount.ts'
import type { CollabChatElement } from '../collab-chat/collab-chat.ts'
import '../collab-chat/index.ts'
// The element fetches it after the first rendering; here it is there at once.
import './failures.ts'
import './reading.ts'

type Chat = Mounted<CollabChatElement>

const lobby = (messages = messagesOf(30), more = {}) => ({
  chats: { lobby: readyChat('lobby', messages, more) },
})
/** What the keys do is fetched after the first rendering, together with the button before the messages. */
const mountChat: typeof mount = async (...given) => {
  const chat = await mount(...given)
  await vi.waitFor(() => chat.one('[part=options-button]'))
  return chat
}
const focused = (chat: Chat) => {
  const active = chat.element.shadowRoot?.activeElement
  return active instanceof HTMLElement ? (active.dataset['key'] ?? active.localName) : 'nothing'
}
const press = async (chat: Chat, keys: string) => {
  await userEvent.keyboard(keys)
  await drawn(chat.element)
}
const stops = (chat: Chat) =>
  chat.all('.feed [tabindex="0"], .feed a:not([tabindex]), .feed button:not([tabindex])')
const error = { code: 'forbidden', message: '', retryable: false, requestId: '' } as const
const failed = {
  clientMessageId: 'lost',
  chatId: 'lobby',
  body: 'lost',
  createdAt: messageOf(31).createdAt,
  state: 'failed',
  error,
} as const

afterEach(unmountAll)

describe('the list of messages', () => {
  it('[A11Y-33] [A11Y-34] is one tab stop, at the newest message', async () => {
    const chat = await mountChat(
      lobby([...messagesOf(9), messageOf(10, { body: 'https://example.com' })]),
    )
    expect(stops(chat).map(({ dataset }) => dataset['key'])).toEqual(['m10'])
    chat.one('textarea').focus()
    await press(chat, '{Shift>}{Tab}{/Shift}')
    expect(focused(chat)).toBe('m10')
    await press(chat, '{Tab}')
    expect(focused(chat)).toBe('textarea')
  })

  it('[A11Y-34] is entered at the first unread message', async () => {
    const state = lobby()
    const chat = state.chats.lobby.chat
    if (chat?.membership) Object.assign(chat.membership, { readSeq: 27, unread: 3 })
    const mounted = await mountChat(state)
    expect(stops(mounted).map(({ dataset }) => dataset['key'])).toEqual(['m28'])
  })

  it('[A11Y-35] is walked with arrows, Page keys, Home and End', async () => {
    const chat = await mountChat(lobby())
    chat.one('textarea').focus()
    await press(chat, '{Alt>}{ArrowUp}{/Alt}')
    expect(focused(chat)).toBe('m30')
    for (const [key, expected] of [
      ['{ArrowUp}', 'm29'],
      ['{PageUp}', 'm28'],
      ['{ArrowDown}', 'm29'],
      ['{PageDown}', 'm30'],
      ['{ArrowDown}', 'm30'],
      ['{Home}', 'm1'],
      ['{ArrowUp}', 'm1'],
      ['{End}', 'm30'],
    ] as const) {
      await press(chat, key)
      await vi.waitFor(() => expect(focused(chat)).toBe(expected))
      expect(stops(chat).map(({ dataset }) => dataset['key'])).toEqual([expected])
      const row = chat.one(`[data-key=${expected}]`).getBoundingClientRect()
      const view = chat.one('.scroller').getBoundingClientRect()
      expect(row.top).toBeGreaterThanOrEqual(view.top - 1)
      expect(row.bottom).toBeLessThanOrEqual(view.bottom + 1)
    }
  })

  it('is left with Escape for the composer, and with Control and Home for the heading', async () => {
    const chat = await mountChat(lobby())
    chat.one('[data-key=m30]').focus()
    await press(chat, '{Escape}')
    expect(focused(chat)).toBe('textarea')
    chat.one('[data-key=m30]').focus()
    await press(chat, '{Control>}{Home}{/Control}')
    expect(chat.element.shadowRoot?.activeElement?.id).toBe('title')
    chat.one('[data-key=m30]').focus()
    await press(chat, '{Control>}{End}{/Control}')
    expect(focused(chat)).toBe('textarea')
  })

  it('[A11Y-39] lets Enter into a message, Tab around in it, and Escape out', async () => {
    const body = 'https://one.example and https://two.example'
    const chat = await mountChat(lobby([messageOf(1, { body }), messageOf(2)]))
    chat.one('[data-key=m1]').focus()
    await press(chat, '{Enter}')
    const links = chat.all('a')
    expect(chat.element.shadowRoot?.activeElement).toBe(links[0])
    await press(chat, '{Tab}')
    expect(chat.element.shadowRoot?.activeElement).toBe(links[1])
    await press(chat, '{Tab}')
    expect(chat.element.shadowRoot?.activeElement).toBe(links[0])
    await press(chat, '{Shift>}{Tab}{/Shift}')
    expect(chat.element.shadowRoot?.activeElement).toBe(links[1])
    await press(chat, '{Escape}')
    expect(focused(chat)).toBe('m1')
  })

  it('goes in with the arrow that points forward in the reading direction', async () => {
    const chat = await mountChat(lobby([messageOf(1, { body: 'https://one.example' })]), {
      dir: 'rtl',
    })
    chat.one('[data-key=m1]').focus()
    await press(chat, '{ArrowRight}')
    expect(focused(chat)).toBe('m1')
    await press(chat, '{ArrowLeft}')
    expect(focused(chat)).toBe('a')
  })

  it('[A11Y-33] keeps the focus with its message while others arrive', async () => {
    const chat = await mountChat(lobby())
    chat.one('[data-key=m20]').focus()
    chat.client.receive('lobby', messageOf(31))
    await drawn(chat.element)
    expect(focused(chat)).toBe('m20')
    expect(stops(chat).map(({ dataset }) => dataset['key'])).toEqual(['m20'])
  })
})

describe('the focus', () => {
  it('[A11Y-8] goes to the confirmed message when the one that waited is gone', async () => {
    const chat = await mountChat(lobby())
    chat.element.send('hello')
    await drawn(chat.element)
    chat.all('article').at(-1)?.focus()
    chat.client.confirm('lobby')
    await drawn(chat.element)
    expect(focused(chat)).toBe('m31')
  })

  it('[A11Y-8] [A11Y-38] goes to the neighbour of a message that was given up', async () => {
    const chat = await mountChat(lobby(messagesOf(30), { pending: [failed] }))
    await vi.waitFor(() => chat.one('[part=discard-button]'))
    chat.one('[data-key=plost]').focus()
    await press(chat, '{Enter}{Tab}{Enter}')
    expect(chat.client.calls).toContainEqual(['discard', 'lost'])
    expect(focused(chat)).toBe('m30')
  })

  it('[A11Y-8] [A11Y-38] stays at a message that is sent again', async () => {
    const chat = await mountChat(lobby(messagesOf(30), { pending: [failed] }))
    await vi.waitFor(() => chat.one('[part=discard-button]'))
    chat.one('[data-key=plost]').focus()
    await press(chat, '{Enter}{Enter}')
    expect(chat.client.calls).toContainEqual(['retry', 'lost'])
    expect(focused(chat)).toBe('plost')
  })

  it('is never taken by the element itself', async () => {
    const chat = await mountChat(lobby())
    chat.client.receive('lobby', messageOf(31))
    await drawn(chat.element)
    expect(document.activeElement).not.toBe(chat.element)
  })
})
