import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DCLinter } from 'dclint'
import { validate } from 'dockerfile-utils'
import { expect, test } from '@playwright/test'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

/** Every complaint about a Dockerfile. */
const lintDockerfile = (text: string): string[] =>
  validate(text).map(({ message, range }) => `${range.start.line + 1}: ${JSON.stringify(message)}`)

/** Every complaint about a Compose file, those of its published schema among them. */
function lintCompose(text: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'collab-compose-'))
  const file = join(folder, 'compose.yaml')
  writeFileSync(file, text)
  try {
    const linter = new DCLinter({
      // The order of keys here is that in which a node starts.
      rules: { 'service-keys-order': 0, 'top-level-properties-order': 0 },
      quiet: false,
      debug: false,
      exclude: [],
    } as ConstructorParameters<typeof DCLinter>[0])
    return linter
      .lintFiles([file], false)
      .flatMap(({ messages }) => messages.map(({ line, message }) => `${line}: ${message}`))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('the Dockerfile is a valid one', () => {
  const text = read('deploy/Dockerfile')
  expect(lintDockerfile(text)).toEqual([])
  // It can be found out.
  expect(lintDockerfile(text.replace('EXPOSE 4000', 'EXPOSE http'))).toHaveLength(1)
})

test('the Compose file fits the schema of Compose', () => {
  const text = read('deploy/compose.yaml')
  expect(lintCompose(text)).toEqual([])
  // It can be found out.
  expect(lintCompose(text.replace('restart: unless-stopped', 'restarts: always'))).not.toEqual([])
  expect(lintCompose(text.replace('collab-2:\n', 'collab-1:\n'))).not.toEqual([])
})

test('the image is built with the package manager of the repository', () => {
  const pinned = /PNPM_VERSION = '([^']+)'/.exec(read('scripts/run/toolchain.mjs'))![1]
  expect(read('deploy/Dockerfile')).toContain(`pnpm@${pinned}`)
})

test('the image is built from every manifest that the lockfile speaks of', () => {
  const importers = [...read('pnpm-lock.yaml').matchAll(/^ {2}(\w+):$/gm)].map(([, name]) => name!)
  const known = read('deploy/Dockerfile.dockerignore').split('\n')
  const packages = [...read('pnpm-workspace.yaml').matchAll(/^ {2}- (\w+)$/gm)].map(
    ([, name]) => name!,
  )
  expect(packages.length).toBeGreaterThan(0)
  expect(importers).toEqual(expect.arrayContaining(packages))
  const missing = packages.filter(
    (name) => !known.includes(`!${name}`) && !known.includes(`!${name}/package.json`),
  )
  expect(missing).toEqual([])
})

test('every setting in the files is one of the service', () => {
  const reference = read('docs/reference/configuration.md')
  // Read by the Caddyfile.
  const others = ['COLLAB_SITE', 'COLLAB_NODES', 'COLLAB_CADDY']
  for (const file of ['deploy/Dockerfile', 'deploy/compose.yaml', 'docs/guide/deploy.md']) {
    const named = new Set([...read(file).matchAll(/\bCOLLAB_[A-Z_]+\b/g)].map(([name]) => name))
    const unknown = [...named].filter(
      (name) => !others.includes(name) && name !== 'COLLAB_CONFIG' && !reference.includes(name),
    )
    expect(unknown, file).toEqual([])
  }
})
