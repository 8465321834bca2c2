import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import {
  ann,
  chatOf,
  type FakeClient,
  type FakeOptions,
  messageOf,
  messagesOf,
  readyChat,
  serviceInfo,
  userOf,
} from '../../../demo/fake-client.ts'
import { drawn, mount, type Mounted, unmountAll } from '../../../demo/mount.ts'
import type { CollabChatElement } from '../collab-chat/collab-chat.ts'
import '../collab-chat/index.ts'
import type { CollabMessagesElement } from './collab-messages.ts'
import './index.ts'
// The element fetches it after the first rendering; here it is there at once.
import './reading.ts'
// Fetched when it is needed; here it is at hand.
import './failures.ts'

// What the messages promise to those who do not see them or do not use a mouse: alone, and in a chat.

type Shown = Mounted<CollabMessagesElement | CollabChatElement>

const users = { ann, bo: userOf('bo', 'Bo'), cy: userOf('cy', 'Cy') }

async function show(
  tag: 'collab-chat' | 'collab-messages',
  chat = readyChat('lobby', messagesOf(30)),
  { properties = {}, ...options }: FakeOptions & { properties?: object } = {},
): Promise<Shown> {
  const state = { me: ann, users, chats: { lobby: chat } }
  const shown = await mount(tag, { ...options, state }, { chatId: 'lobby', ...properties })
  return shown as Shown
}

const focused = ({ element }: Shown) => {
  const active = element.shadowRoot?.activeElement
  if (!(active instanceof HTMLElement)) return 'nothing'
  return active.dataset['key'] ?? (active.id || active.localName)
}
const scroll = async ({ one, element }: Shown, top: number) => {
  one('.scroller').dispatchEvent(new WheelEvent('wheel'))
  one('.scroller').scrollTop = top
  await drawn(element)
}
const error = { code: 'forbidden', message: '', retryable: false, requestId: '' } as const
const failed = {
  clientMessageId: 'lost',
  chatId: 'lobby',
  body: 'lost',
  createdAt: messageOf(31).createdAt,
  state: 'failed',
  error,
} as const

beforeEach(() => void vi.spyOn(document, 'hasFocus').mockReturnValue(true))
afterEach(() => {
  unmountAll()
  vi.restoreAllMocks()
})

describe.each(['collab-chat', 'collab-messages'] as const)('the focus in <%s>', (tag) => {
  it('[A11Y-8] [A11Y-42] stays in the list when its button has brought older messages', async () => {
    const load = { done: () => {} }
    const shown = await show(tag, readyChat('lobby', messagesOf(30, 31), { hasOlder: true }), {
      loadOlder: async (client: FakeClient) => {
        client.setChat('lobby', { loadingOlder: true })
        await new Promise<void>((resolve) => (load.done = resolve))
        client.setChat('lobby', {
          loadingOlder: false,
          hasOlder: false,
          messages: messagesOf(60),
        })
      },
    })
    await scroll(shown, 0)
    const button = shown.all('[part=load-older-button]')[0]
    button?.focus()
    button?.click()
    await drawn(shown.element)
    expect(focused(shown)).not.toBe('nothing')
    load.done()
    await vi.waitFor(() => expect(shown.all('article')).toHaveLength(60))
    await drawn(shown.element)
    expect(focused(shown)).toBe('m31')
  })

  it('[A11Y-8] goes on when its button to the newest has done its work', async () => {
    const shown = await show(tag)
    await scroll(shown, 0)
    shown.one('.jump').focus()
    await userEvent.keyboard('{Enter}')
    await vi.waitFor(() => expect(shown.one('.jump').hidden).toBe(true))
    await drawn(shown.element)
    expect(focused(shown)).toBe(tag === 'collab-chat' ? 'input' : 'm30')
  })

  it('[A11Y-8] stays at the newest where its button led over what was unread', async () => {
    const chat = readyChat('lobby', messagesOf(30))
    if (chat.chat?.membership) Object.assign(chat.chat.membership, { readSeq: 8, unread: 22 })
    const shown = await show(tag, chat)
    const { scrollHeight, clientHeight } = shown.one('.scroller')
    await userEvent.click(shown.one('.jump:not(.up)'))
    await vi.waitFor(() => expect(shown.one('.jump').hidden).toBe(true))
    await drawn(shown.element)
    expect(focused(shown)).toBe(tag === 'collab-chat' ? 'input' : 'm30')
    expect(shown.one('.scroller').scrollTop).toBe(scrollHeight - clientHeight)
  })

  it('[A11Y-8] is not lost with the messages', async () => {
    const shown = await show(tag)
    await shown.element.scrollToMessage(12, { focus: true })
    shown.client.setChat('lobby', { status: 'refused', error, messages: [] })
    await drawn(shown.element)
    expect(focused(shown)).not.toBe('nothing')
  })

  it('[A11Y-7] is seen on the button of older messages, which alone brings them then', async () => {
    const shown = await show(tag, readyChat('lobby', messagesOf(60, 101), { hasOlder: true }))
    const asked = () => shown.client.calls.filter(([name]) => name === 'loadOlder').length
    const button = shown.one('[part=load-older-button]')
    button.focus()
    await drawn(shown.element)
    const view = shown.one('.scroller').getBoundingClientRect()
    expect(button.getBoundingClientRect().top).toBeGreaterThanOrEqual(view.top)
    expect(asked()).toBe(0)
    await userEvent.keyboard('{Enter}')
    expect(asked()).toBe(1)
  })

  it('[A11Y-7] is seen on that button while what is loaded is being drawn', async () => {
    const shown = await show(tag, readyChat('lobby', messagesOf(600, 101), { hasOlder: true }))
    const button = shown.one('[part=load-older-button]')
    button.focus()
    for (let frame = 0; frame < 20; frame++) await drawn(shown.element)
    const view = shown.one('.scroller').getBoundingClientRect()
    expect(button.getBoundingClientRect().top).toBeGreaterThanOrEqual(view.top)
    expect(shown.all('article').length).toBeLessThan(600)
  })

  it('[A11Y-8] is where one looks when the button of older messages has done its last work', async () => {
    const shown = await show(tag, readyChat('lobby', messagesOf(30, 31), { hasOlder: true }))
    await scroll(shown, 0)
    shown.client.setChat('lobby', { loadingOlder: true })
    await drawn(shown.element)
    shown.one('[part=load-older-button]').focus()
    shown.client.setChat('lobby', {
      loadingOlder: false,
      hasOlder: false,
      messages: messagesOf(60),
    })
    await drawn(shown.element)
    const view = shown.one('.scroller').getBoundingClientRect()
    const row = shown.one(`[data-key=${focused(shown)}]`).getBoundingClientRect()
    expect(row.top).toBeGreaterThanOrEqual(view.top - 1)
    expect(row.bottom).toBeLessThanOrEqual(view.bottom + 1)
  })

  it('[A11Y-33] stays with its message while those around are given up', async () => {
    const shown = await show(tag, readyChat('lobby', messagesOf(300)))
    await shown.element.scrollToMessage(180, { focus: true })
    let all = messagesOf(300)
    for (let burst = 0; burst < 20; burst++) {
      all = [...all, ...messagesOf(100, all.length + 1)]
      shown.client.setChat('lobby', { messages: all })
      await drawn(shown.element)
    }
    expect(shown.all('article').length).toBeLessThan(1000)
    expect(focused(shown)).toBe('m180')
    expect(shown.all('.feed [tabindex="0"]').map(({ dataset }) => dataset['key'])).toEqual(['m180'])
  })

  it('[A11Y-38] finds what can be done with a message, seen without a mouse', async () => {
    const shown = await show(tag, readyChat('lobby', messagesOf(3), { pending: [failed] }))
    await vi.waitFor(() => expect(shown.all('[part=retry-button]')).toHaveLength(1))
    await shown.element.scrollToLatest()
    shown.one('[data-key=plost]').focus()
    await userEvent.keyboard('{Enter}')
    const seen: (string | null)[] = []
    for (let count = 0; count < 2; count++) {
      const active = shown.element.shadowRoot?.activeElement
      expect(active?.checkVisibility({ opacityProperty: true, visibilityProperty: true })).toBe(
        true,
      )
      seen.push(active?.getAttribute('part') ?? null)
      await userEvent.keyboard('{Tab}')
    }
    expect(seen).toEqual(['retry-button', 'discard-button'])
    await userEvent.keyboard('{Escape}')
    expect(focused(shown)).toBe('plost')
  })
})

describe.each(['collab-chat', 'collab-messages'] as const)('single keys in <%s>', (tag) => {
  it('[A11Y-25] are told, work only inside, and can be switched off', async () => {
    const shown = await show(tag)
    const outside = document.body.appendChild(document.createElement('button'))
    outside.focus()
    await userEvent.keyboard('?')
    await drawn(shown.element)
    expect(shown.all('dialog')).toEqual([])
    outside.remove()
    expect(shown.one('.feed').getAttribute('aria-keyshortcuts')).toBe('?')
    shown.element.shortcuts = 'off'
    await drawn(shown.element)
    expect(shown.one('.feed').hasAttribute('aria-keyshortcuts')).toBe(false)
  })
})

describe('writing', () => {
  it('[A11Y-8] has the focus after a sign-in, while the messages are still on their way', async () => {
    const shown = await show('collab-chat')
    shown.client.set({
      connection: { status: 'signed_out', since: 0, attempt: 0 },
      service: serviceInfo,
    })
    await vi.waitFor(() => expect(shown.all('collab-sign-in')).toHaveLength(1))
    await drawn(shown.element)
    shown.one('collab-sign-in').focus()
    shown.client.set({ connection: { status: 'live', since: 0, attempt: 0 }, chats: {} })
    await drawn(shown.element)
    expect(focused(shown)).toBe('input')
    shown.client.setChat('lobby', readyChat('lobby', messagesOf(3)))
    await drawn(shown.element)
    expect(focused(shown)).toBe('input')
  })

  it('[A11Y-8] that is taken away leaves the focus in the chat', async () => {
    const shown = await show('collab-chat')
    shown.one('textarea').focus()
    shown.client.setChat('lobby', { chat: chatOf('lobby', { permissions: ['join'] }) })
    await drawn(shown.element)
    expect(shown.one('form').hidden).toBe(true)
    expect(focused(shown)).toBe('m30')
    shown.client.setChat('lobby', { chat: chatOf('lobby') })
    await drawn(shown.element)
    shown.one('textarea').focus()
    shown.client.connection('signed_out')
    await drawn(shown.element)
    expect(focused(shown)).not.toBe('nothing')
  })

  it('[A11Y-25] is not disturbed by them', async () => {
    const shown = await show('collab-chat')
    await userEvent.type(shown.one('textarea'), 'why?')
    expect(shown.one<HTMLTextAreaElement>('textarea').value).toBe('why?')
    expect(shown.all('dialog')).toEqual([])
    expect(shown.one('textarea').getAttribute('aria-keyshortcuts')).toBe('Alt+ArrowUp')
  })
})

describe('the text of a message', () => {
  it('[A11Y-53] keeps its links links', async () => {
    const body = 'see https://example.com/a and mailto:b@example.com'
    const shown = await show('collab-messages', readyChat('lobby', [messageOf(1, { body })]))
    const links = shown.all('.bubble a')
    expect(links.map(({ textContent }) => textContent)).toEqual([
      'https://example.com/a',
      'mailto:b@example.com',
    ])
    expect(links.every((link) => link.matches('a[href]') && !link.hasAttribute('role'))).toBe(true)
  })

  it('[A11Y-53] keeps what the page draws in its place', async () => {
    const pre = document.createElement('pre')
    Object.assign(pre, { textContent: 'let a = 1', tabIndex: 0 })
    pre.setAttribute('role', 'region')
    pre.setAttribute('aria-label', 'Code')
    const shown = await show('collab-messages', readyChat('lobby', [messageOf(1)]), {
      properties: { renderers: { body: () => pre } },
    })
    expect(shown.one('.bubble').contains(pre)).toBe(true)
    expect([pre.tabIndex, pre.ariaLabel, pre.textContent]).toEqual([0, 'Code', 'let a = 1'])
  })
})
