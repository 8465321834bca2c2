import { join } from 'node:path'
import { build } from 'vite'
import { ROOT } from '../test/root.ts'

/** The script that answers our questions in the page of a story. */
export async function bundleChecks(): Promise<string> {
  const output = await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    build: {
      write: false,
      target: 'esnext',
      lib: {
        entry: join(import.meta.dirname, 'in-page/main.ts'),
        formats: ['iife'],
        name: 'collabCatalogue',
      },
    },
  })
  const [bundle] = Array.isArray(output) ? output : [output]
  const chunk = 'output' in bundle! ? bundle.output[0] : undefined
  if (!chunk) throw new Error('The checks of the catalogue do not build.')
  return chunk.code
}
