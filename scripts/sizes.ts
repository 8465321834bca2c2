// What a page loads, as gzip, against the budget of the table. Built from tiny entries the way a page's own bundler
// would do it: the sources of the packages, minified, all dependencies inside.
import { bundle, firstLoad, gzipBytes } from './bundle.ts'

/** Of 1,024 bytes, like the figures of other kits that the budgets were set against. */
const KB = 1024

export interface Gate {
  name: string
  /** The package whose dependencies the entry sees. */
  from: 'protocol' | 'client' | 'components' | 'react'
  entry: string
  /** Modules that do not count. */
  external?: RegExp
  /** Most that may be loaded before the first paint, in bytes of gzip. */
  budget: number
}

/** The budgets. Zod may be in none of them. */
export const GATES: readonly Gate[] = [
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
  {
    name: 'page with <presence-list>',
    from: 'components',
    entry: `import './src/features/presence-list/index.ts'`,
    budget: 28 * KB,
  },
  {
    name: 'page with <activity-room>',
    from: 'components',
    entry: `import './src/features/activity-room/index.ts'`,
    budget: 64 * KB,
  },
  {
    // What a page fetches of the loader before it is known which elements it uses, and then all of them.
    name: 'loader collab.js',
    from: 'components',
    entry: `export * from './src/cdn.ts'`,
    budget: 60 * KB,
  },
  {
    name: 'React wrappers',
    from: 'react',
    entry: `export * from './src/elements/index.ts'`,
    external: /^react(\/|$)|^@collab-kit\//,
    budget: 2 * KB,
  },
  {
    name: 'React components and hooks',
    from: 'react',
    entry: `export * from './src/index.ts'`,
    external: /^react(\/|$)|^@collab-kit\//,
    budget: 4 * KB,
  },
]

/** Words that survive minifying and that only Zod has. */
const ZOD = ['ZodError', 'invalid_union', '_zod']

const shown = (bytes: number) => `${(bytes / KB).toFixed(1)} KB`

export interface Size {
  /** Loaded before the first paint, in bytes of gzip. */
  first: number
  /** Fetched when it is needed. */
  later: number
  /** All of the code. */
  code: string
}

export async function measure({ from, entry, external }: Gate): Promise<Size> {
  const outputs = await bundle({ from, code: entry, ...(external && { external }) })
  const codes = outputs.flatMap((each) => (each.type === 'chunk' ? [each.code] : []))
  const first = gzipBytes(firstLoad(outputs).map(({ code }) => code))
  return { first, later: gzipBytes(codes) - first, code: codes.join('\n') }
}

async function problems(gate: Gate): Promise<string[]> {
  const { first: size, later, code } = await measure(gate)
  const more = later > 0 ? `, ${shown(later)} more when needed` : ''
  console.log(`${gate.name}: ${shown(size)} gzip of ${shown(gate.budget)}${more}`)
  const zod = ZOD.filter((word) => code.includes(word))
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

if (import.meta.main) {
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
}
