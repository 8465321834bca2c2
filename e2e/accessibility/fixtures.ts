import { test as base, type CDPSession, type Page } from '@playwright/test'
import { type DemoProcess, startDemo } from '../rig/demo-process.ts'

/** States that are looked at, by element: all those in which something else is shown. */
export const SCENES = {
  'collab-chat': [
    'full',
    'unread',
    'kinds',
    'older',
    'empty',
    'loading',
    'offline',
    'reconnecting',
    'failed',
    'refused',
    'not-found',
    'readonly',
    'sign-in',
    'long-names',
  ],
  'collab-messages': ['kinds', 'refused'],
  'collab-composer': ['full', 'readonly'],
  'collab-sign-in': ['sign-in', 'loading'],
  'presence-list': [
    'full',
    'many',
    'card',
    'roles',
    'inline',
    'audience',
    'empty',
    'loading',
    'offline',
    'forbidden',
    'sign-in',
    'long-names',
  ],
  'presence-status': ['full', 'open', 'loading', 'offline', 'sign-in'],
  'avatar-stack': ['full', 'many', 'overflow', 'card', 'small', 'empty', 'loading', 'offline'],
  'activity-room': [
    'full',
    'chat',
    'alone',
    'people',
    'following',
    'lurking',
    'readonly',
    'connecting',
    'offline',
    'held',
    'removed',
    'lost-right',
    'ended',
    'full-up',
    'forbidden',
    'sign-in',
  ],
  'live-cursors': ['full', 'few', 'offline'],
} as const

export type Tag = keyof typeof SCENES

/** The same as pairs. */
export const STATES = Object.entries(SCENES).flatMap(([element, scenes]) =>
  scenes.map((scene): [element: Tag, scene: string] => [element as Tag, scene]),
)

/** Each element with its states. */
export const ELEMENTS = Object.entries(SCENES) as [element: Tag, scenes: readonly string[]][]

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
