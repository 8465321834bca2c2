import type { Browser, Page } from '@playwright/test'
import { type Block, blocksOf } from '../guide/blocks.ts'
import { chatOn } from '../journeys/chat.ts'
import { expect, test } from './fixtures.ts'

/** The pages that the README and the guide show, put together of their blocks. */
const [twoLines, together] = blocksOf('README.md', 'html') as [Block, Block]
const [presence, room] = blocksOf('docs/guide/activities.md', 'html') as [Block, Block]

/** The first of the two. */
const script = { ...twoLines, code: twoLines.code.split('\n')[0]! }

const toPage = (...blocks: Block[]): string =>
  `<!doctype html><html lang="en"><link rel="icon" href="data:," />${blocks.map(({ code }) => code).join('\n')}`

/** Comes in as a guest, by whichever element asks first. */
async function enter(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url)
  await page.getByRole('textbox', { name: 'Your name' }).first().fill(name)
  await page.getByRole('button', { name: 'Continue as guest' }).first().click()
  await expect(page.getByRole('textbox', { name: 'Your name' })).toHaveCount(0)
}

async function another(browser: Browser, url: string, name: string): Promise<Page> {
  const page = await browser.newPage()
  await enter(page, url, name)
  return page
}

test('the two lines of the README are a chat', async ({ browser, host, page }) => {
  const url = host.allowed + host.serve(toPage(twoLines))
  await enter(page, url, 'Rosa')
  const other = await another(browser, url, 'Rolf')
  await chatOn(page).say('Two lines, they said')
  await expect(chatOn(other).message('Two lines, they said')).toBeVisible()
  await other.close()
})

const shared = [
  { where: 'the README', room: [together], field: 'Where to?', role: 'textbox', value: 'The lake' },
  { where: 'the guide', room: [presence, room], field: 'Nights', role: 'spinbutton', value: '3' },
] as const

for (const { where, room: blocks, field, role, value } of shared) {
  test(`the lines of ${where} show who is here, and what they fill in`, async ({
    browser,
    host,
    page,
  }) => {
    const url = host.allowed + host.serve(toPage(script, ...blocks))
    await enter(page, url, 'Gina')
    const other = await another(browser, url, 'Gert')
    // Each sees the other.
    await expect(page.getByRole('button', { name: 'Gert' }).first()).toBeVisible()
    await expect(other.getByRole('button', { name: 'Gina' }).first()).toBeVisible()
    await page.getByRole(role, { name: field }).fill(value)
    await expect(other.getByRole(role, { name: field })).toHaveValue(value)
    await chatOn(other).say(`seen in ${where}`)
    await expect(chatOn(page).message(`seen in ${where}`)).toBeVisible()
    await other.close()
  })
}
