import { chatOn } from './chat.ts'
import { expect, test } from './fixtures.ts'

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

test('a page with a strict policy and trusted types sees no violation', async ({
  openHost,
  page,
  service,
}) => {
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
  const { host } = new URL(service.url)
  const policy = [
    "default-src 'none'",
    `script-src ${service.url}`,
    `connect-src ${service.url} ws://${host}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; ')
  await openHost(
    `<collab-chat chat-id="lobby"></collab-chat>
    <collab-messages chat-id="lobby" variant="rows" lang="de"></collab-messages>
    <collab-composer chat-id="lobby" lang="ar" dir="rtl"></collab-composer>
    <collab-messages chat-id="nowhere" lang="ja"></collab-messages>`,
    { headers: { 'content-security-policy': policy } },
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
  expect(await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)).toEqual([])
  expect(refused).toEqual([])
})
