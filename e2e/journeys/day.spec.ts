import { readFileSync } from 'node:fs'
import { createCollab } from '@collab-kit/client'
import type { EventItem, Message } from '@collab-kit/protocol'
import { connectLink, type Link } from '../rig/link.ts'
import { createAccount, createGuest, type Person } from '../rig/person.ts'
import { readAll } from '../rig/rest.ts'
import { chatFor, chatOn } from './chat.ts'
import { expect, ROOMY, test } from './fixtures.ts'

interface Line {
  sender: string
  body: string
}

const file = new URL('../../service/demo/ubuntu-irc-2016-11-02.jsonl', import.meta.url)
const lines = readFileSync(file, 'utf8')
  .trimEnd()
  .split('\n')
  .map((row) => JSON.parse(row) as Line)

const said = new Map<string, string[]>()
for (const { sender, body } of lines) said.set(sender, [...(said.get(sender) ?? []), body])

const CHAT = 'day'
const order = (messages: readonly Message[]) =>
  messages.map(({ seq, sender, body }) => `${seq} ${sender}: ${body}`)
const newest = (messages: readonly Message[]) => order(messages).at(-1)
const messagesOf = (items: readonly EventItem[]) =>
  items.filter(({ name }) => name === 'chat.messageSent').map(({ data }) => data as Message)

/** What each of them said, in the order of the chat. */
function bySender(messages: readonly Message[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { sender, body } of messages) found.set(sender, [...(found.get(sender) ?? []), body])
  return found
}

/** Each says their own lines one after the other, all of them at once. */
async function speak(link: Link, bodies: readonly string[]): Promise<void> {
  for (const [index, body] of bodies.entries()) {
    await link.call('chat.sendMessage', { chatId: CHAT, clientMessageId: `line-${index}`, body })
  }
}

/** The SDK as a program uses it, without a page. */
async function watchWithSdk(serviceUrl: string, { token }: Person) {
  const windowSize = lines.length + 1
  const client = createCollab({ serviceUrl, token, storage: 'memory', windowSize })
  const chat = client.chat(CHAT)
  chat.open()
  const messages = () => client.store.getState().chats[CHAT]?.messages ?? []
  await expect.poll(() => client.store.getState().chats[CHAT]?.status).toBe('ready')
  return { client, messages }
}

test('a whole day of 246 people reaches every watcher in one order, and outlives a restart', async ({
  host,
  page,
  startOwn,
}) => {
  test.setTimeout(300_000)
  const env = {
    ...ROOMY,
    COLLAB_ALLOWED_ORIGINS: host.allowed,
    COLLAB_CHATS: JSON.stringify([{ id: CHAT }]),
  }
  const before = await startOwn(env)
  const { url, port } = before
  const people = await Promise.all([...said.keys()].map((username) => createAccount(url, username)))
  expect(people).toHaveLength(246)
  const [socketWatcher, pageWatcher, sdkWatcher] = await Promise.all([
    createGuest(url, 'socket'),
    createGuest(url, 'page'),
    createGuest(url, 'sdk'),
  ])

  const watcher = await connectLink(url, socketWatcher)
  await watcher.call('chat.joinChat', { chatId: CHAT })
  const sdk = await watchWithSdk(url, sdkWatcher)
  await page.goto(
    host.allowed +
      host.serve(
        `<script type="module" src="${url}/collab.js"></script>${chatFor(pageWatcher.token, CHAT)}`,
      ),
  )
  const chat = chatOn(page)
  await chat.ready()

  const links = await Promise.all(people.map((person) => connectLink(url, person)))
  await Promise.all(links.map((link) => link.call('chat.joinChat', { chatId: CHAT })))
  await Promise.all(links.map((link, index) => speak(link, said.get(people[index]!.username)!)))

  await expect.poll(() => messagesOf(watcher.items).length).toBe(lines.length)
  await expect.poll(() => sdk.messages().length).toBe(lines.length)
  const stored = await readAll(url, socketWatcher, CHAT)
  expect(stored).toHaveLength(lines.length)
  expect(bySender(stored)).toEqual(said)
  expect(order(messagesOf(watcher.items))).toEqual(order(stored))
  expect(order(sdk.messages())).toEqual(order(stored))
  await expect.poll(async () => newest(await chat.held(CHAT))).toBe(newest(stored))
  const held = order(await chat.held(CHAT))
  expect(held.length).toBeGreaterThan(500)
  expect(held).toEqual(order(stored).slice(-held.length))
  await expect.poll(async () => (await chat.texts()).at(-1)).toBe(stored.at(-1)!.body)
  const drawn = await chat.texts()
  expect(drawn.length).toBeGreaterThan(50)
  expect(drawn).toEqual(stored.slice(-drawn.length).map(({ body }) => body))
  const seqs = watcher.items.flatMap(({ stream, seq }) =>
    stream === `chat:${CHAT}` && seq ? [seq] : [],
  )
  expect(seqs).toEqual(seqs.map((_, index) => seqs[0]! + index))

  for (const link of links) link.close()
  expect(await before.end('SIGTERM')).toMatchObject({ code: 0 })
  const service = await startOwn({ ...env, COLLAB_PORT: String(port) })
  expect(order(await readAll(service.url, socketWatcher, CHAT))).toEqual(order(stored))
  // Those who stayed come back by themselves, miss nothing and see nothing twice.
  const late = await connectLink(service.url, people[0]!)
  await late.call('chat.sendMessage', {
    chatId: CHAT,
    clientMessageId: 'after',
    body: 'and we are back',
  })
  await expect(chat.message('and we are back')).toBeVisible()
  await expect.poll(() => sdk.messages().at(-1)?.body).toBe('and we are back')
  const after = order(await readAll(service.url, socketWatcher, CHAT))
  expect(after).toHaveLength(lines.length + 1)
  expect(order(sdk.messages())).toEqual(after)
  const now = order(await chat.held(CHAT))
  expect(now).toEqual(after.slice(-now.length))
  late.close()
  watcher.close()
  sdk.client.close()
})
