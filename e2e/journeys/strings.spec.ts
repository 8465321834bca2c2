import { readFileSync } from 'node:fs'
import { isBlank } from '@collab-kit/protocol'
import { connectLink, Refused } from '../rig/link.ts'
import { createGuest } from '../rig/person.ts'
import { readAll } from '../rig/rest.ts'
import { chatFor, chatOn } from './chat.ts'
import { expect, test } from './fixtures.ts'

const file = new URL('../data/blns.json', import.meta.url)
const strings = JSON.parse(readFileSync(file, 'utf8')) as string[]

/** As many as the element draws without scrolling back. */
const AT_ONCE = 100

test('every naughty string is refused by name, or stored, read back and drawn as it is', async ({
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
  const send = (index: number) =>
    link.call('chat.sendMessage', {
      chatId,
      clientMessageId: `string-${index}`,
      body: strings[index]!,
    })
  await openHost(chatFor(ben.token, chatId))
  const chat = chatOn(page)
  await chat.ready()
  const dialogs: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })

  const stored: string[] = []
  for (let start = 0; start < strings.length; start += AT_ONCE) {
    const indices = [...strings.keys()].slice(start, start + AT_ONCE)
    const answers = await Promise.allSettled(indices.map(send))
    for (const [position, answer] of answers.entries()) {
      const text = strings[indices[position]!]!
      if (isBlank(text)) {
        expect(answer, JSON.stringify(text)).toMatchObject({ status: 'rejected' })
        const { reason } = answer as PromiseRejectedResult
        expect(reason).toBeInstanceOf(Refused)
        expect(reason).toMatchObject({
          code: 'invalid_payload',
          details: { reason: 'invalid_text', path: 'body' },
        })
      } else {
        expect(answer, JSON.stringify(text)).toMatchObject({
          status: 'fulfilled',
          value: { body: text },
        })
        stored.push(text)
      }
    }
    const expected = stored.slice(-AT_ONCE)
    await expect.poll(async () => (await chat.held(chatId)).length).toBe(stored.length)
    await expect.poll(async () => (await chat.texts()).slice(-expected.length)).toEqual(expected)
  }
  expect((await readAll(service.url, ben, chatId)).map(({ body }) => body)).toEqual(stored)
  // The list holds both kinds, else this proves nothing.
  expect(stored.length).toBeGreaterThan(400)
  expect(stored.length).toBeLessThan(strings.length)
  expect(dialogs).toEqual([])
  link.close()
})
