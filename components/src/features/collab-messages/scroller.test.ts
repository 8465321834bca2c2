import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  chatOf,
  type FakeClient,
  messageOf,
  messagesOf,
  readyChat,
} from '../../../demo/fake-client.ts'
import { drawn, type Mounted, mountChat, nextFrame, unmountAll } from '../../../demo/mount.ts'
import type { CollabChatElement } from '../collab-chat/collab-chat.ts'
import '../collab-chat/index.ts'

type Chat = Mounted<CollabChatElement>

const lobby = (messages = messagesOf(60), more = {}) => ({
  chats: { lobby: readyChat('lobby', messages, more) },
})
const distance = (chat: Chat) => {
  const { scrollHeight, scrollTop, clientHeight } = chat.one('.scroller')
  return scrollHeight - scrollTop - clientHeight
}
const atEnd = (chat: Chat) => distance(chat) <= 1
/** The reader scrolls. */
const scroll = async (chat: Chat, top: number) => {
  chat.one('.scroller').dispatchEvent(new WheelEvent('wheel'))
  chat.one('.scroller').scrollTop = top
  await nextFrame()
  await drawn(chat.element)
}
const receive = async (chat: Chat, from: number, count = 1) => {
  for (const message of messagesOf(count, from)) chat.client.receive('lobby', message)
  await drawn(chat.element)
}
/** Bodies of 1 to 12 lines, the same every time. */
const mixed = (count: number, from: number) =>
  messagesOf(count, from).map((message) => ({
    ...message,
    body: `line\n`.repeat(1 + ((message.seq * 7) % 12)).trimEnd(),
  }))

beforeEach(() => void vi.spyOn(document, 'hasFocus').mockReturnValue(true))
afterEach(() => {
  unmountAll()
  vi.restoreAllMocks()
})

describe('at the end', () => {
  it('the newest message is in view from the start', async () => {
    const chat = await mountChat(lobby())
    expect(atEnd(chat)).toBe(true)
    expect(chat.one('.jump').hidden).toBe(true)
  })

  it('the list follows what arrives', async () => {
    const chat = await mountChat(lobby())
    await receive(chat, 61, 5)
    expect(atEnd(chat)).toBe(true)
  })

  it('the list stays there when the composer or the element changes its size', async () => {
    const chat = await mountChat(lobby())
    const input = chat.one<HTMLTextAreaElement>('textarea')
    input.value = 'a\nb\nc\nd'
    input.dispatchEvent(new InputEvent('input', { bubbles: true }))
    await vi.waitFor(() => expect(atEnd(chat)).toBe(true))
    chat.element.style.blockSize = '380px'
    await vi.waitFor(() => expect(atEnd(chat)).toBe(true))
    chat.element.style.inlineSize = '300px'
    await vi.waitFor(() => expect(atEnd(chat)).toBe(true))
  })

  it('a chat that was hidden when it opened shows the newest when it appears', async () => {
    const chat = await mountChat(lobby(), { hidden: true })
    chat.element.hidden = false
    await vi.waitFor(() => expect(atEnd(chat)).toBe(true))
    expect(chat.one('.scroller').scrollTop).toBeGreaterThan(0)
  })
})

describe('while reading back', () => {
  it('[A11Y-43] nothing that arrives moves what is read, and the button counts it', async () => {
    const chat = await mountChat(lobby())
    await scroll(chat, 200)
    const line = chat.all('.line')[10]
    const top = line?.getBoundingClientRect().top
    await receive(chat, 61, 3)
    expect(line?.getBoundingClientRect().top).toBe(top)
    expect(chat.one('.jump').getAttribute('aria-label')).toBe('Jump to latest, 3 new messages')
    expect(chat.element.matches(':state(unread)')).toBe(true)
  })

  it('the button leads to the newest and is gone', async () => {
    const chat = await mountChat(lobby())
    await scroll(chat, 0)
    await receive(chat, 61)
    chat.one('.jump').click()
    await drawn(chat.element)
    await vi.waitFor(() => expect(chat.one('.jump').hidden).toBe(true))
    expect(atEnd(chat)).toBe(true)
    expect(chat.element.shadowRoot?.activeElement).toBe(chat.one('textarea'))
    expect(chat.element.matches(':state(unread)')).toBe(false)
  })

  it('sending leads to the newest', async () => {
    const chat = await mountChat(lobby())
    await scroll(chat, 0)
    chat.element.send('hello')
    await drawn(chat.element)
    expect(atEnd(chat)).toBe(true)
  })

  it('[A11Y-42] forty pages of older messages of all heights leave the line where it is', async () => {
    const chat = await mountChat(lobby(mixed(60, 4001), { hasOlder: true }))
    await scroll(chat, 300)
    let first = 4001
    let worst = 0
    for (let page = 0; page < 40; page++) {
      const scroller = chat.one('.scroller')
      const edge = scroller.getBoundingClientRect().top
      const line = chat.all('.line').find((each) => each.getBoundingClientRect().bottom > edge)
      const before = line?.getBoundingClientRect().top ?? 0
      const older = mixed(50, first - 50)
      first -= 50
      const { messages } = chat.client.store.getState().chats['lobby'] ?? { messages: [] }
      chat.client.setChat('lobby', { messages: [...older, ...messages] })
      await drawn(chat.element)
      expect(line?.isConnected).toBe(true)
      worst = Math.max(worst, Math.abs((line?.getBoundingClientRect().top ?? 0) - before))
      await scroll(chat, Math.max(chat.one('.scroller').scrollTop - 700, 0))
    }
    expect(worst).toBeLessThanOrEqual(2)
  })

  it('[A11Y-42] at the very top, older messages come in above and not under the eye', async () => {
    const chat = await mountChat(lobby(mixed(60, 101), { hasOlder: true }))
    await scroll(chat, 0)
    const line = chat.all('.line')[0]
    const before = line?.getBoundingClientRect().top ?? 0
    const { messages } = chat.client.store.getState().chats['lobby'] ?? { messages: [] }
    chat.client.setChat('lobby', { messages: [...mixed(50, 51), ...messages] })
    await drawn(chat.element)
    expect(Math.abs((line?.getBoundingClientRect().top ?? 0) - before)).toBeLessThanOrEqual(2)
  })

  it('older messages are asked for near the top, once', async () => {
    const chat = await mountChat(
      lobby(messagesOf(60, 101), { hasOlder: true }),
      {},
      {
        loadOlder: (client: FakeClient) => client.setChat('lobby', { loadingOlder: true }),
      },
    )
    const asked = () => chat.client.calls.filter(([name]) => name === 'loadOlder').length
    expect(asked()).toBe(0)
    await scroll(chat, 100)
    await scroll(chat, 50)
    expect(asked()).toBe(1)
    expect(chat.one('.feed').getAttribute('aria-busy')).toBe('true')
  })

  it('a page that does not fill the element is followed by the next', async () => {
    const chat = await mountChat(lobby(messagesOf(2, 101), { hasOlder: true }))
    await vi.waitFor(() => expect(chat.client.calls).toContainEqual(['loadOlder', 'lobby']))
  })

  it('a page that failed is asked for again by hand only', async () => {
    const olderError = { code: 'unavailable', message: '', retryable: true, requestId: '' } as const
    const chat = await mountChat(lobby(messagesOf(60, 101), { hasOlder: true, olderError }))
    await scroll(chat, 0)
    expect(chat.client.calls.some(([name]) => name === 'loadOlder')).toBe(false)
    expect(chat.text()).toContain('Older messages could not be loaded.')
    chat.one('[part=load-older-button]').click()
    expect(chat.client.calls).toContainEqual(['loadOlder', 'lobby'])
  })
})

describe('unread messages', () => {
  const unread = (readSeq: number, count: number) => {
    const membership = {
      role: 'member',
      joinedAt: '',
      readNumber: readSeq,
      readSeq,
      unread: count,
    } as const
    return lobby(messagesOf(100), { chat: chatOf('lobby', { membership }) })
  }

  it('[A11Y-44] are shown from the first one on, and counted below', async () => {
    const chat = await mountChat(unread(40, 60))
    const top =
      chat.one('.unread').getBoundingClientRect().top -
      chat.one('.scroller').getBoundingClientRect().top
    expect(top).toBeGreaterThanOrEqual(0)
    expect(top).toBeLessThan(chat.one('.scroller').clientHeight / 2)
    expect(chat.one('.jump').getAttribute('aria-label')).toBe('Jump to latest, 60 new messages')
    expect(chat.client.calls.some(([name]) => name === 'markRead')).toBe(false)
    await vi.waitFor(() => expect(chat.one('#polite').textContent).toMatch(/^60 unread since /))
  })

  it('that fit are all seen at once', async () => {
    const chat = await mountChat(unread(98, 2))
    expect(atEnd(chat)).toBe(true)
    expect(chat.client.calls).toContainEqual(['markRead', 100])
  })

  it('keep their mark while they are read', async () => {
    const chat = await mountChat(unread(98, 2))
    await receive(chat, 101, 2)
    expect(chat.all('.unread')).toHaveLength(1)
    expect(chat.one('.unread').closest('article')?.dataset['key']).toBe('m99')
  })
})

describe('reading', () => {
  it('is told to the service and the page when the newest is in view of someone', async () => {
    const looks = vi.spyOn(document, 'hasFocus').mockReturnValue(false)
    const chat = await mountChat(lobby())
    const seen: number[] = []
    chat.element.addEventListener('collab-read', ({ detail }) => seen.push(detail.seq))
    await receive(chat, 61)
    expect(seen).toEqual([])
    looks.mockReturnValue(true)
    window.dispatchEvent(new Event('focus'))
    expect(seen).toEqual([61])
    expect(chat.client.calls).toContainEqual(['markRead', 61])
    await scroll(chat, 0)
    await receive(chat, 62)
    expect(seen).toEqual([61])
    chat.element.markRead()
    expect(seen).toEqual([61, 62])
  })
})

describe('ten thousand messages', () => {
  it('are drawn as the newest few hundred, and all of them can be reached', async () => {
    const chat = await mountChat(lobby(messagesOf(10_000)))
    expect(chat.all('article').length).toBeLessThan(260)
    const seen = new Set<string>()
    for (let step = 0; step < 400 && !seen.has('m1'); step++) {
      await scroll(chat, 0)
      for (const { dataset } of chat.all('article')) seen.add(dataset['key'] ?? '')
      expect(chat.all('article').length).toBeLessThanOrEqual(640)
    }
    expect(seen.size).toBe(10_000)
    expect(chat.all('.jump').length).toBe(1)
    await chat.element.scrollToLatest()
    await drawn(chat.element)
    expect(chat.all('article').at(-1)?.dataset['key']).toBe('m10000')
    expect(atEnd(chat)).toBe(true)
  }, 60_000)

  it('an arrival touches none of the rows before', async () => {
    const chat = await mountChat(lobby(messagesOf(10_000)))
    const touched = new Set<string>()
    const observer = new MutationObserver((records) => {
      for (const { target } of records) {
        const row =
          target instanceof Element
            ? target.closest('article')
            : target.parentElement?.closest('article')
        if (row) touched.add(row.dataset['key'] ?? '')
      }
    })
    observer.observe(chat.one('.feed'), {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    })
    await receive(chat, 10_001)
    observer.disconnect()
    // The one before gives up being the last of its group and the tab stop.
    expect([...touched].filter((key) => !['m10000', 'm10001'].includes(key))).toEqual([])
  })

  it('a long stream of arrivals keeps the list small', async () => {
    const chat = await mountChat(lobby(messagesOf(300)))
    let all = messagesOf(300)
    for (let burst = 0; burst < 20; burst++) {
      all = [...all, ...messagesOf(100, all.length + 1)]
      chat.client.setChat('lobby', { messages: all })
      await drawn(chat.element)
    }
    expect(chat.all('article').length).toBeLessThanOrEqual(800)
    expect(atEnd(chat)).toBe(true)
  })
})

describe('another window', () => {
  it('after a reload of the messages begins at the newest', async () => {
    const chat = await mountChat(lobby(messagesOf(60)))
    await scroll(chat, 0)
    chat.client.setChat('lobby', { messages: messagesOf(60, 5001), discontinuity: 1 })
    await drawn(chat.element)
    expect(chat.all('article').at(-1)?.dataset['key']).toBe('m5060')
    expect(atEnd(chat)).toBe(true)
  })

  it('after a short loss of the connection leaves the reader alone', async () => {
    const chat = await mountChat(lobby(messagesOf(60)))
    await scroll(chat, 100)
    const { scrollTop } = chat.one('.scroller')
    chat.client.setChat('lobby', { status: 'loading' })
    await drawn(chat.element)
    chat.client.setChat('lobby', { status: 'ready', messages: [...messagesOf(60), messageOf(61)] })
    await drawn(chat.element)
    expect(Math.abs(chat.one('.scroller').scrollTop - scrollTop)).toBeLessThanOrEqual(2)
  })
})
