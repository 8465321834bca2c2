// Builds the packages whose sources changed since their last build. `pnpm build` also writes the declarations;
// `npm start` needs only what runs. --force builds all.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runToEnd } from './run/child.mjs'
import { fingerprint, readStamp, writeStamp } from './run/fingerprint.mjs'
import { root } from './run/root.mjs'

const shared = ['vite.config.ts', 'pnpm-lock.yaml', 'tsconfig.base.json']
const own = (name) => [`${name}/src`, `${name}/package.json`, `${name}/tsconfig.json`]

/** Each package with what its output holds; the elements' page build holds the client and the protocol. */
const packages = {
  protocol: { sources: [...own('protocol'), 'protocol/conformance'], output: 'index.js' },
  client: { sources: own('client'), output: 'index.js' },
  components: {
    sources: [...own('protocol'), ...own('client'), ...own('components')],
    output: 'cdn/collab.js',
  },
  react: { sources: own('react'), output: 'index.js' },
  service: { sources: own('service'), output: 'main.js' },
}

export async function buildStale(env, { force = false } = {}) {
  for (const [name, { sources, output }] of Object.entries(packages)) {
    const state = fingerprint([...shared, ...sources])
    const stamp = `build-${name}`
    const built = existsSync(join(root, name, 'dist', output))
    if (!force && built && readStamp(stamp) === state) continue
    console.error(`Building ${name} …`)
    await runToEnd('pnpm', ['--silent', '--filter', `@collab-kit/${name}`, 'run', 'build'], { env })
    writeStamp(stamp, state)
  }
}

/** All of it, with the declarations. */
export async function build(env, options) {
  // Without the tests' project: a test that does not compile is no reason not to build.
  const projects = ['protocol/conformance', 'react', 'service']
  await runToEnd('pnpm', ['exec', 'tsc', '-b', ...projects], { env })
  await buildStale(env, options)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  build(process.env, { force: process.argv.includes('--force') }).catch((error) => {
    // The step that failed has printed why; a stack of this script would only hide it.
    console.error(error.message)
    process.exitCode = 1
  })
}
