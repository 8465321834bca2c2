import type { Page } from '@playwright/test'
import { createGuest } from '../rig/person.ts'
import { newActivity, openScreen, roomFor, roomOn, TYPE } from './activity.ts'
import { chatOn } from './chat.ts'
import { expect, test } from './fixtures.ts'

const FIELDS = '<label>Title <input data-collab-bind="title"></label>'

const EMBED = (url: string) => `<!doctype html>
<script type="module" src="${url}/collab.js"></script>
<collab-chat chat-id="lobby"></collab-chat>`

test('two lines of HTML are a chat on a page of another origin', async ({
  host,
  page,
  service,
}) => {
  await page.goto(host.allowed + host.serve(EMBED(service.url)))
  await page.getByRole('textbox', { name: 'Your name' }).fill('Nils')
  await page.getByRole('button', { name: 'Continue as guest' }).click()
  const chat = chatOn(page)
  await chat.ready()
  await chat.say('two lines')
  await expect(chat.message('two lines')).toContainText('Sent')
})

test('a page that the service does not know is told so in words', async ({
  host,
  page,
  service,
}) => {
  await page.goto(host.unknown + host.serve(EMBED(service.url)))
  const chat = chatOn(page)
  await expect(chat.element).toContainText('This page is not allowed here yet')
  await expect(chat.element).toContainText('allowedOrigins')
  await expect(chat.element.locator('code')).toHaveText(host.unknown)
  await expect(chat.input).toHaveCount(0)
})

/** The strictest policy under which a page can embed elements of this service. */
function strictPolicy(serviceUrl: string): Record<string, string> {
  const { host } = new URL(serviceUrl)
  const policy = [
    "default-src 'none'",
    `script-src ${serviceUrl}`,
    `connect-src ${serviceUrl} ws://${host}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ]
  return { 'content-security-policy': policy.join('; ') }
}

/** From now on: everything that a page's policy refuses. */
async function watchPolicy(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const seen: string[] = []
    Object.assign(globalThis, { seen })
    addEventListener('securitypolicyviolation', (event) => {
      seen.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`)
    })
  })
  const refused: string[] = []
  page.on('console', (message) => {
    if (/policy|trusted/i.test(message.text())) refused.push(message.text())
  })
  return async () => [
    ...(await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)),
    ...refused,
  ]
}

test('a page with a strict policy and trusted types sees no violation', async ({
  openHost,
  page,
  service,
}) => {
  const violations = await watchPolicy(page)
  await openHost(
    `<collab-chat chat-id="lobby"></collab-chat>
    <collab-messages chat-id="lobby" variant="rows" lang="de"></collab-messages>
    <collab-composer chat-id="lobby" lang="ar" dir="rtl"></collab-composer>
    <collab-messages chat-id="nowhere" lang="ja"></collab-messages>`,
    { headers: strictPolicy(service.url) },
  )
  await page.getByRole('textbox', { name: 'Your name' }).first().fill('Olga')
  await page.getByRole('button', { name: 'Continue as guest' }).first().click()
  const chat = chatOn(page)
  await chat.ready()
  await chat.say('<b>bold</b> https://example.com/ 🎉')
  await expect(chat.messages.last()).toContainText('Sent')
  await expect(chat.messages.last().getByRole('link')).toHaveAttribute(
    'href',
    'https://example.com/',
  )
  // Everything that is fetched when it is needed: the flat look, languages, explanations, the table of keys.
  const others = page.locator('collab-messages')
  await expect(others.first().locator('[part~="message"]').last()).toContainText('Gesendet')
  await expect(others.last().locator('[part="notice-button"]')).toBeVisible()
  const written = page.locator('collab-composer').getByRole('textbox')
  await expect(written).not.toHaveAccessibleName(/Message/)
  await written.fill('مرحبا')
  await written.press('Enter')
  await expect(chat.message('مرحبا')).toContainText('Sent')
  await chat.input.press('Alt+ArrowUp')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Announcements and keys' })).toBeVisible()
  await page.keyboard.press('Escape')
  expect(await violations()).toEqual([])
})

test('people and an activity under the same policy see no violation', async ({
  browser,
  openHost,
  page,
  service,
}) => {
  const [ann, ben] = await Promise.all([
    createGuest(service.url, 'Ann'),
    createGuest(service.url, 'Ben'),
  ])
  const id = newActivity()
  const violations = await watchPolicy(page)
  const here = `token="${ann.token}" activity-type="${TYPE}" activity-id="${id}"`
  await openHost(
    `<presence-status token="${ann.token}"></presence-status>
    <presence-list ${here} lang="de"></presence-list>
    <presence-list ${here} layout="inline" lang="ja"></presence-list>
    <avatar-stack ${here} max="1" lang="ar" dir="rtl"></avatar-stack>
    <live-cursors ${here} labels="always"><p data-collab-anchor="plan">The plan</p></live-cursors>
    ${roomFor(FIELDS, { ...ann, id, attributes: 'with-chat region-keys' })}`,
    { headers: strictPolicy(service.url) },
  )
  const room = roomOn(page, id)
  await room.ready()

  // A cursor over a paragraph, and a field that somebody else writes in while it has the focus.
  const other = await openScreen(browser, { width: 800 })
  await openHost(
    `<live-cursors token="${ben.token}" activity-type="${TYPE}" activity-id="${id}"><p data-collab-anchor="plan">The plan</p></live-cursors>
    ${roomFor(FIELDS, { ...ben, id })}`,
    other,
  )
  const away = roomOn(other.page, id)
  await away.ready()
  await other.page.locator('live-cursors p').hover()
  await expect(page.locator('live-cursors [part~="pointer"]').first()).toBeVisible()
  await room.field('title').focus()
  await away.field('title').pressSequentially('Plan of Ben')
  await expect(room.hint('title')).toBeVisible()

  // The card of a person, the rest of a stack, one's own status, and who is in the room.
  const list = page.locator('presence-list').first()
  await list.locator(`[data-username="${ben.username}"]`).first().click()
  await expect(list.locator('[part~="card"]')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.locator('avatar-stack [part~="overflow"]').click()
  await expect(page.locator('avatar-stack [part~="popover"]')).toBeVisible()
  await page.keyboard.press('Escape')
  const status = page.locator('presence-status')
  await status.locator('[part~="button"]').click()
  await expect(status.locator('[part~="menu"]')).toBeVisible()
  await status.locator('[part~="choice"]').nth(1).click()
  await page.keyboard.press('Escape')
  await room.element.locator('[part~="people-button"]').click()
  await room.element
    .getByRole('button', { name: /Follow/ })
    .first()
    .click()
  await expect.poll(async () => (await room.held())?.following).toBeTruthy()
  expect(await violations()).toEqual([])
  await other.page.context().close()
})
