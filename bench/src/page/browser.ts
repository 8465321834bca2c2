import { extname } from 'node:path'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright'
import { findChromium } from '../../../scripts/test/chromium.ts'

/** Where the pages are: nothing is served, the browser is handed what it asks for. */
export const ORIGIN = 'https://page.test'

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}

/** A chat among other things, as pages have it. */
export const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Page</title>
    <style>
      body { margin: 0; padding: 16px; font-family: system-ui, sans-serif }
      main { inline-size: 800px; block-size: 640px }
      main > * { block-size: 100% }
    </style>
  </head>
  <body>
    <main></main>
    <script type="module" src="/page.js"></script>
  </body>
</html>`

/** What a page consists of: the document, and files by their paths. */
export interface Site {
  html?: string
  files: Readonly<Record<string, string>>
}

export interface Cpu {
  all: number
  scripts: number
  styles: number
  layout: number
}

/** One page in a browser of its own: what another left behind slows nothing down. */
export interface Tab {
  readonly page: Page
  readonly cdp: CDPSession
  /** Requests to elsewhere; none is let through. */
  readonly strangers: readonly string[]
  /** WebSockets that were opened. */
  readonly sockets: readonly string[]
  /** What went wrong in the page. */
  readonly errors: readonly string[]
  /** Processor time of the page's main thread so far, milliseconds: what else runs here changes it little. */
  cpu(): Promise<Cpu>
  /** What is left of the memory of scripts once the garbage is gone, bytes. */
  heap(): Promise<number>
  close(): Promise<void>
}

export async function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: await findChromium((line) => console.error(line)),
    args: [
      '--no-sandbox',
      '--js-flags=--expose-gc',
      '--disable-background-networking',
      // A turn of the wheel has its whole effect at once, so that it can be told from other movement.
      '--disable-smooth-scrolling',
    ],
  })
}

export async function openTab(site: Site, { throttle = 1 } = {}): Promise<Tab> {
  const browser = await launch()
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    colorScheme: 'light',
  })
  const strangers: string[] = []
  const sockets: string[] = []
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  await page.routeWebSocket(/./, (socket) => void sockets.push(socket.url()))
  await page.route(/./, (route) => {
    const url = new URL(route.request().url())
    if (url.origin === ORIGIN) {
      const body = site.files[url.pathname]
      if (body === undefined && url.pathname !== '/') return route.fulfill({ status: 404 })
      const contentType = TYPES[extname(url.pathname)] ?? 'text/html; charset=utf-8'
      return route.fulfill({ contentType, body: body ?? site.html ?? HTML })
    }
    strangers.push(url.href)
    return route.abort()
  })
  await page.goto(ORIGIN)
  const cdp = await page.context().newCDPSession(page)
  if (throttle > 1) await cdp.send('Emulation.setCPUThrottlingRate', { rate: throttle })
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  return {
    page,
    cdp,
    strangers,
    sockets,
    errors,
    async cpu() {
      const { metrics } = await cdp.send('Performance.getMetrics')
      const ms = (wanted: string) =>
        1000 * (metrics.find(({ name }) => name === wanted)?.value ?? 0)
      return {
        all: ms('TaskDuration'),
        scripts: ms('ScriptDuration'),
        styles: ms('RecalcStyleDuration'),
        layout: ms('LayoutDuration'),
      }
    },
    async heap() {
      for (let time = 0; time < 2; time++) await cdp.send('HeapProfiler.collectGarbage')
      const { usedSize } = await cdp.send('Runtime.getHeapUsage')
      return usedSize
    },
    close: () => browser.close(),
  }
}
