import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { until } from '../rig/until.ts'
import { chatOn } from './chat.ts'
import { expect, test } from './fixtures.ts'

const here = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(new URL('../readme-snippets.md', import.meta.url), 'utf8')

/** A program as the README shows it, for another address. */
function programOf(name: string, url: string): string {
  const program = [...readme.matchAll(/```js\n([\s\S]*?)```/g)]
    .map(([, code]) => code ?? '')
    .find((code) => code.startsWith(`// ${name}\n`))
  if (!program) throw new Error(`the README has no ${name}`)
  return program.replaceAll('http://localhost:4000', url)
}

/** Runs a program as a module that finds what is installed here. */
function run(program: string) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: here,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (output += String(chunk)))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { output: () => output, ended, stop: () => child.kill() }
}

test.beforeEach(async ({ openHost, page }) => {
  await openHost('<collab-chat chat-id="lobby"></collab-chat>')
  await page.getByRole('textbox', { name: 'Your name' }).fill('Petra')
  await page.getByRole('button', { name: 'Continue as guest' }).click()
  await chatOn(page).ready()
})

test('a plain Socket.IO client talks with the element, as the README says', async ({
  page,
  service,
}) => {
  const chat = chatOn(page)
  const { output, ended, stop } = run(programOf('talk.mjs', service.url))
  await expect(chat.message('Hello from a plain Socket.IO client')).toContainText('Robot')
  await until(() => output().includes('sent as number'), {
    what: 'the program says that it has sent',
  })
  await chat.say('Hello Robot')
  await until(() => output().includes(': Hello Robot'), { what: 'the program hears the element' })
  stop()
  await ended
})

test('plain HTTP talks with the element, as the README says', async ({ page, service }) => {
  const chat = chatOn(page)
  await chat.say('Is anybody there?')
  await expect(chat.message('Is anybody there?')).toContainText('Sent')
  const { output, ended } = run(programOf('post.mjs', service.url))
  await expect(chat.message('Hello over plain HTTP')).toContainText('Postman')
  expect(await ended, output()).toBe(0)
  expect(output()).toContain(': Is anybody there?')
  expect(output()).toContain(': Hello over plain HTTP')
})
