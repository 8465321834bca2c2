import type { Page } from '@playwright/test'
import { drawn, ELEMENTS, expect, test } from './fixtures.ts'
import { lost, smallTargets } from './in-page.ts'

// A telephone: a finger instead of a mouse, and a keyboard that takes half of the screen.

test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 780 } })

test('[A11Y-17] [A11Y-56] a finger finds every target', async ({ open, page }) => {
  for (const [element, scene] of [
    ['collab-chat', 'kinds'],
    ['collab-chat', 'older'],
    ['collab-chat', 'unread'],
    ['collab-chat', 'empty'],
    ['collab-chat', 'refused'],
    ['collab-chat', 'sign-in'],
    ['collab-composer', 'full'],
    ['collab-sign-in', 'sign-in'],
  ] as const) {
    await open({ element, scene })
    expect(await page.evaluate(() => matchMedia('(pointer: coarse)').matches)).toBe(true)
    const small = await smallTargets(page, 44, { spaced: false })
    expect({ element, scene, small }).toEqual({ element, scene, small: [] })
  }
  await open({ element: 'collab-sign-in', scene: 'sign-in' })
  await page.getByRole('button', { name: 'I have an account' }).tap()
  expect(await smallTargets(page, 44, { spaced: false })).toEqual([])
})

for (const [element, scenes] of ELEMENTS.filter(([tag]) => !tag.startsWith('collab-'))) {
  test(`[A11Y-17] a finger finds every target in <${element}>`, async ({ open, page }) => {
    test.setTimeout(240_000)
    const found: unknown[] = []
    for (const scene of scenes) {
      await open({ element, scene })
      const small = await smallTargets(page, 44, { spaced: false })
      if (small.length > 0) found.push({ scene, small })
    }
    expect(found).toEqual([])
  })
}

test('[A11Y-56] with the keyboard up, the text being written and the last message are both seen', async ({
  open,
  page,
}) => {
  await open()
  await page.evaluate(() => {
    Object.assign(document.body.style, { margin: '0', padding: '0' })
    window.demo.element.style.blockSize = '100dvh'
  })
  await drawn(page)
  const composer = page.locator('textarea')
  await composer.tap()
  await expect(composer).toBeFocused()
  // A browser with a keyboard gives the page what is left.
  await page.setViewportSize({ width: 390, height: 340 })
  await drawn(page)
  await expect(composer).toBeInViewport({ ratio: 1 })
  await expect(page.locator('[part=send-button]')).toBeInViewport({ ratio: 1 })
  await expect(page.locator('article').last().locator('[part=message-body]')).toBeInViewport({
    ratio: 1,
  })
  await page.keyboard.type('one line\nand another')
  await expect(composer).toBeInViewport({ ratio: 1 })
  expect(await lost(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 780 })
  await drawn(page)
  await expect(page.locator('article').last()).toBeInViewport({ ratio: 0.9 })
})

test('[A11Y-56] no browser zooms into a field, and anyone may zoom', async ({ open, page }) => {
  await open()
  const before = await page.evaluate(() => document.querySelector('meta[name=viewport]')?.outerHTML)
  for (const [element, scene] of [
    ['collab-chat', 'full'],
    ['collab-composer', 'full'],
    ['collab-sign-in', 'sign-in'],
  ] as const) {
    await open({ element, scene })
    const sizes = await page
      .locator('textarea, input')
      .evaluateAll((fields) => fields.map((field) => parseFloat(getComputedStyle(field).fontSize)))
    expect(sizes).not.toEqual([])
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(16)
    expect(
      await page.evaluate(() => document.querySelector('meta[name=viewport]')?.outerHTML),
    ).toBe(before)
  }
  expect(before).not.toMatch(/user-scalable|maximum-scale/)
  await open()
  await expect(page.locator('textarea')).toHaveAttribute('enterkeyhint', 'send')
})

test('[A11Y-26] all there is to do is done by a tap', async ({ open, page }) => {
  await open({ scene: 'unread' })
  await page.getByRole('button', { name: 'Jump to latest' }).tap()
  await expect(page.getByRole('button', { name: 'Jump to latest' })).toBeHidden()
  await open({ scene: 'kinds' })
  await page.getByRole('button', { name: /^Retry/ }).tap()
  await page.locator('textarea').fill('by finger')
  await page.getByRole('button', { name: 'Send' }).tap()
  const calls = await page.evaluate(() => window.demo.client.calls.map(([name]) => name))
  expect(calls).toEqual(expect.arrayContaining(['retry', 'send']))
})

const card = (page: Page) => page.locator('[part~=card]')

test('[A11Y-26] a tap on a person shows who it is, in a list and in a stack', async ({
  open,
  page,
}) => {
  await open({ element: 'presence-list', scene: 'full' })
  await page.locator('.who').first().tap()
  await expect(card(page)).toBeVisible()
  await open({ element: 'avatar-stack', scene: 'many' })
  await page.locator('.person').first().tap()
  await expect(card(page)).toBeVisible()
  await open({ element: 'avatar-stack', scene: 'many' })
  await page.locator('[part~=overflow]').tap()
  await expect(page.locator('[part~=popover]')).toBeVisible()
  await page.locator('[part~=popover]').getByRole('button').first().tap()
  await expect(card(page)).toBeVisible()
})

test('[A11Y-26] a tap says how one is, and what one is doing', async ({ open, page }) => {
  await open({ element: 'presence-status', scene: 'full' })
  await page.locator('[part~=button]').tap()
  await page.getByRole('radio', { name: 'Do not disturb' }).tap()
  await page.locator('[part~=input]').fill('at lunch')
  await page.getByRole('button', { name: 'Save' }).tap()
  const said = await page.evaluate(() =>
    window.demo.client.calls.filter(([name]) => name === 'setPresence').map(([, what]) => what),
  )
  expect(said).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ state: 'dnd' }),
      expect.objectContaining({ status: 'at lunch' }),
    ]),
  )
})

test('[A11Y-26] in an activity a tap opens the people, follows one of them, and ends it', async ({
  open,
  page,
}) => {
  await open({ element: 'activity-room', scene: 'full' })
  await page.locator('[part~=people-button]').tap()
  await page
    .getByRole('button', { name: /Follow/ })
    .first()
    .tap()
  await open({ element: 'activity-room', scene: 'following' })
  await page.getByRole('button', { name: /Stop/ }).tap()
  const calls = await page.evaluate(() => window.demo.client.calls.map(([name]) => name))
  expect(calls).toContain('unfollow')
})
