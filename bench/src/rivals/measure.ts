import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openTab, type Site, type Tab } from '../page/browser.ts'
import { median } from '../statistics.ts'

const MB = 1e6
const APPENDS = 5
/** As messages stand in a window that is not scrolled far. */
const FEW = 30

const axeSource = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

export interface Shown {
  mountMs: number
  /** Whether the newest message could be seen then. */
  inSight: number
  appendMs: number
  elements: number
  nodes: number
  heapMB: number
  /** Processor time of mount and of one message more, milliseconds. */
  mountCpuMs: number
  appendCpuMs: number
}

/** So many messages in a page of its own. */
export async function show(site: Site, count: number, throttle: number): Promise<Shown> {
  return inTab(site, throttle, async (tab) => {
    const { page } = tab
    const empty = await tab.heap()
    await page.evaluate((messages) => window.rivals.prepare(messages), count)
    const start = await tab.cpu()
    const { ms, inSight } = await page.evaluate(() => window.rivals.mount())
    const mounted = await tab.cpu()
    const { elements, nodes } = await page.evaluate(() => window.rivals.count())
    const heapMB = ((await tab.heap()) - empty) / MB
    const before = await tab.cpu()
    const took = await page.evaluate((times) => window.rivals.append(times), APPENDS)
    const after = await tab.cpu()
    return {
      mountMs: ms,
      inSight: Number(inSight),
      appendMs: median(took),
      elements,
      nodes,
      heapMB,
      mountCpuMs: mounted.all - start.all,
      appendCpuMs: (after.all - before.all) / APPENDS,
    }
  })
}

export interface Manners {
  /** What axe finds: the rule, and how many elements break it. */
  axe: string[]
  /** Hosts that were asked for something. */
  strangers: string[]
  /** Text of a message in a page whose root has a font of 10 px. */
  textPx: number
}

/** How the kit behaves as a guest. */
export async function manners(site: Site): Promise<Manners> {
  const small = site.html?.replace('<style>', '<style>html { font-size: 10px }')
  const textPx = await inTab({ ...site, ...(small && { html: small }) }, 1, async ({ page }) => {
    await shown(page)
    return page.evaluate(() => window.rivals.textSize())
  })
  return inTab(site, 1, async ({ page, strangers }) => {
    await shown(page)
    await page.evaluate(axeSource)
    const axe = await page.evaluate(findings)
    const hosts = new Set(strangers.map((url) => new URL(url).host))
    return { axe, strangers: [...hosts], textPx }
  })
}

async function shown(page: Tab['page']): Promise<void> {
  await page.evaluate(async (count) => {
    await window.rivals.prepare(count)
    await window.rivals.mount()
  }, FEW)
}

interface Axe {
  run(
    context: unknown,
    options: unknown,
  ): Promise<{ violations: { id: string; nodes: unknown[] }[] }>
}

/** Runs in the page, where axe is. */
async function findings(): Promise<string[]> {
  const { axe } = window as unknown as { axe: Axe }
  const { violations } = await axe.run(document.querySelector('main'), {
    runOnly: {
      type: 'tag',
      values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    },
    // The page around is ours.
    rules: {
      region: { enabled: false },
      'page-has-heading-one': { enabled: false },
      'landmark-one-main': { enabled: false },
    },
  })
  return violations.map(({ id, nodes }) => (nodes.length > 1 ? `${id} × ${nodes.length}` : id))
}

/** WebSockets that ten of our elements open. */
export async function countSockets(site: Site): Promise<number> {
  return inTab(site, 1, async ({ sockets }) => {
    await sleep(3000)
    return sockets.length
  })
}

async function inTab<T>(site: Site, throttle: number, work: (tab: Tab) => Promise<T>): Promise<T> {
  const tab = await openTab(site, { throttle })
  try {
    return await work(tab)
  } catch (error) {
    const said = tab.errors.length > 0 ? `; the page said: ${tab.errors.join('; ')}` : ''
    throw new Error(`${error instanceof Error ? error.message : String(error)}${said}`, {
      cause: error,
    })
  } finally {
    await tab.close()
  }
}
