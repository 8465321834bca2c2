import type { ChatState } from '@collab-kit/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import {
  ann,
  chatOf,
  type FakeOptions,
  messageOf,
  messagesOf,
  readyChat,
  userOf,
} from '../../../demo/fake-client.ts'
import { drawn, mount, type Mounted, unmountAll } from '../../../demo/mount.ts'
import { stopTheClock } from '../../../demo/stopped-clock.ts'
import { listen, type Spoken } from '../../../demo/spoken.ts'
import { formatsOf } from '../../kit/localize/formats.ts'
import type { CollabChatElement } from '../collab-chat/collab-chat.ts'
import '../collab-chat/index.ts'
import type { CollabMessagesElement } from './collab-messages.ts'
import './index.ts'
// The element fetches it after the first rendering; here it is there at once.
import './reading.ts'
// Fetched when it is needed; here it is at hand.
import '../chat/teller.ts'
import './failures.ts'

// What the messages say aloud: alone, and in a chat.

type Shown = Mounted<CollabMessagesElement | CollabChatElement>

const users = { ann, bo: userOf('bo', 'Bo'), cy: userOf('cy', 'Cy') }
let spoken: Spoken

async function show(
  tag: 'collab-chat' | 'collab-messages',
  chat = readyChat('lobby', messagesOf(30)),
  { properties = {}, ...options }: FakeOptions & { properties?: object } = {},
): Promise<Shown> {
  const state = { me: ann, users, chats: { lobby: chat } }
  const shown = await mount(tag, { ...options, state }, { chatId: 'lobby', ...properties })
  spoken = listen(shown.element)
  return shown as Shown
}

const focused = ({ element }: Shown) => {
  const active = element.shadowRoot?.activeElement
  if (!(active instanceof HTMLElement)) return 'nothing'
  return active.dataset['key'] ?? (active.id || active.localName)
}
const messages = ({ client }: Shown) => client.store.getState().chats['lobby']?.messages ?? []
const error = { code: 'forbidden', message: '', retryable: false, requestId: '' } as const
const failed = {
  clientMessageId: 'lost',
  chatId: 'lobby',
  body: 'lost',
  createdAt: messageOf(31).createdAt,
  state: 'failed',
  error,
} as const

/** Twelve of thirty messages are unread. */
const unread = (more: Partial<ChatState> = {}) =>
  readyChat('lobby', messagesOf(30), {
    chat: chatOf('lobby', {
      membership: { role: 'member', joinedAt: '', readNumber: 18, readSeq: 18, unread: 12 },
    }),
    ...more,
  })

beforeEach(() => void vi.spyOn(document, 'hasFocus').mockReturnValue(true))
afterEach(() => {
  spoken.stop()
  vi.useRealTimers()
  unmountAll()
  vi.restoreAllMocks()
})

describe.each(['collab-chat', 'collab-messages'] as const)('what <%s> says', (tag) => {
  it('[A11Y-40] of fifty messages at once is the first of them and a number, a second apart', async () => {
    const shown = await show(tag)
    const pass = stopTheClock(shown)
    const times: [at: number, text: string | undefined][] = []
    for (let tick = 0; tick < 100; tick++) {
      if (tick < 50) shown.client.receive('lobby', messageOf(31 + tick))
      const before = spoken.all.length
      await pass(40)
      if (spoken.all.length > before) times.push([tick * 40, spoken.all.at(-1)])
    }
    await pass(5000)
    expect(spoken.all[0]).toMatch(/new messages$/)
    const counts = spoken.all.map((text) => Number(/(\d+) new/.exec(text)?.[1] ?? 1))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(50)
    for (const [index, [at]] of times.entries())
      if (index > 0) expect(at - (times[index - 1]?.[0] ?? 0)).toBeGreaterThanOrEqual(1000)
    expect(spoken.all.length).toBeLessThanOrEqual(4)
  })

  it('[A11Y-40] is nothing of what one wrote oneself, of history and of changes', async () => {
    const shown = await show(tag, readyChat('lobby', messagesOf(30, 31)))
    const pass = stopTheClock(shown)
    shown.client.receive('lobby', messageOf(61, { sender: 'ann' }))
    await pass(2000)
    const edited = messages(shown).map((message) => ({
      ...message,
      body: `${message.body}, really`,
      editedAt: message.createdAt,
    }))
    shown.client.setChat('lobby', { messages: edited })
    await pass(2000)
    shown.client.setChat('lobby', {
      messages: edited.map((message) => ({ ...message, deletedAt: message.createdAt })),
    })
    await pass(2000)
    expect(spoken.all).toEqual([])
  })

  it('[A11Y-41] follows what is chosen, at any time', async () => {
    const shown = await show(tag)
    const pass = stopTheClock(shown)
    for (const [seq, announce] of [
      [31, 'off'],
      [32, 'summary'],
      [33, 'full'],
    ] as const) {
      shown.element.announce = announce
      await pass(2000)
      shown.client.receive('lobby', messageOf(seq))
      await pass(2000)
    }
    expect(spoken.all).toEqual([
      'polite: 1 new message',
      'polite: \u2068Bo\u2069: \u2068Message 33\u2069',
    ])
  })

  it('[A11Y-40] of a long message is no more than its beginning', async () => {
    const shown = await show(tag)
    shown.client.receive('lobby', messageOf(31, { body: 'x'.repeat(500) }))
    await vi.waitFor(() => expect(spoken.all).toHaveLength(1))
    expect(spoken.all[0]?.match(/x/g)?.length).toBeLessThanOrEqual(140)
  })

  it('[A11Y-42] of older messages is their number, once', async () => {
    const shown = await show(tag, readyChat('lobby', messagesOf(30, 101), { hasOlder: true }))
    const pass = stopTheClock(shown)
    shown.client.setChat('lobby', { messages: messagesOf(50, 81) })
    await pass(100)
    shown.client.setChat('lobby', { messages: messagesOf(70, 61), hasOlder: false })
    await pass(5000)
    expect(spoken.all).toEqual(['polite: 40 older messages loaded'])
  })

  it('[A11Y-44] of unread messages is their number and since when, once, as the heading before the first says it', async () => {
    const since = `12 unread since \u2068${formatsOf('en').since(new Date(messageOf(19).createdAt), new Date())}\u2069`
    const shown = await show(tag, unread({ status: 'loading' }))
    const pass = stopTheClock(shown)
    shown.client.setChat('lobby', { status: 'ready' })
    await pass(5000)
    shown.client.setChat('lobby', { typing: ['bo'] })
    await pass(5000)
    expect(spoken.all).toEqual([`polite: ${since}`])
    const marker = shown.one('.unread')
    expect([marker.role, marker.ariaLevel, marker.textContent?.trim()]).toEqual([
      'heading',
      '3',
      since,
    ])
    expect(marker.closest('article')?.dataset['key']).toBe('m19')
  })

  it('[A11Y-44] of unread messages that begin further up than what is loaded is their number', async () => {
    const shown = await show(tag, unread({ messages: messagesOf(5, 26), hasOlder: true }))
    await vi.waitFor(() => expect(spoken.all).toEqual(['polite: 12 unread messages']))
    expect(shown.all('.unread')).toEqual([])
  })

  it('[A11Y-45] [A11Y-31] is nothing, and nothing changes, while five minutes pass', async () => {
    const shown = await show(tag, readyChat('lobby', messagesOf(30), { pending: [failed] }))
    await drawn(shown.element)
    const pass = stopTheClock(shown)
    await pass(1000)
    const before = spoken.all.length
    const changes: MutationRecord[] = []
    const observer = new MutationObserver((records) => changes.push(...records))
    observer.observe(shown.one('.feed'), {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    })
    for (let second = 0; second < 300; second += 10) await pass(10_000)
    changes.push(...observer.takeRecords())
    observer.disconnect()
    expect(spoken.all.slice(before)).toEqual([])
    expect(changes).toEqual([])
    expect(shown.all('[part=retry-button]')).toHaveLength(1)
  })

  it('[A11Y-46] is not who is typing', async () => {
    const shown = await show(tag)
    const pass = stopTheClock(shown)
    shown.client.setChat('lobby', { typing: ['bo'] })
    await pass(3000)
    shown.client.setChat('lobby', { typing: ['bo', 'cy'] })
    await pass(3000)
    shown.client.setChat('lobby', { typing: [] })
    await pass(3000)
    expect(spoken.all).toEqual([])
    expect(shown.one('.typing').closest('[aria-live], [role=status], [role=log]')).toBeNull()
  })
})

describe('a jump', () => {
  it('[A11Y-14] that takes the focus along is not announced as well', async () => {
    const shown = await show('collab-messages', unread())
    await vi.waitFor(() => expect(spoken.all).toHaveLength(1))
    const pass = stopTheClock(shown)
    const jumped = shown.element.scrollToFirstUnread()
    await pass(0)
    await jumped
    expect(focused(shown)).toBe('m19')
    await shown.element.scrollToMessage(3, { focus: true })
    expect(focused(shown)).toBe('m3')
    await pass(3000)
    expect(spoken.all).toHaveLength(1)
  })
})

describe('a message of one’s own', () => {
  it('[A11Y-47] [A11Y-28] that was sent is not spoken of; one that was not is told at once', async () => {
    const shown = (await show('collab-chat')) as Mounted<CollabChatElement>
    const pass = stopTheClock(shown)
    shown.element.send('one')
    await pass(500)
    shown.client.confirm('lobby')
    await pass(3000)
    expect(spoken.all).toEqual([])
    shown.element.send('two')
    await pass(500)
    const [pending] = shown.client.store.getState().chats['lobby']?.pending ?? []
    if (!pending) throw new Error('nothing waits')
    shown.client.setChat('lobby', { pending: [{ ...pending, state: 'failed', error }] })
    await pass(500)
    expect(spoken.all).toEqual([
      'assertive: Message not sent. Retry and Delete are at the message.',
    ])
    vi.useRealTimers()
    // Its words and buttons are fetched when they are needed.
    await vi.waitFor(() => expect(shown.all('[part=retry-button]')).toHaveLength(1))
    await shown.element.scrollToLatest()
    shown.all('article').at(-1)?.focus()
    await userEvent.keyboard('{Enter}')
    const active = shown.element.shadowRoot?.activeElement
    expect(active?.getAttribute('aria-label')).toBe('Retry \u2068two\u2069')
  })
})
