// Every promise of docs/accessibility.md has a test that carries its number in the title, every number that a test
// carries is a promise, and the page names the files. `--write` puts their names into the page.
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')
const PAGE = join(ROOT, 'docs/accessibility.md')
const ROW = /^\| (A11Y-\d+) \| ([^|]+) \|([^|]*)\|$/gm

/** Files by the number that a title in them carries. */
function citations(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  const files = globSync('{components/src,e2e,react/src,stories/src}/**/*.{test,spec}.{ts,tsx}', {
    cwd: ROOT,
    exclude: ['**/node_modules/**', '**/dist/**'],
  })
  for (const file of files.toSorted()) {
    const text = readFileSync(join(ROOT, file), 'utf8')
    for (const [title] of text.matchAll(/['"`](\[A11Y-\d+\]\s*)+/g)) {
      for (const [, id = ''] of title.matchAll(/\[(A11Y-\d+)\]/g)) {
        found.set(id, (found.get(id) ?? new Set()).add(basename(file)))
      }
    }
  }
  return found
}

const cited = citations()
const page = readFileSync(PAGE, 'utf8')
const rows = [...page.matchAll(ROW)].map(([, id = '', promise = '']) => ({ id, promise }))
const listed = (id: string) => [...(cited.get(id) ?? [])].join(', ')
const written = page.replaceAll(
  ROW,
  (_row, id: string, promise: string) => `| ${id} | ${promise} | ${listed(id)} |`,
)

if (process.argv.includes('--write')) writeFileSync(PAGE, written)
const problems = [
  ...(rows.length === 0 ? ['docs/accessibility.md promises nothing'] : []),
  ...rows
    .filter(({ id }) => !cited.has(id))
    .map(({ id, promise }) => `${id} has no test: ${promise}`),
  ...[...cited.keys()]
    .filter((id) => !rows.some((row) => row.id === id))
    .map((id) => `${listed(id)} carries ${id}, which docs/accessibility.md does not promise`),
  ...(written !== page && !process.argv.includes('--write')
    ? ['docs/accessibility.md names other tests than there are: pnpm check:accessibility --write']
    : []),
]
for (const problem of problems) console.error(problem)
console.log(`${problems.length} problems in ${rows.length} promises of accessibility`)
process.exitCode = problems.length > 0 ? 1 : 0
