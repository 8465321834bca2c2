import { createGuest } from '../rig/person.ts'
import { chatFor, chatOn } from './chat.ts'
import { expect, test } from './fixtures.ts'
import { interceptSocket } from './socket.ts'

test('two people see each other write and read each other’s messages', async ({
  browser,
  openHost,
  service,
}) => {
  const [ann, ben] = await Promise.all([
    createGuest(service.url, 'Ann'),
    createGuest(service.url, 'Ben'),
  ])
  const [annPage, benPage] = await Promise.all([browser.newPage(), browser.newPage()])
  const wire = await interceptSocket(annPage)
  await openHost(chatFor(ann.token), { page: annPage })
  await openHost(chatFor(ben.token), { page: benPage })
  const annChat = chatOn(annPage)
  const benChat = chatOn(benPage)
  await annChat.ready()
  await benChat.ready()

  await annChat.input.pressSequentially('Hello Ben')
  const typing = benChat.element.getByText(/Ann\W* is typing…/)
  await expect(typing).toBeVisible()

  wire.hold()
  await annChat.input.press('Enter')
  await expect(benChat.message('Hello Ben')).toBeVisible()
  await expect(benChat.message('Hello Ben')).toContainText('Ann')
  await expect(typing).toBeHidden()
  // Ben has it, but nobody has told Ann yet.
  await expect(annChat.message('Hello Ben')).toContainText('Sending…')
  wire.release()
  await expect(annChat.message('Hello Ben')).toContainText('Sent')
  await expect(annChat.message('Hello Ben')).not.toContainText('Sending…')
  await expect(annChat.message('Hello Ben')).toHaveCount(1)

  await benChat.say('Hello Ann')
  await expect(annChat.message('Hello Ann')).toBeVisible()

  await wire.cut()
  await annChat.say('Are you there?')
  await expect(annChat.message('Are you there?')).toContainText('Waiting to be sent')
  wire.mend()
  await expect(benChat.message('Are you there?')).toBeVisible()
  await expect(annChat.message('Are you there?')).toContainText('Sent')
  await expect(annChat.message('Are you there?')).toHaveCount(1)
  await Promise.all([annPage.close(), benPage.close()])
})
