import type { CollabClient } from '@collab-kit/client'
import { expect } from 'vitest'
import { until } from '../rig/until.ts'
import { heard, live, newName, type Rows } from './stage.ts'

const nameOf = async (client: CollabClient): Promise<string> =>
  (await client.api.users.getMe({})).username

const stateOf = (client: CollabClient, username: string) =>
  client.store.getState().presence.people[username]

/** Two people, of whom the first watches the second. */
async function watching() {
  const [client, other] = await Promise.all([live(), live()])
  const username = await nameOf(other)
  const end = client.presence.watch({ usernames: [username] })
  await until(() => stateOf(client, username)?.state === 'available', { what: 'they are here' })
  return { client, other, username, end }
}

export const rows: Rows = {
  async P1() {
    await watching()
  },
  async P2() {
    const [client, contact, talker, player] = await Promise.all([live(), live(), live(), live()])
    const seen = (username: string) =>
      until(() => stateOf(client, username)?.state === 'available', { what: `${username} is seen` })
    await client.api.contacts.addContact({ username: await nameOf(contact) })
    client.presence.watch({ contacts: true })
    await seen(await nameOf(contact))

    const { chatId } = await client.api.chat.createChat({ kind: 'channel', visibility: 'public' })
    await talker.api.chat.joinChat({ chatId })
    client.presence.watch({ chatId })
    await seen(await nameOf(talker))

    const activity = { type: 'game', id: newName('chess') }
    for (const each of [client, player]) {
      each.activity(activity.type, activity.id).open()
      await until(
        () => each.store.getState().activities[`game/${activity.id}`]?.status === 'joined',
        {
          what: 'they are in the activity',
        },
      )
    }
    client.presence.watch({ activity })
    await seen(await nameOf(player))

    // Each by its own way: none of them is a contact, or in the chat, of another.
    const { people } = client.store.getState().presence
    expect(Object.keys(people)).toHaveLength(4)
  },
  async P3() {
    const [client, other] = await Promise.all([live(), live()])
    const call = heard(client, 'call:presence.subscribe')
    client.presence.watch({ usernames: [await nameOf(other)] })
    expect(await call).toHaveProperty('data.items')
  },
  async P4() {
    const { client, end } = await watching()
    const call = heard(client, 'call:presence.unsubscribe')
    end()
    await call
  },
  async P5() {
    const { client, other, username } = await watching()
    await client.api.presence.unsubscribe({})
    const told: unknown[] = []
    client.on('presence.presenceChanged', (item) => told.push(item.data.username))
    await other.presence.set({ state: 'dnd' })
    // What is asked for is still answered.
    const { items } = await client.api.presence.getPresence({ usernames: [username] })
    expect(items).toMatchObject([{ state: 'dnd' }])
    expect(told).toEqual([])
  },
  async P6() {
    const { client, other, username } = await watching()
    for (const state of ['away', 'dnd', 'available'] as const) {
      await other.presence.set({ state })
      await until(() => stateOf(client, username)?.state === state, { what: state })
    }
  },
  async P7() {
    const { client, other, username } = await watching()
    const told = heard(client, 'presence.presenceChanged')
    await other.presence.set({ status: 'At lunch', data: { phone: true } })
    expect(await told).toMatchObject({
      data: { username, state: 'available', status: 'At lunch', data: { phone: true } },
    })
  },
  async P8() {
    const { client, other, username } = await watching()
    await other.presence.set({ status: 'At lunch', data: { phone: true } })
    await until(() => stateOf(client, username)?.status !== undefined, { what: 'the status' })
    await other.presence.set({ status: null, data: null })
    await until(() => stateOf(client, username)?.status === undefined, { what: 'no status' })
    expect(stateOf(client, username)?.data).toBeUndefined()
  },
  async P9() {
    const { client, other, username } = await watching()
    other.close()
    await until(() => stateOf(client, username)?.state === 'offline', { what: 'they went' })
    expect(stateOf(client, username)?.lastSeenAt).toMatch(/Z$/)
  },
}
