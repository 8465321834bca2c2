import axe from 'axe-core'
import type { Page } from '@playwright/test'
import type { ServiceProcess } from '../rig/service-process.ts'
import { chatOn, type ChatOnPage } from './chat.ts'
import { expect, test } from './fixtures.ts'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

interface DemoPage {
  ann: ChatOnPage
  ben: ChatOnPage
  /** What the browser complained about. */
  complaints: string[]
}

async function open(page: Page, { url }: ServiceProcess): Promise<DemoPage> {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== url) complaints.push(`asks ${request.url()}`)
  })
  await page.goto(url)
  const [ann, ben] = ['Ann’s screen', 'Ben’s screen'].map((name) =>
    chatOn(page.getByRole('region', { name, exact: true })),
  )
  await ann!.ready()
  await ben!.ready()
  return { ann: ann!, ben: ben!, complaints }
}

test('the demo page shows two people in one conversation', async ({ demo, page }) => {
  const { ann, ben, complaints } = await open(page, demo)
  await expect(ben.message('right, xgamma sorted. must be a brightness issue ha')).toBeVisible()
  await ann.say('Hello Ben')
  await expect(ben.message('Hello Ben')).toContainText('Ann')
  await ben.say('Hello Ann')
  await expect(ann.message('Hello Ann')).toContainText('Ben')
  expect([await ann.username(), await ben.username()]).toEqual(['ann', 'ben'])
  expect(complaints).toEqual([])
})

test('the day is replayed live at the chosen speed, and stops when told', async ({
  demo,
  page,
}) => {
  const { ann, ben } = await open(page, demo)
  const state = page.locator('#replay-state')
  await page.getByLabel('Speed').selectOption('6000')
  await page.getByRole('button', { name: 'Replay the day' }).click()
  await expect(state).toContainText(/\d of 1,975 messages/)
  await expect(page.getByRole('progressbar')).toBeVisible()
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(state).toContainText(/^Stopped after [\d,]+ of 1,975 messages/)
  await expect(page.getByRole('button', { name: 'Replay the day' })).toBeFocused()

  await page.getByLabel('Speed').selectOption('max')
  await page.getByRole('button', { name: 'Replay the day' }).click()
  await expect(state).toContainText('all 1,975 messages were sent again')
  const held = async (chat: ChatOnPage) =>
    (await chat.held('lobby')).map(({ seq, body }) => `${seq} ${body}`)
  await expect.poll(async () => (await held(ann)).at(-1)).toContain('right, xgamma sorted.')
  await expect.poll(async () => (await held(ben)).at(-1)).toBe((await held(ann)).at(-1))
})

test('the embed is that of this very service, and can be copied', async ({
  context,
  demo,
  page,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: demo.url })
  await open(page, demo)
  await page.getByRole('button', { name: 'Copy' }).click()
  await expect(page.getByRole('status')).toContainText('Copied')
  const copied = () => page.evaluate(() => navigator.clipboard.readText())
  const script = `<script type="module" src="${demo.url}/collab.js"></script>`
  expect(await copied()).toBe(`${script}\n<collab-chat chat-id="lobby"></collab-chat>`)
  for (const [name, element] of [
    ['Shared page', 'activity-room'],
    ['People', 'presence-list'],
  ] as const) {
    await page.getByRole('radio', { name }).check()
    await page.locator('#copy').click()
    await expect.poll(copied).toMatch(new RegExp(`^${script}\n<${element} .*</${element}>$`))
  }
})

test('the chosen theme holds over a reload, in the elements too', async ({ demo, page }) => {
  const { ann } = await open(page, demo)
  const background = () =>
    ann.element.evaluate(
      (root) => getComputedStyle(root.shadowRoot!.querySelector('.base')!).backgroundColor,
    )
  const light = await background()
  await page.getByRole('radio', { name: 'Dark' }).check()
  await expect.poll(background).not.toBe(light)
  const dark = await background()
  await page.reload()
  await ann.ready()
  expect(await background()).toBe(dark)
  await expect(page.getByRole('radio', { name: 'Dark' })).toBeChecked()
})

test('narrow, the two stand below each other and nothing sticks out', async ({ demo, page }) => {
  await page.setViewportSize({ width: 320, height: 800 })
  const { ann, ben } = await open(page, demo)
  const [above, below] = await Promise.all([ann.element.boundingBox(), ben.element.boundingBox()])
  expect(below!.y).toBeGreaterThan(above!.y + above!.height)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
})

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [320, 1280]) {
    test(`axe finds nothing on the demo page, ${scheme}, ${width} px`, async ({
      browser,
      demo,
    }) => {
      const page = await browser.newPage({ colorScheme: scheme, viewport: { width, height: 900 } })
      await open(page, demo)
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate((values) => {
        const { axe: inPage } = globalThis as unknown as { axe: typeof axe }
        return inPage.run(document, { runOnly: { type: 'tag', values } })
      }, RULES)
      expect(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
      ).toEqual([])
      await page.close()
    })
  }
}

test('without the demo the service shows a plain page with the way on', async ({
  page,
  service,
}) => {
  await page.goto(service.url)
  await expect(page.getByRole('heading', { name: 'Collab Kit is running' })).toBeVisible()
  await page.getByRole('link', { name: 'Read and try the API' }).click()
  await expect(page).toHaveURL(`${service.url}/docs`)
})

test('the API can be read and tried at /docs, with every file from the service itself', async ({
  page,
  service,
}) => {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol !== 'data:' && origin !== service.url) complaints.push(`asks ${request.url()}`)
  })
  await page.goto(`${service.url}/docs`)
  await page.getByText('/system/info', { exact: true }).click()
  await page.getByRole('button', { name: 'Execute' }).click()
  await expect(page.locator('.live-responses-table')).toContainText('collab-kit')
  await expect(page.getByText('/chats/{chatId}/messages').first()).toBeVisible()
  expect(complaints).toEqual([])
})
