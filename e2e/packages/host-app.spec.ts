import type { Page, WebSocket } from '@playwright/test'
import { chatOn } from '../journeys/chat.ts'
import { expect, test } from './fixtures.ts'

/** What a page of the site asks for while somebody uses it. */
function watch(page: Page): { sockets: WebSocket[]; tokens: number[] } {
  const sockets: WebSocket[] = []
  const tokens: number[] = []
  page.on('websocket', (socket) => sockets.push(socket))
  page.on('response', (answer) => {
    if (answer.url().endsWith('/collab/token')) tokens.push(answer.status())
  })
  return { sockets, tokens }
}

test('people of a site are the same people in its chat, for as long as they are signed in there', async ({
  browser,
  hostApp,
}) => {
  const context = await browser.newContext()
  const page = await context.newPage()
  const { sockets, tokens } = watch(page)
  await page.goto(hostApp.url)
  await page.getByRole('button', { name: 'Ann Baker' }).click()
  const chat = chatOn(page)
  await chat.ready()
  expect(await chat.username()).toBe('ann')

  // Tokens follow one another on the one connection.
  await expect.poll(() => tokens.length, { timeout: 40_000 }).toBeGreaterThan(2)
  await chat.say('fresh rolls')
  await expect(chat.message('fresh rolls')).toContainText('Sent')
  expect(tokens.every((status) => status === 200)).toBe(true)
  expect(sockets.map((socket) => socket.isClosed())).toEqual([false])

  // Signed out in one tab is signed out in the other, long before its token ends.
  const other = await context.newPage()
  const inOther = watch(other)
  await other.goto(hostApp.url)
  await chatOn(other).ready()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('button', { name: 'Ben Cook' })).toBeVisible()
  const [socket] = inOther.sockets
  await expect.poll(() => socket?.isClosed(), { timeout: 5000 }).toBe(true)
  await expect(other.locator('collab-chat:state(ready)')).toHaveCount(0)

  // Another person on the same machine is another person there.
  await page.getByRole('button', { name: 'Ben Cook' }).click()
  await chat.ready()
  expect(await chat.username()).toBe('ben')
  await expect(chat.message('fresh rolls')).toContainText('Ann Baker')
  await context.close()
})
