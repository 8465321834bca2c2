import { drawn, expect, test } from './fixtures.ts'
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
