import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../../scripts/test/child.ts'
import { temporaryFolder } from '../../../scripts/test/temporary.ts'
import type { Kit } from './kits.ts'

const PAGES = fileURLToPath(new URL('pages/', import.meta.url))

const installed = new Map<string, Promise<string>>()

/** Fetches the packages of a kit into a folder that is gone afterwards; no lockfile of ours hears of them. */
export function install({ packages }: Kit): Promise<string> {
  const key = JSON.stringify(packages)
  const folder = installed.get(key) ?? fetched(packages)
  installed.set(key, folder)
  return folder
}

async function fetched(packages: Kit['packages']): Promise<string> {
  const folder = temporaryFolder('rival')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const wanted = Object.entries(packages).map(([name, version]) => `${name}@${version}`)
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
  const { code, output } = await run('npm', ['install', ...flags, ...wanted], { cwd: folder })
  if (code !== 0) throw new Error(`npm could not install ${wanted.join(', ')}:\n${output}`)
  for (const page of readdirSync(PAGES)) cpSync(join(PAGES, page), join(folder, page))
  return folder
}
