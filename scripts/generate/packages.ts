import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { elementsOf } from './elements/model.ts'
import type { Artefact } from './index.ts'
import { elementsManifest } from './manifest.ts'

const ROOT = resolve(import.meta.dirname, '../..')

type Exports = Record<string, string | Record<string, string>>

/** The exports of the packages that have one for every element; everything else of their manifests stays as it is. */
export const packages: Artefact = () => {
  const elements = elementsOf(elementsManifest())
  return {
    'components/package.json': withExports(
      'components',
      elements.map(({ tagName, module }) => [
        tagName,
        module.replace(/^dist\//, '').replace(/\.js$/, '.ts'),
      ]),
    ),
    'react/package.json': withExports(
      'react',
      elements.map(({ tagName }) => [
        tagName,
        // Within React the provider is a component of our own, which the hooks know.
        tagName === 'collab-provider' ? 'provider.tsx' : `elements/${tagName}.ts`,
      ]),
    ),
  }
}

function withExports(
  folder: string,
  entries: readonly (readonly [tag: string, path: string])[],
): string {
  const path = `${folder}/package.json`
  const manifest = JSON.parse(readFileSync(resolve(ROOT, path), 'utf8')) as { exports: Exports }
  const { '.': main, ...others } = manifest.exports
  const rest = Object.entries(others).filter(([, target]) => !isOfElement(target))
  const elements = entries.map(([tag, source]): [string, Exports[string]] => {
    const file = source.replace(/\.tsx?$/, '')
    return [
      `./${tag}`,
      {
        'collab-kit-source': `./src/${source}`,
        types: `./dist/${file}.d.ts`,
        default: `./dist/${file}.js`,
      },
    ]
  })
  const exports: Exports = {
    ...(main && { '.': main }),
    ...Object.fromEntries([...elements, ...rest]),
  }
  return `${JSON.stringify({ ...manifest, exports }, null, 2)}\n`
}

const isOfElement = (target: Exports[string]) =>
  typeof target !== 'string' &&
  /^\.\/src\/(features\/|elements\/|provider\.)/.test(target['collab-kit-source'] ?? '')
