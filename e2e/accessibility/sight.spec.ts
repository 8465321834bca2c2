import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from '@playwright/test'
import type Axe from 'axe-core'
import { drawn, ELEMENTS, expect, STATES, test } from './fixtures.ts'
import { lost, ringOf, smallTargets } from './in-page.ts'

// What is seen: by those who see little, who enlarge, who choose other colours, and who must not see movement.

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds, one line each. */
async function findings(page: Page): Promise<string[]> {
  return page.evaluate(async (tags) => {
    const { axe } = window as unknown as { axe: typeof Axe }
    const { violations } = await axe.run(window.demo.element, {
      runOnly: { type: 'tag', values: tags },
      // The page around is nobody's here.
      rules: { region: { enabled: false }, 'page-has-heading-one': { enabled: false } },
    })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`),
    )
  }, RULES)
}

/** Sets text as those may who read it better that way (1.4.12). */
async function widen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(`* {
    line-height: 1.5 !important;
    letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important;
  }
  p { margin-block-end: 2em !important; }`)
    document.adoptedStyleSheets.push(sheet)
    const roots: ShadowRoot[] = [window.demo.element.shadowRoot]
    for (const root of roots) {
      root.adoptedStyleSheets.push(sheet)
      for (const { shadowRoot } of root.querySelectorAll('*'))
        if (shadowRoot) roots.push(shadowRoot)
    }
  })
  await drawn(page)
}

/** Names of what moves right now. */
function moving(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const roots: ShadowRoot[] = [window.demo.element.shadowRoot]
    for (const root of roots)
      for (const { shadowRoot } of root.querySelectorAll('*'))
        if (shadowRoot) roots.push(shadowRoot)
    return [document, ...roots]
      .flatMap((root) => root.getAnimations())
      .map((animation) => (animation as CSSAnimation).animationName ?? 'transition')
  })
}

for (const [element, scene] of STATES) {
  test(`[A11Y-1] [A11Y-16] <${element}> ${scene} has nothing that axe finds, in every theme, direction and width`, async ({
    open,
    page,
  }) => {
    await open({ element, scene })
    await page.evaluate(AXE)
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 720 })
      for (const dress of [
        ['light', 'ltr'],
        ['light', 'rtl'],
        ['dark', 'rtl'],
        ['dark', 'ltr'],
      ] as const) {
        await page.evaluate(([theme, dir]) => {
          document.documentElement.style.colorScheme = theme
          document.documentElement.dir = dir
        }, dress)
        await drawn(page)
        expect([width, ...dress, await findings(page)]).toEqual([width, ...dress, []])
      }
    }
  })
}

test('[A11Y-6] whatever has the focus has a ring around it that is seen, in both schemes', async ({
  open,
  page,
}) => {
  test.setTimeout(240_000)
  await page.setViewportSize({ width: 520, height: 640 })
  const thin: unknown[] = []
  let looked = 0
  for (const theme of ['light', 'dark'] as const) {
    for (const scene of ['unread', 'older', 'failed', 'empty', 'refused', 'sign-in']) {
      await open({ scene, theme })
      for (let stop = 0; stop < 6; stop++) {
        // After what lost the focus comes what would have come after it.
        await page.keyboard.press('Tab')
        const found = await ringOf(page)
        if (!found) break
        looked++
        if (Object.values(found.ring).some((pixels) => pixels < 2))
          thin.push({ theme, scene, ...found })
      }
    }
  }
  expect(thin).toEqual([])
  expect(looked).toBeGreaterThan(25)
})

test('[A11Y-6] so it is where people and an activity are shown', async ({ open, page }) => {
  test.setTimeout(240_000)
  await page.setViewportSize({ width: 520, height: 640 })
  const thin: unknown[] = []
  let looked = 0
  for (const theme of ['light', 'dark'] as const) {
    for (const [element, scene] of [
      ['presence-list', 'many'],
      ['presence-list', 'card'],
      ['presence-list', 'inline'],
      ['presence-status', 'full'],
      ['presence-status', 'open'],
      ['avatar-stack', 'many'],
      ['activity-room', 'full'],
      ['activity-room', 'people'],
      ['activity-room', 'following'],
      ['activity-room', 'removed'],
    ] as const) {
      await open({ element, scene, theme })
      for (let stop = 0; stop < 6; stop++) {
        await page.keyboard.press('Tab')
        // The ring of what the page itself has in the room is the page's.
        const ours = await page.evaluate(() => document.activeElement === window.demo.element)
        const found = await ringOf(page)
        if (!found) break
        if (!ours) continue
        looked++
        if (Object.values(found.ring).some((pixels) => pixels < 2))
          thin.push({ theme, element, scene, ...found })
      }
    }
  }
  expect(thin).toEqual([])
  expect(looked).toBeGreaterThan(25)
})

test('[A11Y-6] [A11Y-21] the ring of a link and a button inside a message is seen, also in forced colours', async ({
  open,
  page,
}) => {
  for (const forcedColors of ['none', 'active'] as const) {
    await page.emulateMedia({ forcedColors })
    for (const [key, inside] of [
      ['m2', 'a'],
      ['pp-failed-4', 'retry-button'],
    ] as const) {
      await open({ scene: 'kinds' })
      await page.locator(`[data-key=${key}]`).focus()
      await page.keyboard.press('Enter')
      const found = await ringOf(page)
      expect(found?.name).toBe(inside)
      expect([found?.name, Math.min(...Object.values(found?.ring ?? {}))]).toEqual([
        inside,
        expect.any(Number),
      ])
      expect(Math.min(...Object.values(found?.ring ?? { none: 0 }))).toBeGreaterThanOrEqual(2)
    }
  }
})

for (const [element, scenes] of ELEMENTS) {
  test(`[A11Y-17] every target in <${element}> is 24 by 24 pixels or stands alone`, async ({
    open,
    page,
  }) => {
    test.setTimeout(240_000)
    const found: unknown[] = []
    for (const scene of scenes) {
      await page.setViewportSize({ width: 320, height: 720 })
      await open({ element, scene })
      for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 720 })
        await drawn(page)
        const small = await smallTargets(page, 24, { spaced: true })
        if (small.length > 0) found.push({ width, scene, small })
      }
    }
    expect(found).toEqual([])
  })

  test(`[A11Y-18] nothing of <${element}> is lost and nothing scrolls both ways at 400 %`, async ({
    open,
    page,
  }) => {
    test.setTimeout(240_000)
    const found: unknown[] = []
    for (const height of [256, 720]) {
      await page.setViewportSize({ width: 320, height })
      for (const scene of scenes) {
        await open({ element, scene })
        const problems = await lost(page)
        if (problems.length > 0) found.push({ height, scene, problems })
      }
    }
    expect(found).toEqual([])
  })

  test(`[A11Y-18] text of twice the size is all there in <${element}>`, async ({ open, page }) => {
    test.setTimeout(240_000)
    await page.setViewportSize({ width: 640, height: 512 })
    const found: unknown[] = []
    for (const scene of scenes) {
      await open({ element, scene })
      await page.evaluate(() => window.demo.element.style.setProperty('--collab-font-size', '30px'))
      await drawn(page)
      const problems = await lost(page)
      if (problems.length > 0) found.push({ scene, problems })
    }
    expect(found).toEqual([])
  })

  test(`[A11Y-19] text of <${element}> set wider and further apart is all there`, async ({
    open,
    page,
  }) => {
    test.setTimeout(240_000)
    const found: unknown[] = []
    for (const scene of scenes) {
      await open({ element, scene })
      await widen(page)
      const problems = await lost(page)
      if (problems.length > 0) found.push({ scene, problems })
    }
    expect(found).toEqual([])
  })

  test(`[A11Y-20] whoever wants no movement sees none in <${element}>`, async ({ open, page }) => {
    test.setTimeout(240_000)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const found: unknown[] = []
    for (const scene of scenes) {
      await open({ element, scene })
      const names = await moving(page)
      if (names.length > 0) found.push({ scene, names })
    }
    expect(found).toEqual([])
  })
}

test('[A11Y-18] at 400 % there is room for the messages', async ({ open, page }) => {
  await page.setViewportSize({ width: 320, height: 256 })
  await open()
  const room = await page.locator('.scroller').evaluate(({ clientHeight }) => clientHeight)
  expect(room).toBeGreaterThan(40)
})

test('[A11Y-20] whoever wants no movement sees none when a message comes either', async ({
  open,
  page,
}) => {
  await open({ scene: 'loading' })
  expect(await moving(page)).not.toEqual([])
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await open()
  await page.evaluate(() => {
    const { client, messageOf } = window.demo
    client.receive('lobby', messageOf(16))
  })
  await page.locator('article').last().hover()
  await page.locator('textarea').focus()
  expect(await moving(page)).toEqual([])
  const behaviour = await page
    .locator('.scroller')
    .evaluate((scroller) => getComputedStyle(scroller).scrollBehavior)
  expect(behaviour).toBe('auto')
})

test('[A11Y-21] in forced colours own and others, states and the focus are still told apart', async ({
  open,
  page,
}) => {
  await page.emulateMedia({ forcedColors: 'active' })
  await open({ scene: 'kinds' })
  const told = await page.evaluate(() => {
    const root = window.demo.element.shadowRoot
    const style = (selector: string) => getComputedStyle(root.querySelector(selector)!)
    return {
      other: style('[data-key=m1] .bubble').borderTopWidth,
      own: style('[data-key=m5] .bubble').borderTopWidth,
      failed: [...root.querySelectorAll('.failed .reason')].map(({ textContent }) =>
        textContent?.trim(),
      ),
      dot: style('.dot').backgroundColor,
      base: style('.base').backgroundColor,
    }
  })
  expect(told.own).not.toBe(told.other)
  expect(parseFloat(told.other)).toBeGreaterThan(0)
  expect(told.failed).toHaveLength(1)
  expect(told.dot).not.toBe(told.base)
  await page.locator('textarea').focus()
  const found = await ringOf(page)
  expect(Math.min(...Object.values(found?.ring ?? { none: 0 }))).toBeGreaterThanOrEqual(2)
})

test('[A11Y-22] whoever wants more contrast gets edges, and no quiet text', async ({
  open,
  page,
}) => {
  const look = () =>
    page.evaluate(() => {
      const root = window.demo.element.shadowRoot
      const style = (selector: string) => getComputedStyle(root.querySelector(selector)!)
      return {
        edge: style('[data-key=m1] .bubble').borderTopWidth,
        quiet: style('.author').color === style('.base').color,
      }
    })
  await open()
  expect(await look()).toEqual({ edge: '0px', quiet: false })
  await page.emulateMedia({ contrast: 'more' })
  await open()
  expect(await look()).toEqual({ edge: '1px', quiet: true })
})

test('[A11Y-23] a state is told by words or shape, never by colour alone', async ({
  open,
  page,
}) => {
  const shapes = new Set<string>()
  for (const scene of ['full', 'reconnecting', 'offline']) {
    await open({ scene })
    const { shape, text } = await page.evaluate(() => {
      const badge = window.demo.element.shadowRoot.querySelector('.badge')!
      const { borderTopWidth, borderInlineEndColor, borderTopColor } = getComputedStyle(
        badge.querySelector('.dot')!,
      )
      return {
        shape: `${borderTopWidth} ${borderInlineEndColor === borderTopColor}`,
        text: badge.textContent?.trim(),
      }
    })
    shapes.add(shape)
    expect(text).toMatch(/\w+/)
  }
  expect(shapes.size).toBe(3)
  await open({ scene: 'kinds' })
  for (const [key, word] of [
    ['pp-failed-4', 'Not sent'],
    ['pp-queued-4', 'Waiting to be sent'],
    ['m3', '2 unread since'],
    ['m5', 'Sent'],
  ] as const) {
    await expect(page.locator(`[data-key=${key}]`)).toContainText(word)
  }
})
