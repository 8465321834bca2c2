import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { aptGet } from './apt.ts'
import { run } from './child.ts'
import { findProgram } from './find.ts'
import { CACHE } from './root.ts'

/** Progress of a step that takes its time: one line each. */
export type Say = (line: string) => void

/** Brings a package of the npm registry into the cache folder, without running its scripts; answers where it is. */
export async function bringPackage(name: string, version: string, say: Say): Promise<string> {
  const prefix = join(CACHE, `${name.replace(/\W+/g, '-')}-${version}`)
  const folder = join(prefix, 'node_modules', name)
  const complete = join(prefix, 'node_modules/.package-lock.json')
  if (existsSync(complete)) return folder
  say(`fetching ${name}@${version} from the npm registry …`)
  mkdirSync(prefix, { recursive: true })
  const args = [
    'install',
    '--prefix',
    prefix,
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
  ]
  const { code, output } = await run('npm', [...args, `${name}@${version}`], {
    cwd: prefix,
    shell: process.platform === 'win32',
  })
  if (code !== 0) throw new Error(`Could not fetch ${name}@${version}:\n${output}`)
  return folder
}

/** Installs a package of the system where that can be done without asking: as root, with apt. */
export async function bringSystemPackage(name: string, say: Say): Promise<boolean> {
  if (process.getuid?.() !== 0 || !findProgram('apt-get')) return false
  say(`installing ${name} with apt-get …`)
  const install = () => aptGet(['install', '-y', '--no-install-recommends', name])
  if ((await install()).code === 0) return true
  // The lists may be absent or old.
  await aptGet(['update'])
  return (await install()).code === 0
}
