import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { expect, test } from './fixtures.ts'
import { PACKAGES, type Packed } from './packed.ts'

/** Every path that "exports" names. */
const targets = ({ manifest }: Packed): string[] =>
  Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  )

const json = ({ folder }: Packed, path: string): unknown =>
  JSON.parse(readFileSync(join(folder, path), 'utf8'))

for (const name of PACKAGES) {
  test(`${name} holds what its manifest names, and nothing else`, ({ packed }) => {
    const { folder, files, manifest } = packed[name]
    expect(JSON.stringify(manifest)).not.toMatch(/workspace:|catalog:/)
    for (const target of targets(packed[name])) {
      expect(globSync(target.replace('*', '**/*'), { cwd: folder }), target).not.toEqual([])
    }
    for (const program of Object.values(manifest.bin ?? {})) {
      expect(readFileSync(join(folder, program), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    }
    expect(files).toContain('LICENSE')
    const rest = /(\.test(-d)?\.|tsbuildinfo|tsconfig|node_modules|\.env|\.log$)/
    expect(files.filter((path) => rest.test(path))).toEqual([])
    // The client's test doubles are for everybody.
    if (name !== 'client') expect(files.filter((path) => path.includes('testing'))).toEqual([])
  })

  test(`${name} depends on its siblings of the same version, and leaves the others some room`, ({
    packed,
  }) => {
    const { manifest } = packed[name]
    for (const [other, version] of Object.entries(manifest.dependencies ?? {})) {
      if (other.startsWith('@collab-kit/')) expect(version, other).toBe(manifest.version)
      // The service is a program: what it runs with is what was tested.
      else if (name !== 'service') expect(version, other).toMatch(/^\^/)
    }
  })

  test(`${name} can be read by every tool that reads ES modules and their types`, async ({
    packed,
  }) => {
    const { folder, tarball, manifest } = packed[name]
    const { messages } = await publint({ pkgDir: folder, pack: false, strict: true })
    expect(messages.map((message) => formatMessage(message, manifest))).toEqual([])
    const data = createPackageFromTarballData(new Uint8Array(readFileSync(tarball)))
    const result = await checkPackage(data)
    if (!result.types) throw new Error(`${name} has no types`)
    // Both ask for what only CommonJS has.
    const old = new Set(['node10', 'node16-cjs'])
    const problems = result.problems.filter(
      (problem) =>
        !('resolutionKind' in problem && old.has(problem.resolutionKind)) &&
        !('resolutionOption' in problem && old.has(problem.resolutionOption)),
    )
    expect(problems).toEqual([])
  })
}

test('editors and tools find the elements of the package', ({ packed }) => {
  const { components } = packed
  const { manifest, files } = components
  const { modules } = json(components, manifest.customElements ?? '') as {
    modules: { path: string; declarations: { tagName?: string }[] }[]
  }
  expect(modules.map(({ path }) => path).filter((path) => !files.includes(path))).toEqual([])
  const tags = modules.flatMap(({ declarations }) =>
    declarations.flatMap(({ tagName }) => tagName ?? []),
  )
  expect(tags).toContain('collab-chat')
  const web = json(components, manifest['web-types'] ?? '') as {
    version: string
    contributions: { html: { elements: { name: string }[] } }
  }
  expect(web.version).toBe(manifest.version)
  expect(web.contributions.html.elements.map(({ name }) => name).sort()).toEqual(tags.sort())
  const code = json(components, 'vscode.html-data.json') as { tags: { name: string }[] }
  expect(code.tags.map(({ name }) => name).sort()).toEqual(tags)
  const jsx = readFileSync(join(components.folder, 'jsx.d.ts'), 'utf8')
  for (const tag of tags) {
    expect(jsx).toContain(`'${tag}'`)
    expect(packed.react.manifest.exports).toHaveProperty([`./${tag}`])
    expect(manifest.exports).toHaveProperty([`./${tag}`])
  }
})

test('what registers an element is kept by every bundler, and nothing else', ({ packed }) => {
  const { folder, manifest, files } = packed.components
  const kept = manifest.sideEffects
  if (!Array.isArray(kept)) throw new Error('It does not say which files do something.')
  const isKept = (path: string) => kept.some((pattern) => matchesGlob(`./${path}`, pattern))
  const registering = files.filter(
    (path) =>
      path.endsWith('.js') &&
      /^\w+\.define\(\)|customElements\.define\(/m.test(readFileSync(join(folder, path), 'utf8')),
  )
  expect(registering).toContain('dist/features/collab-chat/index.js')
  expect(registering.filter((path) => !isKept(path))).toEqual([])
  for (const pattern of kept) expect(globSync(pattern, { cwd: folder }), pattern).not.toEqual([])
  for (const name of ['protocol', 'react'] as const) {
    expect(packed[name].manifest.sideEffects).toBe(false)
  }
  // Chats are a part that registers itself.
  const parts = packed.client.manifest.sideEffects
  if (!Array.isArray(parts)) throw new Error('The client does not say which files do something.')
  for (const pattern of parts)
    expect(globSync(pattern, { cwd: packed.client.folder }), pattern).not.toEqual([])
  expect(existsSync(join(folder, 'dist/cdn/integrity.json'))).toBe(true)
})
