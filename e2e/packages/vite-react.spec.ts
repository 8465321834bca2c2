import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { blocksOf, fill } from '../guide/blocks.ts'
import { chatOn } from '../journeys/chat.ts'
import { brandIn, expect, SERVICE_URL, test } from './fixtures.ts'
import { attempt, run } from './run.ts'
import { fillInTogether, visit } from './visit.ts'

/** All scripts of a built app, also those fetched later. */
function scriptsIn(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const scripts = names.filter((name) => name.endsWith('.js'))
  expect(scripts).not.toEqual([])
  return scripts.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
}

test('two people use an app of React, whose hooks see what they write and say', async ({
  browser,
  page,
  viteReact,
}) => {
  const { service } = viteReact
  let sockets = 0
  page.on('websocket', () => sockets++)
  await page.goto(viteReact.url)
  const brand = brandIn('vite-react/src/app.css')
  await visit(page, { service, as: 'Vera', text: 'from React', brand })
  await expect(page.getByText('Last said: from React')).toBeVisible()
  // One before signing in, one as the guest; all hooks and elements share it.
  expect(sockets).toBeLessThanOrEqual(2)

  const other = await browser.newPage()
  await other.goto(viteReact.url)
  await visit(other, { service, as: 'Viktor', text: 'me too, says React', brand })
  const bicycle = await fillInTogether(other, page)
  await expect(page.getByText(`On the stand: ${bicycle}`)).toBeVisible()
  await other.close()

  await page.reload()
  const chat = chatOn(page)
  await chat.ready()
  await expect(chat.message('from React')).toBeVisible()
  await expect(page.getByText(`On the stand: ${bicycle}`)).toBeVisible()
})

test('what an element or hook does not take does not compile', async ({ viteReact }) => {
  const lines = [
    `import { ActivityRoom, CollabChat, CollabProvider, useMessages, useSharedState } from '@collab-kit/react'`,
    `export const right = <CollabChat chatId="lobby" onSent={({ detail }) => detail.message.seq.toFixed()} />`,
    `export const level = <CollabChat chatId="lobby" headingLevel="2" />`,
    `export const name = <CollabChat chat="lobby" />`,
    `export const detail = <CollabChat chatId="lobby" onSent={({ detail }) => detail.shouted} />`,
    `export const nowhere = <CollabProvider />`,
    `export const useNothing = () => useMessages()`,
    `export const room = <ActivityRoom activityType="workshop" activity="bicycles" />`,
    `export const useCount = () => useSharedState('workshop', 'bicycles', 'count', 0)[1]('many')`,
  ]
  writeFileSync(join(viteReact.folder, 'src/wrong.tsx'), lines.join('\n'))
  const args = ['exec', 'tsc', '--pretty', 'false', '--strict', '--skipLibCheck', 'false']
  const { code, output } = await attempt('pnpm', args, { cwd: viteReact.folder })
  expect(code).not.toBe(0)
  const errors = [...output.matchAll(/^(\S+)\((\d+),\d+\): error/gm)]
  expect(errors.map(([, file, line]) => `${file}:${line}`)).toEqual(
    [3, 4, 5, 6, 7, 8, 9].map((line) => `src/wrong.tsx:${line}`),
  )
})

test('the app that the README shows names its chat, and hears what is sent', async ({
  page,
  viteReact,
}) => {
  const { folder, service, url } = viteReact
  const block = blocksOf('README.md', 'tsx')[0]!
  const code = fill(block.code, { [SERVICE_URL]: service.url })
  writeFileSync(join(folder, 'src/readme.tsx'), code)
  writeFileSync(
    join(folder, 'src/main.tsx'),
    `import { createRoot } from 'react-dom/client'
    import { App } from './readme'

    createRoot(document.body).render(<App />)`,
  )
  const where = ['--base', '/readme/', '--outDir', 'dist/readme']
  await run('pnpm', ['exec', 'vite', 'build', ...where], { cwd: folder })
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  await page.goto(`${url}/readme/`)
  await page.getByRole('textbox', { name: 'Your name' }).fill('Rita')
  await page.getByRole('button', { name: 'Continue as guest' }).click()
  const chat = chatOn(page)
  await chat.ready()
  await expect(page.locator('h1')).toContainText('Lobby')
  await chat.say('as the README says')
  await expect.poll(() => said).toContain('as the README says')
})

test('an app that only lets people sign in holds no chat', async ({ viteReact }) => {
  const { folder } = viteReact
  // Whatever a bundler shortens, these are left: the tag, an event, a part.
  const marks = ['collab-chat', 'collab-sent', 'message-body']
  const held = (dist: string) => {
    const scripts = scriptsIn(join(folder, dist))
    return ['collab-sign-in', ...marks].filter((mark) => scripts.includes(mark))
  }
  writeFileSync(
    join(folder, 'src/main.tsx'),
    `import { createRoot } from 'react-dom/client'
    import { CollabProvider, CollabSignIn } from '@collab-kit/react'

    createRoot(document.body).render(
      <CollabProvider serviceUrl="${SERVICE_URL}"><CollabSignIn /></CollabProvider>,
    )`,
  )
  await run('pnpm', ['exec', 'vite', 'build', '--outDir', 'sign-in'], { cwd: folder })
  expect(held('dist')).toEqual(['collab-sign-in', ...marks])
  expect(held('sign-in')).toEqual(['collab-sign-in'])
})
