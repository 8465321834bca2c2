import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missingStories, storyId, together, unshown } from './catalogue/gate.ts'
import { modes } from './catalogue/modes.ts'
import { count, findings } from './catalogue/report.ts'
import { serveFolder, type StaticSite } from './catalogue/serve.ts'
import { checkStory, type Story, type StoryResult } from './catalogue/story.ts'
import { extraFiles, openWindow } from './catalogue/window.ts'
import { findChromium } from './test/chromium.ts'

const STYLE = `
  body { margin: 0 }
  .stage { padding: 16px; background: light-dark(#fff, #111); color: light-dark(#111, #eee) }
  button { font: inherit; min-block-size: 32px; min-inline-size: 32px; color: inherit; background: inherit }
  button:focus-visible { outline: 3px solid light-dark(#00c, #9cf); outline-offset: 2px }`

/** Stories as they should not be, and one as it should. */
const planted: Record<string, string> = {
  good: '<h1>All is well</h1><button>Press me</button>',
  nameless: '<button></button>',
  wide: '<div style="inline-size: 900px">wider than a narrow window</div>',
  cut: '<div style="inline-size: 60px; overflow: hidden"><button style="inline-size: 200px">Far out</button></div>',
  pale: '<p style="color: light-dark(#111, #444)">only to be read in the light</p>',
  ringless: '<button style="outline: none">No ring</button>',
  clipped:
    '<div style="overflow: hidden; inline-size: max-content"><button style="outline-offset: 3px">Half a ring</button></div>',
  noisy: '<p>Something went wrong</p><script>console.error("oh dear")</script>',
  abroad: '<img alt="far away" src="http://127.0.0.1:9/far.png">',
  thrown: '<p>Its play function failed</p><script>window.failed = ["play: it is not so"]</script>',
}

const page = (id: string) => `<!doctype html><html lang="en"><title>${id}</title>
  <style>${STYLE}</style><div class="stage">${planted[id]}</div>
  <script>window.catalogue = {
    finished: { id: new URLSearchParams(location.search).get('id'), problems: window.failed ?? [] },
    shown: () => ({}),
  }</script></html>`

const story = (id: string): Story => ({ id, title: 'Planted', name: id, type: 'story' })

let browser: Browser
const sites: StaticSite[] = []
const folders: string[] = []

beforeAll(async () => {
  const executablePath = await findChromium(() => {})
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
})
afterAll(async () => {
  await browser.close()
  await Promise.all(sites.map((site) => site.close()))
  for (const folder of folders) rmSync(folder, { recursive: true })
})

const looked = new Map<string, Promise<StoryResult>>()

const some = modes.filter(({ name }) =>
  ['light ltr 1280', 'dark rtl 320', 'en-XA', 'forced colours'].includes(name),
)

/** Each is looked at once, however many sentences are asked of it. */
function look(id: string): Promise<StoryResult> {
  const result = looked.get(id) ?? lookAt(id)
  looked.set(id, result)
  return result
}

async function lookAt(id: string): Promise<StoryResult> {
  const folder = mkdtempSync(join(tmpdir(), 'collab-kit-planted-'))
  folders.push(folder)
  writeFileSync(join(folder, 'iframe.html'), page(id))
  const site = await serveFolder(folder, extraFiles())
  sites.push(site)
  const window = await openWindow(browser, site.url)
  const result = await checkStory(window, story(id), some)
  await window.close()
  return result
}

const found = async (id: string) => findings([await look(id)]).join('\n')

describe('the check of a story', () => {
  it('finds nothing in one that is as it should be', async () => {
    const result = await look('good')
    expect(findings([result])).toEqual([])
    expect(count([result])).toEqual({ passed: some.length, failed: 0 })
  })

  it.each([
    ['nameless', 'button-name'],
    ['nameless', 'name: a button has none'],
    ['wide', 'overflow: the page is'],
    ['wide', 'overflow: div sticks out'],
    ['cut', 'overflow: button is cut off'],
    ['pale', 'color-contrast'],
    ['ringless', 'focus ring'],
    ['clipped', 'focus ring'],
    ['noisy', 'console: oh dear'],
    ['abroad', 'request to another origin: http://127.0.0.1:9/far.png'],
    ['thrown', 'play: it is not so'],
  ])('finds what is wrong with one that is %s: %s', async (id, sentence) => {
    expect(await found(id)).toContain(sentence)
  })

  it('says in which modes something is wrong, and counts these', async () => {
    const wide = await look('wide')
    expect(count([wide])).toEqual({ passed: 2, failed: 2 })
    expect(findings([wide]).join()).toContain('(dark rtl 320, en-XA)')
    expect(await found('pale')).toContain('(dark rtl 320)')
  })
})

const face = (more: object = {}) => ({
  parts: [],
  slots: [],
  states: [],
  events: [],
  tokens: [],
  shared: [],
  undeclared: [],
  ...more,
})
describe('the gate', () => {
  it('names what an element promises and no story shows', () => {
    const promised = {
      'x-a': face({ parts: ['base', 'tip'], events: ['told'], shared: ['--all'] }),
    }
    const shown = together([
      { 'x-a': face({ parts: ['base'] }) },
      { 'x-a': face({ events: ['told'], undeclared: ['secret'] }) },
    ])
    expect(unshown(promised, shown)).toEqual([
      '<x-a>: no story shows part “tip”',
      'no story shows what --all does',
      '<x-a> has a part “secret” that its manifest does not name',
    ])
  })

  it('lets one element show what a shared token does', () => {
    const promised = { 'x-a': face({ shared: ['--all'] }), 'x-b': face({ shared: ['--all'] }) }
    expect(unshown(promised, { 'x-b': face({ shared: ['--all'] }) })).toEqual([])
  })

  it('names the states of an element that have no story', () => {
    const missing = missingStories(['x-a'], [story('components-x-a--default')])
    expect(missing).toContain('<x-a> has no story Loading, and no reason is given')
    expect(missing.join()).not.toContain('has no story Default')
  })

  it('names exemptions that are none any more', () => {
    const all = missingStories(['collab-sign-in'], [story('components-collab-sign-in--many')])
    expect(all).toContain('<collab-sign-in> is exempted from Many without need')
  })

  it('knows stories by the names that the catalogue gives them', () => {
    expect(storyId('x-a', 'RtlMixedBidi')).toBe('components-x-a--rtl-mixed-bidi')
    expect(storyId('x-a', 'NoJsFallback')).toBe('components-x-a--no-js-fallback')
  })
})
