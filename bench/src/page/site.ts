import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundle } from '../../../scripts/bundle.ts'
import type { Site } from './browser.ts'

const DAY = new URL('../../../service/demo/ubuntu-irc-2016-11-02.jsonl', import.meta.url)
const MAIN = fileURLToPath(new URL('in-page/main.ts', import.meta.url))

/** What people said on a real day. */
export function lines(): string[] {
  const day = readFileSync(DAY, 'utf8').trim().split('\n')
  return day.map((line) => (JSON.parse(line) as { body: string }).body)
}

/** Our elements with all that they need in one file: nothing is fetched while something is measured. */
export async function ourSite({ readable = false } = {}): Promise<Site> {
  return { files: { '/page.js': await oneFile(MAIN, { readable }) } }
}

/** A module of the bench with all that it imports. */
export async function oneFile(module: string, { readable = false } = {}): Promise<string> {
  const outputs = await bundle({
    from: 'bench',
    code: `import ${JSON.stringify(module)}`,
    define: { TEXTS: JSON.stringify(lines()) },
    whole: true,
    minify: !readable,
  })
  const [code, ...more] = outputs.flatMap((each) => (each.type === 'chunk' ? [each.code] : []))
  if (code === undefined || more.length > 0) throw new Error('the page is not one file')
  return code
}
