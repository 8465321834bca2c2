import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkLayers } from './layers.ts'

const ROOT = resolve(import.meta.dirname, '..')
const PACKAGES = ['protocol', 'client', 'components', 'react', 'service']

let copy: string

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'collab-kit-layers-'))
  for (const name of PACKAGES) {
    for (const part of ['package.json', 'node_modules', 'src']) {
      const from = join(ROOT, name, part)
      // Relative links stay relative, so that packages of the copy find each other and not the originals.
      if (existsSync(from))
        cpSync(from, join(copy, name, part), { recursive: true, verbatimSymlinks: true })
    }
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
})

afterEach(() => rmSync(copy, { recursive: true, force: true }))

function plant(path: string, source: string) {
  mkdirSync(dirname(join(copy, path)), { recursive: true })
  writeFileSync(join(copy, path), source)
}

const problems = () =>
  checkLayers(copy, PACKAGES).problems.filter((problem) => problem.includes('planted'))

describe('layer rules', () => {
  it('read modules of every package, and find nothing planted in the copy as it is', () => {
    expect(checkLayers(copy, PACKAGES).modules).toMatchObject({
      protocol: expect.toSatisfy((count: number) => count > 0),
      service: expect.toSatisfy((count: number) => count > 0),
    })
    expect(problems()).toEqual([])
  })

  it('refuse a cycle', () => {
    plant(
      'service/src/kernel/planted-a.ts',
      `import { b } from './planted-b.ts'\nexport const a = () => b`,
    )
    plant(
      'service/src/kernel/planted-b.ts',
      `import { a } from './planted-a.ts'\nexport const b = () => a`,
    )
    expect(problems().join('\n')).toContain('no-circular')
  })

  it('refuse the kernel importing a domain', () => {
    plant('service/src/domains/planted/index.ts', 'export const planted = 1')
    plant('service/src/kernel/planted.ts', `export { planted } from '../domains/planted/index.ts'`)
    expect(problems().join('\n')).toContain('kernel-on-protocol')
  })

  it('refuse a domain importing the transport', () => {
    plant('service/src/transport/planted.ts', 'export const planted = 1')
    plant(
      'service/src/domains/planted/index.ts',
      `export { planted } from '../../transport/planted.ts'`,
    )
    expect(problems().join('\n')).toContain('domains-without-transport')
  })

  it('refuse the protocol importing what stands on it', () => {
    plant('protocol/src/planted.ts', `export * from '@collab-kit/client'`)
    expect(problems().join('\n')).toContain('protocol-is-the-ground')
  })

  it('refuse another package by its path', () => {
    plant('client/src/planted.ts', `export * from '../../protocol/src/runtime.ts'`)
    expect(problems().join('\n')).toContain('packages-by-name')
  })

  it('refuse a hook importing an element, and read JSX', () => {
    plant(
      'react/src/hooks/planted.tsx',
      `import { CollabProvider } from '../provider.tsx'\nexport const planted = <CollabProvider />`,
    )
    expect(problems().join('\n')).toContain('hooks-without-elements')
  })

  it('refuse Zod in what browsers load', () => {
    plant('client/src/planted.ts', `import { z } from 'zod'\nexport const planted = z.string()`)
    expect(problems().join('\n')).toMatch(/no-zod-for-browsers|resolvable/)
  })

  it('refuse to pass when not one module was read', () => {
    const empty = join(copy, 'empty')
    mkdirSync(join(empty, 'protocol/src'), { recursive: true })
    expect(checkLayers(empty, ['protocol']).problems).toHaveLength(1)
  })
})
