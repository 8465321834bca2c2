import { afterEach, describe, expect, it } from 'vitest'
import { drawn, mountChat, unmountAll } from '../../../demo/mount.ts'
import { messageOf, readyChat } from '../../../demo/fake-client.ts'
import '../../features/collab-chat/index.ts'
import { chat } from './en/chat.ts'
import { formatsOf } from './formats.ts'
import { registerLocale } from './localize.ts'

afterEach(unmountAll)

const state = { chats: { lobby: readyChat('lobby', [messageOf(1)]) } }

describe('formats', () => {
  it.each([
    [0, '0 members'],
    [1, '1 member'],
    [2, '2 members'],
    [1234, '1,234 members'],
  ])('say %i members in English', (count, text) => {
    expect(chat.members(formatsOf('en'), count)).toBe(text)
  })

  it('choose among all plural forms of a language', () => {
    const forms = {
      one: '# wiadomość',
      few: '# wiadomości',
      many: '# wiadomości!',
      other: '# wiadomości?',
    }
    const polish = formatsOf('pl')
    expect([1, 3, 5].map((count) => polish.plural(count, forms))).toEqual([
      '1 wiadomość',
      '3 wiadomości',
      '5 wiadomości!',
    ])
  })

  it('name a day as people do', () => {
    const now = new Date(2026, 10, 22, 12)
    const day = (offset: number) =>
      formatsOf('en').day(new Date(2026, 10, 22 - offset, 23, 59), now)
    expect([day(0), day(1), day(3)]).toEqual(['Today', 'Yesterday', 'Thursday'])
    expect(day(20)).toBe('Monday, November 2')
    expect(day(400)).toContain('2025')
  })

  it('stand for English where a page gives no language tag', () => {
    expect(formatsOf('not a tag!').number(1234)).toBe('1,234')
  })
})

describe('an element', () => {
  it('speaks the language of the place where it stands, and English where that has no words', async () => {
    registerLocale('pt', {
      composerPlain: 'Mensagem',
      composerLabel: (_f, name) => `Mensagem para ${name}`,
    })
    const chat = await mountChat(state, { lang: 'pt-BR' })
    expect(chat.one('textarea').getAttribute('placeholder')).toContain('Mensagem para')
    expect(chat.one('.send').getAttribute('aria-label')).toBe('Send')
    chat.element.lang = 'en'
    await drawn(chat.element)
    expect(chat.one('textarea').getAttribute('placeholder')).toContain('Message')
  })

  it('takes over a language that arrives later', async () => {
    const chat = await mountChat(state, { lang: 'nl' })
    registerLocale('nl', { send: 'Verstuur' })
    await drawn(chat.element)
    expect(chat.one('.send').getAttribute('aria-label')).toBe('Verstuur')
  })

  it('has single texts replaced by its own', async () => {
    const chat = await mountChat(state, { i18n: { send: 'Fire away' } })
    expect(chat.one('.send').getAttribute('aria-label')).toBe('Fire away')
  })
})
