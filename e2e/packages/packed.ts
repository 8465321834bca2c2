import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './run.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What is published. */
export const PACKAGES = ['protocol', 'client', 'components', 'react', 'service'] as const
export type PackageName = (typeof PACKAGES)[number]

export interface Manifest {
  name: string
  version: string
  license?: string
  bin?: Record<string, string>
  exports: Record<string, string | Record<string, string>>
  sideEffects?: boolean | string[]
  customElements?: string
  'web-types'?: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

/** A package as whoever installs it gets it. */
export interface Packed {
  tarball: string
  /** Where it is unpacked. */
  folder: string
  /** Paths of all files in it, from its folder. */
  files: string[]
  manifest: Manifest
}

export type AllPacked = Record<PackageName, Packed>

/** Packs all packages as publishing would, and unpacks them, into a folder. */
export async function packAll(into: string): Promise<AllPacked> {
  const names = PACKAGES.flatMap((name) => ['--filter', `@collab-kit/${name}`])
  const args = ['--recursive', ...names, 'pack', '--json', '--pack-destination', into]
  const answer = await run('pnpm', args, { cwd: ROOT })
  const all = JSON.parse(answer.slice(answer.indexOf('['))) as {
    name: string
    filename: string
    files: { path: string }[]
  }[]
  const packed = await Promise.all(
    PACKAGES.map(async (name) => {
      const each = all.find((one) => one.name === `@collab-kit/${name}`)
      if (!each) throw new Error(`${name} was not packed:\n${answer}`)
      const folder = join(into, name)
      mkdirSync(folder)
      await run('tar', ['-xzf', each.filename, '-C', folder, '--strip-components=1'], { cwd: into })
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
      const files = each.files.map(({ path }) => path)
      return [name, { tarball: each.filename, folder, files, manifest }] as const
    }),
  )
  return Object.fromEntries(packed) as AllPacked
}
