import { expect } from 'vitest'
import { until } from '../rig/until.ts'
import {
  account,
  becomes,
  boss,
  codeOf,
  heard,
  live,
  newName,
  open,
  PASSWORD,
  post,
  type Rows,
} from './stage.ts'

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
  },
  async C3() {
    const client = open({})
    await client.auth.continueAsGuest({ displayName: 'Guest' })
    await becomes(client, 'live')
    expect((await client.api.users.getMe({})).guest).toBe(true)
  },
  async C4() {
    const { accessToken, refreshToken } = await account()
    const client = open({ token: accessToken })
    client.connect()
    await becomes(client, 'live')
    const connection = client.store.getState().connection.connectionId
    const newer = await post('/auth/refresh', { refreshToken })
    await client.api.auth.renew({ token: newer.accessToken })
    expect(client.store.getState().connection.connectionId).toBe(connection)
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
    const statuses: string[] = []
    client.on('status', (status) => statuses.push(status))
    client.connect()
    await becomes(client, 'live')
    expect(statuses).toContain('live')
  },
  async C14() {
    const { accessToken: token } = await account()
    const client = open({ token })
    const statuses: string[] = []
    client.on('status', (status) => statuses.push(status))
    client.connect()
    await becomes(client, 'live')
    const { username } = await client.api.users.getMe({})
    await (await boss()).api.auth.revokeTokens({ username })
    await until(() => statuses.at(-1) !== 'live', { what: 'the end is told' })
    expect(['signed_out', 'reconnecting', 'refused']).toContain(statuses.at(-1))
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
    const client = await live()
    const list = heard(client, 'call:contacts.listContacts')
    await client.api.contacts.listContacts({})
    expect(await list).toMatchObject({ data: { items: [] } })
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
