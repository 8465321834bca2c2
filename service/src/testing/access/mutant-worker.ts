import { registerHooks } from 'node:module'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import type { CreateService } from './stage.ts'
import { playAll } from './probe.ts'
import { allProbes } from './probes.ts'
import { keyOf } from './page.ts'
import type { Mutant } from './mutants.ts'

// A process of its own that runs the matrix on one mutant after another: a line of JSON in, a line of JSON out.

export interface Task {
  id: number
  mutant: Mutant
  domains: readonly string[]
  root: string
  expected: [key: string, got: string][]
}

export interface Verdict {
  id: number
  /** The first cell that is not as expected, or what went wrong; nothing where all are. */
  red: string | undefined
  cells: number
  ms: number
}

const MARK = 'mutant'
let current: { id: string; file: string; mutant: Mutant } | undefined

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context)
    const id = context.parentURL && new URL(context.parentURL).searchParams.get(MARK)
    if (!id || !/\/service\/src\//.test(resolved.url)) return resolved
    return { ...resolved, url: `${resolved.url}?${MARK}=${id}` }
  },
  load(url, context, next) {
    const loaded = next(url, context)
    if (!current || !url.includes(`?${MARK}=${current.id}`)) return loaded
    if (!url.startsWith(`${current.file}?`)) return loaded
    const { start, end, replacement, original } = current.mutant
    const source = Buffer.from(loaded.source as Uint8Array).toString()
    if (source.slice(start, end).replaceAll(/\s+/g, ' ') !== original)
      throw new Error(`${url} was changed while its mutants ran`)
    return { ...loaded, source: source.slice(0, start) + replacement + source.slice(end) }
  },
})

async function judge({ id, mutant, domains, root, expected }: Task): Promise<Verdict> {
  const since = performance.now()
  const want = new Map(expected)
  current = { id: String(id), file: pathToFileURL(`${root}/${mutant.file}`).href, mutant }
  const index = `${pathToFileURL(`${root}/index.ts`).href}?${MARK}=${id}`
  const { createService } = (await import(index)) as { createService: CreateService }
  // The operation that the check stands in is the likeliest to show it.
  const names = mutant.within.split('.')
  const far = (operation: string) => (names.includes(operation.split('.')[1]!) ? 0 : 1)
  const refused = (key: string) => (want.get(key) === 'yes' ? 1 : 0)
  const probes = allProbes()
    .filter(({ domain, main }) => main && domains.includes(domain))
    .toSorted(
      (a, b) =>
        far(a.operation) - far(b.operation) ||
        domains.indexOf(a.domain) - domains.indexOf(b.domain) ||
        Number(Boolean(a.alone)) - Number(Boolean(b.alone)) ||
        refused(keyOf(a)) - refused(keyOf(b)),
    )
  let red: string | undefined
  const cells = await playAll(probes, {
    create: createService,
    onCell(cell) {
      const expects = want.get(keyOf(cell))
      // Whether the page has them all is asked elsewhere.
      if (expects === undefined || cell.got === expects) return false
      red ??= `${keyOf(cell)}: expected ${expects}, got ${cell.got}`
      return true
    },
  })
  return { id, red, cells: cells.length, ms: Math.round(performance.now() - since) }
}

let running: Task | undefined
const tell = (verdict: Verdict) => void process.stdout.write(`${JSON.stringify(verdict)}\n`)

// A scene that cannot be set any more says as much as a cell.
process.on('unhandledRejection', (error) => {
  if (running) tell({ id: running.id, red: `it breaks: ${String(error)}`, cells: 0, ms: 0 })
  process.exit(1)
})

for await (const line of createInterface({ input: process.stdin })) {
  running = JSON.parse(line) as Task
  const { id } = running
  tell(
    await judge(running).catch((error: unknown) => ({
      id,
      red: `it breaks: ${String(error).slice(0, 200)}`,
      cells: 0,
      ms: 0,
    })),
  )
}
