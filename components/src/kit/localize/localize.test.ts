import { html, LitElement, type TemplateResult } from 'lit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { errors } from './en/errors.ts'
import { said } from './en/said.ts'
import { formatsOf } from './formats.ts'
import { addLanguages } from './languages.ts'
import { Localize, registerLocale } from './localize.ts'
import { dayTitle, moment } from './moment.ts'
import type { Messages } from './messages.ts'

vi.mock('./languages.ts', { spy: true })
const fetched = vi.mocked(addLanguages)

class SpeakerElement extends LitElement {
  i18n: Partial<Messages> | undefined
  count = 2
  drawn = 0
  readonly localize = new Localize(this)
  constructor() {
    super()
    this.localize.include({ ...errors, ...said })
  }
  protected override render(): TemplateResult {
    this.drawn++
    return html`<p>${this.localize.text('tryAgain')}</p>
      <b>${this.localize.text('sayNew', this.count)}</b>`
  }
  get said(): string[] {
    return ['p', 'b'].map((tag) => this.renderRoot.querySelector(tag)?.textContent ?? '')
  }
}
customElements.define('test-localized', SpeakerElement)

async function speaker(lang: string, parent: Node = document.body): Promise<SpeakerElement> {
  const element = new SpeakerElement()
  element.lang = lang
  parent.appendChild(element)
  await element.updateComplete
  return element
}

beforeEach(() => void fetched.mockClear())
afterEach(async () => {
  vi.useRealTimers()
  // Languages of one test do not come in the next.
  await vi.dynamicImportSettled()
  document.body.replaceChildren()
  document.documentElement.lang = ''
})

describe('formats', () => {
  it.each([
    [0, '0 new messages'],
    [1, '1 new message'],
    [2, '2 new messages'],
    [1234, '1,234 new messages'],
  ])('count %i messages in English', (count, text) => {
    expect(said.sayNew(formatsOf('en'), count)).toBe(text)
  })

  it('choose among all plural forms of a language', () => {
    const forms = { one: '# wiadomość', few: '# wiadomości', many: '# wiadomości!', other: '?' }
    expect([1, 3, 5].map((count) => formatsOf('pl').plural(count, forms))).toEqual([
      '1 wiadomość',
      '3 wiadomości',
      '5 wiadomości!',
    ])
  })

  it('name a day as people do', () => {
    const now = new Date(2026, 10, 22, 12)
    const day = (offset: number, locale = 'en') =>
      dayTitle(formatsOf(locale), new Date(2026, 10, 22 - offset, 23, 59), now)
    expect([day(0), day(1), day(3)]).toEqual(['Today', 'Yesterday', 'Thursday'])
    expect(day(20)).toBe('Monday, November 2')
    expect(day(400)).toContain('2025')
    expect([day(0, 'de'), day(20, 'de'), day(20, 'ja')]).toEqual([
      'Heute',
      'Montag, 2. November',
      '11月2日月曜日',
    ])
  })

  it('tell a moment as the language puts day and time together', () => {
    const now = new Date(2026, 10, 22, 12)
    const told = (locale: string, days: number) =>
      moment(formatsOf(locale), new Date(2026, 10, 22 + days, 15, 5), now).replace(/\s/g, ' ')
    expect([told('en', 0), told('en', -2), told('en', 3), told('en', -20)]).toEqual([
      '3:05 PM',
      'Friday 3:05 PM',
      'Wednesday 3:05 PM',
      'Monday, November 2 at 3:05 PM',
    ])
    expect(told('en', -400)).toBe('October 18, 2025 at 3:05 PM')
    expect([told('de', -2), told('de', -20)]).toEqual([
      'Freitag, 15:05',
      'Montag, 2. November um 15:05',
    ])
    expect([told('ja', -2), told('ja', -20)]).toEqual(['15:05 (金曜日)', '11月2日月曜日 15:05'])
    expect(told('ar', -20)).toMatch(/^الاثنين، \S+ نوفمبر في /)
  })

  it('say since when within a sentence: the time of today, else the day', () => {
    const now = new Date(2026, 10, 22, 18)
    const since = (offset: number, locale = 'en') =>
      formatsOf(locale)
        .since(new Date(2026, 10, 22 - offset, 14, 5), now)
        .replace(/\s/g, ' ')
    expect([since(0), since(1), since(3), since(20)]).toEqual([
      '2:05 PM',
      'yesterday',
      'Thursday',
      'Monday, November 2',
    ])
    expect(['de', 'ja', 'ar-u-nu-latn'].map((locale) => since(0, locale))).toEqual([
      '14:05',
      '14:05',
      '2:05 م',
    ])
    expect(['de', 'ja', 'ar'].map((locale) => since(1, locale))).toEqual(['gestern', '昨日', 'أمس'])
  })

  it('take hours and digits from the language tag', () => {
    const at = new Date(2026, 10, 22, 15, 4)
    expect(formatsOf('en-u-hc-h23').time(at)).toBe('15:04')
    expect(formatsOf('ar-u-nu-arab').number(12)).toBe('١٢')
    expect(formatsOf('ar-u-nu-latn').number(12)).toBe('12')
  })

  it('stand for English where a page gives no language tag', () => {
    expect(formatsOf('not a tag!').number(1234)).toBe('1,234')
  })

  it('isolate what is put into a sentence, once and for good', () => {
    const { isolate } = formatsOf('en')
    expect(isolate('مينا')).toBe('\u2068مينا\u2069')
    expect(isolate(isolate('Bo'))).toBe('\u2068Bo\u2069')
    // A name could close the isolate, or turn around all that follows.
    expect(isolate('Bo\u2069\u202Efdp.exe')).toBe('\u2068Bofdp.exe\u2069')
  })
})

describe('the language of an element', () => {
  it('is that of the nearest element that has one, through shadow roots', async () => {
    const outer = document.body.appendChild(document.createElement('section'))
    outer.lang = 'nl'
    const root = outer.appendChild(document.createElement('div')).attachShadow({ mode: 'open' })
    root.innerHTML = '<div lang=""><span></span></div>'
    const element = await speaker('', root.querySelector('span') ?? root)
    expect(element.localize.locale).toBe('nl')
  })

  it('is that of its place in the page, not that of the slot it is shown in, as HTML has it', async () => {
    const page = document.body.appendChild(document.createElement('section'))
    page.lang = 'nl'
    page.attachShadow({ mode: 'open' }).innerHTML = '<div lang="sv"><slot></slot></div>'
    expect((await speaker('', page)).localize.locale).toBe('nl')
  })

  it('is the browser’s where the page has none', async () => {
    expect((await speaker('')).localize.locale).toBe(navigator.language)
  })

  it('changes with the page', async () => {
    registerLocale('nl', { tryAgain: 'Opnieuw proberen' })
    const element = await speaker('')
    document.documentElement.lang = 'nl'
    await vi.waitFor(() => expect(element.said[0]).toBe('Opnieuw proberen'))
    document.documentElement.lang = 'en'
    await vi.waitFor(() => expect(element.said[0]).toBe('Try again'))
  })

  it('changes with what stands around it in its shadow root, and around that', async () => {
    registerLocale('nl', { tryAgain: 'Opnieuw proberen' })
    const root = document.body
      .appendChild(document.createElement('div'))
      .attachShadow({ mode: 'open' })
    const around = root.appendChild(document.createElement('div'))
    const element = await speaker('', around)
    around.lang = 'nl'
    await vi.waitFor(() => expect(element.said[0]).toBe('Opnieuw proberen'))
    around.lang = ''
    await vi.waitFor(() => expect(element.said[0]).toBe('Try again'))
    document.documentElement.lang = 'nl'
    await vi.waitFor(() => expect(element.said[0]).toBe('Opnieuw proberen'))
  })

  it('changes with the place', async () => {
    registerLocale('nl', { tryAgain: 'Opnieuw proberen' })
    const element = await speaker('')
    const dutch = document.body.appendChild(document.createElement('div'))
    dutch.lang = 'nl'
    dutch.append(element)
    await element.updateComplete
    expect(element.said[0]).toBe('Opnieuw proberen')
  })

  it('is watched by one observer, and by none when no element is left', async () => {
    const watching = vi.spyOn(MutationObserver.prototype, 'observe')
    const ending = vi.spyOn(MutationObserver.prototype, 'disconnect')
    const [one, other] = [await speaker('en'), await speaker('en')]
    expect(new Set(watching.mock.contexts).size).toBe(1)
    one.remove()
    expect(ending).not.toHaveBeenCalled()
    other.remove()
    expect(ending).toHaveBeenCalledOnce()
    const { drawn } = other
    document.documentElement.lang = 'sv'
    await Promise.resolve()
    await other.updateComplete
    expect(other.drawn).toBe(drawn)
    vi.restoreAllMocks()
  })

  it('does not turn it around: `dir` of the page does', async () => {
    registerLocale('he', { tryAgain: 'נסו שוב' })
    const element = await speaker('he')
    expect(element.said[0]).toBe('נסו שוב')
    expect(getComputedStyle(element).direction).toBe('ltr')
    document.documentElement.dir = 'rtl'
    expect(getComputedStyle(element).direction).toBe('rtl')
    document.documentElement.dir = ''
  })
})

describe('a language of the kit', () => {
  it('is fetched when it is needed; until then there is English, then one drawing', async () => {
    const element = await speaker('de-AT')
    expect(element.said).toEqual(['Try again', '2 new messages'])
    expect(element.drawn).toBe(1)
    await vi.waitFor(() => expect(element.said[0]).toBe('Noch einmal versuchen'))
    expect(element.said[1]).toBe('2 neue Nachrichten')
    expect(element.drawn).toBe(2)
    expect(fetched.mock.calls.map(([, locale]) => locale)).toEqual(['de-at'])
    await speaker('de-AT')
    expect(fetched).toHaveBeenCalledOnce()
  })

  it.each(['en', 'en-GB', 'EN-us'])('is not looked for where %s is spoken', async (lang) => {
    const element = await speaker(lang)
    expect(element.said[0]).toBe('Try again')
    expect(fetched).not.toHaveBeenCalled()
  })

  it('that is made from English follows what comes later', async () => {
    const element = await speaker('en-XA')
    await vi.waitFor(() => expect(element.said[0]).toMatch(/^\[Ţŕý áĝáîñ/))
    element.localize.include({ chat: 'Chat' })
    expect(element.localize.text('chat')).toMatch(/^\[Çĥáţ/)
  })

  it('gives way to the page’s texts, registered before or after it is here', async () => {
    registerLocale('ar', { error_other: 'one' })
    const element = await speaker('ar')
    await vi.waitFor(() => expect(element.said[1]).toBe('رسالتان جديدتان'))
    expect(element.localize.text('error_other')).toBe('one')
    const { drawn } = element
    registerLocale('AR', { error_other: 'two' })
    expect(element.localize.text('error_other')).toBe('two')
    await element.updateComplete
    expect(element.drawn).toBe(drawn + 1)
  })

  it('that is a kind of another is fetched although the other one has its texts', async () => {
    const element = await speaker('ar')
    await vi.waitFor(() => expect(element.said[0]).toBe('المحاولة مرة أخرى'))
    element.lang = 'ar-XB'
    await vi.waitFor(() => expect(element.said[0]).toContain('Ţŕý áĝáîñ'))
    element.lang = 'ar-EG'
    await vi.waitFor(() => expect(element.said[0]).toBe('المحاولة مرة أخرى'))
  })

  it('that does not come is asked for again at the next need, and nothing breaks', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    fetched.mockRejectedValueOnce(new TypeError('Failed to fetch dynamically imported module'))
    const element = await speaker('ja')
    const again = async () => {
      element.requestUpdate()
      await element.updateComplete
      await vi.dynamicImportSettled()
    }
    await again()
    await again()
    expect(element.said[0]).toBe('Try again')
    expect(fetched).toHaveBeenCalledOnce()
    vi.advanceTimersByTime(5000)
    await again()
    await again()
    expect(element.said).toEqual(['もう一度試す', '新着メッセージ2件'])
  })

  it.each([
    ['fr', 0, '0 new messages'],
    ['ko', 1, '1 new message'],
  ])('that does not exist is English, also in how %s would count %i', async (lang, count, text) => {
    const element = await speaker(lang)
    element.count = count
    element.requestUpdate()
    await element.updateComplete
    expect(element.said[1]).toBe(text)
  })

  it.each(['constructor', '__proto__', 'x', '-', 'de_DE!'])(
    'is not what happens to be called %j',
    async (lang) => {
      const element = await speaker(lang)
      await vi.dynamicImportSettled()
      expect(element.said[0]).toBe('Try again')
    },
  )
})

describe('texts', () => {
  it('are looked for key by key: pt-BR, then pt, then the page’s English, then the kit’s', async () => {
    registerLocale('pt-BR', { tryAgain: 'Tente de novo' })
    registerLocale('pt', { tryAgain: 'Tentar de novo', sayNew: (f, n) => `${f.number(n)} novas` })
    const element = await speaker('pt-BR')
    expect(element.said).toEqual(['Tente de novo', '2 novas'])
    element.lang = 'pt-PT'
    await vi.waitFor(() => expect(element.said[0]).toBe('Tentar de novo'))
    expect(element.localize.text('error_other')).toBe('Something went wrong. Try again.')
    registerLocale('en', { error_other: 'Oops' })
    expect(element.localize.text('error_other')).toBe('Oops')
    registerLocale('en', { error_other: errors.error_other })
  })

  it('of an element win over all', async () => {
    const element = await speaker('de')
    element.i18n = { tryAgain: 'Los!' }
    element.requestUpdate()
    await element.updateComplete
    expect(element.said[0]).toBe('Los!')
  })

  it('isolate the values put into them', async () => {
    const element = await speaker('en')
    element.i18n = { sayMessage: (_f, name, body) => `${name} → ${body}` }
    expect(element.localize.text('sayMessage', 'Bo', 'مرحبا')).toBe(
      '\u2068Bo\u2069 → \u2068مرحبا\u2069',
    )
  })

  it('that are drawn once and kept are drawn again for another language, catalogue or override', async () => {
    const element = await speaker('en')
    const seen = new Set<string>()
    const identity = new Map<unknown, number>()
    const look = () =>
      seen.add(
        element.localize.dependencies
          .map(
            (each) => identity.get(each) ?? (identity.set(each, identity.size), identity.size - 1),
          )
          .join(),
      )
    look()
    look()
    expect(seen.size).toBe(1)
    registerLocale('xx', {})
    look()
    element.i18n = {}
    look()
    element.lang = 'sv'
    await vi.waitFor(() => expect(element.localize.locale).toBe('sv'))
    look()
    expect(seen.size).toBe(4)
  })
})
