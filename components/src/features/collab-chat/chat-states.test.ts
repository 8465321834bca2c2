import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  ann,
  chatOf,
  messageOf,
  messagesOf,
  readyChat,
  serviceInfo,
  userOf,
} from '../../../demo/fake-client.ts'
import { drawn, mountChat, unmountAll } from '../../../demo/mount.ts'
import './index.ts'
// Fetched when it is needed; here it is at hand.
import '../chat/teller.ts'
import '../collab-messages/failures.ts'

const users = { ann, bo: userOf('bo', 'Bo') }
const lobby = (messages = messagesOf(3), more = {}) => ({
  users,
  chats: { lobby: readyChat('lobby', messages, more) },
})
const refusal = (code: string) => ({ code, message: '', retryable: false, requestId: '' }) as never
const heard = (name: string) => {
  const events: CustomEvent[] = []
  const listener = (event: Event) => void events.push(event as CustomEvent)
  document.addEventListener(name, listener)
  ends.push(() => document.removeEventListener(name, listener))
  return events
}
const ends: (() => void)[] = []
/** Explanations are fetched when they are needed. */
const says = (chat: Awaited<ReturnType<typeof mountChat>>, text: string) =>
  vi.waitFor(() => expect(chat.text()).toContain(text))

beforeEach(() => void vi.spyOn(document, 'hasFocus').mockReturnValue(true))
afterEach(() => {
  vi.useRealTimers()
  unmountAll()
  vi.restoreAllMocks()
  for (const end of ends.splice(0)) end()
})

describe('before anything is known', () => {
  it('[A11Y-29] there are grey shapes and a list that says it is busy', async () => {
    const chat = await mountChat({})
    expect(chat.all('.skeleton')).toHaveLength(1)
    expect(chat.one('.feed').getAttribute('aria-busy')).toBe('true')
    expect(chat.element.matches(':state(loading)')).toBe(true)
  })

  it('the first message of a chat has a place to be written', async () => {
    const chat = await mountChat(lobby([]))
    await says(chat, 'No messages yet')
    expect(chat.element.matches(':state(empty)')).toBe(true)
    chat.one('.empty button').click()
    expect(chat.element.shadowRoot?.activeElement).toBe(chat.one('textarea'))
    chat.element.send('first')
    await drawn(chat.element)
    expect(chat.text()).not.toContain('No messages yet')
    expect(chat.element.matches(':state(empty)')).toBe(false)
  })

  it('the page is told what it forgot', async () => {
    const chat = await mountChat({}, { chatId: '' })
    await says(chat, 'Set the attribute chat-id')
    expect(chat.element.matches(':state(error)')).toBe(true)
  })
})

describe('a refusal', () => {
  it('of the page names the origin that has to be allowed', async () => {
    const errors = heard('collab-error')
    const chat = await mountChat({
      connection: { status: 'refused', since: 0, attempt: 1, error: refusal('origin_denied') },
    })
    await says(chat, 'allowedOrigins')
    await says(chat, location.origin)
    expect(errors.map(({ detail }) => detail.code)).toEqual(['origin_denied'])
    chat.one('.notice button').click()
    expect(chat.client.calls).toContainEqual(['connect'])
  })

  it.each([
    ['forbidden', 'You can’t open this chat'],
    ['not_found', 'There is no such chat'],
    ['internal', 'The chat can’t be opened'],
  ])('of the chat, %s, says so in a sentence', async (code, title) => {
    const errors = heard('collab-error')
    const chat = await mountChat(lobby([], { status: 'refused', error: refusal(code) }))
    await says(chat, title)
    expect(chat.all('form')).toHaveLength(0)
    expect(errors.map(({ detail }) => [detail.code, detail.chatId])).toEqual([[code, 'lobby']])
  })

  it('of the chat is asked for again by the button', async () => {
    const chat = await mountChat(lobby([], { status: 'refused', error: refusal('forbidden') }))
    await says(chat, 'Try again')
    chat.one('.notice button').click()
    expect(chat.client.calls.filter(([name]) => name === 'open')).toHaveLength(2)
    expect(chat.client.open.get('lobby')).toBe(1)
    chat.client.setChat('lobby', { status: 'ready' })
    await drawn(chat.element)
    expect(chat.element.matches(':state(ready)')).toBe(true)
  })
})

describe('without a sign-in', () => {
  const signedOut = {
    connection: { status: 'signed_out', since: 0, attempt: 0 },
    service: serviceInfo,
  } as const

  it('offers no sign-in where a client is given whose tokens the page issues', async () => {
    const chat = await mountChat(signedOut, {}, { auth: { own: false } })
    await vi.waitFor(() => expect(chat.all('[part=notice-button]')).toHaveLength(1))
    expect(chat.all('collab-sign-in')).toEqual([])
  })

  it('the form is fetched and shown in place of the messages', async () => {
    const chat = await mountChat(signedOut)
    await vi.waitFor(() => expect(chat.all('collab-sign-in')).toHaveLength(1))
    expect(chat.element.matches(':state(signed-out)')).toBe(true)
    expect(chat.all('form')).toHaveLength(0)
  })

  it('writing comes next once one is in', async () => {
    const chat = await mountChat(signedOut)
    await vi.waitFor(() => expect(chat.all('collab-sign-in')).toHaveLength(1))
    await drawn(chat.element)
    chat.one('collab-sign-in').focus()
    chat.client.set({ ...lobby(), connection: { status: 'live', since: 0, attempt: 0 } })
    await drawn(chat.element)
    expect(chat.element.shadowRoot?.activeElement).toBe(chat.one('textarea'))
  })
})

describe('the connection', () => {
  const setup = async () => {
    const chat = await mountChat(lobby())
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const pass = async (milliseconds: number) => {
      vi.advanceTimersByTime(milliseconds)
      await chat.element.updateComplete
    }
    const badge = () => chat.one('.badge').textContent?.trim()
    const banner = () =>
      chat.one('.banner').hidden ? undefined : chat.one('.banner').textContent?.trim()
    return { chat, pass, badge, banner }
  }

  it('lost for a moment is not spoken of', async () => {
    const { chat, pass, badge, banner } = await setup()
    chat.client.connection('reconnecting')
    await pass(1400)
    expect([badge(), banner()]).toEqual(['Connected', undefined])
    chat.client.connection('live')
    await pass(10_000)
    expect([badge(), banner()]).toEqual(['Connected', undefined])
    expect(chat.one('#polite').textContent).toBe('')
  })

  it('[A11Y-28] [A11Y-31] lost for longer is told at the badge, then in a line, then said to be well again', async () => {
    const { chat, pass, badge, banner } = await setup()
    chat.client.connection('reconnecting')
    await pass(1600)
    expect([badge(), banner()]).toEqual(['Reconnecting…', undefined])
    expect(chat.element.matches(':state(reconnecting)')).toBe(true)
    await pass(3500)
    expect(banner()).toBe('Connection lost. Reconnecting…')
    await pass(500)
    expect(chat.one('#polite').textContent).toBe('Connection lost. Reconnecting…')
    chat.client.connection('live')
    await pass(1)
    expect([badge(), banner()]).toEqual(['Connected', 'Connected again'])
    await pass(2100)
    expect(banner()).toBeUndefined()
  })

  it('that comes and goes is told once', async () => {
    const { chat, pass, banner } = await setup()
    for (let attempt = 0; attempt < 4; attempt++) {
      chat.client.connection('reconnecting')
      await pass(700)
      chat.client.connection('connecting')
      await pass(700)
    }
    expect(banner()).toBe('Connection lost. Reconnecting…')
  })

  it('that is off leaves the composer at work and counts what waits', async () => {
    const { chat, pass, badge, banner } = await setup()
    chat.client.connection('offline')
    await pass(1600)
    expect([badge(), banner()]).toEqual([
      'Offline',
      'You’re offline. Messages are sent when you’re back.',
    ])
    chat.element.send('from the tunnel')
    await pass(1)
    expect(banner()).toBe('You’re offline. 1 message is sent when you’re back.')
    expect(chat.all('article').at(-1)?.textContent).toContain('Waiting to be sent')
    expect(chat.element.matches(':state(offline)')).toBe(true)
  })
})

describe('what is said aloud', () => {
  const said = (chat: Awaited<ReturnType<typeof mountChat>>) => chat.one('#polite').textContent

  it('[A11Y-40] is a message of somebody else, with the name', async () => {
    const chat = await mountChat(lobby())
    chat.client.receive('lobby', messageOf(4, { body: `hi ${'x'.repeat(300)}` }))
    await vi.waitFor(() => expect(said(chat)).toMatch(/^\u2068Bo\u2069: \u2068hi x{137}…\u2069$/))
  })

  it('[A11Y-40] [A11Y-42] is not what one wrote oneself, nor what was there before', async () => {
    const chat = await mountChat(lobby(messagesOf(3, 100), { hasOlder: true }))
    chat.element.send('mine')
    chat.client.confirm('lobby')
    await drawn(chat.element)
    chat.client.setChat('lobby', { messages: [...messagesOf(20, 80), ...messagesOf(3, 100)] })
    await vi.waitFor(() => expect(said(chat)).toBe('20 older messages loaded'))
  })

  it.each([
    ['summary', '1 new message'],
    ['off', ''],
  ] as const)('[A11Y-41] is less with announce="%s"', async (announce, text) => {
    const chat = await mountChat(lobby(), { announce })
    chat.client.receive('lobby', messageOf(4))
    await drawn(chat.element)
    // Said after whatever had to be said before.
    chat.client.setChat('lobby', { messages: messagesOf(5) })
    if (text) await vi.waitFor(() => expect(said(chat)).toContain('new message'))
    else expect(said(chat)).toBe('')
  })
})

describe('slots', () => {
  it.each([
    ['empty', lobby([])],
    ['loading', {}],
    ['error', lobby([], { status: 'refused', error: refusal('forbidden') })],
  ])('%s replaces what the element would show', async (slot, state) => {
    const chat = await mountChat(state)
    const own = document.createElement('p')
    own.slot = slot
    own.textContent = 'The page’s own words'
    chat.element.append(own)
    await drawn(chat.element)
    expect(own.checkVisibility()).toBe(true)
    expect(chat.all('.notice, .skeleton').filter((each) => each.checkVisibility())).toEqual([])
  })
})

describe('coming and going', () => {
  it('fifty times leaves nothing behind', async () => {
    const signals: (AbortSignal | undefined)[] = []
    for (const target of [window, document]) {
      const add = target.addEventListener.bind(target)
      vi.spyOn(target, 'addEventListener').mockImplementation((...given: unknown[]) => {
        const [type, listener, options] = given as [
          string,
          EventListener,
          AddEventListenerOptions | undefined,
        ]
        signals.push(options?.signal ?? undefined)
        add(type, listener, options)
      })
    }
    const chat = await mountChat(lobby(messagesOf(100)))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval'] })
    for (let times = 0; times < 50; times++) {
      chat.element.remove()
      document.body.append(chat.element)
      await chat.element.updateComplete
      chat.client.receive('lobby', messageOf(101 + times))
      await chat.element.updateComplete
    }
    expect(chat.client.calls.filter(([name]) => name === 'release')).toEqual([])
    chat.element.remove()
    expect(chat.client.subscribers).toBe(0)
    vi.advanceTimersByTime(2900)
    expect(chat.client.open.get('lobby')).toBe(1)
    vi.advanceTimersByTime(100)
    expect(chat.client.open.size).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
    expect(signals.length).toBeGreaterThan(50)
    expect(signals.filter((signal) => !signal?.aborted)).toEqual([])
  })

  it('in one go with moveBefore changes nothing at all', async () => {
    const chat = await mountChat(lobby())
    const row = chat.all('article')[0]
    const box = document.body.appendChild(document.createElement('div'))
    ;(box as HTMLElement & { moveBefore(node: Node, before: null): void }).moveBefore(
      chat.element,
      null,
    )
    await drawn(chat.element)
    expect(chat.all('article')[0]).toBe(row)
    expect(chat.client.subscribers).toBeGreaterThan(0)
    chat.element.remove()
    box.remove()
  })
})

describe('hostile text', () => {
  const strings = async () => {
    const answer = await fetch(new URL('../../../../e2e/data/blns.json', import.meta.url))
    return (await answer.json()) as string[]
  }

  it('is drawn as it is, character by character', async () => {
    const hostile = (await strings()).filter((text) => text.trim() !== '')
    expect(hostile.length).toBeGreaterThan(400)
    const messages = hostile.map((body, index) => messageOf(index + 1, { body }))
    for (let from = 0; from < messages.length; from += 80) {
      const some = messages.slice(from, from + 80)
      const chat = await mountChat(lobby(some))
      expect(chat.all('.bubble').map(({ textContent }) => textContent)).toEqual(
        some.map(({ body }) => body),
      )
      const kinds = new Set(chat.all('.bubble *').map(({ localName }) => localName))
      expect([...kinds].filter((kind) => kind !== 'a')).toEqual([])
      for (const link of chat.all('.bubble a'))
        expect(link.getAttribute('href')).toMatch(/^(https?:|mailto:)/)
      unmountAll()
    }
  })

  it('stays a text as a name, a topic and a draft', async () => {
    const chat = await mountChat(lobby([messageOf(1)]))
    for (const text of await strings()) {
      if (text.trim() === '') continue
      const named = chatOf('lobby', { name: text, topic: text })
      chat.client.set({ users: { bo: userOf('bo', text) } })
      chat.client.setChat('lobby', { chat: named, draft: text, typing: ['bo'] })
      await chat.element.updateComplete
      expect(chat.one('.title bdi').textContent).toBe(text)
      expect(chat.one('.topic bdi').textContent).toBe(text)
      expect(chat.one('.author bdi').textContent).toBe(text)
      expect(chat.all('script, iframe, img, object, embed')).toEqual([])
    }
  })
})
