import { connectLink } from '../rig/link.ts'
import { createGuest } from '../rig/person.ts'
import { chatOn } from './chat.ts'
import { expect, test } from './fixtures.ts'
import { interceptSocket } from './socket.ts'

test('the keyboard alone signs in, writes, reads and sends again what failed', async ({
  openHost,
  page,
  service,
}) => {
  const ben = await connectLink(service.url, await createGuest(service.url, 'Ben'))
  const { chatId } = await ben.call('chat.createChat', {
    kind: 'channel',
    visibility: 'public',
    name: 'Keys',
  })
  await ben.call('chat.sendMessage', { chatId, clientMessageId: '1', body: 'first of Ben' })
  await ben.call('chat.sendMessage', { chatId, clientMessageId: '2', body: 'second of Ben' })
  const wire = await interceptSocket(page)
  await openHost(`<collab-chat chat-id="${chatId}"></collab-chat>`)
  const chat = chatOn(page)

  // Signing in
  const name = page.getByRole('textbox', { name: 'Your name' })
  await expect(name).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(name).toBeFocused()
  await page.keyboard.type('Keya')
  await page.keyboard.press('Enter')
  await chat.ready()

  // Writing: the focus is where one writes.
  await expect(chat.input).toBeFocused()
  const refusal = {
    code: 'forbidden',
    message: 'Not now.',
    retryable: false,
    requestId: 'x',
  } as const
  wire.refuse('chat.sendMessage', refusal)
  await page.keyboard.type('from the keyboard')
  await page.keyboard.press('Enter')
  const own = chat.message('from the keyboard')
  await expect(own).toContainText('Not sent')
  await expect(chat.input).toBeFocused()

  // Reading: up into the messages, and from one to the next.
  await page.keyboard.press('Alt+ArrowUp')
  await expect(chat.element.locator('article:focus')).toHaveCount(1)
  await page.keyboard.press('End')
  await expect(own).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(chat.message('second of Ben')).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(chat.message('first of Ben')).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await expect(own).toBeFocused()

  // Sending again: into the message, to its first button.
  wire.refuse('chat.sendMessage', undefined)
  await page.keyboard.press('Enter')
  await expect(own.getByRole('button', { name: /^Retry/ })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(own).toContainText('Sent')
  await expect(own).not.toContainText('Not sent')
  await expect
    .poll(() => ben.items.filter(({ name: event }) => event === 'chat.messageSent').length)
    .toBe(3)

  // And back to where one writes.
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await expect(chat.input).toBeFocused()
  await page.keyboard.type('done')
  await page.keyboard.press('Enter')
  await expect(chat.message('done')).toContainText('Sent')
  ben.close()
})
