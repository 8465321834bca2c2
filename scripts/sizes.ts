// What a page loads, as gzip, against the budget of the table. Built from tiny entries the way a page's own bundler
// would do it: the sources of the packages, minified, all dependencies inside.
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, defaultClientConditions, type Rolldown } from 'vite'
import { minifyTemplates } from '../components/build/minify-templates.ts'

const ROOT = resolve(import.meta.dirname, '..')
const KB = 1000

interface Gate {
  name: string
  /** The package whose dependencies the entry sees. */
  from: 'protocol' | 'client' | 'components'
  entry: string
  /** Most that may be loaded before the first paint, in bytes of gzip. */
  budget: number
}

/** The budgets. Zod may be in none of them. */
const GATES: Gate[] = [
  {
    name: 'protocol/runtime',
    from: 'protocol',
    entry: `export * from './src/runtime.ts'`,
    budget: 5 * KB,
  },
  {
    name: 'client with socket',
    from: 'client',
    entry: `import { createCollab } from './src/index.ts'\nglobalThis.createCollab = createCollab`,
    budget: 22 * KB,
  },
  {
    name: 'page with <collab-chat>',
    from: 'components',
    entry: `import './src/features/collab-chat/index.ts'`,
    budget: 45 * KB,
  },
]

/** Words that survive minifying and that only Zod has. */
const ZOD = ['ZodError', 'invalid_union', '_zod']

async function bundle({ from, entry }: Gate): Promise<Rolldown.OutputChunk[]> {
  const file = join(ROOT, from, 'size-entry.ts')
  const result = await build({
    configFile: false,
    root: join(ROOT, from),
    logLevel: 'error',
    resolve: { conditions: ['collab-kit-source', ...defaultClientConditions] },
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [
      // As in every build of the elements.
      minifyTemplates(),
      {
        name: 'size-entry',
        resolveId: (id) => (id === file ? file : undefined),
        load: (id) => (id === file ? entry : undefined),
      },
    ],
    build: {
      target: 'es2022',
      write: false,
      lib: { entry: file, formats: ['es'] },
      // A page's bundler lets the entry hold what its chunks share; a library's would not.
      rolldownOptions: {
        preserveEntrySignatures: 'allow-extension',
        output: { minify: true },
      },
    },
  })
  const outputs = Array.isArray(result) ? result : [result]
  return outputs
    .flatMap((each) => ('output' in each ? each.output : []))
    .filter((each) => each.type === 'chunk')
}

/** The entry and what it imports at once; what it imports when needed is counted apart. */
function firstLoad(chunks: Rolldown.OutputChunk[]): Set<Rolldown.OutputChunk> {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const found = new Set<Rolldown.OutputChunk>()
  const visit = (chunk: Rolldown.OutputChunk | undefined) => {
    if (!chunk || found.has(chunk)) return
    found.add(chunk)
    chunk.imports.forEach((name) => visit(byName.get(name)))
  }
  chunks.filter(({ isEntry }) => isEntry).forEach(visit)
  return found
}

const gzip = (chunks: Iterable<Rolldown.OutputChunk>) =>
  [...chunks].reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0)

const shown = (bytes: number) => `${(bytes / KB).toFixed(1)} kB`

async function problems(gate: Gate): Promise<string[]> {
  const chunks = await bundle(gate)
  const first = firstLoad(chunks)
  const size = gzip(first)
  const later = gzip(chunks) - size
  const more = later > 0 ? `, ${shown(later)} more when needed` : ''
  console.log(`${gate.name}: ${shown(size)} gzip of ${shown(gate.budget)}${more}`)
  const zod = ZOD.filter((word) => chunks.some(({ code }) => code.includes(word)))
  return [
    ...(size > gate.budget
      ? [`${gate.name} is ${shown(size - gate.budget)} over its budget.`]
      : []),
    // An export that is gone leaves an empty bundle, which would pass for a small one.
    ...(size < gate.budget / 5
      ? [`${gate.name} holds next to nothing: the entry measures nothing.`]
      : []),
    ...(zod.length > 0 ? [`${gate.name} holds Zod (${zod.join(', ')}).`] : []),
  ]
}

const found: string[] = []
for (const gate of GATES) {
  try {
    found.push(...(await problems(gate)))
  } catch (error) {
    // What cannot be built has no size; the other gates are still measured.
    found.push(
      `${gate.name} cannot be built: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
for (const problem of found) console.error(problem)
process.exitCode = found.length > 0 ? 1 : 0
