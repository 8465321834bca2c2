import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DisplayName, isBlank, isText, MessageBody } from './text.ts'

const list = new URL('../../../e2e/data/blns.json', import.meta.url)
const naughty = JSON.parse(readFileSync(list, 'utf8')) as string[]

/** Indices of the strings that show nothing: none, controls, white space, format characters, U+FEFF, U+FFFE, a space. */
const blank = new Set([0, 93, 94, 95, 96, 97, 98, 434])
/** Indices of those that can be seen but name nobody: on two lines, with direction or other controls. */
const nameless = new Set([171, 172, 173, 174, 175, 176, 177, 506, 507, 508])

describe('a naughty string', () => {
  const shown = naughty.map((text, index) => ({
    text,
    index,
    start: JSON.stringify(text).slice(0, 40),
  }))

  test.each(shown.filter(({ index }) => blank.has(index)))(
    'is nothing: $index $start',
    ({ text }) => {
      expect(isBlank(text)).toBe(true)
      expect(MessageBody.safeParse(text).success).toBe(false)
      expect(DisplayName.safeParse(text).success).toBe(false)
    },
  )

  test.each(shown.filter(({ index }) => !blank.has(index)))(
    'is a message: $index $start',
    ({ text, index }) => {
      expect(isText(text)).toBe(true)
      expect(MessageBody.parse(text)).toBe(text)
      expect(DisplayName.safeParse(text).success).toBe(!nameless.has(index))
    },
  )
})

const INVISIBLE = [
  ' ',
  '\t',
  '\n',
  '\u00A0',
  '\u00AD',
  '\u115F',
  '\u180E',
  '\u200B',
  '\u200D',
  '\u202E',
  '\u2060',
  '\u2800',
  '\u3164',
  '\uFE0F',
  '\uFEFF',
  '\uFFFC',
  '\u{E0061}',
  '\0',
]

describe('a message', () => {
  test('needs something that can be seen', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...INVISIBLE)), (parts) => {
        expect(isBlank(parts.join(''))).toBe(true)
        expect(MessageBody.safeParse(parts.join('')).success).toBe(false)
      }),
    )
  })

  test('is not blank when one visible character is anywhere in it', () => {
    const noise = fc.array(fc.constantFrom(...INVISIBLE)).map((parts) => parts.join(''))
    fc.assert(
      fc.property(
        noise,
        fc.constantFrom('a', '.', '0', '李', '😀', '۝a', '‽'),
        noise,
        (before, shown, after) => {
          expect(isBlank(before + shown + after)).toBe(false)
        },
      ),
    )
  })

  test('is refused with the reason invalid_text', () => {
    expect(MessageBody.safeParse(' ').error?.issues).toMatchObject([
      { params: { reason: 'invalid_text' } },
    ])
  })

  test('keeps its white space and its form of normalisation', () => {
    for (const text of ['  a  ', 'A\u030A', '\u00C5', 'a\r\nb'])
      expect(MessageBody.parse(text)).toBe(text)
  })
})

describe('text', () => {
  test.each(['\0', 'a\0b', '\uD800', 'a\uDFFF', '\uDE00\uD83D'])('is not %j', (text) => {
    expect(isText(text)).toBe(false)
  })

  test('is every well-formed string without NUL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(isText(text)).toBe(!text.includes('\0'))
      }),
    )
  })
})

describe('a name to show', () => {
  const flag = '🇪🇺'
  test.each([
    ['one character', 'x'],
    ['80 characters', 'x'.repeat(80)],
    ['80 characters as a reader counts them', flag.repeat(80)],
    ['letters of any script', 'नमस्ते'],
    ['a joined emoji', '👩‍👩‍👧'],
    ['inner spaces', 'Ada King Lovelace'],
  ])('may have %s', (_, text) => expect(DisplayName.parse(text)).toBe(text))

  test.each([
    ['nothing', ''],
    ['only spaces', '   '],
    ['a line break', 'a\nb'],
    ['a line separator', 'a\u2028b'],
    ['a direction override', 'a\u202Eb'],
    ['a direction isolate', 'a\u2066b'],
    ['an escape', 'a\u001B[0m'],
  ])('may not have %s', (_, text) => expect(DisplayName.safeParse(text).success).toBe(false))
})
