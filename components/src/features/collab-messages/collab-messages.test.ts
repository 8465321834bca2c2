import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { findings } from '../../../demo/accessibility.ts'
import {
  ann,
  type FakeOptions,
  chatOf,
  messageOf,
  messagesOf,
  readyChat,
  userOf,
} from '../../../demo/fake-client.ts'
import { drawn, mount, type Mounted, unmountAll } from '../../../demo/mount.ts'
import type { CollabMessagesElement } from './collab-messages.ts'
import './index.ts'

afterEach(unmountAll)

/** The most updates of an element in one frame while something goes on. */
async function mostInFrame(element: CollabMessagesElement, goOn: () => Promise<void>) {
  const watched = element as unknown as { update(changed: unknown): void }
  const update = watched.update.bind(element)
  let [inFrame, most, all] = [0, 0, 0]
  watched.update = (changed) => {
    most = Math.max(most, ++inFrame)
    all++
    update(changed)
  }
  let frame = requestAnimationFrame(function next() {
    inFrame = 0
    frame = requestAnimationFrame(next)
  })
  await goOn()
  cancelAnimationFrame(frame)
  return { most, all }
}

describe('much at once', () => {
  it('is drawn with one update a frame, the first of it at once', async () => {
    const { element, client } = await show()
    const { most, all } = await mostInFrame(element, async () => {
      client.setChat('lobby', { messages: messagesOf(31, 1) })
      await Promise.resolve()
      await vi.waitFor(() => expect(element.isUpdatePending).toBe(false), { interval: 0 })
      for (let last = 32; last < 90; last++) {
        client.setChat('lobby', { messages: messagesOf(last, 1) })
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      await drawn(element)
    })
    expect(most).toBe(1)
    expect(all).toBeGreaterThan(2)
  })

  it('loaded before the element came is drawn to the last row, so that the browser finds it', async () => {
    const { all } = await show(readyChat('lobby', messagesOf(600, 1)))
    await vi.waitFor(() => expect(all('article')).toHaveLength(600))
  })
})

type Messages = Mounted<CollabMessagesElement>

const users = { ann, bo: userOf('bo', 'Bo Lindqvist') }

const show = (
  chat = readyChat('lobby', messagesOf(30, 1)),
  properties: Partial<CollabMessagesElement> = {},
  options: FakeOptions = {},
): Promise<Messages> =>
  mount(
    'collab-messages',
    { ...options, state: { me: ann, users, chats: { lobby: chat } } },
    { chatId: 'lobby', ...properties },
  )

const top = (element: Element) => element.getBoundingClientRect().top

/** Whether a row stands where a jump puts it. */
function inView({ one }: Messages, key: string): boolean {
  const scroller = one('.scroller').getBoundingClientRect()
  const row = one(`[data-key="${key}"]`).getBoundingClientRect()
  return row.top >= scroller.top && row.bottom <= scroller.bottom
}

/** A chat in which the last `unread` of `last` messages are unread, and only the newest 50 are loaded. */
function behind(last: number, unread: number) {
  const messages = messagesOf(50, last - 49)
  const read = last - unread
  return readyChat('lobby', messages, {
    hasOlder: true,
    chat: chatOf('lobby', {
      lastNumber: last,
      head: last,
      membership: {
        role: 'member',
        joinedAt: '2026-01-01T00:00:00.000Z',
        readNumber: read,
        readSeq: read,
        unread,
      },
    }),
  })
}

describe('messages alone', () => {
  it('are a named region without header and composer', async () => {
    const messages = await show()
    expect(messages.all('article')).toHaveLength(30)
    expect(messages.all('header, textarea')).toEqual([])
    expect(messages.one('section').getAttribute('aria-label')).toContain('Lobby')
    expect(await findings(messages.element)).toEqual([])
  })

  it('shows what was written and has not arrived, though the service cannot be asked for the rest', async () => {
    const waiting = {
      clientMessageId: 'waits',
      chatId: 'lobby',
      body: 'written before the reload',
      createdAt: '2026-01-31T14:05:00.000Z',
      state: 'queued',
    } as const
    const { all, element } = await show(
      readyChat('lobby', [], { status: 'loading', pending: [waiting] }),
    )
    await vi.waitFor(() => expect(all('article')).toHaveLength(1))
    expect(all('article')[0]?.textContent).toContain('written before the reload')
    expect(element.matches(':state(empty)')).toBe(false)
  })

  it('are ready once they can be seen', async () => {
    const messages = await show(readyChat('lobby', [], { status: 'loading' }))
    const ready = vi.fn<() => void>()
    const waiting = messages.element.whenReady().then(ready)
    await drawn(messages.element)
    expect(ready).not.toHaveBeenCalled()
    messages.client.setChat('lobby', { status: 'ready' })
    await waiting
    expect(messages.element.matches(':state(ready)')).toBe(true)
  })

  it('draw their text by a function of the page', async () => {
    const messages = await show(undefined, {
      renderers: {
        body: ({ body, number }) => (number === 30 ? `<b>${body}</b>` : undefined),
      },
    })
    const bodies = messages.all('.bubble').map((bubble) => bubble.textContent)
    expect(bodies.at(-1)).toMatch(/^<b>/)
    expect(bodies[0]).not.toMatch(/^<b>/)
    expect(messages.all('.bubble b')).toEqual([])
  })

  it('stand flat, all on one side, with variant="rows"', async () => {
    const messages = await show(
      readyChat('lobby', [
        messageOf(1, { sender: 'bo', body: 'One' }),
        messageOf(2, { sender: 'ann', body: 'Two' }),
      ]),
      { variant: 'rows' },
    )
    const start = (element: Element) => element.getBoundingClientRect().left
    await vi.waitFor(() => {
      const [first, second] = messages.all('.bubble')
      expect(start(first!)).toBe(start(second!))
    })
    expect(messages.all('.face .avatar')).toHaveLength(2)
  })
})

describe('jumps', () => {
  it('to a loaded message, by id and by position', async () => {
    const messages = await show(readyChat('lobby', messagesOf(120, 1)))
    expect(await messages.element.scrollToMessage('id-20')).toBe(true)
    expect(inView(messages, 'm20')).toBe(true)
    expect(await messages.element.scrollToMessage(100, { focus: true })).toBe(true)
    expect(inView(messages, 'm100')).toBe(true)
    expect(messages.element.shadowRoot?.activeElement).toBe(messages.one('[data-key="m100"]'))
    expect(await messages.element.scrollToMessage('unheard-of')).toBe(false)
  })

  it('far back load what is around, and the way to the newest comes back to it', async () => {
    const newest = messagesOf(50, 951)
    const messages = await show(
      readyChat('lobby', newest, {
        hasOlder: true,
        chat: chatOf('lobby', { lastNumber: 1000, head: 1000 }),
      }),
      {},
      {
        loadAround: (client, seq) =>
          client.setChat('lobby', {
            messages: messagesOf(50, seq - 25),
            hasNewer: true,
            discontinuity: 1,
          }),
        loadLatest: (client) =>
          client.setChat('lobby', { messages: newest, hasNewer: false, discontinuity: 2 }),
      },
    )
    expect(await messages.element.scrollToMessage(400)).toBe(true)
    expect(messages.client.calls).toContainEqual(['loadAround', 400])
    expect(inView(messages, 'm400')).toBe(true)
    const jump = messages.one('.jump:not(.up)')
    expect(jump.hidden).toBe(false)
    jump.click()
    await vi.waitFor(() => expect(messages.client.calls).toContainEqual(['loadLatest', 'lobby']))
    await vi.waitFor(() => expect(inView(messages, 'm1000')).toBe(true))
    await vi.waitFor(() => expect(jump.hidden).toBe(true))
  })

  it('load newer messages when the reader comes near the end of what is loaded', async () => {
    const messages = await show(readyChat('lobby', messagesOf(50, 1), { hasNewer: true }))
    const scroller = messages.one('.scroller')
    scroller.scrollTop = scroller.scrollHeight
    await vi.waitFor(() =>
      expect(messages.client.calls.filter(([name]) => name === 'loadNewer')).not.toEqual([]),
    )
    messages.client.setChat('lobby', {
      newerError: { code: 'unavailable', message: '', retryable: true, requestId: 'r' },
    })
    await drawn(messages.element)
    expect(messages.one('.older.failed').textContent).toContain('Newer messages')
  })

  it('back tell the page of every page of older messages, and of nothing else', async () => {
    const messages = await show(readyChat('lobby', messagesOf(50, 51), { hasOlder: true }))
    const told: unknown[] = []
    messages.element.addEventListener('collab-history-load', ({ detail }) => told.push(detail))
    messages.client.receive('lobby', messageOf(101))
    await drawn(messages.element)
    expect(told).toEqual([])
    messages.client.setChat('lobby', { messages: messagesOf(91, 11) })
    await drawn(messages.element)
    messages.client.setChat('lobby', { messages: messagesOf(101), hasOlder: false })
    await drawn(messages.element)
    expect(told).toEqual([
      { chatId: 'lobby', count: 40, hasOlder: true },
      { chatId: 'lobby', count: 10, hasOlder: false },
    ])
  })

  it('to the first unread message, where it is further up than what is loaded', async () => {
    const messages = await show(
      behind(1000, 300),
      {},
      {
        loadAround: (client, seq) =>
          client.setChat('lobby', {
            messages: messagesOf(50, seq - 25),
            hasNewer: true,
            discontinuity: 1,
          }),
      },
    )
    const button = messages.one('[part=unread-button]')
    expect(button.textContent).toContain('300 unread messages')
    button.click()
    await vi.waitFor(() => expect(messages.all('.unread')).toHaveLength(1))
    await vi.waitFor(() =>
      expect(messages.element.shadowRoot?.activeElement).toBe(messages.one('[data-key="m701"]')),
    )
    expect(top(messages.one('.unread'))).toBeGreaterThanOrEqual(top(messages.one('.scroller')))
    expect(messages.all('[part=unread-button]')).toEqual([])
  })

  it('say how many came below while the reader is far up', async () => {
    const messages = await show(
      readyChat('lobby', messagesOf(50, 1), {
        hasNewer: true,
        chat: chatOf('lobby', { lastNumber: 60, head: 60 }),
      }),
    )
    messages.one('.scroller').scrollTop = 0
    await vi.waitFor(() =>
      expect(messages.one('.jump').getAttribute('aria-label')).toMatch(/\d+ new messages/),
    )
  })
})

describe('what is copied', () => {
  const copied = async (messages: Messages, first: string, last: string) => {
    const text = (key: string) => messages.one(`[data-key="${key}"] .bubble`)
    document.getSelection()?.setBaseAndExtent(text(first), 0, text(last), 1)
    const clipboardData = new DataTransfer()
    const event = new ClipboardEvent('copy', { clipboardData, bubbles: true, cancelable: true })
    messages.one('.feed').dispatchEvent(event)
    return event.defaultPrevented ? clipboardData.getData('text/plain') : undefined
  }

  it('of several messages says who wrote each and when', async () => {
    const messages = await show(
      readyChat('lobby', [
        messageOf(1, { sender: 'bo', body: 'One\n  two' }),
        messageOf(2, { sender: 'ann', body: 'Three' }),
      ]),
    )
    await vi.waitFor(async () => {
      const lines = (await copied(messages, 'm1', 'm2'))?.split('\n')
      expect(lines?.[0]).toMatch(/^\[.*2026.*\] Bo Lindqvist: One$/)
      expect(lines?.slice(1, 2)).toEqual(['  two'])
      expect(lines?.[2]).toMatch(/^\[.*\] You: Three$/)
    })
  })

  it('within one message is its text alone', async () => {
    const messages = await show()
    await messages.element.scrollToMessage(30, { focus: true })
    expect(await copied(messages, 'm30', 'm30')).toBeUndefined()
  })
})

describe('the table of keys', () => {
  it('[A11Y-9] [A11Y-25] opens by ? on a message, holds the focus, and gives it back', async () => {
    const messages = await show()
    await messages.element.scrollToMessage(30, { focus: true })
    await userEvent.keyboard('?')
    await vi.waitFor(() => expect(messages.all('dialog')).toHaveLength(1))
    const dialog = messages.one<HTMLDialogElement>('dialog')
    expect(dialog.open).toBe(true)
    expect(dialog.contains(messages.element.shadowRoot?.activeElement ?? null)).toBe(true)
    expect(await findings(messages.element)).toEqual([])
    await userEvent.keyboard('{Escape}')
    await vi.waitFor(() => expect(messages.all('dialog')).toEqual([]))
    expect(messages.element.shadowRoot?.activeElement).toBe(messages.one('[data-key="m30"]'))
  })

  it('[A11Y-25] single keys can be switched off', async () => {
    const messages = await show(undefined, { shortcuts: 'off' })
    await messages.element.scrollToMessage(30, { focus: true })
    const unhandled = vi.fn<(prevented: boolean) => void>()
    window.addEventListener('keydown', (event) => unhandled(event.defaultPrevented), { once: true })
    await userEvent.keyboard('?')
    expect(unhandled).toHaveBeenCalledExactlyOnceWith(false)
    expect(messages.all('dialog')).toEqual([])
  })
})
