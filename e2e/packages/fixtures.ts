import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Page, test as base } from '@playwright/test'
import { freePorts } from '../../scripts/test/free-port.ts'
import { createHostPages, type HostPages } from '../rig/host-pages.ts'
import { startService, type ServiceProcess } from '../rig/service-process.ts'
import { type AllPacked, packAll } from './packed.ts'
import { run, serve, type Site } from './run.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const EXAMPLES = join(ROOT, 'examples')

/** Where a page looks for the service. */
export const SERVICE_URL = 'http://localhost:4000'
/** Of the services that pages may ask. */
const serviceUrls = new Set([SERVICE_URL])

/** Packing, installing and building a whole app takes its time, above all where nothing is cached. */
const TIME_TO_BUILD = 300_000

/** An example as the command of the repository starts it: installed, built for production, with its service. */
export interface App extends Site {
  /** Where its copy is. */
  folder: string
  url: string
  service: { url: string }
}

interface Worker {
  /** An empty folder outside the workspace. */
  scratch: string
  packed: AllPacked
  /** Somebody's own site. */
  host: HostPages
  /** The service as npm installs it, without a demo. */
  service: ServiceProcess
  html: App
  viteReact: App
  nextjs: App
  /** A site with people of its own. */
  hostApp: App
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
  service: [
    async ({ host, packed, scratch }, use) => {
      const program = await installService(packed, join(scratch, 'service'))
      const service = await startService({
        program: [program],
        env: { COLLAB_REGISTRATION: 'closed', COLLAB_ALLOWED_ORIGINS: host.allowed },
      })
      await use(service)
      await service.close()
    },
    { scope: 'worker', timeout: TIME_TO_BUILD },
  ],
  html: exampleOf('html'),
  viteReact: exampleOf('vite-react'),
  nextjs: exampleOf('nextjs'),
  // Tokens so short that one is renewed while a test looks on.
  hostApp: exampleOf('host-app', { TOKEN_TTL: '8' }),
  // Pages say where the service is; it is elsewhere, as more than one may run on a machine.
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
    const others = [...asked].filter((origin) => origin !== own)
    expect(asked).toContain(own)
    expect(others).toHaveLength(1)
    expect(serviceUrls).toContain(others[0])
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

/** An example by the command that the README names. */
function exampleOf(name: string, env: Record<string, string> = {}) {
  const start = async ({ scratch }: Pick<Worker, 'scratch'>, use: (app: App) => Promise<void>) => {
    const folder = join(scratch, name)
    const ports = (await freePorts(2)).map(String) as [string, string]
    const [url, serviceUrl] = ports.map((port) => `http://localhost:${port}`) as [string, string]
    serviceUrls.add(serviceUrl)
    const where = ['--port', ports[0], '--service-port', ports[1], '--into', folder]
    const script = ['scripts/run.mjs', 'example', name, ...where]
    const site = await serve(url, script, { cwd: ROOT, env, within: TIME_TO_BUILD })
    await use({ ...site, folder, url, service: { url: serviceUrl } })
    // It ends what it has started.
    await site.stop('SIGINT')
  }
  return [start, { scope: 'worker', timeout: TIME_TO_BUILD }] as [
    typeof start,
    { scope: 'worker'; timeout: number },
  ]
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
