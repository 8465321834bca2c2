import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Source } from './elements/analyzer.ts'
import { manifestOf } from './elements/manifest.ts'
import type { Manifest as ManifestDoc } from './elements/model.ts'
import type { Artefact } from './index.ts'

const COMPONENTS = resolve(import.meta.dirname, '../../components')

/** Every module of the elements but tests, by its path from their package. */
export function sourcesOfElements(): Source[] {
  return globSync('src/**/*.ts', { cwd: COMPONENTS })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !/\.test(-d)?\.ts$/.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(COMPONENTS, path), 'utf8') }))
}

let read: ManifestDoc | undefined

/** The manifest of the elements, from their sources; read once. */
export const elementsManifest = (): ManifestDoc => (read ??= manifestOf(sourcesOfElements()))

/** What every element takes, gives and shows: for Storybook, editors and everything generated from it. */
export const manifest: Artefact = () => ({
  'components/custom-elements.json': `${JSON.stringify(elementsManifest(), null, 2)}\n`,
})
