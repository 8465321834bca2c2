import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, defaultClientConditions, type Rolldown } from 'vite'
import { minifyTemplates } from '../components/build/minify-templates.ts'

const ROOT = resolve(import.meta.dirname, '..')

export interface Entry {
  /** Folder whose dependencies the entry sees; one of the packages by its name. */
  from: string
  /** A module of the page, as source. */
  code: string
  /** Constants that the build puts in, by name, as source. */
  define?: Record<string, string>
  /** Everything in one file, what is fetched only when needed too. Default false. */
  whole?: boolean
  /** Default true; without it names of functions survive. */
  minify?: boolean
  /** Modules that the page has anyhow. Default none. */
  external?: RegExp
  /** Style sheets and what they load stay files of their own, as in the build of a whole page. Default false. */
  withAssets?: boolean
}

/** What a page loads: the sources of the packages, all dependencies inside, as a page's own bundler does it. */
export async function bundle({
  from,
  code,
  define,
  whole = false,
  minify = true,
  external,
  withAssets = false,
}: Entry): Promise<(Rolldown.OutputChunk | Rolldown.OutputAsset)[]> {
  const root = resolve(ROOT, from)
  const file = join(root, 'page-entry.js')
  const result = await build({
    configFile: false,
    root,
    logLevel: 'error',
    resolve: { conditions: ['collab-kit-source', ...defaultClientConditions] },
    define: { 'process.env.NODE_ENV': '"production"', ...define },
    plugins: [
      // As in every build of the elements.
      minifyTemplates(),
      {
        name: 'page-entry',
        resolveId: (id) => (id === file ? file : undefined),
        load: (id) => (id === file ? code : undefined),
      },
    ],
    build: {
      target: 'es2022',
      write: false,
      minify,
      ...(withAssets
        ? { assetsInlineLimit: 0, cssCodeSplit: false, modulePreload: { polyfill: false } }
        : { lib: { entry: file, formats: ['es'] } }),
      // A page's bundler lets the entry hold what its chunks share; a library's would not.
      rolldownOptions: {
        ...(external && { external }),
        ...(withAssets && { input: file }),
        preserveEntrySignatures: 'allow-extension',
        output: { minify, ...(whole && { codeSplitting: false }) },
      },
    },
  })
  const outputs = Array.isArray(result) ? result : [result]
  return outputs.flatMap((each) => ('output' in each ? each.output : []))
}

/** The entry and what it imports at once; what it imports when needed is left out. */
export function firstLoad(
  outputs: readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[],
): Rolldown.OutputChunk[] {
  const chunks = outputs.filter((each) => each.type === 'chunk')
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const found = new Set<Rolldown.OutputChunk>()
  const visit = (chunk: Rolldown.OutputChunk | undefined) => {
    if (!chunk || found.has(chunk)) return
    found.add(chunk)
    chunk.imports.forEach((name) => visit(byName.get(name)))
  }
  chunks.filter(({ isEntry }) => isEntry).forEach(visit)
  return [...found]
}

/** Bytes of all of them, each compressed by itself. */
export const gzipBytes = (texts: readonly (string | Uint8Array)[]): number =>
  texts.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0)
