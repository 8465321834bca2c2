/// <reference types="vite/client" />
import { describe, expect, it } from 'vitest'
import { messages as ar } from './ar.ts'
import { messages as de } from './de.ts'
import { type Formats, formatsOf } from './formats.ts'
import { messages as ja } from './ja.ts'
import type { Messages } from './messages.ts'
import { longer, mirrored } from './pseudo.ts'

type Key = keyof Messages

/** English, table by table. */
const tables = Object.values(
  import.meta.glob<Record<string, object>>('./en/*.ts', { eager: true }),
).flatMap((module) => Object.values(module))
const en = Object.assign({}, ...tables) as Messages
const languages = { en, de, ar, ja }
const translations = { de, ar, ja }
const pseudo = { 'en-XA': longer(en) as Messages, 'ar-XB': mirrored(en) as Messages }
const all = { ...languages, ...pseudo }
type Code = keyof typeof all

const KEYS = Object.keys(en) as Key[]
const COUNTS = [0, 1, 2, 3, 5, 11, 21, 100]
const NAMES = ['\u2068Ann\u2069', '\u2068Bo\u2069']
const each = <T extends object>(catalogues: T) => Object.entries(catalogues) as [Code, Messages][]

/** Texts that are counted; they are given a number, the others names. */
const COUNTED = KEYS.filter((key) => {
  const message: unknown = en[key]
  return typeof message === 'function' && /\bplural\(/.test(String(message))
})

function say(code: Code, key: Key, ...values: unknown[]): string {
  const message = all[code][key] as string | ((f: Formats, ...values: unknown[]) => string)
  return typeof message === 'string' ? message : message(formatsOf(code), ...values)
}

/** What a text says: for each count, or of names. */
const sayings = (code: Code, key: Key): string[] =>
  COUNTED.includes(key)
    ? COUNTS.map((count) => say(code, key, count, NAMES[0]))
    : [say(code, key, ...NAMES)]
const everything = (code: Code): [Key, string][] =>
  KEYS.flatMap((key) => sayings(code, key).map((text): [Key, string] => [key, text]))

/** Texts without what was put into them. */
const own = (text: string) => text.replace(/\u2068[^\u2069]*\u2069/g, '')
const wrong = (code: Code, isWrong: (text: string, key: Key) => boolean) =>
  everything(code).filter(([key, text]) => isWrong(text, key))

it('no text stands in two tables', () => {
  const keys = tables.flatMap((table) => Object.keys(table))
  expect(keys.length).toBeGreaterThan(100)
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
})

describe.each(each(all))('the catalogue %s', (code, catalogue) => {
  it('has every text that English has, and no other', () => {
    expect(Object.keys(catalogue).sort()).toEqual([...KEYS].sort())
  })

  it('says each value it is given', () => {
    for (const key of KEYS) {
      const message: unknown = en[key]
      if (typeof message !== 'function') continue
      const counts = COUNTED.includes(key) ? COUNTS.map((count) => [count]) : [[]]
      for (const count of counts) {
        const given = NAMES.slice(0, message.length - 1 - count.length)
        const said = say(code, key, ...count, ...given)
        expect([key, given.filter((name) => said.split(name).length !== 2)]).toEqual([key, []])
      }
    }
  })

  it('says each count, in numbers or words, and differently for different counts', () => {
    for (const key of COUNTED) {
      for (const count of COUNTS) {
        const said = say(code, key, count, NAMES[0])
        const number = formatsOf(code).number(count)
        // Arabic has words of its own up to two.
        const inWords = code === 'ar' && count < 3
        expect([key, count, said.includes(number)]).toEqual([key, count, !inWords])
        expect(said).not.toContain('#')
      }
      expect([key, new Set(sayings(code, key)).size]).toEqual([key, COUNTS.length])
    }
  })

  it('has no text that is empty, begins or ends with a space, or has two in a row', () => {
    expect(wrong(code, (text) => text === '' || /^\s|\s$|\s\s/.test(text))).toEqual([])
  })

  it('names a button by what is written on it', () => {
    const within = (key: Key, label: Key) =>
      say(code, key, NAMES[0])
        .toLowerCase()
        .includes(own(say(code, label)).toLowerCase())
    if (code in pseudo) return
    expect(within('retryMessage', 'retry')).toBe(true)
    expect(within('discardMessage', 'discard')).toBe(true)
    expect(within('sayFailed', 'retry')).toBe(true)
    expect(within('sayFailed', 'discard')).toBe(true)
  })
})

describe('plural forms', () => {
  it.each([
    ['en', '0 members|1 member|2 members|3 members|5 members|11 members|21 members|100 members'],
    [
      'de',
      '0 Mitglieder|1 Mitglied|2 Mitglieder|3 Mitglieder|5 Mitglieder|11 Mitglieder|21 Mitglieder|100 Mitglieder',
    ],
    ['ar', 'لا أعضاء|عضو واحد|عضوان|3 أعضاء|5 أعضاء|11 عضوًا|21 عضوًا|100 عضو'],
    [
      'ja',
      'メンバー0人|メンバー1人|メンバー2人|メンバー3人|メンバー5人|メンバー11人|メンバー21人|メンバー100人',
    ],
  ] as const)('of %s are those of the language', (code, texts) => {
    expect(sayings(code, 'members').join('|')).toBe(texts)
  })

  it('of Arabic tell none, one, two, few and many apart in every text that counts', () => {
    for (const key of COUNTED) {
      const words = sayings('ar', key).map((text) => text.replace(/\d+/g, '#'))
      expect([key, new Set(words.slice(0, 6)).size]).toEqual([key, 5])
    }
  })
})

describe.each(each(translations))('the language %s', (code) => {
  /** Words that are the same, and texts that only put values together. */
  const SAME: Partial<Record<Code, Key[]>> = {
    de: ['chat', 'offline', 'personIs', 'sayMessage', 'statusAvailable', 'statusOffline'],
    ar: ['sayMessage'],
  }

  it('has left no text in English', () => {
    const left = KEYS.filter((key) => sayings(code, key).join() === sayings('en', key).join())
    expect(left.sort()).toEqual(SAME[code] ?? [])
  })

  it('has its own punctuation', () => {
    const isWrong: Record<string, RegExp> = {
      // „…“, and a no-break space before an ellipsis that stands for words.
      de: /["'”]|[^\u00A0]…/,
      // Its own comma, semicolon and question mark, and ”…“.
      ar: /["',;?„«»]/,
      // Full width, but for what is quoted; no spaces.
      ja: /[\s"'“”.,:;!?]/,
    }
    expect(
      wrong(code, (text) => isWrong[code]?.test(own(text).replace(/「.」/g, '')) ?? true),
    ).toEqual([])
  })

  it('closes each quotation it opens', () => {
    const pairs: Record<string, [string, string]> = {
      de: ['„', '“'],
      ar: ['”', '“'],
      ja: ['「', '」'],
    }
    const [open = '', close = ''] = pairs[code] ?? []
    const count = (text: string, mark: string) => text.split(mark).length
    expect(wrong(code, (text) => count(text, open) !== count(text, close))).toEqual([])
  })

  it('ends a sentence where English ends one', () => {
    const isSentence = (text = '') => /[.。!?؟…]$/.test(own(text).trim())
    const unlike = KEYS.filter(
      (key) => isSentence(sayings(code, key).at(-1)) !== isSentence(sayings('en', key).at(-1)),
    )
    expect(unlike).toEqual([])
  })

  it('writes in its own letters', () => {
    const script = {
      de: /\p{Script=Latin}/u,
      ar: /\p{Script=Arabic}/u,
      ja: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u,
    }
    const letters = script[code as keyof typeof script]
    // These only put values together.
    const joins: Key[] = ['sayMessage', 'personIs']
    expect(wrong(code, (text, key) => !joins.includes(key) && !letters.test(own(text)))).toEqual([])
  })
})

describe.each(each(pseudo))('the pseudo-language %s', (code) => {
  it('leaves no plain letter, but in values', () => {
    expect(wrong(code, (text) => /[a-z]/i.test(own(text)))).toEqual([])
  })

  it('leaves values as they are', () => {
    expect(say(code, 'typingTwo', ...NAMES)).toMatch(/\u2068Ann\u2069.*\u2068Bo\u2069/)
  })
})

it('en-XA is at least 40 % longer than English and shows where a text begins and ends', () => {
  const longer = (key: Key, text: string, index: number) =>
    own(text).length >= own(sayings('en', key)[index] ?? '').length * 1.4
  for (const key of KEYS) {
    for (const [index, text] of sayings('en-XA', key).entries()) {
      expect([key, longer(key, text, index)]).toEqual([key, true])
      expect(text).toMatch(/^\[.*\]$/)
    }
  }
})

it('ar-XB runs from right to left, whatever stands around it', () => {
  expect(wrong('ar-XB', (text) => !/^\u200F\u202E.*\u202C\u200F$/.test(text))).toEqual([])
})
