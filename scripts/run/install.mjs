import { readdirSync } from 'node:fs'
import { fingerprint, readStamp, writeStamp } from './fingerprint.mjs'
import { root } from './root.mjs'

/** Installs the packages when the lockfile or a manifest has changed since the last time. */
export async function installStale(env, run) {
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const manifests = folders.map((folder) => `${folder.name}/package.json`)
  const state = fingerprint(['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests])
  const name = 'install'
  if (readStamp(name) === state) return
  console.error('Installing packages …')
  // A node_modules of another pnpm is replaced without a question nobody may be there to answer.
  const args = [
    'install',
    '--frozen-lockfile',
    '--reporter=append-only',
    '--config.confirm-modules-purge=false',
  ]
  await run('pnpm', args, { env })
  writeStamp(name, state)
}
