import { expect, type Page } from '@playwright/test'
import { test } from './fixtures.ts'

const PASSWORD = 'correct horse battery staple'

/** Opens an operation and gives its block on the page. */
async function open(page: Page, method: string, path: string) {
  const block = page
    .locator(`.opblock-${method}`)
    .filter({ has: page.locator(`[data-path="${path}"]`) })
  await block.locator('.opblock-summary').click()
  return block
}

test('one who authorises with a token calls the service as that person from /docs', async ({
  page,
  service,
}) => {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  const username = `docs-${Date.now().toString(36)}`
  await page.goto(`${service.url}/docs`)

  const register = await open(page, 'post', '/auth/register')
  await register.locator('textarea').fill(JSON.stringify({ username, password: PASSWORD }))
  await register.getByRole('button', { name: 'Execute' }).click()
  const answer = register.locator('.live-responses-table .response-col_description pre').first()
  await expect(answer).toContainText('accessToken')
  const { accessToken } = JSON.parse(await answer.innerText()) as { accessToken: string }

  await page.getByRole('button', { name: 'Authorize' }).click()
  const dialog = page.locator('.dialog-ux')
  await expect(dialog).toContainText('apiKey (http, Basic)')
  await dialog.getByLabel('auth-bearer-value').fill(accessToken)
  await dialog.getByRole('button', { name: 'Apply credentials' }).first().click()
  await dialog.getByRole('button', { name: 'Close' }).first().click()

  const me = await open(page, 'get', '/me')
  await me.getByRole('button', { name: 'Execute' }).click()
  await expect(me.locator('.live-responses-table')).toContainText(`"username": "${username}"`)

  // The example is sent as it stands.
  const create = await open(page, 'post', '/chats')
  await create.getByRole('button', { name: 'Execute' }).click()
  await expect(create.locator('.live-responses-table')).toContainText('"name": "Plans"')
  expect(complaints).toEqual([])
})

test('the page leads to both descriptions', async ({ page, service }) => {
  await page.goto(`${service.url}/docs`)
  for (const name of ['openapi.json', 'asyncapi.json']) {
    const href = await page.getByRole('link', { name, exact: true }).first().getAttribute('href')
    const answer = await page.request.get(`${service.url}${href}`)
    expect(answer.headers()['content-type']).toContain('application/json')
    expect(await answer.json()).toHaveProperty('info.title', 'Collab Kit')
  }
})
