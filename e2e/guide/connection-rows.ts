import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { TokenReason } from '@collab-kit/client'
import { expect } from 'vitest'
import { createTcpProxy } from '../rig/tcp-proxy.ts'
import { until } from '../rig/until.ts'
import {
  account,
  becomes,
  boss,
  codeOf,
  heard,
  hostToken,
  live,
  newName,
  open,
  PASSWORD,
  post,
  servicePort,
  statusesOf,
  type Rows,
} from './stage.ts'

/** Seconds that a token of the host lasts here: few enough that several follow one another. */
const LIFE_S = 4

/** A site with an address that answers who is signed in there with a token. */
async function tokenSite() {
  const username = newName('visitor')
  const asked: string[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push(`${request.method} ${(JSON.parse(body) as { reason: TokenReason }).reason}`)
      response.end(JSON.stringify({ token: hostToken(username, 60) }))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    username,
    asked,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/collab/token`,
    async close() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

export const rows: Rows = {
  async C1() {
    const { user } = await account()
    const client = open({ credentials: { username: user.username, password: PASSWORD } })
    client.connect()
    await becomes(client, 'live')
  },
  async C2() {
    const { accessToken } = await account()
    const client = open({ getToken: async () => accessToken })
    client.connect()
    await becomes(client, 'live')
    const site = await tokenSite()
    try {
      const other = open({ tokenEndpoint: site.endpoint })
      other.connect()
      await becomes(other, 'live')
      expect((await other.api.users.getMe({})).username).toBe(site.username)
      expect(site.asked).toEqual(['POST initial'])
    } finally {
      await site.close()
    }
  },
  async C3() {
    const client = open({})
    await client.auth.continueAsGuest({ displayName: 'Guest' })
    await becomes(client, 'live')
    expect((await client.api.users.getMe({})).guest).toBe(true)
  },
  async C4() {
    const username = newName('renewed')
    const reasons: TokenReason[] = []
    const client = open({
      getToken: async (reason) => {
        reasons.push(reason)
        return hostToken(username, LIFE_S)
      },
    })
    const ended = open({ token: hostToken(username, LIFE_S) })
    for (const each of [client, ended]) each.connect()
    await Promise.all([becomes(client, 'live'), becomes(ended, 'live')])
    const { connectionId } = client.store.getState().connection
    const statuses = statusesOf(client)
    // A connection whose token has no successor ends half a minute after it; the other outlives that.
    await until(() => ended.status === 'signed_out', { what: 'a token ends', within: 60_000 })
    expect(reasons.length).toBeGreaterThan(3)
    expect(new Set(reasons.slice(1))).toEqual(new Set(['refresh']))
    expect(client.store.getState().connection.connectionId).toBe(connectionId)
    expect(statuses).toEqual([])
  },
  async C5() {
    const client = await live()
    client.close()
    await becomes(client, 'closed')
  },
  async C6() {
    const client = await live()
    expect(client.status === 'live').toBe(true)
  },
  async C7() {
    const client = await live()
    await until(() => client.store.getState().username !== undefined, { what: 'the name is known' })
    expect(open({}).store.getState().username).toBeUndefined()
  },
  async C8() {
    const client = await live()
    expect(client.store.getState().connection.connectionId).toMatch(/./)
  },
  async C9() {
    const client = await live()
    expect(await client.api.system.getInfo({})).toMatchObject({ registration: 'open' })
  },
  async C10() {
    const { accessToken: token, user } = await account()
    const client = open({ token })
    client.connect()
    await becomes(client, 'live')
    await until(() => client.store.getState().username === user.username, { what: 'the name' })
  },
  async C11() {
    const client = await live()
    await client.api.users.setProperty({ name: 'extid', value: 'x-17' })
    expect((await client.api.users.getMe({})).properties).toEqual({ extid: 'x-17' })
  },
  async C12() {
    const client = await live()
    const calls: unknown[] = []
    const end = client.on('call', (call) => calls.push(call))
    await client.api.users.getMe({})
    end()
    await client.api.users.getMe({})
    expect(calls).toHaveLength(1)
  },
  async C13() {
    const { accessToken: token } = await account()
    const client = open({ token })
    const statuses = statusesOf(client)
    client.connect()
    await becomes(client, 'live')
    expect(statuses).toEqual(['connecting', 'live'])
  },
  async C14() {
    const { accessToken: token } = await account()
    const wire = await createTcpProxy(servicePort())
    const client = open({ token, serviceUrl: `http://127.0.0.1:${wire.port}` })
    const statuses = statusesOf(client)
    client.connect()
    await becomes(client, 'live')
    // The network is away for a moment, and then for longer.
    await wire.sever()
    await becomes(client, 'offline')
    await wire.mend()
    await becomes(client, 'live')
    expect(statuses).toEqual(['connecting', 'live', 'reconnecting', 'offline', 'live'])
    // Somebody ends the sign-in.
    const { username } = await client.api.users.getMe({})
    await (await boss()).api.auth.revokeTokens({ username })
    await becomes(client, 'signed_out')
    expect(statuses.slice(5)).toEqual(['signed_out'])
    // One's own end is told to nobody.
    client.close()
    expect(client.status).toBe('closed')
    expect(statuses.slice(5)).toEqual(['signed_out'])
    await wire.close()
  },
  async C15() {
    const client = open({ token: 'not a token' })
    client.connect()
    await until(() => client.store.getState().connection.error !== undefined, { what: 'the error' })
    expect(client.store.getState().connection.error?.code).toBe('token_malformed')
    const other = await live()
    expect(await codeOf(other.api.chat.getChat({ chatId: 'nobody-has-this' }))).toBe('not_found')
  },
  async C16() {
    const { user } = await account()
    const answer = await post('/auth/sign-in', { username: user.username, password: PASSWORD })
    expect(answer.accessToken).toMatch(/^ey/)
  },
  async C17() {
    const admin = await boss()
    const username = newName('made')
    await admin.api.users.createUser({ username, password: PASSWORD })
    await post('/auth/sign-in', { username, password: PASSWORD })
    await admin.api.users.deleteUser({ username })
    expect(await admin.api.users.getUser({ username })).toMatchObject({ deleted: true })
    const nobody = await live()
    expect(await codeOf(nobody.api.users.createUser({ username: 'eve' }))).toBe('forbidden')
  },
  async C18() {
    const { user, accessToken: token } = await account()
    const client = open({ token })
    expect((await client.api.users.updateMe({ displayName: 'New' })).displayName).toBe('New')
    const newPassword = 'another horse battery'
    await client.api.auth.changePassword({ currentPassword: PASSWORD, newPassword })
    await post('/auth/sign-in', { username: user.username, password: newPassword })
  },
  async U1() {
    const { user } = await account()
    const { items } = await (await live()).api.users.searchUsers({ term: user.displayName })
    expect(items.map(({ username }) => username)).toContain(user.username)
  },
  async U2() {
    const [one, other] = [(await account()).user, (await account()).user]
    const { items } = await (
      await live()
    ).api.users.searchUsers({
      term: 'person',
      fields: ['displayName'],
      offset: 0,
      limit: 200,
      orderBy: { field: 'username', ascending: false },
    })
    const names = items.map(({ username }) => username)
    expect(names).toEqual([...names].sort().reverse())
    expect(names).toEqual(expect.arrayContaining([one.username, other.username]))
  },
  async U3() {
    const { user, accessToken: token } = await account()
    const name = newName('group')
    await (await boss()).api.groups.createGroup({ name, members: [user.username] })
    const client = open({ token })
    const { members } = await client.api.groups.getGroup({ name })
    expect(members.items.map(({ username }) => username)).toEqual([user.username])
    expect((await client.api.groups.listGroups({})).items).toHaveLength(1)
  },
  async U4() {
    const client = await live()
    const search = heard(client, 'call:users.searchUsers')
    const group = heard(client, 'call:groups.getGroup')
    await client.api.users.searchUsers({ term: 'x' })
    await codeOf(client.api.groups.getGroup({ name: 'none' }))
    expect(await search).toMatchObject({ operation: 'users.searchUsers', input: { term: 'x' } })
    expect(await group).toMatchObject({ error: { code: 'not_found' } })
  },
  async U5() {
    const { user } = await account()
    const client = await live()
    const { username } = user
    expect(await client.api.users.getUser({ username })).toMatchObject({ username })
    expect((await client.api.users.getUsers({ usernames: [username] })).items).toHaveLength(1)
    expect(await client.api.users.getUser({ username })).not.toHaveProperty('email')
  },
  async U6() {
    const { user } = await account()
    const client = await live()
    await client.api.contacts.addContact({ username: user.username })
    const list = heard(client, 'call:contacts.listContacts')
    const contact = { user: { username: user.username, displayName: user.displayName } }
    expect(await client.api.contacts.listContacts({})).toMatchObject({ items: [contact] })
    expect(await list).toMatchObject({ data: { items: [contact] } })
  },
  async U7() {
    const { user } = await account()
    const { accessToken: token } = await account()
    const [phone, desk] = [open({ token }), open({ token })]
    for (const client of [phone, desk]) client.connect()
    await Promise.all([becomes(phone, 'live'), becomes(desk, 'live')])
    const added = heard(desk, 'contacts.contactAdded')
    await phone.api.contacts.addContact({ username: user.username })
    expect(await added).toMatchObject({ data: { user: { username: user.username } } })
    const removed = heard(desk, 'contacts.contactRemoved')
    await phone.api.contacts.removeContact({ username: user.username })
    await removed
  },
}
