import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { artefacts } from './generate/index.ts'

/** Writes every generated file; with `--check` fails when one is not fresh. */
const root = resolve(import.meta.dirname, '..')
const check = process.argv.includes('--check')

let stale = 0
for (const artefact of artefacts) {
  for (const [path, content] of Object.entries(await artefact())) {
    const file = resolve(root, path)
    // A missing file is as stale as a different one.
    const current = await readFile(file, 'utf8').catch(() => '')
    if (current === content) continue
    if (check) {
      stale++
      console.error(`${relative(root, file)} is not fresh: run pnpm generate`)
    } else {
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, content)
      console.log(`wrote ${relative(root, file)}`)
    }
  }
}
process.exitCode = stale ? 1 : 0
