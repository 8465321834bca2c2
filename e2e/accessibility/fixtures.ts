import { test as base, type CDPSession, type Page } from '@playwright/test'
import { type DemoProcess, startDemo } from '../rig/demo-process.ts'

export type Tag = 'collab-chat' | 'collab-composer' | 'collab-messages' | 'collab-sign-in'

export interface OpenOptions {
  scene?: string
  element?: Tag
  theme?: 'light' | 'dark'
  dir?: 'ltr' | 'rtl'
  page?: Page
}

/** When the pages are looked at. */
const NOW = '2026-11-22T10:30:00Z'

interface Worker {
  demo: DemoProcess
}

interface Each {
  /** Opens the page and waits until the element is drawn. */
  open(options?: OpenOptions): Promise<Page>
  /** The browser's own side of a page. */
  devtools: CDPSession
}

export const test = base.extend<Each, Worker>({
  demo: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures here.
    async ({}, use) => {
      const demo = await startDemo()
      await use(demo)
      await demo.close()
    },
    { scope: 'worker' },
  ],
  open: async ({ demo, page }, use) => {
    await use(async ({ page: other = page, ...wanted } = {}) => {
      await other.clock.setFixedTime(NOW)
      await other.goto(`${demo.url}/?${new URLSearchParams(wanted)}`)
      await drawn(other)
      return other
    })
  },
  devtools: async ({ context, page }, use) => {
    const session = await context.newCDPSession(page)
    await use(session)
    await session.detach()
  },
})

export { expect } from '@playwright/test'

/** Every part that is fetched when it is needed has come, and nothing waits to be drawn. */
export async function drawn(page: Page): Promise<void> {
  await page.waitForFunction(() => window.demo !== undefined)
  await page.waitForLoadState('networkidle')
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    for (let round = 0; round < 3; round++) {
      await window.demo.element.updateComplete
      await frame()
    }
  })
}
