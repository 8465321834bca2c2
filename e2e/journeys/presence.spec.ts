import type { CollabClient } from '@collab-kit/client'
import type { ChosenState } from '@collab-kit/protocol'
import type { BrowserContext, Page } from '@playwright/test'
import { createGuest, type Person } from '../rig/person.ts'
import { createTcpProxy } from '../rig/tcp-proxy.ts'
import { chatFor, chatOn } from './chat.ts'
import { expect, test } from './fixtures.ts'

/** What is promised, milliseconds; on top of it comes what a busy machine takes. */
const CLOSED_MS = 6000
const SILENT_MS = 20_000
const MARGIN_MS = 3000
/** Who is back by then was never away. */
const GRACE_MS = 4500

const listFor = (token: string, people: readonly Person[]): string =>
  `<presence-list token="${token}" usernames="${people.map(({ username }) => username).join(' ')}"></presence-list>`

/** How a person is shown in the list of a page; `gone` where they are not in it. */
const stateOf = (page: Page, { username }: Person): Promise<string> =>
  page.locator('presence-list').evaluate((list, name) => {
    const rows = [...(list.shadowRoot?.querySelectorAll(`[data-username="${name}"]`) ?? [])]
    if (rows.length > 1) return 'several'
    return rows[0]?.closest('.row')?.className.replace('row ', '') ?? 'gone'
  }, username)

/** From now on: every way in which a person is shown, in order. */
async function watchState(page: Page, { username }: Person): Promise<() => Promise<string[]>> {
  const seen = await page.locator('presence-list').evaluateHandle((list, name) => {
    const root = list.shadowRoot!
    const states: string[] = []
    const look = () => {
      const rows = [...root.querySelectorAll(`[data-username="${name}"]`)]
      const state =
        rows.length > 1
          ? 'several'
          : (rows[0]?.closest('.row')?.className.replace('row ', '') ?? 'gone')
      if (state !== states.at(-1)) states.push(state)
    }
    look()
    new MutationObserver(look).observe(root, { subtree: true, childList: true, attributes: true })
    return states
  }, username)
  return () => seen.jsonValue()
}

/** The person of a page says how they are here. */
const choose = (page: Page, state: ChosenState): Promise<unknown> =>
  page
    .locator('collab-chat')
    .evaluate(
      (chat, chosen) =>
        (chat as HTMLElement & { client: CollabClient }).client.presence.set({ state: chosen }),
      state,
    )

type OpenHost = (body: string, options: { page: Page }) => Promise<Page>

interface Where {
  context: BrowserContext
  /** Address of the service, when it is another one than that of the script. */
  serviceUrl?: string
}

/** Another tab of a person. */
async function openTab(
  openHost: OpenHost,
  { token }: Person,
  { context, serviceUrl }: Where,
): Promise<Page> {
  const page = await context.newPage()
  const chat = serviceUrl
    ? `<collab-chat chat-id="lobby" service-url="${serviceUrl}" token="${token}"></collab-chat>`
    : chatFor(token)
  await openHost(chat, { page })
  await chatOn(page).ready()
  return page
}

test('a reload of somebody’s page is not seen in a list of people', async ({
  context,
  openHost,
  page,
  service,
}) => {
  const [ann, ben] = await Promise.all([
    createGuest(service.url, 'Ann'),
    createGuest(service.url, 'Ben'),
  ])
  await openHost(listFor(ann.token, [ben]), { page })
  await expect.poll(() => stateOf(page, ben)).toBe('offline')
  const tab = await openTab(openHost, ben, { context })
  await expect.poll(() => stateOf(page, ben)).toBe('available')
  const seen = await watchState(page, ben)
  let slowest = 0
  for (let count = 0; count < 3; count++) {
    const began = performance.now()
    await tab.reload()
    await chatOn(tab).ready()
    slowest = Math.max(slowest, performance.now() - began)
  }
  // A change that is shown shows that none was shown before it.
  await choose(tab, 'dnd')
  await expect.poll(() => stateOf(page, ben)).toBe('dnd')
  // Who needs longer than the grace to be back was away.
  if (slowest < GRACE_MS) expect(await seen()).toEqual(['available', 'dnd'])
  else expect((await seen()).at(-1)).toBe('dnd')
  // The list's own page too: who is there is there with the first look.
  await page.reload()
  const again = page.locator('presence-list:state(ready)')
  await expect(again).toBeVisible()
  expect(await stateOf(page, ben)).toBe('dnd')
  await tab.close()
})

test('three tabs are one person in whatever order they close, and a laptop that sleeps is gone in time', async ({
  browser,
  openHost,
  page,
  service,
}) => {
  const [ann, ben, cid, dan] = await Promise.all(
    ['Ann', 'Ben', 'Cid', 'Dan'].map((name) => createGuest(service.url, name)),
  )
  await openHost(listFor(ann!.token, [ben!, cid!, dan!]), { page })
  const context = await browser.newContext()
  // Nothing comes from it, nothing is taken, and nobody hangs up.
  const laptop = await createTcpProxy(service.port)
  const serviceUrl = `http://127.0.0.1:${laptop.port}`
  await openTab(openHost, dan!, { context, serviceUrl })
  const tabsOf = async (person: Person) => [
    await openTab(openHost, person, { context }),
    await openTab(openHost, person, { context }),
    await openTab(openHost, person, { context }),
  ]
  const tabs = [
    { person: ben!, tabs: await tabsOf(ben!), order: [0, 1, 2] },
    { person: cid!, tabs: await tabsOf(cid!), order: [2, 0, 1] },
  ]
  for (const person of [ben!, cid!, dan!])
    await expect.poll(() => stateOf(page, person)).toBe('available')

  laptop.freeze()
  const asleep = performance.now()
  const gone = expect
    .poll(() => stateOf(page, dan!), { timeout: SILENT_MS + MARGIN_MS })
    .toBe('offline')
    .then(() => performance.now() - asleep)

  const seen = await Promise.all(tabs.map(({ person }) => watchState(page, person)))
  for (const { tabs: open, order, person } of tabs) {
    const [first, second, last] = order.map((index) => open[index]!)
    await first!.close()
    await second!.close()
    // A change that is shown shows that none was shown before it.
    await choose(last!, 'dnd')
    await expect.poll(() => stateOf(page, person)).toBe('dnd')
  }
  await Promise.all(tabs.map(({ tabs: open, order }) => open[order[2]!]!.close()))
  const closed = performance.now()
  for (const { person } of tabs)
    await expect
      .poll(() => stateOf(page, person), { timeout: CLOSED_MS + MARGIN_MS })
      .toBe('offline')
  const took = performance.now() - closed
  for (const states of seen) expect(await states()).toEqual(['available', 'dnd', 'offline'])

  const fell = await gone
  laptop.thaw()
  const awake = performance.now()
  await expect.poll(() => stateOf(page, dan!)).toBe('available')
  console.info(
    `gone ${Math.round(took)} ms after the last tab, ${Math.round(fell)} ms after falling asleep; ` +
      `back ${Math.round(performance.now() - awake)} ms after waking up`,
  )
  await context.close()
  await laptop.close()
})
