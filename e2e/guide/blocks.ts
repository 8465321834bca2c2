import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Code that a page of the documentation shows. */
export interface Block {
  /** The page, from the root of the repository. */
  page: string
  language: string
  code: string
  /** Of its first line. */
  line: number
}

/** The blocks of a page in these languages, in order. */
export function blocksOf(page: string, ...languages: readonly string[]): Block[] {
  const text = readFileSync(`${ROOT}/${page}`, 'utf8')
  return [...text.matchAll(/^( *)```([a-z]+)\n([\s\S]*?)^ *```$/gm)]
    .map(({ index, 1: margin = '', 2: language = '', 3: code = '' }) => ({
      page,
      language,
      // One in a list is indented with it.
      code: code.replaceAll(new RegExp(`^${margin}`, 'gm'), ''),
      line: text.slice(0, index).split('\n').length + 1,
    }))
    .filter(({ language }) => languages.includes(language))
}

/** Blocks of which each is to be used by somebody. */
export class Blocks {
  readonly #unused: Set<Block>

  constructor(blocks: readonly Block[]) {
    this.#unused = new Set(blocks)
  }

  /** The code of the one block that holds this text, with other words in place of some. */
  take(text: string, words: Readonly<Record<string, string>> = {}): string {
    const found = [...this.#unused].filter(({ code }) => code.includes(text))
    const [block] = found
    if (!block || found.length > 1) throw new Error(`${found.length} blocks hold ${text}`)
    this.#unused.delete(block)
    return fill(block.code, words)
  }

  /** Where those are that nobody has taken. */
  get unused(): string[] {
    return [...this.#unused].map(({ page, line }) => `${page}:${line}`)
  }
}

/** Other words in place of some of a text, each of which has to be there. */
export function fill(text: string, words: Readonly<Record<string, string>>): string {
  return Object.entries(words).reduce((filled, [word, instead]) => {
    if (!filled.includes(word)) throw new Error(`there is no ${word} in\n${text}`)
    return filled.replaceAll(word, () => instead)
  }, text)
}
