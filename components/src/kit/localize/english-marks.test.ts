import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ann, messageOf, readyChat, userOf } from '../../../demo/fake-client.ts'
import { drawn, mount, type Mounted, unmountAll } from '../../../demo/mount.ts'
import { scenes } from '../../../demo/scenes.ts'
import '../../features/chat/teller.ts'
import '../../features/collab-chat/index.ts'
import type { CollabChatElement } from '../../features/collab-chat/collab-chat.ts'
import '../../features/collab-composer/index.ts'
import '../../features/collab-messages/index.ts'
import '../../features/collab-messages/reading.ts'
import '../../features/collab-sign-in/index.ts'
import { registerLocale } from './localize.ts'

// What is English in a page of another language says so.

const users = { ann, bo: userOf('bo', 'Bo', true) }
const messages = [
  messageOf(1, { body: 'Bonjour' }),
  // As a text of the element.
  messageOf(2, { body: 'Sent', editedAt: '2026-11-22T09:00:00.000Z' }),
  messageOf(3, { sender: 'ann', deletedAt: '2026-11-22T09:00:00.000Z' }),
]

async function show(
  lang: string,
  tag: 'collab-chat' | 'collab-messages' = 'collab-chat',
  state = { users, chats: { lobby: readyChat('lobby', messages) } } as object,
): Promise<Mounted<CollabChatElement>> {
  document.documentElement.lang = lang
  const shown = await mount(tag, { state }, { chatId: 'lobby' })
  await vi.dynamicImportSettled()
  await drawn(shown.element)
  return shown as Mounted<CollabChatElement>
}

/** The language in which something is said, as assistive technology finds it. */
const languageOf = (element: Element) =>
  element.closest<HTMLElement>('[lang]')?.lang ?? document.documentElement.lang
const at = (shown: Mounted<HTMLElement>, selector: string) => languageOf(shown.one(selector))

beforeEach(() => void vi.spyOn(document, 'hasFocus').mockReturnValue(true))
afterEach(async () => {
  await vi.dynamicImportSettled()
  unmountAll()
  vi.restoreAllMocks()
  document.documentElement.lang = ''
  document.documentElement.dir = ''
})

describe('in a page of a language that the kit does not have', () => {
  it('[A11Y-27] every text of its own is said to be English', async () => {
    const shown = await show('fr')
    await vi.waitFor(() => expect(at(shown, '[part=send-button]')).toBe('en'))
    const english = [
      '.beginning',
      '[data-key=m2] .edited',
      '[data-key=m3] .gone',
      '[data-key=m1] .guest',
      '[part=member-count]',
      'label',
    ]
    expect(english.map((each) => [each, at(shown, each)])).toEqual(
      english.map((each) => [each, 'en']),
    )
    await vi.waitFor(() => expect(at(shown, '[part=options-button]')).toBe('en'))
  })

  it('[A11Y-27] what people wrote, their names, numbers and dates are not', async () => {
    for (const tag of ['collab-chat', 'collab-messages'] as const) {
      const shown = await show('fr', tag)
      await vi.waitFor(() => expect(at(shown, '.beginning')).toBe('en'))
      const theirs = [
        '[data-key=m1] [part=message-body]',
        '[data-key=m2] [part=message-body]',
        '[data-key=m1] bdi',
        'time',
        '.day span',
        ...(tag === 'collab-chat' ? ['textarea', '.title bdi'] : []),
      ]
      expect(theirs.map((each) => [each, at(shown, each)])).toEqual(
        theirs.map((each) => [each, 'fr']),
      )
      unmountAll()
    }
  })

  it('[A11Y-27] what arrives later, and what is said aloud, is marked as it comes', async () => {
    const shown = await show('fr', 'collab-messages')
    await vi.waitFor(() => expect(at(shown, '.feed')).toBe('en'))
    shown.element.announce = 'summary'
    shown.client.receive('lobby', messageOf(4, { body: 'Salut', editedAt: '2026-11-22T09:00:00Z' }))
    await vi.waitFor(() => expect(at(shown, '[data-key=m4] .edited')).toBe('en'))
    expect(at(shown, '[data-key=m4] [part=message-body]')).toBe('fr')
    await vi.waitFor(() => expect(shown.one('#polite').textContent).toBe('1 new message'), 3000)
    expect(at(shown, '#polite')).toBe('en')
    shown.element.announce = 'full'
    shown.client.receive('lobby', messageOf(5, { body: 'Encore' }))
    await vi.waitFor(() => expect(shown.one('#polite').textContent).toContain('Encore'), 3000)
    // Nothing but a name and what was written.
    expect(at(shown, '#polite')).toBe('fr')
  })

  it('[A11Y-27] it runs from left to right in a page that does not', async () => {
    document.documentElement.dir = 'rtl'
    const shown = await show('he')
    await vi.waitFor(() => expect(at(shown, '.beginning')).toBe('en'))
    expect(getComputedStyle(shown.one('.beginning')).direction).toBe('ltr')
    expect(getComputedStyle(shown.one('.base')).direction).toBe('rtl')
    expect(getComputedStyle(shown.one('.below')).direction).toBe('rtl')
  })

  it('[A11Y-27] signing in says so too', async () => {
    const shown = await show('fr', 'collab-chat', scenes['sign-in']?.())
    await vi.waitFor(() => expect(shown.all('collab-sign-in')).toHaveLength(1))
    const form = shown.one('collab-sign-in')
    await vi.waitFor(() => {
      const label = form.shadowRoot?.querySelector('label')
      expect(label && languageOf(label)).toBe('en')
    })
    expect(languageOf(form.shadowRoot?.querySelector('input') as Element)).toBe('fr')
  })
})

it('[A11Y-27] of a language that has some of the texts the others are marked', async () => {
  registerLocale('sv', { send: 'Skicka' })
  const shown = await show('sv')
  await vi.waitFor(() => expect(at(shown, '.beginning')).toBe('en'))
  expect(at(shown, '[part=send-button]')).toBe('sv')
  registerLocale('sv', { beginning: 'Här börjar samtalet.' })
  await vi.waitFor(() => expect(shown.one('.beginning').textContent).toContain('Här'))
  await vi.waitFor(() => expect(at(shown, '.beginning')).toBe('sv'))
  expect(shown.one('.beginning').dir).toBe('')
})

it.each(['en', 'en-GB', 'de', 'ja', 'ar'])(
  '[A11Y-27] nothing is marked where %s is spoken',
  async (lang) => {
    const shown = await show(lang)
    await vi.waitFor(() => expect(shown.all('[part=options-button]')).toHaveLength(1))
    if (lang !== 'en' && lang !== 'en-GB')
      await vi.waitFor(() => expect(shown.one('.beginning').textContent).not.toContain('This'))
    await vi.waitFor(() => expect(shown.all('[lang]')).toEqual([]))
  },
)

it('[A11Y-27] another language of the page is taken over', async () => {
  const shown = await show('fr', 'collab-messages')
  await vi.waitFor(() => expect(at(shown, '.feed')).toBe('en'))
  document.documentElement.lang = 'nl'
  await vi.waitFor(() => expect(at(shown, '[part=message-body]')).toBe('nl'))
  expect(at(shown, '.feed')).toBe('en')
  document.documentElement.lang = 'de'
  await vi.waitFor(() => expect(shown.all('[lang]')).toEqual([]))
})
