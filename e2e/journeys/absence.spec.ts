import type { Page } from '@playwright/test'
import { connectLink } from '../rig/link.ts'
import { createAccount, createGuest } from '../rig/person.ts'
import { readAll } from '../rig/rest.ts'
import { until } from '../rig/until.ts'
import { chatFor, chatOn } from './chat.ts'
import { expect, test } from './fixtures.ts'
import { interceptSocket } from './socket.ts'

/** How long one is away. The service has given the connection up by then. */
const AWAY_MS = 30_000

test('one who was offline for 30 seconds has every message of that time, in order and once', async ({
  context,
  openHost,
  page,
  service,
}) => {
  const [ann, ben] = await Promise.all([
    createGuest(service.url, 'Ann'),
    createGuest(service.url, 'Ben'),
  ])
  const link = await connectLink(service.url, ann)
  const { chatId } = await link.call('chat.createChat', { kind: 'channel', visibility: 'public' })
  await openHost(chatFor(ben.token, chatId))
  const chat = chatOn(page)
  await chat.ready()

  await context.setOffline(true)
  const left = performance.now()
  await expect(chat.element.locator('[part="banner"]')).toContainText(/offline/i)
  const said = Array.from({ length: 200 }, (_, index) => `message ${index + 1}`)
  await Promise.all(
    said.map((body, index) =>
      link.call('chat.sendMessage', { chatId, clientMessageId: `away-${index}`, body }),
    ),
  )
  await until(() => performance.now() - left >= AWAY_MS, {
    what: 'the time is over',
    within: AWAY_MS * 2,
  })
  expect(await chat.texts()).toEqual([])
  await context.setOffline(false)

  await expect.poll(async () => (await chat.texts()).length).toBe(said.length)
  expect(await chat.texts()).toEqual(said)
  expect((await chat.held(chatId)).map(({ body }) => body)).toEqual(said)
  // And it is live again.
  await link.call('chat.sendMessage', { chatId, clientMessageId: 'back', body: 'welcome back' })
  await expect(chat.message('welcome back')).toBeVisible()
  link.close()
})

/** Everything that the elements keep in this browser, as text. */
const kept = (page: Page): Promise<string> =>
  page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const opening = indexedDB.open('collab-kit')
        opening.onsuccess = () => {
          const reading = opening.result.transaction('values').objectStore('values').getAll()
          reading.onsuccess = () => {
            opening.result.close()
            resolve(JSON.stringify(reading.result))
          }
        }
      }),
  )

test('a reload keeps the guest, the draft and what was not sent, and sends it once', async ({
  openHost,
  page,
  service,
}) => {
  const reader = await createAccount(service.url, `reader-${Date.now()}`)
  const wire = await interceptSocket(page)
  await openHost('<collab-chat chat-id="lobby"></collab-chat>')
  const chat = chatOn(page)
  await page.getByRole('textbox', { name: 'Your name' }).fill('Maja')
  await page.getByRole('button', { name: 'Continue as guest' }).click()
  await chat.ready()
  const before = await chat.username()
  expect(before).toMatch(/^guest-/)
  const own = async () =>
    (await readAll(service.url, reader, 'lobby')).filter(({ sender }) => sender === before)

  // The service gets this one, but its answer is lost with the page.
  wire.hold()
  await chat.say('first')
  await expect.poll(async () => (await own()).length).toBe(1)
  await wire.cut()
  wire.release()
  await chat.say('second')
  await chat.say('third')
  await chat.input.fill('half a sentence')
  for (const text of ['first', 'second', 'third']) {
    await expect(chat.message(text)).toContainText(/Sending…|Waiting to be sent/)
  }
  await expect.poll(() => kept(page)).toContain('half a sentence')
  await page.reload()

  // Still without a connection: everything is where it was.
  await expect(chat.message('third')).toBeVisible()
  expect(await chat.texts()).toEqual(['first', 'second', 'third'])
  await expect(chat.input).toHaveValue('half a sentence')
  wire.mend()
  for (const text of ['first', 'second', 'third']) {
    await expect(chat.message(text)).toContainText('Sent')
    await expect(chat.message(text)).toHaveCount(1)
  }
  expect(await chat.username()).toBe(before)
  expect((await own()).map(({ body }) => body)).toEqual(['first', 'second', 'third'])
  await expect(chat.input).toHaveValue('half a sentence')

  // A second reload: nothing is left to send, and the same person is there without being asked.
  await page.reload()
  await chat.ready()
  expect(await chat.username()).toBe(before)
  await expect(chat.message('third')).toContainText('Sent')
  expect((await own()).map(({ body }) => body)).toEqual(['first', 'second', 'third'])
})

test('a reload right after a key keeps what was typed', async ({ openHost, page }) => {
  await openHost('<collab-chat chat-id="lobby"></collab-chat>')
  const chat = chatOn(page)
  await page.getByRole('textbox', { name: 'Your name' }).fill('Nele')
  await page.getByRole('button', { name: 'Continue as guest' }).click()
  await chat.ready()
  await chat.input.fill('half a sentence')
  await page.reload()
  await chat.ready()
  await expect(chat.input).toHaveValue('half a sentence')
})
