import { brandIn, expect, test } from './fixtures.ts'
import { visit } from './visit.ts'

test('a server renders the place of the chat, without a complaint', async ({ nextjs }) => {
  const answer = await fetch(nextjs.url)
  expect(answer.status).toBe(200)
  const html = await answer.text()
  expect(html).toContain('<h1>The bicycle workshop</h1>')
  expect(html).toMatch(/<collab-provider><p>[^<]*<\/p><collab-chat><\/collab-chat>/)
  expect(nextjs.output()).not.toMatch(/error|warn|⨯|⚠/i)
})

test('the page of a server comes to life, and a guest can talk', async ({ nextjs, page }) => {
  const { service } = nextjs
  await page.goto(nextjs.url)
  const brand = brandIn('nextjs/app/page.css')
  await visit(page, { service, as: 'Nora', text: 'from Next.js', brand })
  await expect(page.getByText(/: 1 person$|: \d+ people$/)).toBeVisible()
})
