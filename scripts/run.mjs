// What `npm start`, `npm test` and the like run: on a machine with only Node >= 18 and npm it brings a fit Node and
// pnpm, installs and builds what is stale, then hands over. No dependency, for nothing is installed yet when it runs.
import { build, buildStale } from './build.mjs'
import { runToEnd, supervise } from './run/child.mjs'
import { runExample } from './run/example.mjs'
import { installStale } from './run/install.mjs'
import { fitEnvironment } from './run/toolchain.mjs'

const [command, ...args] = process.argv.slice(2)

const commands = {
  async start(env) {
    await buildStale(env)
    const demo = { COLLAB_DEMO: env.COLLAB_DEMO ?? 'on' }
    return supervise('node', ['service/dist/main.js', 'serve', ...args], { ...env, ...demo })
  },
  async dev(env) {
    const demo = { COLLAB_DEMO: env.COLLAB_DEMO ?? 'on' }
    const flags = ['--watch', '--conditions=collab-kit-source']
    return supervise('node', [...flags, 'service/src/main.ts', 'serve', ...args], {
      ...env,
      ...demo,
    })
  },
  // The program of the service, on the built one.
  async collab(env) {
    await buildStale(env)
    return supervise('node', ['service/dist/main.js', ...args], env)
  },
  example: (env) => runExample(args, { env, build, buildStale }),
  test: (env) => supervise('node', ['scripts/test.ts', ...args], env),
}

const run = Object.hasOwn(commands, command ?? '') ? commands[command] : undefined
if (!run) {
  console.error(`Usage: node scripts/run.mjs ${Object.keys(commands).join('|')}`)
  process.exit(64)
}

try {
  const env = await fitEnvironment()
  await installStale(env, runToEnd)
  process.exitCode = await run(env)
} catch (error) {
  // The step that failed has printed why; a stack of this script would only hide it.
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
