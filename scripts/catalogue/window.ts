import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright'
import { ROOT } from '../test/root.ts'
import { bundleChecks } from './bundle.ts'
import { viewportOf } from './modes.ts'

/** A page of a browser in which stories are looked at one after the other. */
export interface StoryWindow {
  readonly page: Page
  /** Of the catalogue. */
  readonly url: string
  /** What the page said that it should not, since it was last asked. */
  heard(): string[]
  /** Waits until nothing is on its way to the page. */
  quiet(): Promise<void>
  close(): Promise<void>
}

let bundled: Promise<string> | undefined
const checks = () => (bundled ??= bundleChecks())

const AXE = createRequire(join(ROOT, 'stories/package.json')).resolve('axe-core/axe.min.js')

/** Where the page of a story finds axe: beside it, so that the browser reads it once. */
export const extraFiles = (): Record<string, Buffer> => ({ '/catalogue/axe.js': readFileSync(AXE) })

interface Point {
  x: number
  y: number
}

/** Opens one with an eye on everything it says, and a hand for what a person does. */
export async function openWindow(browser: Browser, url: string): Promise<StoryWindow> {
  const context = await browser.newContext({
    viewport: viewportOf({ width: 1280 }),
    locale: 'en-GB',
    timezoneId: 'UTC',
  })
  await context.addInitScript({ content: await checks() })
  await lendHand(context)
  const page = await context.newPage()
  const said: string[] = []
  listen(page, url, said)
  const waiting = new Set<object>()
  page.on('request', (request) => waiting.add(request))
  page.on('requestfinished', (request) => waiting.delete(request))
  page.on('requestfailed', (request) => waiting.delete(request))
  return {
    page,
    url,
    heard: () => said.splice(0),
    async quiet() {
      while (waiting.size > 0) {
        // A request is asked for its end: it is over, or it failed.
        await page.waitForEvent('requestfinished', { timeout: 250 }).catch(() => waiting.clear())
      }
    },
    close: () => context.close(),
  }
}

async function lendHand(context: BrowserContext): Promise<void> {
  await context.exposeBinding('catalogueDriver', async ({ page }, act: string, what: unknown) => {
    if (act === 'press') await page.keyboard.press(what as string)
    else if (act === 'type') await page.keyboard.type(what as string)
    else await page.mouse.click((what as Point).x, (what as Point).y)
  })
}

function listen(page: Page, url: string, said: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error') said.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => said.push(`error: ${error.message}`))
  page.on('request', (request) => {
    const address = request.url()
    if (!address.startsWith(`${url}/`) && !/^(data|blob|about):/.test(address))
      said.push(`request to another origin: ${address}`)
  })
}
