import { connectLink, type Link } from '../rig/link.ts'
import { createAccount, createGuest } from '../rig/person.ts'
import { callRest } from '../rig/rest.ts'
import { until } from '../rig/until.ts'
import { listen, newActivity, roomFor, roomOn, TYPE, type RoomElement } from './activity.ts'
import { expect, test } from './fixtures.ts'

test('whoever loses the right to be there is out at once, hears nothing more, and comes back when they have it again', async ({
  openHost,
  page,
  service,
}) => {
  const id = newActivity()
  const name = { type: TYPE, id }
  const [maker, ann, ben, cid] = await Promise.all([
    createAccount(service.url, `maker-${id}`),
    createGuest(service.url, 'Ann'),
    createGuest(service.url, 'Ben'),
    createGuest(service.url, 'Cid'),
  ])
  const links = await Promise.all([maker, ben, cid].map((each) => connectLink(service.url, each)))
  const [makerLink, benLink, cidLink] = links as [Link, Link, Link]
  for (const link of links) await link.call('activities.joinActivity', name)
  const change = (subject: string, permissions: string[]) =>
    callRest(service.url, maker, {
      method: 'POST',
      path: `/activities/${TYPE}/${id}/permissions`,
      body: { subject, permissions, replace: true },
    })
  await change(`user:${cid.username}`, ['join', 'view_state', 'set_state'])

  const frames: string[] = []
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => void frames.push(String(payload))),
  )
  await listen(page, 'collab-removed')
  await openHost(roomFor('<input data-collab-bind="title">', { id, token: ann.token }))
  const room = roomOn(page, id)
  await room.ready()
  await makerLink.call('activities.setShared', { ...name, key: 'title', value: 'before' })
  await expect(room.field('title')).toHaveValue('before')
  await room.field('title').focus()
  /** What of the activity reached a socket, but for what puts its person out. */
  const ofBen = () =>
    benLink.items.filter(({ name: event }) => event.startsWith('activities.')).length
  const ofAnn = () => frames.filter((frame) => frame.includes('"activities.')).length

  await change('world', ['view_state', 'set_state'])
  const answered = performance.now()
  const dialog = room.element.getByRole('alertdialog', { name: 'You were removed' })
  await until(
    () =>
      benLink.items.some(
        ({ name: event, data }) =>
          event === 'activities.participantRemoved' &&
          (data as { username: string }).username === ben.username,
      ),
    { what: 'Ben is told' },
  )
  await expect(dialog).toBeVisible()
  const took = performance.now() - answered
  // Two seconds, and as long again between two looks of a busy machine.
  expect(took).toBeLessThan(4000)
  await expect(dialog).toContainText('You are not allowed to be here any more.')
  // What they may not see any more is not there any more.
  await expect(room.field('title')).toHaveValue('')
  // The focus was inside, and is not lost.
  await expect(dialog.locator(':focus')).toHaveText('You were removed')
  expect(await room.heard('collab-removed')).toEqual([{ reason: undefined, permission: true }])

  const before = { ben: ofBen(), ann: ofAnn() }
  for (let index = 1; index <= 20; index++) {
    await makerLink.call('activities.setShared', { ...name, key: 'title', value: `after ${index}` })
    await makerLink.call('activities.setState', { ...name, values: { at: index } })
    await makerLink.call('activities.broadcast', { ...name, event: 'tick', data: index })
  }
  const hasAll = (event: string, fits: (data: never) => boolean) =>
    cidLink.items.some((item) => item.name === event && fits(item.data as never))
  // Whoever may still be there has heard all of it.
  await until(
    () =>
      hasAll('activities.sharedChanged', ({ value }) => value === 'after 20') &&
      hasAll('activities.stateChanged', ({ set }) => set['at'] === 20) &&
      hasAll('activities.broadcastSent', ({ data }) => data === 20),
    { what: 'Cid has heard everything' },
  )
  // What was on its way to the others has come: an answer on the same connection is behind it.
  await benLink.call('users.getMe', {})
  await room.element.evaluate((each) => (each as RoomElement).client.api.users.getMe({}))
  expect({ ben: ofBen(), ann: ofAnn() }).toEqual(before)
  await expect(room.field('title')).not.toHaveValue(/after/)
  await expect(benLink.call('activities.setState', { ...name, values: {} })).rejects.toThrow()
  await expect(benLink.call('activities.joinActivity', name)).rejects.toMatchObject({
    code: 'forbidden',
  })

  await change('world', ['join', 'view_state', 'set_state'])
  await benLink.call('activities.joinActivity', name)
  await room.element.evaluate((each) => (each as RoomElement).rejoin())
  await room.ready()
  await expect(dialog).toHaveCount(0)
  await expect(room.field('title')).toHaveValue('after 20')
  await makerLink.call('activities.setShared', { ...name, key: 'title', value: 'together' })
  await expect(room.field('title')).toHaveValue('together')
  for (const link of links) link.close()
})
