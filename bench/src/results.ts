import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

/** Writes what was measured as JSON, and says where. */
export function save(name: string, result: object): void {
  const folder = new URL('../results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const at = new Date().toISOString()
  const file = new URL(`${name.toLowerCase()}-${at.replaceAll(/[:.]/g, '-')}.json`, folder)
  const machine = { node: process.version, cpus: cpus().length, model: cpus()[0]?.model }
  writeFileSync(file, `${JSON.stringify({ name, at, machine, ...result }, null, 2)}\n`)
  console.log(`\n→ ${fileURLToPath(file)}`)
}
