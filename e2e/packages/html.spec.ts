import { brandIn, exampleFile, test } from './fixtures.ts'
import { visit } from './visit.ts'

test('a plain page has a chat by two lines', async ({ host, page, service }) => {
  await page.goto(host.allowed + host.serve(exampleFile('html/index.html')))
  const brand = brandIn('html/index.html')
  await visit(page, { service, as: 'Hanna', text: 'from a plain page', brand })
})
