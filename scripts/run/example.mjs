// What `npm run example NAME` does: an example names packages that have to come from somewhere, so it packs them as they
// would be published, installs a copy of the example from them, and starts that with the service it speaks to.
import * as fs from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createProbe } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { runQuietly, runToEnd, start } from './child.mjs'
import { root } from './root.mjs'

const FOLDER = join(root, 'examples')
const PACKAGES = ['protocol', 'client', 'components', 'react', 'service']
/** Where the examples look for the service. */
const SERVICE_PORT = '4000'

const preview =
  (program, ...args) =>
  ({ port, cwd, env }) =>
    start('node', [join(cwd, 'node_modules', program), ...args, port], { env, cwd })

/** How each is started once it is installed and, where it has to be, built. */
const examples = {
  html: { start: ({ port, cwd }) => servePage(join(cwd, 'index.html'), port) },
  'vite-react': {
    install: true,
    build: true,
    start: preview(
      'vite/bin/vite.js',
      ...['preview', '--host', '127.0.0.1', '--strictPort', '--port'],
    ),
  },
  nextjs: {
    install: true,
    build: true,
    start: preview('next/dist/bin/next', ...['start', '--hostname', '127.0.0.1', '--port']),
  },
  'host-app': {
    install: true,
    // It brings its service along.
    ownService: true,
    start: ({ port, servicePort, cwd, env }) =>
      start('node', ['start.js'], { env: { ...env, PORT: port, COLLAB_PORT: servicePort }, cwd }),
  },
}

const USAGE = `npm run example -- NAME [--port N] [--service-port N] [--into FOLDER]

  NAME            ${Object.keys(examples).join(', ')}
  --port          where the page is (3000)
  --service-port  where the service is (${SERVICE_PORT})
  --into          keep the copy there, to change it and start it again; without it the copy goes with its end`

/** Whether a name is one, and the rest of the command line is understood; throws with how it is called. */
function read(args) {
  const string = { type: 'string' }
  const options = { port: string, 'service-port': string, into: string }
  let parsed
  try {
    parsed = parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw new Error(`${error.message}\n\n${USAGE}`, { cause: error })
  }
  const { positionals, values } = parsed
  const [name = '', ...more] = positionals
  if (!Object.hasOwn(examples, name) || more.length > 0) throw new Error(USAGE)
  const { port = '3000', 'service-port': servicePort = SERVICE_PORT, into } = values
  return { name, port: String(port), servicePort: String(servicePort), into }
}

/**
 * @param build brings what is packed up to date
 * @param buildStale the same, without the declarations
 */
export async function runExample(args, { env, build, buildStale }) {
  const { name, port, servicePort, into } = read(args)
  const example = examples[name]
  for (const each of [port, servicePort]) await expectFree(each, name)
  // Only a compiler reads declarations.
  await (example.build ? build(env) : buildStale(env))
  const scratch = fs.mkdtempSync(join(tmpdir(), 'collab-example-'))
  const cwd = into === undefined ? join(scratch, name) : resolve(into)
  const running = []
  try {
    copy(name, cwd, servicePort)
    // Of an app that says nothing, nobody is told.
    const quietly = { ...env, NEXT_TELEMETRY_DISABLED: '1' }
    if (example.install) await install(cwd, join(scratch, 'packed'), quietly)
    if (example.build) await runToEnd('pnpm', ['run', 'build'], { env: quietly, cwd })
    if (!example.ownService) {
      const service = startService({ port, servicePort, cwd, env })
      running.push(service)
      // A page that is there finds its service.
      await Promise.race([there(`http://localhost:${servicePort}/readyz`), service.exited])
    }
    running.push(example.start({ port, servicePort, cwd, env: quietly }))
    void tell(`http://localhost:${port}`, `http://localhost:${servicePort}`)
    return await Promise.race(running.map(({ exited }) => exited))
  } finally {
    for (const each of running) each.stop()
    await Promise.all(running.map(({ exited }) => exited))
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Somebody's service on these ports, and the page would speak to that. */
function expectFree(port, name) {
  return new Promise((resolve, reject) => {
    const probe = createProbe()
    probe.once('error', ({ code }) => {
      const other = `npm run example -- ${name} --port 3001 --service-port 4001`
      reject(new Error(`Port ${port} cannot be had (${code}). With others: ${other}`))
    })
    probe.listen(Number(port), () => probe.close(resolve))
  })
}

function copy(name, into, servicePort) {
  // One that was kept may have been changed.
  if (fs.existsSync(into) && fs.readdirSync(into).length > 0) return
  fs.cpSync(join(FOLDER, name), into, {
    recursive: true,
    filter: (path) => !/[\\/](node_modules|dist|\.next|data)$/.test(path.slice(FOLDER.length)),
  })
  if (servicePort !== SERVICE_PORT) moveService(into, servicePort)
}

/** The copy says where the service is. */
function moveService(folder, servicePort) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) moveService(path, servicePort)
    else {
      const text = fs.readFileSync(path, 'utf8')
      const moved = text.replaceAll(`//localhost:${SERVICE_PORT}`, `//localhost:${servicePort}`)
      if (moved !== text) fs.writeFileSync(path, moved)
    }
  }
}

async function install(cwd, packed, env) {
  fs.mkdirSync(packed)
  const names = PACKAGES.flatMap((each) => ['--filter', `@collab-kit/${each}`])
  const packing = ['--recursive', ...names, 'pack', '--json', '--pack-destination', packed]
  const answer = await say('Packing Collab Kit', ['pnpm', ...packing], { cwd: root, env })
  const overrides = JSON.parse(answer.slice(answer.indexOf('['))).map(
    ({ name, filename }) => `  '${name}': file:${filename}\n`,
  )
  fs.writeFileSync(join(cwd, 'pnpm-workspace.yaml'), `overrides:\n${overrides.join('')}`)
  // What was packed before has the same name and version, and other content.
  fs.rmSync(join(cwd, 'pnpm-lock.yaml'), { force: true })
  const flags = ['--ignore-scripts', '--prefer-offline', '--no-frozen-lockfile']
  await say('Installing it with the example', ['pnpm', 'install', ...flags], { cwd, env })
}

function say(what, [command, ...args], options) {
  console.error(`${what} …`)
  return runQuietly(command, args, options)
}

/** The service as the examples expect it: guests may come, and the page may use it. */
function startService({ port, servicePort, cwd, env }) {
  const settings = {
    COLLAB_PORT: servicePort,
    COLLAB_DATA_DIR: join(cwd, 'data'),
    COLLAB_GUESTS: 'on',
    COLLAB_ALLOWED_ORIGINS: `http://localhost:${port}`,
    COLLAB_CHATS: JSON.stringify([{ id: 'lobby', name: 'Lobby' }]),
    COLLAB_LOG_LEVEL: 'warn',
  }
  return start('node', ['service/dist/main.js', 'serve'], { env: { ...env, ...settings } })
}

function servePage(file, port) {
  const ended = {}
  const exited = new Promise((resolve) => (ended.now = () => resolve(0)))
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8').end(fs.readFileSync(file))
  }).listen(Number(port), '127.0.0.1')
  const stop = () => {
    server.closeAllConnections()
    server.close(ended.now)
  }
  return { exited, stop }
}

/** Says where both are when they are there. */
async function tell(url, serviceUrl) {
  await there(`${serviceUrl}/readyz`)
  await there(url)
  console.log(`\n  The page is at    ${url}\n  The service is at ${serviceUrl}\n`)
}

/** Resolves when an address answers; waiting for it keeps nobody from ending. */
async function there(address) {
  const answers = () =>
    fetch(address).then(
      ({ ok }) => ok,
      // Nobody listens yet.
      () => false,
    )
  while (!(await answers())) await new Promise((resolve) => setTimeout(resolve, 100).unref())
}
