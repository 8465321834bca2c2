// Every export of every package can be imported from its build in plain Node, where there is no page: a server that
// renders pages does just that. Each in a process of its own, so that no import profits from another.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')
const PACKAGES = ['protocol', 'client', 'components', 'react', 'service']

interface Manifest {
  name: string
  exports: Record<string, string | Record<string, string>>
}

/** What can be imported, and the file it is; what holds types alone cannot. */
function entries(folder: string): { specifier: string; file: string }[] {
  const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest
  return Object.entries(manifest.exports).flatMap(([path, target]) =>
    typeof target === 'string' || target['default'] === undefined
      ? []
      : { specifier: join(manifest.name, path), file: join(ROOT, folder, target['default']) },
  )
}

let failed = 0
for (const folder of PACKAGES) {
  for (const { specifier, file } of entries(folder)) {
    // Frameworks that render on a server take everything else for their server's.
    if (folder === 'react' && !/^['"]use client['"]/.test(readFileSync(file, 'utf8'))) {
      failed++
      console.error(`${specifier} does not begin with 'use client'.`)
    }
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
