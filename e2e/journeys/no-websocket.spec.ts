import type { CollabClient } from '@collab-kit/client'
import { createHttpProxy, type HttpProxy } from '../rig/http-proxy.ts'
import { connectLink } from '../rig/link.ts'
import { createGuest, type Person } from '../rig/person.ts'
import { readAll } from '../rig/rest.ts'
import { until } from '../rig/until.ts'
import { chatOn } from './chat.ts'
import { expect, test as base } from './fixtures.ts'

// Behind a proxy that refuses every WebSocket: the kit talks by an event stream and requests.

/** How long one is away. The service has given the connection up by then. */
const AWAY_MS = 30_000

const test = base.extend<{ between: HttpProxy }>({
  between: async ({ service }, use) => {
    const between = await createHttpProxy(service.port)
    await use(between)
    await between.close()
  },
})

const chatBehind = ({ url }: HttpProxy, { token }: Person, chatId: string) =>
  `<collab-chat service-url="${url}" chat-id="${chatId}" token="${token}"></collab-chat>`

/** What a connection by event stream and requests has left behind at the proxy. */
function expectNoSocket({ refused, passed }: HttpProxy) {
  expect(refused.length).toBeGreaterThan(0)
  expect(passed).toContain('GET /api/v1/events')
  expect(passed.filter((each) => each.includes('/socket.io/'))).toEqual([])
}

test('two people talk where no WebSocket is let through', async ({
  browser,
  openHost,
  between,
  service,
}) => {
  const [ann, ben] = await Promise.all([
    createGuest(service.url, 'Ann'),
    createGuest(service.url, 'Ben'),
  ])
  const link = await connectLink(service.url, ann)
  const { chatId } = await link.call('chat.openDirect', { usernames: [ben.username] })
  link.close()
  const [annPage, benPage] = await Promise.all([browser.newPage(), browser.newPage()])
  await openHost(chatBehind(between, ann, chatId), { page: annPage })
  await openHost(chatBehind(between, ben, chatId), { page: benPage })
  const [annChat, benChat] = [chatOn(annPage), chatOn(benPage)]
  await annChat.ready()
  await benChat.ready()

  await annChat.input.pressSequentially('Hello Ben')
  const typing = benChat.element.getByText(/Ann\W* is typing…/)
  await expect(typing).toBeVisible()
  await annChat.input.press('Enter')
  await expect(benChat.message('Hello Ben')).toBeVisible()
  await expect(typing).toBeHidden()
  await expect(annChat.message('Hello Ben')).toContainText('Sent')
  await benChat.say('Hello Ann')
  await expect(annChat.message('Hello Ann')).toBeVisible()

  // Quick ones keep their order.
  const many = Array.from({ length: 20 }, (_, index) => `quick ${index + 1}`)
  for (const each of many) await annChat.say(each)
  await expect(benChat.message('quick 20')).toBeVisible()
  expect(await benChat.texts()).toEqual(['Hello Ben', 'Hello Ann', ...many])
  await expect(annChat.message('quick 20')).toContainText('Sent')
  expect(await annChat.texts()).toEqual(['Hello Ben', 'Hello Ann', ...many])

  // What was looked at is read, and the service knows.
  const last = (await readAll(service.url, ben, chatId)).at(-1)
  const reading = await connectLink(service.url, ben)
  const readSeq = async () => (await reading.call('chat.getChat', { chatId })).membership?.readSeq
  await expect.poll(readSeq).toBe(last?.seq)
  reading.close()
  expectNoSocket(between)
  // Each page asks once per address whether it may change something there, not each time.
  const asked = between.passed.filter((each) => each.endsWith('/typing'))
  expect(asked.filter((each) => each.startsWith('PUT')).length).toBeGreaterThan(4)
  expect(asked.filter((each) => each.startsWith('OPTIONS')).length).toBeLessThanOrEqual(2)
  await Promise.all([annPage.close(), benPage.close()])
})

test('one who was offline for 30 seconds behind such a proxy misses nothing and doubles nothing', async ({
  context,
  openHost,
  page,
  between,
  service,
}) => {
  const [ann, ben] = await Promise.all([
    createGuest(service.url, 'Ann'),
    createGuest(service.url, 'Ben'),
  ])
  const link = await connectLink(service.url, ann)
  const { chatId } = await link.call('chat.createChat', { kind: 'channel', visibility: 'public' })
  await openHost(chatBehind(between, ben, chatId))
  const chat = chatOn(page)
  await chat.ready()
  await link.call('chat.sendMessage', { chatId, clientMessageId: 'first', body: 'first' })
  await expect(chat.message('first')).toBeVisible()

  await context.setOffline(true)
  const left = performance.now()
  await expect(chat.element.locator('[part="banner"]')).toContainText('You’re offline.')
  const said = Array.from({ length: 200 }, (_, index) => `message ${index + 1}`)
  await Promise.all(
    said.map((body, index) =>
      link.call('chat.sendMessage', { chatId, clientMessageId: `away-${index}`, body }),
    ),
  )
  const own = ['from afar 1', 'from afar 2', 'from afar 3']
  for (const each of own) await chat.say(each)
  await expect(chat.message('from afar 3')).toContainText('Waiting to be sent')
  await until(() => performance.now() - left >= AWAY_MS, {
    what: 'the time is over',
    within: AWAY_MS * 2,
  })
  await context.setOffline(false)

  const whole = ['first', ...said, ...own]
  await expect(chat.message('from afar 3')).toContainText('Sent')
  await expect.poll(async () => (await chat.held(chatId)).length).toBe(whole.length)
  expect((await chat.held(chatId)).map(({ body }) => body)).toEqual(whole)
  expect((await readAll(service.url, ben, chatId)).map(({ body }) => body)).toEqual(whole)
  // And it is live again.
  await link.call('chat.sendMessage', { chatId, clientMessageId: 'back', body: 'welcome back' })
  await expect(chat.message('welcome back')).toBeVisible()
  link.close()
  expectNoSocket(between)
})

test('all elements of a person share one event stream, which ends with the last of them', async ({
  openHost,
  page,
  between,
  service,
}) => {
  const ann = await createGuest(service.url, 'Ann')
  const streams = { opened: 0, open: 0 }
  const isStream = (url: string) => url.endsWith('/api/v1/events')
  page.on('request', (request) => {
    if (request.method() !== 'GET' || !isStream(request.url())) return
    streams.opened++
    streams.open++
  })
  const ended = (request: { method(): string; url(): string }) => {
    if (request.method() === 'GET' && isStream(request.url())) streams.open--
  }
  page.on('requestfailed', ended)
  page.on('requestfinished', ended)
  await openHost(chatBehind(between, ann, 'lobby').repeat(5))
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLElement & { client?: CollabClient }>('collab-chat')].every(
      ({ client }) => client?.status === 'live',
    ),
  )
  expect(streams).toEqual({ opened: 1, open: 1 })
  await page.evaluate(() => {
    for (const element of document.querySelectorAll('collab-chat')) element.remove()
  })
  await expect.poll(() => streams.open).toBe(0)
  expect(streams.opened).toBe(1)
})
