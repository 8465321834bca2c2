// Every export of every package can be imported from its build in plain Node, where there is no page: a server that
// renders pages does just that. Each in a process of its own, so that no import profits from another.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')
const PACKAGES = ['protocol', 'client', 'components', 'service']

interface Manifest {
  name: string
  exports: Record<string, string | Record<string, string>>
}

function specifiers(folder: string): string[] {
  const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest
  return Object.entries(manifest.exports)
    .filter(([, target]) => typeof target !== 'string')
    .map(([path]) => join(manifest.name, path))
}

let failed = 0
for (const folder of PACKAGES) {
  for (const specifier of specifiers(folder)) {
    // A package may import itself by its name, as one who has installed it would.
    const source = `const all = await import(${JSON.stringify(specifier)})
      if ('window' in globalThis || 'document' in globalThis) throw new Error('it leaves a page behind')
      if (Object.keys(all).length === 0) throw new Error('it exports nothing')
      process.exit(0)`
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
      cwd: join(ROOT, folder),
      encoding: 'utf8',
      timeout: 30_000,
    })
    console.log(`${status === 0 ? 'imports' : 'FAILS  '} ${specifier}`)
    if (status === 0) continue
    failed++
    console.error(stderr)
  }
}
process.exitCode = failed > 0 ? 1 : 0
