/** How many colours people have. */
export const PERSON_COLOURS = 12

/** The colour of a person: the same everywhere and for good. */
export function personColour(username: string): number {
  let hash = 2166136261
  for (let index = 0; index < username.length; index++) {
    hash = Math.imul(hash ^ username.charCodeAt(index), 16777619)
  }
  return ((hash ^ (hash >>> 15)) >>> 0) % PERSON_COLOURS
}

const LETTER = /[\p{L}\p{N}\p{Extended_Pictographic}]/u

const known = new Map<string, string>()

/** First letters of the first and the last word, as a reader counts letters: at most two. */
export function initials(name: string): string {
  const cached = known.get(name)
  if (cached !== undefined) return cached
  const words = name.split(/[\s._\-/|,()[\]{}]+/u).filter((word) => LETTER.test(word))
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0] ?? name]
  const letters = ends.map((word = '') => firstGrapheme(word))
  const result = letters.join('\u200C').toLocaleUpperCase()
  // Names come from everywhere: the memory of them stays small.
  if (known.size > 500) known.clear()
  known.set(name, result)
  return result
}

function firstGrapheme(word: string): string {
  const [first] = segments(word.slice(Math.max(word.search(LETTER), 0)))
  return first?.segment ?? ''
}

let segmenter: Intl.Segmenter | undefined

/** A text in what a reader takes for characters. */
function segments(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  return segmenter.segment(text)
}

/** How many characters a reader counts. */
export function graphemes(text: string): number {
  return [...segments(text)].length
}

/** One to three emoji and nothing else. */
export function isEmojiOnly(text: string): boolean {
  const compact = text.replace(/\s/gu, '')
  if (compact.length > 40 || !EMOJI.test(compact)) return false
  const characters = [...segments(compact)]
  return characters.length <= 3 && characters.every(({ segment }) => EMOJI.test(segment))
}
const EMOJI = /^(?:\p{Emoji_Presentation}|\p{Regional_Indicator}|\p{Extended_Pictographic}\uFE0F)/u
