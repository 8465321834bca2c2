import type { Messages } from './messages.ts'

// Languages for those who build: still to be read, but whatever comes not from a catalogue, is cut off or stands on
// the wrong side catches the eye. They are English seen through glasses: without a table of their own, and as large
// as English is on this page at the moment.

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const ACCENTED = 'áƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ'
/** A value put into a text; it is nobody's to translate. */
const VALUE = /(\u2068[^\u2069]*\u2069)/
/** How much longer than English other languages get. */
const GROWTH = 0.4
const FILLER = accented(' one two three four five six seven eight nine ten')
const RLM = '\u200F'
const RLO = '\u202E'
const PDF = '\u202C'

/** `en-XA`: accented, longer, and in brackets that show where a text is cut or put together. */
export function longer(english: Partial<Messages>): Partial<Messages> {
  return changed(english, (text) => {
    const length = Math.ceil(text.length * GROWTH)
    const filler = FILLER.repeat(Math.ceil(length / FILLER.length)).slice(0, length)
    return `[${accented(text)}${filler}]`
  })
}

/** `ar-XB`: from right to left, for those who do not read Arabic. */
export function mirrored(english: Partial<Messages>): Partial<Messages> {
  return changed(english, (text) => RLM + RLO + accented(text) + PDF + RLM)
}

function changed(english: Partial<Messages>, change: (text: string) => string): Partial<Messages> {
  type Message = string | ((...given: unknown[]) => string) | undefined
  return new Proxy(english, {
    get: (texts, key) => {
      const message = Reflect.get(texts, key) as Message
      if (typeof message === 'function') return (...given: unknown[]) => change(message(...given))
      return message === undefined ? undefined : change(message)
    },
  })
}

/** Each letter with a mark that no English has; values as they are. */
function accented(text: string): string {
  return text
    .split(VALUE)
    .map((part) => (VALUE.test(part) ? part : part.replace(/[a-z]/gi, withMark)))
    .join('')
}

function withMark(letter: string): string {
  return ACCENTED[LETTERS.indexOf(letter)] ?? letter
}
