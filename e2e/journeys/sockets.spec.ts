import type { Page } from '@playwright/test'
import { createGuest } from '../rig/person.ts'
import { expect, test } from './fixtures.ts'
import { countSockets } from './held.ts'

// Real elements, as they were built, on the real service: how many connections a page opens.

const TAGS = ['collab-chat', 'collab-messages', 'collab-composer']
const ten = (attributes = '') =>
  Array.from({ length: 10 }, (_, index) => {
    const tag = TAGS[index % TAGS.length]
    return `<${tag} chat-id="lobby" ${attributes}></${tag}>`
  }).join('')
const allLive = (page: Page, count: number) =>
  page.waitForFunction(
    ([tags, wanted]) => {
      const elements = [
        ...document.querySelectorAll<HTMLElement & { client?: { status: string } }>(tags),
      ]
      return elements.length === wanted && elements.every(({ client }) => client?.status === 'live')
    },
    [TAGS.join(), count] as const,
  )

test('ten elements open one connection, by themselves and in a provider', async ({
  openHost,
  page,
  service,
}) => {
  const { token } = await createGuest(service.url, 'Ann')
  const sockets = countSockets(page)
  await openHost(ten(`token="${token}"`))
  await allLive(page, 10)
  expect(sockets).toEqual({ opened: 1, open: 1 })
  await openHost(
    `<collab-provider token="${token}">${ten()}</collab-provider>${ten(`token="${token}"`)}`,
  )
  await allLive(page, 20)
  // One more, for the other page.
  expect(sockets.opened).toBe(2)
})

test('whoever signs in at one of them is there in all, on one connection', async ({
  openHost,
  page,
}) => {
  const sockets = countSockets(page)
  await openHost(ten())
  await page.getByRole('textbox', { name: 'Your name' }).first().fill('Ann')
  await page.getByRole('button', { name: 'Continue as guest' }).first().click()
  await allLive(page, 10)
  expect(sockets.open).toBe(1)
})

test('two people on one page have two, and each their own', async ({ openHost, page, service }) => {
  const [ann, ben] = await Promise.all([
    createGuest(service.url, 'Ann'),
    createGuest(service.url, 'Ben'),
  ])
  const sockets = countSockets(page)
  await openHost(ten(`token="${ann.token}"`) + ten(`token="${ben.token}"`))
  await allLive(page, 20)
  expect(sockets).toEqual({ opened: 2, open: 2 })
  const names = await page
    .locator('collab-chat')
    .evaluateAll((chats) =>
      chats.map(
        (chat) =>
          (
            chat as unknown as { client: { store: { getState(): { username: string } } } }
          ).client.store.getState().username,
      ),
    )
  expect(new Set(names)).toEqual(new Set([ann.username, ben.username]))
})

test('the last element that is taken away takes the connection with it, after a moment', async ({
  openHost,
  page,
  service,
}) => {
  const { token } = await createGuest(service.url, 'Ann')
  const sockets = countSockets(page)
  await openHost(ten(`token="${token}"`))
  await allLive(page, 10)
  // What a framework does while it draws: away and back.
  await page.evaluate((tags) => {
    for (const element of document.querySelectorAll(tags)) {
      const { parentNode, nextSibling } = element
      element.remove()
      parentNode?.insertBefore(element, nextSibling)
    }
  }, TAGS.join())
  await allLive(page, 10)
  expect(sockets).toEqual({ opened: 1, open: 1 })
  await page.evaluate(
    (tags) => document.querySelectorAll(tags).forEach((element) => element.remove()),
    TAGS.join(),
  )
  await expect.poll(() => sockets.open).toBe(0)
  expect(sockets.opened).toBe(1)
})

test('three copies of the kit on one page work beside each other', async ({
  openHost,
  page,
  service,
}) => {
  const { token } = await createGuest(service.url, 'Ann')
  const sockets = countSockets(page)
  const said: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) said.push(message.text())
  })
  page.on('pageerror', (error) => said.push(error.message))
  const { version } = (await (await fetch(`${service.url}/api/v1/system/info`)).json()) as {
    version: string
  }
  await openHost(
    `<collab-chat chat-id="lobby" token="${token}"></collab-chat>
    <script type="module" src="${service.url}/cdn/${version}/collab.js"></script>
    <script src="${service.url}/collab.global.js"></script>
    <script>Collab.CollabChatElement.define('other-chat')</script>
    <other-chat chat-id="lobby" token="${token}"></other-chat>`,
  )
  for (const tag of ['collab-chat', 'other-chat']) {
    await expect(page.locator(`${tag}:state(ready)`)).toBeVisible()
  }
  await page.locator('other-chat').getByRole('textbox').fill('from the other copy')
  await page.locator('other-chat').getByRole('textbox').press('Enter')
  await expect(page.locator('collab-chat').getByText('from the other copy')).toBeVisible()
  expect(
    await page.evaluate(
      () => customElements.get('other-chat') === customElements.get('collab-chat'),
    ),
  ).toBe(false)
  expect(said).toEqual([])
  expect(sockets.open).toBeLessThanOrEqual(3)
})
