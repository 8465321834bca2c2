import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './root.mjs'

// Beside what it speaks of: whoever removes node_modules removes the stamps too.
const stampFile = (name) => join(root, 'node_modules/.cache/collab-kit', `${name}.stamp`)

function* files(path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false })
  if (stat?.isFile()) yield path
  if (!stat?.isDirectory()) return
  for (const name of readdirSync(join(root, path)).sort()) {
    if (name !== 'node_modules' && name !== 'dist') yield* files(`${path}/${name}`)
  }
}

/** One hash over the contents of files and folders, tests left out. */
export function fingerprint(paths) {
  const hash = createHash('sha256')
  for (const path of paths) {
    for (const file of files(path)) {
      if (/\.test(-d)?\.tsx?$/.test(file)) continue
      hash
        .update(`${file}\0`)
        .update(readFileSync(join(root, file)))
        .update('\0')
    }
  }
  return hash.digest('hex')
}

export function readStamp(name) {
  try {
    return readFileSync(stampFile(name), 'utf8')
  } catch {
    // No stamp yet: never done.
    return undefined
  }
}

export function writeStamp(name, value) {
  mkdirSync(dirname(stampFile(name)), { recursive: true })
  writeFileSync(stampFile(name), value)
}
