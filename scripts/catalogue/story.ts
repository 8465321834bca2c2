import type { Page } from 'playwright'
import type { PublicFace } from '../../stories/src/stage/coverage.ts'
import type {} from './in-page/checks.ts'
import { type Mode, show } from './modes.ts'
import { emptyNames } from './names.ts'
import type { StoryWindow } from './window.ts'

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

/** Opens a story and looks at it in every mode. */
export async function checkStory(
  view: StoryWindow,
  story: Story,
  modes: readonly Mode[],
): Promise<StoryResult> {
  const since = performance.now()
  const look = story.type === 'docs' ? lookAtPage(view) : lookAtStory(view, story, modes)
  const { results, shown } = await open(view, story)
    .then(() => look())
    .catch((error: unknown) => {
      // A story that cannot be looked at has failed in every mode.
      const said = error instanceof Error ? error.message : String(error)
      const problems = [said, ...view.heard()]
      return { results: modes.map(({ name }) => ({ mode: name, problems })), shown: {} }
    })
  return { story, modes: results, shown, ms: performance.now() - since }
}

async function open({ page, url, heard }: StoryWindow, { id, type }: Story): Promise<void> {
  // Nothing of the story before: neither where its pointer was nor what it said.
  await page.mouse.move(0, 0)
  heard()
  // The accessibility panel looks as well, unless told not to.
  await page.goto(
    `${url}/iframe.html?id=${id}&viewMode=${type}&globals=a11y.manual:!true;theme:light`,
  )
}

interface Seen {
  results: ModeResult[]
  shown: PublicFace
}

function lookAtStory(view: StoryWindow, story: Story, modes: readonly Mode[]): () => Promise<Seen> {
  return async () => {
    const { page, heard } = view
    const [first] = modes
    if (!first) return { results: [], shown: {} }
    await show(view, first)
    const played = await play(page, story)
    await page.addScriptTag({ url: '/catalogue/axe.js' })
    const shown = await page.evaluate(() => window.catalogue?.shown() ?? {})
    const results: ModeResult[] = []
    for (const mode of modes) {
      await show(view, mode)
      const found = await page.evaluate(() => window.collabChecks.look())
      results.push({ mode: mode.name, problems: [...found, ...heard()] })
    }
    // Names are asked for at last: from then on the browser keeps its tree of them up to date.
    results.at(-1)?.problems.push(...(await emptyNames(page)))
    await show(view, first)
    results[0]?.problems.push(
      ...played,
      ...(await ring(page)),
      ...(await emptyNames(page)),
      ...heard(),
    )
    return { results, shown }
  }
}

/** Waits for the end of the story's play function; what went wrong in it. */
async function play(page: Page, { id }: Story): Promise<string[]> {
  await page.waitForFunction((wanted) => window.catalogue?.finished?.id === wanted, id, {
    timeout: PLAY_MS,
  })
  return page.evaluate(() => window.catalogue?.finished?.problems ?? [])
}

/** A page of documentation has to load without a complaint, and to fit. */
function lookAtPage({ page, heard, quiet }: StoryWindow): () => Promise<Seen> {
  return async () => {
    await page.locator('.sbdocs-content h1').first().waitFor({ timeout: PLAY_MS })
    await quiet()
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    const problems = wider > 1 ? [`overflow: the page is ${wider} px too wide`] : []
    return { results: [{ mode: 'page', problems: [...problems, ...heard()] }], shown: {} }
  }
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
