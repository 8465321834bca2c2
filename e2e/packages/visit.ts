import type { Locator, Page } from '@playwright/test'
import { chatOn } from '../journeys/chat.ts'
import { createGuest } from '../rig/person.ts'
import { readAll } from '../rig/rest.ts'
import { expect } from './fixtures.ts'

export interface Visit {
  service: { url: string }
  /** Name of the guest. */
  as: string
  text: string
  /** The colour that the page chose for itself. */
  brand: string
}

/** Comes in as a guest on a page with a chat, writes, and sees it in the page's own colour; the service has it. */
export async function visit(page: Page, { service, as, text, brand }: Visit): Promise<void> {
  await page.getByRole('textbox', { name: 'Your name' }).fill(as)
  await page.getByRole('button', { name: 'Continue as guest' }).click()
  const chat = chatOn(page)
  await chat.ready()
  await chat.say(text)
  const own = chat.message(text)
  await expect(own).toContainText('Sent')
  await expect(own.locator('[part~="message-body"]')).toHaveCSS('background-color', brand)
  const reader = await createGuest(service.url, 'Reader')
  const stored = await readAll(service.url, reader, 'lobby')
  expect(stored.map(({ body }) => body)).toContain(text)
}

/** What one writes on the repair sheet, the other reads there; answers what was written. */
export async function fillInTogether(one: Page, other: Page): Promise<string> {
  const [mine, theirs] = [one, other].map((page) => ({
    bicycle: page.getByRole('textbox', { name: 'Bicycle', exact: true }),
    fixed: page.getByRole('checkbox', { name: 'Fixed' }),
  })) as [Sheet, Sheet]
  const text = `a red one, no. ${Date.now()}`
  await mine.bicycle.fill(text)
  await expect(theirs.bicycle).toHaveValue(text)
  const fixed = !(await mine.fixed.isChecked())
  await theirs.fixed.setChecked(fixed)
  await expect(mine.fixed).toBeChecked({ checked: fixed })
  return text
}

interface Sheet {
  bicycle: Locator
  fixed: Locator
}
