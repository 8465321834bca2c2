import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { findings } from '../../../demo/accessibility.ts'
import { ann, chatOf, messageOf, messagesOf, readyChat, userOf } from '../../../demo/fake-client.ts'
import { drawn, mountChat, unmountAll } from '../../../demo/mount.ts'
import { scenes } from '../../../demo/scenes.ts'
import './index.ts'
import '../collab-sign-in/index.ts'
// Fetched when it is needed; here it is at hand.
import '../chat/teller.ts'
import '../collab-messages/failures.ts'

const users = { ann, bo: userOf('bo', 'Bo'), cy: userOf('cy', 'Cy'), di: userOf('di', 'Di', true) }
const lobby = (messages = messagesOf(3), more = {}) => ({
  users,
  chats: { lobby: readyChat('lobby', messages, more) },
})
const type = async (chat: Awaited<ReturnType<typeof mountChat>>, text: string) => {
  const input = chat.one<HTMLTextAreaElement>('textarea')
  input.value = text
  input.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }))
  await drawn(chat.element)
}
const heard = (element: HTMLElement, name: string) => {
  const events: CustomEvent[] = []
  element.addEventListener(name, (event) => events.push(event as CustomEvent))
  return events
}

beforeEach(() => void vi.spyOn(document, 'hasFocus').mockReturnValue(true))
afterEach(() => {
  unmountAll()
  vi.restoreAllMocks()
})

describe.each(Object.keys(scenes))('the scene %s', (name) => {
  it.each([
    ['light', 'ltr', 320],
    ['dark', 'rtl', 900],
  ] as const)('[A11Y-1] has nothing that axe finds, %s %s %i', async (theme, dir, width) => {
    document.body.style.background = theme === 'dark' ? '#000' : '#fff'
    const box = document.body.appendChild(document.createElement('main'))
    Object.assign(box.style, { inlineSize: `${width}px`, blockSize: '600px' })
    box.dir = dir
    const chat = await mountChat(scenes[name]?.() ?? {}, { theme }, { parent: box } as never)
    await vi.waitFor(() =>
      expect(chat.all('.skeleton, .stage[aria-busy=true]').length).toBeLessThan(3),
    )
    for (const animation of chat.element.shadowRoot?.getAnimations() ?? []) animation.cancel()
    expect(await findings(chat.element)).toEqual([])
    const base = chat.one('.base')
    expect(base.scrollWidth).toBeLessThanOrEqual(base.clientWidth)
    box.remove()
  })
})

describe('the header', () => {
  it('[A11Y-32] names the chat, its topic and how many are in it', async () => {
    const chat = await mountChat(lobby())
    expect(chat.one('#title').textContent?.trim()).toBe('Lobby')
    expect(chat.one('#title').getAttribute('aria-level')).toBe('2')
    expect(chat.one('.topic').textContent?.trim()).toBe('Where everyone meets')
    expect(chat.one('.members').textContent).toContain('12 members')
    expect(chat.one('section').getAttribute('aria-label')).toBe('Lobby')
  })

  it('takes another name for the whole, where a page shows one chat twice', async () => {
    const chat = await mountChat(lobby(), { label: 'Lobby, as Ann sees it' })
    expect(chat.one('section').getAttribute('aria-label')).toBe('Lobby, as Ann sees it')
  })

  it('names the whole also where the page brings a header of its own', async () => {
    const chat = await mountChat(lobby(), { innerHTML: '<p slot="header">Help</p>' })
    expect(chat.one('section').getAttribute('aria-label')).toBe('Lobby')
  })

  it('names a direct chat after the others', async () => {
    const direct = chatOf('d', { kind: 'direct', members: ['ann', 'bo', 'cy'] })
    delete direct.name
    const chat = await mountChat(lobby([], { chat: direct }))
    expect(chat.one('#title').textContent?.trim()).toBe('Bo and Cy')
  })

  it('[A11Y-32] stands where the page’s headings say', async () => {
    const chat = await mountChat(lobby(), { headingLevel: 4 })
    expect(chat.one('#title').getAttribute('aria-level')).toBe('4')
    expect(chat.one('.day').getAttribute('aria-level')).toBe('5')
  })
})

describe('a message', () => {
  it('[A11Y-36] [A11Y-37] is an article named by author and time and described by its text', async () => {
    const chat = await mountChat(lobby())
    const [first, second] = chat.all('article')
    const named = (article: Element | undefined, attribute: string) =>
      (article?.getAttribute(attribute) ?? '')
        .split(' ')
        .map((id) => chat.element.shadowRoot?.getElementById(id)?.textContent?.trim())
        .join(' ')
    expect(named(first, 'aria-labelledby')).toMatch(/^Bo \d/)
    // Grouped: the name is not shown again, but it is there.
    expect(named(second, 'aria-labelledby')).toMatch(/^Bo \d/)
    expect(named(second, 'aria-describedby')).toContain('Message 2')
    expect(second?.getAttribute('aria-posinset')).toBe('2')
    expect(second?.getAttribute('aria-setsize')).toBe('-1')
  })

  it.each(['pointerover', 'focusin'])(
    'shows its time in full as a title once it is pointed at or has the focus (%s)',
    async (type) => {
      const chat = await mountChat(lobby([messageOf(1)]))
      const time = chat.one<HTMLTimeElement>('time')
      expect(time.dateTime).toBe(messageOf(1).createdAt)
      await vi.waitFor(() => {
        chat.one('article').dispatchEvent(new Event(type, { bubbles: true, composed: true }))
        expect(time.title).toContain('November 22, 2026')
      })
    },
  )

  it('of a guest is marked, one’s own stands apart', async () => {
    const chat = await mountChat(
      lobby([messageOf(1, { sender: 'di' }), messageOf(2, { sender: 'ann' })]),
    )
    const [guest, own] = chat.all('article')
    expect(guest?.querySelector('.guest')?.textContent).toBe('Guest')
    expect(own?.part.contains('message-own')).toBe(true)
    expect(own?.getBoundingClientRect().right).toBe(guest?.getBoundingClientRect().right)
  })

  it('turns addresses into links that give nothing away', async () => {
    const chat = await mountChat(lobby([messageOf(1, { body: 'see https://example.com/a.' })]))
    const link = chat.one<HTMLAnchorElement>('.bubble a')
    expect(link.href).toBe('https://example.com/a')
    expect(link.rel).toBe('noopener noreferrer nofollow ugc')
    expect(chat.one('.bubble').textContent).toBe('see https://example.com/a.')
  })

  it('keeps its white space and its own direction', async () => {
    const chat = await mountChat(lobby([messageOf(1, { body: '  a\n\n   b ' })]))
    const bubble = chat.one('.bubble')
    expect(bubble.textContent).toBe('  a\n\n   b ')
    expect(getComputedStyle(bubble).whiteSpace).toContain('pre-wrap')
    expect(getComputedStyle(bubble).unicodeBidi).toBe('plaintext')
    expect(bubble.dir).toBe('auto')
  })

  it('that was deleted shows nothing of its text', async () => {
    const chat = await mountChat(
      lobby([messageOf(1, { body: 'secret', deletedAt: messageOf(1).createdAt })]),
    )
    expect(chat.text()).not.toContain('secret')
    expect(chat.text()).toContain('This message was deleted.')
  })
})

describe('sending', () => {
  it('happens with Enter, empties the composer and keeps the focus in it', async () => {
    const chat = await mountChat(lobby())
    await userEvent.click(chat.one('textarea'))
    await userEvent.keyboard('Hello{Enter}')
    await drawn(chat.element)
    expect(chat.client.calls).toContainEqual(['send', 'Hello'])
    expect(chat.one<HTMLTextAreaElement>('textarea').value).toBe('')
    expect(chat.element.shadowRoot?.activeElement).toBe(chat.one('textarea'))
    expect(chat.all('article').at(-1)?.textContent).toContain('Hello')
  })

  it('makes a new line with Shift and Enter', async () => {
    const chat = await mountChat(lobby())
    await userEvent.click(chat.one('textarea'))
    await userEvent.keyboard('a{Shift>}{Enter}{/Shift}b')
    expect(chat.one<HTMLTextAreaElement>('textarea').value).toBe('a\nb')
    expect(chat.client.calls.some(([name]) => name === 'send')).toBe(false)
  })

  it.each([{ isComposing: true }, { keyCode: 229 }])(
    '[A11Y-49] leaves Enter to an input method, %j',
    async (composing) => {
      const chat = await mountChat(lobby())
      await type(chat, 'にほん')
      const enter = new KeyboardEvent('keydown', {
        key: 'Enter',
        bubbles: true,
        cancelable: true,
        ...composing,
      })
      chat.one('textarea').dispatchEvent(enter)
      expect(enter.defaultPrevented).toBe(false)
      expect(chat.client.calls.some(([name]) => name === 'send')).toBe(false)
    },
  )

  it('takes nothing blank', async () => {
    const chat = await mountChat(lobby())
    await type(chat, ' \u200B\n ')
    expect(chat.one('.send').getAttribute('aria-disabled')).toBe('true')
    chat.one('.send').click()
    expect(chat.client.calls.some(([name]) => name === 'send')).toBe(false)
  })

  it('asks the page first, which may refuse or change it', async () => {
    const chat = await mountChat(lobby())
    chat.element.addEventListener('collab-send', (event) => event.preventDefault(), { once: true })
    await type(chat, 'refused')
    chat.one('.send').click()
    expect(chat.client.calls.some(([name]) => name === 'send')).toBe(false)
    expect(chat.one<HTMLTextAreaElement>('textarea').value).toBe('refused')
    chat.element.addEventListener('collab-send', (event) => {
      event.detail.body += '!'
      event.detail.data = { from: 'test' }
    })
    expect(chat.element.send('changed')).toBe(true)
    expect(chat.client.calls).toContainEqual(['send', 'changed!', { from: 'test' }])
  })

  it('tells the page when the service has the message', async () => {
    const chat = await mountChat(lobby())
    const sent = heard(chat.element, 'collab-sent')
    chat.element.send('one')
    await drawn(chat.element)
    expect(sent).toHaveLength(0)
    chat.client.confirm('lobby')
    await drawn(chat.element)
    expect(sent.map(({ detail }) => [detail.chatId, detail.message.body])).toEqual([
      ['lobby', 'one'],
    ])
    expect(chat.all('article')).toHaveLength(4)
  })

  it('[A11Y-47] tells page and person when it was refused, and offers Retry and Delete', async () => {
    const chat = await mountChat(lobby())
    const failed = heard(chat.element, 'collab-send-failed')
    chat.element.send('one')
    const [pending] = chat.client.store.getState().chats['lobby']?.pending ?? []
    if (!pending) throw new Error('nothing waits')
    const error = { code: 'forbidden', message: '', retryable: false, requestId: '' } as const
    chat.client.setChat('lobby', { pending: [{ ...pending, state: 'failed', error }] })
    await drawn(chat.element)
    expect(failed.map(({ detail }) => detail.error.code)).toEqual(['forbidden'])
    await vi.waitFor(() =>
      expect(chat.all('article').at(-1)?.textContent).toMatch(
        /Not sent\. \u2068?You are not allowed to write here\./,
      ),
    )
    await vi.waitFor(() => expect(chat.one('#assertive').textContent).toContain('Message not sent'))
    chat.one('[part=retry-button]').click()
    await drawn(chat.element)
    expect(chat.client.calls).toContainEqual(['retry', pending.clientMessageId])
    chat.client.setChat('lobby', { pending: [{ ...pending, state: 'failed', error }] })
    await drawn(chat.element)
    expect(failed).toHaveLength(2)
    chat.one('[part=discard-button]').click()
    await drawn(chat.element)
    expect(chat.client.calls).toContainEqual(['discard', pending.clientMessageId])
    expect(chat.all('article')).toHaveLength(3)
  })

  it('[A11Y-30] [A11Y-48] counts near the limit and stops over it, in words at the field', async () => {
    const chat = await mountChat({ ...lobby(), limits: { messageBytes: 2000 } as never })
    await type(chat, 'a'.repeat(1700))
    expect(chat.all('.counter')).toHaveLength(0)
    await type(chat, 'é'.repeat(950))
    expect(chat.one('.counter').textContent?.trim()).toBe('50 characters left')
    await type(chat, 'é'.repeat(1003))
    const input = chat.one('textarea')
    expect(chat.one('.counter').textContent?.trim()).toBe(
      'Too long by 3 characters. Shorten it to send.',
    )
    expect([input.getAttribute('aria-invalid'), input.getAttribute('aria-describedby')]).toEqual([
      'true',
      'counter',
    ])
    chat.one('.send').click()
    expect(chat.client.calls.some(([name]) => name === 'send')).toBe(false)
  })

  it('[A11Y-30] takes as many characters as the page says, and what a script sends as it is', async () => {
    const chat = await mountChat(lobby(), { maxLength: 100 })
    await type(chat, 'a'.repeat(95))
    expect(chat.one('.counter').textContent?.trim()).toBe('5 characters left')
    await type(chat, 'a'.repeat(101))
    expect(chat.one('textarea').getAttribute('aria-invalid')).toBe('true')
    chat.one('.send').click()
    expect(chat.client.calls.some(([name]) => name === 'send')).toBe(false)
    expect(chat.element.send('b'.repeat(101))).toBe(true)
  })

  it('tells the page why a message from a script is not sent', async () => {
    const chat = await mountChat({ ...lobby(), limits: { messageBytes: 10 } as never })
    const errors = heard(chat.element, 'collab-error')
    expect(chat.element.send('far too long for this')).toBe(false)
    expect(errors.map(({ detail }) => detail.code)).toEqual(['too_large'])
  })
})

describe('the composer', () => {
  it('[A11Y-48] has a label that stays', async () => {
    const chat = await mountChat(lobby())
    expect(chat.one<HTMLTextAreaElement>('textarea').labels[0]?.textContent).toContain(
      'Message \u2068Lobby\u2069',
    )
  })

  it('keeps what is written as a draft, per chat', async () => {
    const chat = await mountChat({
      users,
      chats: {
        lobby: readyChat('lobby', []),
        other: readyChat('other', [], { draft: 'begun elsewhere' }),
      },
    })
    await type(chat, 'half a thou')
    expect(chat.client.calls).toContainEqual(['setDraft', 'half a thou'])
    expect(chat.client.calls).toContainEqual(['setTyping', true])
    chat.element.chatId = 'other'
    await drawn(chat.element)
    expect(chat.one<HTMLTextAreaElement>('textarea').value).toBe('begun elsewhere')
    chat.element.chatId = 'lobby'
    await drawn(chat.element)
    expect(chat.one<HTMLTextAreaElement>('textarea').value).toBe('half a thou')
    expect([...chat.client.open.keys()]).toEqual(['lobby'])
  })

  it('grows with the text up to a height', async () => {
    const chat = await mountChat(lobby())
    const height = () => chat.one('textarea').offsetHeight
    const one = height()
    await type(chat, 'a\nb\nc')
    expect(height()).toBeGreaterThan(one * 1.5)
    await type(chat, 'a\n'.repeat(60))
    expect(height()).toBeLessThanOrEqual(150)
  })

  it('is gone where one may only read', async () => {
    const chat = await mountChat(lobby([], { chat: chatOf('lobby', { permissions: ['join'] }) }))
    expect(chat.one('form').hidden).toBe(true)
    expect(chat.text()).toContain('You can read this chat, but not write in it.')
    expect(chat.element.matches(':state(readonly)')).toBe(true)
  })

  it('is gone where the page says so', async () => {
    const chat = await mountChat(lobby(), { readonly: true })
    expect(chat.one('form').hidden).toBe(true)
  })

  it('is left out where the page has one of its own, and nobody is told that they cannot write', async () => {
    const chat = await mountChat(lobby(), { withoutComposer: true })
    expect(chat.one('form').checkVisibility()).toBe(false)
    expect(chat.all('.read-only')).toEqual([])
    expect(chat.element.matches(':state(readonly)')).toBe(false)
    chat.element.focus()
    await vi.waitFor(() =>
      expect(chat.element.shadowRoot?.activeElement?.localName).toBe('article'),
    )
    expect(chat.element.send('From above')).toBe(true)
    chat.element.withoutComposer = false
    await drawn(chat.element)
    expect(chat.one('form').checkVisibility()).toBe(true)
  })
})

describe('who is typing', () => {
  it.each([
    [['bo'], '\u2068Bo\u2069 is typing…'],
    [['bo', 'cy'], '\u2068Bo\u2069 and \u2068Cy\u2069 are typing…'],
    [['bo', 'cy', 'di'], 'Several people are typing…'],
  ])('%j', async (typing, text) => {
    const chat = await mountChat(lobby([], { typing }))
    expect(chat.one('.typing-text').textContent).toBe(text)
  })

  it('moves nothing', async () => {
    const chat = await mountChat(lobby())
    const top = () => chat.one('form').getBoundingClientRect().top
    const before = top()
    chat.client.setChat('lobby', { typing: ['bo'] })
    await drawn(chat.element)
    expect(top()).toBe(before)
  })
})
