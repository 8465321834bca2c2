import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Message, SignIn } from '@collab-kit/protocol'
import { createGuest } from '../rig/person.ts'
import { readmeBlock, toRequests } from '../rig/readme.ts'
import { until } from '../rig/until.ts'
import { chatOn } from './chat.ts'
import { expect, test } from './fixtures.ts'

const here = fileURLToPath(new URL('..', import.meta.url))

/** Runs a program as a module that finds what is installed here. */
function run(program: string) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: here,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => (output += String(chunk)))
  }
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    output: () => output,
    async stop() {
      child.kill()
      await ended
    },
  }
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
  const { token } = await createGuest(service.url, 'Robot')
  const program = readmeBlock('js', "from 'socket.io-client'", service.url)
  const { output, stop } = run(`const token = '${token}'\n${program}`)
  const said = /body: '([^']+)'/.exec(program)![1]!
  await expect(chat.message(said).filter({ hasText: 'Robot' })).toBeVisible()
  await chat.say('Hello Robot')
  await until(() => output().includes('Hello Robot'), {
    what: `the program hears the element\n${output()}`,
  })
  await stop()
})

test('plain HTTP talks with the element, as the README says', async ({ page, service }) => {
  const chat = chatOn(page)
  await chat.say('Is anybody there?')
  await expect(chat.message('Is anybody there?')).toContainText('Sent')
  const script = readmeBlock('sh', 'curl', service.url)
  const [guest] = toRequests(script, {})
  const { accessToken, user } = (await (await fetch(guest!)).json()) as SignIn
  const requests = toRequests(script, { TOKEN: accessToken }).slice(1)
  const answers: unknown[] = []
  for (const request of requests) {
    const response = await fetch(request)
    expect(response.status, request.url).toBe(200)
    answers.push(await response.json())
  }
  const sent = answers.find((answer): answer is Message => (answer as Message).body !== undefined)!
  expect(sent.sender).toBe(user.username)
  await expect(
    chat.messages.filter({ hasText: sent.body }).filter({ hasText: user.displayName }),
  ).toBeVisible()
  const { items } = answers.at(-1) as { items: Message[] }
  expect(items.map(({ body }) => body)).toEqual(
    expect.arrayContaining(['Is anybody there?', sent.body]),
  )
})

test('the SDK talks with the element, as the README says', async ({ page, service }) => {
  const chat = chatOn(page)
  const program = readmeBlock('js', "from '@collab-kit/client'", service.url)
  const { output, stop } = run(program)
  const name = /displayName: '([^']+)'/.exec(program)![1]!
  const said = /send\('([^']+)'\)/.exec(program)![1]!
  await expect(chat.message(said).filter({ hasText: name }), output()).toBeVisible()
  await stop()
})
