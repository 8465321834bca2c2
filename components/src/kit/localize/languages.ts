import type { Messages } from './messages.ts'

export { markEnglish } from './english-marks.ts'

type Catalogue = Partial<Messages>

/** The languages that come with the kit beside English, each fetched when it is first needed. */
const languages = new Map<string, (english: Catalogue) => Promise<Catalogue>>([
  ['ar', async () => (await import('./ar.ts')).messages],
  ['de', async () => (await import('./de.ts')).messages],
  ['ja', async () => (await import('./ja.ts')).messages],
  // For those who build.
  ['en-xa', async (english) => (await import('./pseudo.ts')).longer(english)],
  ['ar-xb', async (english) => (await import('./pseudo.ts')).mirrored(english)],
])

/**
 * Adds what there is of a language, and of what it is a kind of; texts that are there already stay.
 *
 * @param catalogues By language tag in lower case.
 * @param locale A language tag in lower case.
 * @param english English as far as it is here; it grows.
 */
export async function addLanguages(
  catalogues: Map<string, Catalogue>,
  locale: string,
  english: Catalogue,
): Promise<void> {
  const tags = locale.split('-')
  const codes = tags.map((_, index) => tags.slice(0, index + 1).join('-'))
  const added = codes.map(async (code) => {
    const messages = await languages.get(code)?.(english)
    if (!messages) return
    const before = catalogues.get(code)
    catalogues.set(code, before ? { ...messages, ...before } : messages)
  })
  await Promise.all(added)
}
