import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright'
import type { PublicFace } from '../../stories/src/stage/coverage.ts'
import { ROOT } from '../test/root.ts'
import { bundleChecks } from './bundle.ts'
import type {} from './in-page/checks.ts'
import { type Mode, show, viewportOf } from './modes.ts'
import { emptyNames } from './names.ts'

export interface Story {
  id: string
  /** As `Components/collab-chat`. */
  title: string
  name: string
  type: 'story' | 'docs'
}

export interface ModeResult {
  mode: string
  problems: string[]
}

export interface StoryResult {
  story: Story
  modes: ModeResult[]
  shown: PublicFace
  /** How long it took, milliseconds. */
  ms: number
}

/** Longest wait for a story's play function to end, milliseconds. */
const PLAY_MS = 60_000

const axeSource = readFileSync(
  createRequire(join(ROOT, 'stories/package.json')).resolve('axe-core/axe.min.js'),
  'utf8',
)

let bundled: Promise<string> | undefined
const checks = () => (bundled ??= bundleChecks())

/** A browser window of its own for checking stories one after the other. */
export async function openContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: viewportOf({ width: 1280 }),
    locale: 'en-GB',
    timezoneId: 'UTC',
  })
  await context.addInitScript({ content: await checks() })
  await context.exposeBinding('catalogueDriver', async ({ page }, act: string, what: unknown) => {
    if (act === 'press') await page.keyboard.press(what as string)
    else if (act === 'type') await page.keyboard.type(what as string)
    else await page.mouse.click((what as Point).x, (what as Point).y)
  })
  return context
}

interface Point {
  x: number
  y: number
}

/** Opens a story and looks at it in every mode. */
export async function checkStory(
  context: BrowserContext,
  story: Story,
  { url, modes }: { url: string; modes: readonly Mode[] },
): Promise<StoryResult> {
  const since = performance.now()
  const page = await context.newPage()
  const heard = listen(page, url)
  const done = (results: ModeResult[], shown: PublicFace = {}): StoryResult => ({
    story,
    modes: results,
    shown,
    ms: performance.now() - since,
  })
  try {
    await page.goto(addressOf(url, story))
    if (story.type === 'docs') return done([{ mode: 'page', problems: await docs(page, heard) }])
    const first = await play(page, story)
    await page.addScriptTag({ content: axeSource })
    const shown = await page.evaluate(() => window.catalogue?.shown() ?? {})
    const results: ModeResult[] = []
    for (const [index, mode] of modes.entries()) {
      await show(page, mode)
      const problems = [
        ...(index === 0 ? first : []),
        ...(await page.evaluate(() => window.collabChecks.axe())),
        ...(await page.evaluate(() => window.collabChecks.overflow())),
        ...(index === 0 || mode.locale !== 'en' ? await emptyNames(page) : []),
      ]
      results.push({ mode: mode.name, problems: [...problems, ...heard.take()] })
    }
    const [base] = results
    const [firstMode] = modes
    if (base && firstMode) {
      await show(page, firstMode)
      base.problems.push(...(await ring(page)), ...heard.take())
    }
    return done(results, shown)
  } catch (error) {
    // A story that cannot be looked at has failed in every mode.
    const said = error instanceof Error ? error.message : String(error)
    return done(modes.map(({ name }) => ({ mode: name, problems: [said, ...heard.take()] })))
  } finally {
    await page.close()
  }
}

function addressOf(url: string, { id, type }: Story): string {
  // The accessibility panel looks as well, unless told not to.
  return `${url}/iframe.html?id=${id}&viewMode=${type}&globals=a11y.manual:!true;theme:light`
}

/** Everything a page says that it should not. */
function listen(page: Page, url: string): { take(): string[] } {
  const heard: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') heard.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => heard.push(`error: ${error.message}`))
  page.on('request', (request) => {
    const address = request.url()
    if (!address.startsWith(`${url}/`) && !/^(data|blob|about):/.test(address))
      heard.push(`request to another origin: ${address}`)
  })
  return { take: () => heard.splice(0) }
}

/** Waits for the end of the story's play function; what went wrong in it. */
async function play(page: Page, { id }: Story): Promise<string[]> {
  await page.waitForFunction((wanted) => window.catalogue?.finished?.id === wanted, id, {
    timeout: PLAY_MS,
  })
  return page.evaluate(() => window.catalogue?.finished?.problems ?? [])
}

async function docs(page: Page, heard: { take(): string[] }): Promise<string[]> {
  await page.locator('.sbdocs-content h1').first().waitFor({ timeout: PLAY_MS })
  await page.waitForLoadState('networkidle')
  const wider = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  return [...(wider > 1 ? [`overflow: the page is ${wider} px too wide`] : []), ...heard.take()]
}

/** Whether the first stop of Tab shows that it has the focus, all around. */
async function ring(page: Page): Promise<string[]> {
  await page.evaluate(() => window.collabChecks.toStart())
  await page.keyboard.press('Tab')
  const focus = await page.evaluate(() => window.collabChecks.focus())
  if (!focus) return []
  const picture = async () => (await page.screenshot({ animations: 'disabled' })).toString('base64')
  const focused = await picture()
  await page.evaluate(() => window.collabChecks.blur())
  const blurred = await picture()
  const problems = await page.evaluate((question) => window.collabChecks.ring(question), {
    focused,
    blurred,
    ring: focus.ring,
  })
  return problems.map((problem) => `${problem} of ${focus.name}`)
}
