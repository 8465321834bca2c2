import type { Page } from '@playwright/test'
import { connectLink } from '../rig/link.ts'
import { createGuest } from '../rig/person.ts'
import { listen, newActivity, roomFor, roomOn, TYPE } from './activity.ts'
import { chatOn } from './chat.ts'
import { expect, test } from './fixtures.ts'

/** Where the focus is: the innermost element, through all shadow roots. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    let active = document.activeElement
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
    if (!active || active === document.body) return 'page'
    const { id, localName } = active
    return id || active.getAttribute('part') || active.className || localName
  })

/** Presses a key until the focus is at `end`; what was passed on the way. */
async function walk(page: Page, key: string, end: string): Promise<string[]> {
  const stops: string[] = []
  for (let count = 0; count < 30; count++) {
    await page.keyboard.press(key)
    const stop = await focused(page)
    if (stop === end) return stops
    stops.push(stop)
  }
  throw new Error(`trapped: ${stops.join(' ')}`)
}

test('the keyboard alone goes through a room, follows somebody, and comes back', async ({
  openHost,
  page,
  service,
}) => {
  const id = newActivity()
  const [ann, ben] = await Promise.all([
    createGuest(service.url, 'Ann'),
    createGuest(service.url, 'Ben'),
  ])
  const link = await connectLink(service.url, ann)
  await link.call('activities.joinActivity', {
    type: TYPE,
    id,
    state: { viewport: { inline: 0, block: 0 } },
  })
  await listen(page, 'collab-follow-start', 'collab-follow-stop')
  const content = `<label>Title <input id="title" data-collab-bind="title"></label>
    <button id="own">Something of the page</button>`
  const room = roomFor(content, {
    token: ben.token,
    id,
    attributes: 'label="Plan" with-chat chat-id="lobby" region-keys',
  })
  await openHost(`<button id="before">before</button>${room}<button id="after">after</button>`)
  const { element, ready, heard } = roomOn(page, id)
  await ready()
  await chatOn(page).ready()
  const press = async (key: string, at: string) => {
    await page.keyboard.press(key)
    await expect.poll(() => focused(page)).toBe(at)
  }

  // Through all of it and back.
  await page.locator('#before').focus()
  const there = await walk(page, 'Tab', 'after')
  expect(there.slice(0, 4)).toEqual(['people-button', 'sidebar-button', 'title', 'own'])
  expect(there.at(-1)).toMatch(/send-button|input/)
  const back = await walk(page, 'Shift+Tab', 'before')
  expect(back).toEqual(there.toReversed())

  // From one part to the next.
  await press('Tab', 'people-button')
  await press('Tab', 'sidebar-button')
  await press('Tab', 'title')
  await press('Control+F6', 'input')
  await press('Control+F6', 'people-button')
  await press('Control+F6', 'title')
  await press('Control+Shift+F6', 'people-button')
  await press('Control+Shift+F6', 'input')
  await press('Control+Shift+F6', 'title')

  // Where everybody is, from within a field, and back.
  await press('Alt+Shift+P', 'people-title')
  const people = element.getByRole('dialog', { name: '2 people here' })
  await expect(people).toContainText('Ann')
  await press('Escape', 'people-button')
  await expect(people).toHaveCount(0)
  await press('Enter', 'people-title')
  await press('Tab', 'icon-button')
  await press('Tab', 'follow-button')
  await page.keyboard.press('Enter')
  await expect(element.locator('[part="follow-frame"]')).toBeVisible()
  expect(await heard('collab-follow-start')).toEqual([
    { connectionId: link.connectionId, username: ann.username },
  ])
  expect(await focused(page)).toBe('follow-button')
  // The first closes the list, the next ends the following; the focus stays where it is then.
  await press('Escape', 'people-button')
  await expect(element.locator('[part="follow-frame"]')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(element.locator('[part="follow-frame"]')).toHaveCount(0)
  expect(await heard('collab-follow-stop')).toEqual([
    { connectionId: link.connectionId, username: ann.username, reason: 'stopped' },
  ])
  expect(await focused(page)).toBe('people-button')

  // The sidebar goes and comes.
  await press('Tab', 'sidebar-button')
  await page.keyboard.press('Enter')
  await expect(element.locator('collab-chat')).toHaveCount(0)
  await page.keyboard.press('Enter')
  await chatOn(page).ready()
  expect(await focused(page)).toBe('sidebar-button')
  link.close()
})
