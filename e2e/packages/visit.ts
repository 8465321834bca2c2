import type { Page } from '@playwright/test'
import { chatOn } from '../journeys/chat.ts'
import { createGuest } from '../rig/person.ts'
import { readAll } from '../rig/rest.ts'
import type { ServiceProcess } from '../rig/service-process.ts'
import { expect } from './fixtures.ts'

export interface Visit {
  service: ServiceProcess
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
