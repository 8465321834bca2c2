import { spawn, type ChildProcess } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { until } from '../rig/until.ts'
import { brought } from './servers.ts'
import { freePort } from '../../scripts/test/free-port.ts'

const DEPLOY = fileURLToPath(new URL('../../deploy/', import.meta.url))

/** A proxy as it is shipped, in front of nodes on this machine. */
export interface Proxy {
  readonly url: string
  readonly port: number
  /** Everything it has said. */
  output(): string
  /** Have it read its configuration again, as an operator does; resolves when it has. */
  reload(): Promise<void>
  close(): Promise<void>
}

export interface ProxyKind {
  name: 'nginx' | 'caddy'
  /** Whether it asks nodes at `/readyz` by itself. */
  asksHealth: boolean
  /** Start it in front of nodes on these ports. */
  start(nodes: readonly number[]): Promise<Proxy>
}

interface Running {
  child: ChildProcess
  output(): string
  /** What it said since this was last asked. */
  news(): string
}

function launch(program: string, args: string[], env: Record<string, string> = {}): Running {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // A test that is cut off does not clean up.
  const endWithUs = () => child.kill('SIGTERM')
  process.once('exit', endWithUs)
  child.once('exit', () => process.off('exit', endWithUs))
  let output = ''
  let read = 0
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => (output += String(chunk)))
  }
  child.once('error', (error) => (output += error.message))
  return {
    child,
    output: () => output,
    news() {
      const news = output.slice(read)
      read = output.length
      return news
    },
  }
}

const listens = (port: number) =>
  fetch(`http://127.0.0.1:${port}/metrics`).then(
    () => true,
    // Nobody listens yet.
    () => false,
  )

async function listening(running: Running, port: number): Promise<void> {
  await until(
    async () => {
      if (running.child.exitCode !== null) throw new Error(`it ended:\n${running.output()}`)
      return listens(port)
    },
    { what: `a proxy listens on ${port}`, every: 50 },
  ).catch((error: unknown) => {
    running.child.kill('SIGKILL')
    throw error
  })
}

async function end({ child }: Running, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    // Not for as long as it is configured to wait for others.
    const late = setTimeout(() => child.kill('SIGKILL'), 500)
    await gone
    clearTimeout(late)
  }
  rmSync(folder, { recursive: true, force: true })
}

/** Folders that its build has names for, where this user may not be able to write. */
const NGINX_FOLDERS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

/** The file as it is shipped, with the nodes' addresses of now. */
function nginxNodes(nodes: readonly number[]): string {
  const shipped = readFileSync(join(DEPLOY, 'nginx.nodes.conf'), 'utf8')
  const text = nodes.reduce(
    (lines, port, index) => lines.replace(`collab-${index + 1}:4000`, `127.0.0.1:${port}`),
    shipped,
  )
  if (/server collab-/.test(text))
    throw new Error(`deploy/nginx.nodes.conf has other nodes:\n${text}`)
  return text
}

async function startNginx(nodes: readonly number[]): Promise<Proxy> {
  const program = brought('NGINX_PATH', 'an nginx')
  const folder = mkdtempSync(join(tmpdir(), 'collab-nginx-'))
  const port = await freePort()
  copyFileSync(join(DEPLOY, 'nginx.conf'), join(folder, 'nginx.conf'))
  writeFileSync(join(folder, 'nginx.nodes.conf'), nginxNodes(nodes))
  const site = [
    `listen 127.0.0.1:${port}`,
    `access_log ${folder}/access.log collab`,
    ...NGINX_FOLDERS.map((each) => `${each}_temp_path ${folder}/${each}`),
  ]
  writeFileSync(join(folder, 'nginx.site.conf'), site.map((line) => `${line};\n`).join(''))
  const own = `daemon off; pid ${folder}/pid; error_log stderr notice;`
  const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-g', own]
  const running = launch(program, args)
  await listening(running, port)
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    output: () => running.output() + readFileSync(join(folder, 'access.log'), 'utf8'),
    async reload() {
      running.news()
      // As `nginx -s reload` does.
      running.child.kill('SIGHUP')
      let said = ''
      await until(() => (said += running.news()).includes('gracefully shutting down'), {
        what: 'nginx takes its configuration anew',
      })
    },
    close: () => end(running, folder),
  }
}

async function startCaddy(nodes: readonly number[]): Promise<Proxy> {
  const program = brought('CADDY_PATH', 'a Caddy')
  const folder = mkdtempSync(join(tmpdir(), 'collab-caddy-'))
  const port = await freePort()
  const env = {
    COLLAB_SITE: `http://127.0.0.1:${port}`,
    COLLAB_NODES: nodes.map((node) => `127.0.0.1:${node}`).join(' '),
    // Where it keeps things and is told things; elsewhere the defaults do.
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
    CADDY_ADMIN: `unix/${folder}/admin`,
  }
  const file = ['--config', join(DEPLOY, 'Caddyfile'), '--adapter', 'caddyfile']
  const running = launch(program, ['run', ...file], env)
  await listening(running, port)
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    output: running.output,
    async reload() {
      const { child, output } = launch(program, ['reload', '--force', ...file], env)
      const [code] = (await once(child, 'exit')) as [number | null]
      if (code !== 0) throw new Error(`caddy reload ended with ${code}:\n${output()}`)
    },
    close: () => end(running, folder),
  }
}

export const proxies: readonly ProxyKind[] = [
  { name: 'nginx', asksHealth: false, start: startNginx },
  { name: 'caddy', asksHealth: true, start: startCaddy },
]
