import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Page, test as base } from '@playwright/test'
import { createHostPages, type HostPages } from '../rig/host-pages.ts'
import { startService, type ServiceProcess } from '../rig/service-process.ts'
import { type AllPacked, packAll } from './packed.ts'
import { run, serve, type Site } from './run.ts'

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url))

/** Where every example looks for the service. */
export const SERVICE_URL = 'http://localhost:4000'

/** Installing and building a whole app takes its time, above all where nothing is cached. */
const TIME_TO_BUILD = 300_000

/** An example in a folder of its own, installed from the packages, built for production and served. */
export interface App extends Site {
  folder: string
  url: string
  /** What its build said. */
  built: string
}

interface Worker {
  /** An empty folder outside the workspace. */
  scratch: string
  packed: AllPacked
  /** Somebody's own site. */
  host: HostPages
  /** Addresses of the built examples. */
  urls: { viteReact: string; nextjs: string }
  /** The service as npm installs it, without a demo, which knows the examples. */
  service: ServiceProcess
  viteReact: App
  nextjs: App
  /** A site with people of its own, and a service of its own beside it. */
  hostApp: Site & { url: string }
}

export const test = base.extend<object, Worker>({
  scratch: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures here.
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'collab-packages-'))
      await use(folder)
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
    { scope: 'worker' },
  ],
  packed: [
    async ({ scratch }, use) => {
      const into = join(scratch, 'packed')
      mkdirSync(into)
      await use(await packAll(into))
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  host: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures here.
    async ({}, use) => {
      const host = await createHostPages()
      await use(host)
      await host.close()
    },
    { scope: 'worker' },
  ],
  urls: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures here.
    async ({}, use) => {
      const [viteReact, nextjs] = await Promise.all([freeUrl(), freeUrl()])
      await use({ viteReact, nextjs })
    },
    { scope: 'worker' },
  ],
  service: [
    async ({ host, packed, scratch, urls }, use) => {
      const origins = [host.allowed, ...Object.values(urls)]
      const program = await installService(packed, join(scratch, 'service'))
      const service = await startService({
        program: [program],
        env: { COLLAB_REGISTRATION: 'closed', COLLAB_ALLOWED_ORIGINS: origins.join() },
      })
      await use(service)
      await service.close()
    },
    { scope: 'worker', timeout: TIME_TO_BUILD },
  ],
  viteReact: [
    async ({ packed, scratch, urls: { viteReact: url } }, use) => {
      const folder = await installExample('vite-react', packed, scratch)
      const built = await run('pnpm', ['run', 'build'], { cwd: folder })
      const at = ['--host', '127.0.0.1', '--strictPort', '--port', new URL(url).port]
      const site = await serve(url, ['node_modules/vite/bin/vite.js', 'preview', ...at], {
        cwd: folder,
      })
      await use({ ...site, folder, url, built })
      await site.stop()
    },
    { scope: 'worker', timeout: TIME_TO_BUILD },
  ],
  nextjs: [
    async ({ packed, scratch, urls: { nextjs: url } }, use) => {
      const folder = await installExample('nextjs', packed, scratch)
      const env = { NEXT_TELEMETRY_DISABLED: '1' }
      const built = await run('pnpm', ['run', 'build'], { cwd: folder, env })
      const at = ['--hostname', '127.0.0.1', '--port', new URL(url).port]
      const site = await serve(url, ['node_modules/next/dist/bin/next', 'start', ...at], {
        cwd: folder,
        env,
      })
      await use({ ...site, folder, url, built })
      await site.stop()
    },
    { scope: 'worker', timeout: TIME_TO_BUILD },
  ],
  hostApp: [
    async ({ packed, scratch }, use) => {
      const folder = await installExample('host-app', packed, scratch)
      const [site, service] = await Promise.all([freeUrl(), freeUrl()])
      const { port } = new URL(site)
      const url = `http://localhost:${port}`
      // So short that a token is renewed while a test looks on.
      const env = { PORT: port, COLLAB_PORT: new URL(service).port, TOKEN_TTL: '8' }
      const hostApp = await serve(url, ['start.js'], { cwd: folder, env })
      await use({ ...hostApp, url })
      await hostApp.stop('SIGINT')
    },
    { scope: 'worker', timeout: TIME_TO_BUILD },
  ],
  // The examples say where the service is; it is elsewhere, as more than one may run on a machine.
  launchOptions: [
    async ({ launchOptions, service }, use) => {
      const rule = `MAP ${new URL(SERVICE_URL).host} 127.0.0.1:${service.port}`
      const args = [...(launchOptions.args ?? []), `--host-resolver-rules=${rule}`]
      await use({ ...launchOptions, args })
    },
    { scope: 'worker' },
  ],
  // No page complains, and none asks anybody but its own site and the service.
  page: async ({ page }, use) => {
    const { asked, complaints } = watch(page)
    await use(page)
    expect(complaints).toEqual([])
    const own = new URL(page.url()).origin
    expect([...asked].sort()).toEqual([own, SERVICE_URL].sort())
  },
})

export const { expect } = test

/** What a page complains of, and the origins that it asks for anything, sockets included. */
function watch(page: Page): { asked: Set<string>; complaints: string[] } {
  const asked = new Set<string>()
  const complaints: string[] = []
  const ask = (url: string) => {
    const { protocol, origin } = new URL(url.replace(/^ws/, 'http'))
    if (protocol !== 'data:' && protocol !== 'blob:') asked.add(origin)
  }
  page.on('request', (request) => ask(request.url()))
  page.on('websocket', (socket) => ask(socket.url()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  return { asked, complaints }
}

/** An address of this machine where nobody listens at the moment. */
function freeUrl(): Promise<string> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(`http://127.0.0.1:${port}`))
    })
  })
}

/** Installs the service with npm, all in one flat folder; answers the path of its program. */
async function installService(packed: AllPacked, folder: string): Promise<string> {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const { service, protocol, client, components } = packed
  const tarballs = [service, protocol, client, components].map(({ tarball }) => tarball)
  // Nothing it needs is made by a script of an installation.
  const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
  await run('npm', ['install', ...flags, ...tarballs], { cwd: folder })
  const { name, bin } = service.manifest
  return join(folder, 'node_modules', name, bin?.['collab'] ?? '')
}

/** Copies an example as it is and installs it with pnpm, which lets a package see only what it names. */
async function installExample(name: string, packed: AllPacked, scratch: string): Promise<string> {
  const folder = join(scratch, name)
  cpSync(join(EXAMPLES, name), folder, {
    recursive: true,
    filter: (path) => !/[\\/](node_modules|dist|\.next)$/.test(path),
  })
  const overrides = Object.values(packed).map(
    ({ manifest, tarball }) => `  '${manifest.name}': file:${tarball}\n`,
  )
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), `overrides:\n${overrides.join('')}`)
  const flags = ['--ignore-scripts', '--prefer-offline', '--no-frozen-lockfile']
  await run('pnpm', ['install', ...flags], { cwd: folder })
  return folder
}

/** A file of an example. */
export const exampleFile = (path: string): string => readFileSync(join(EXAMPLES, path), 'utf8')

/** The brand colour that a file of an example sets, as a browser writes it. */
export function brandIn(path: string): string {
  const [, hex] = /--collab-brand: #([0-9a-f]{6})/.exec(exampleFile(path)) ?? []
  if (hex === undefined) throw new Error(`${path} sets no brand`)
  const channels = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
  return `rgb(${channels.join(', ')})`
}
