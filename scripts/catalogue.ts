// The catalogue, proved: builds it, opens every story in Chromium and looks at it in every mode, then asks whether
// every element is shown in all its states. Options: --few (some modes), --only TEXT (stories whose id matches it),
// --built FOLDER (one built before), --report FILE (the count as JSON).
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright'
import { type Manifest, publicFace } from '../stories/src/stage/coverage.ts'
import { missingStories, together, unshown } from './catalogue/gate.ts'
import { fewModes, modes } from './catalogue/modes.ts'
import { count, findings, table } from './catalogue/report.ts'
import { serveFolder } from './catalogue/serve.ts'
import { checkStory, type Story, type StoryResult } from './catalogue/story.ts'
import { extraFiles, openWindow } from './catalogue/window.ts'
import { run, stopAll } from './test/child.ts'
import { findChromium } from './test/chromium.ts'
import { ROOT } from './test/root.ts'
import { removeTemporaryFolders, temporaryFolder } from './test/temporary.ts'

/** Stories that are looked at side by side. */
const AT_ONCE = 2
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']

const { values } = parseArgs({
  options: {
    few: { type: 'boolean', default: false },
    only: { type: 'string' },
    built: { type: 'string' },
    report: { type: 'string' },
  },
})

async function build(): Promise<string> {
  const folder = temporaryFolder('catalogue')
  const storybook = join(ROOT, 'stories/node_modules/.bin/storybook')
  const args = ['build', '--output-dir', folder, '--disable-telemetry', '--quiet']
  const { code, output } = await run(storybook, args, {
    cwd: join(ROOT, 'stories'),
    env: { ...process.env, STORYBOOK_DISABLE_TELEMETRY: '1' },
  })
  if (code !== 0) throw new Error(`The catalogue does not build.\n${output}`)
  return folder
}

function storiesIn(folder: string): Story[] {
  const { entries } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
    entries: Record<string, Story>
  }
  return Object.values(entries)
}

async function lookAt(stories: readonly Story[], url: string): Promise<StoryResult[]> {
  const executablePath = await findChromium((line) => console.log(line))
  const launch = () => chromium.launch({ executablePath, args: FLAGS })
  const waiting = [...stories]
  const results = new Map<Story, StoryResult>()
  const work = async () => {
    let browser = await launch()
    let window = await openWindow(browser, url)
    const check = (story: Story) => checkStory(window, story, values.few ? fewModes : modes)
    for (let story = waiting.shift(); story; story = waiting.shift()) {
      let result = await check(story)
      if (window.page.isClosed()) {
        // A browser that was ended from outside says nothing about the story.
        await browser.close()
        browser = await launch()
        window = await openWindow(browser, url)
        result = await check(story)
      }
      results.set(story, result)
    }
    await browser.close()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return stories.flatMap((story) => results.get(story) ?? [])
}

function gaps(stories: readonly Story[], results: readonly StoryResult[]): string[] {
  const manifest = JSON.parse(
    readFileSync(join(ROOT, 'components/custom-elements.json'), 'utf8'),
  ) as Manifest
  const face = publicFace(manifest)
  return [
    ...missingStories(Object.keys(face), stories),
    ...unshown(face, together(results.map(({ shown }) => shown))),
  ]
}

async function main(): Promise<void> {
  const folder = values.built ?? (await build())
  const site = await serveFolder(folder, extraFiles())
  try {
    const all = storiesIn(folder)
    const chosen = all.filter(({ id }) => new RegExp(values.only ?? '').test(id))
    const results = await lookAt(chosen, site.url)
    const { passed, failed } = count(results)
    // A part of the catalogue cannot show everything.
    const problems = values.only ? [] : gaps(all, results)
    if (results.length === 0) problems.push('Not one story was opened.')
    console.log(table(results))
    for (const line of [...findings(results), ...problems]) console.log(line)
    if (values.report) writeFileSync(values.report, JSON.stringify({ passed, failed, problems }))
    const wrong = failed + problems.length
    console.log(`${passed} passed, ${wrong} failed`)
    process.exitCode = wrong > 0 ? 1 : 0
  } finally {
    await site.close()
  }
}

async function cleanUp(): Promise<void> {
  await stopAll()
  removeTemporaryFolders()
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => void cleanUp().then(() => process.exit(code)))
}

try {
  await main()
} finally {
  await cleanUp()
}
