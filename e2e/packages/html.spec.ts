import { brandIn, test } from './fixtures.ts'
import { fillInTogether, visit } from './visit.ts'

test('two people fill in a sheet of a plain page together, and talk beside it', async ({
  browser,
  html,
  page,
}) => {
  const { service, url } = html
  const brand = brandIn('html/index.html')
  await page.goto(url)
  await visit(page, { service, as: 'Hanna', text: 'from a plain page', brand })
  const other = await browser.newPage()
  await other.goto(url)
  await visit(other, { service, as: 'Hugo', text: 'me too', brand })
  await fillInTogether(page, other)
  await other.close()
})
