import type { CollabClient } from '@collab-kit/client'
import { expect } from 'vitest'
import { until } from '../rig/until.ts'
import { codeOf, heard, live, newName, type Rows } from './stage.ts'

const TYPE = 'project'
const activityOf = (client: CollabClient, id: string) =>
  client.store.getState().activities[`${TYPE}/${id}`]
const isIn = (client: CollabClient, id: string) => activityOf(client, id)?.status === 'joined'

/** In an activity of their own making. */
async function inOne(id = newName('activity')) {
  const client = await live()
  const activity = client.activity(TYPE, id)
  const leave = activity.open()
  await until(() => isIn(client, id), { what: 'they are in' })
  return { client, activity, leave, id }
}

/** Two people in one activity: the first made it. */
async function inTogether() {
  const first = await inOne()
  const { client: other, activity } = await inOne(first.id)
  await until(() => people(first.client, first.id).length === 2, { what: 'both are in' })
  const connectionId = other.store.getState().connection.connectionId!
  const username = other.store.getState().username!
  return { ...first, other: { client: other, activity, connectionId, username } }
}

const people = (client: CollabClient, id: string) =>
  Object.values(activityOf(client, id)?.participants ?? {})

export const rows: Rows = {
  async A1() {
    await inOne()
  },
  async A2() {
    const { id, other, leave, client } = await inTogether()
    leave()
    await until(() => people(other.client, id).length === 1, { what: 'one has left' })
    expect(client.status).toBe('live')
  },
  async A3() {
    const { client, id, other } = await inTogether()
    expect(people(client, id).map(({ username }) => username)).toContain(other.username)
    const { items } = await client.api.activities.listParticipants({ type: TYPE, id })
    expect(items).toHaveLength(2)
  },
  async A4() {
    const { client, id, other } = await inTogether()
    await client.api.activities.removeActivity({ type: TYPE, id })
    await until(() => activityOf(other.client, id)?.status === 'ended', { what: 'it is gone' })
  },
  async A5() {
    const { client, id, other } = await inTogether()
    other.activity.setState({ colour: 'red', size: 3 })
    await until(
      () => activityOf(client, id)?.participants[other.connectionId]?.state['size'] === 3,
      { what: 'the state is there' },
    )
    expect(activityOf(client, id)?.participants[other.connectionId]).toMatchObject({
      local: false,
      state: { colour: 'red', size: 3 },
    })
  },
  async A6() {
    const { client, id, other } = await inTogether()
    other.activity.setState({ colour: 'red', size: 3 })
    await until(
      async () => {
        const { items } = await client.api.activities.getState({ type: TYPE, id, key: 'colour' })
        return items.some(({ state }) => state['colour'] === 'red')
      },
      { what: 'the state is answered' },
    )
  },
  async A7() {
    const { client, id, other } = await inTogether()
    const stateOf = () => activityOf(client, id)?.participants[other.connectionId]?.state ?? {}
    other.activity.setState({ colour: 'red', size: 3 })
    await until(() => 'size' in stateOf(), { what: 'two keys' })
    other.activity.removeState(['size'])
    await until(() => !('size' in stateOf()), { what: 'one key' })
    other.activity.clearState()
    await until(() => Object.keys(stateOf()).length === 0, { what: 'no key' })
  },
  async A8() {
    const { client, id, other } = await inTogether()
    const where = { type: TYPE, id }
    const { username } = other
    await client.api.activities.setPermissions({
      ...where,
      subject: `user:${username}`,
      permissions: ['manage'],
    })
    await client.api.activities.setPermissions({
      ...where,
      subject: 'world',
      permissions: ['join', 'view_state'],
      replace: true,
    })
    const key = 'x'
    expect(await codeOf(other.client.api.activities.setShared({ ...where, key, value: 1 }))).toBe(
      'forbidden',
    )
  },
  async A9() {
    const { client, id } = await inOne()
    const { permissions, mine } = await client.api.activities.getPermissions({ type: TYPE, id })
    expect(permissions).toEqual({ world: ['join', 'view_state', 'set_state'] })
    expect(mine).toContain('manage')
  },
  async A10() {
    const { client, id } = await inOne()
    const joined = heard(client, 'activities.participantJoined')
    const { leave, client: other } = await inOne(id)
    expect(await joined).toMatchObject({
      data: { participant: { username: other.store.getState().username } },
    })
    const left = heard(client, 'activities.participantLeft')
    leave()
    await left
  },
  async A11() {
    const { client, other } = await inTogether()
    const set = heard(client, 'activities.stateChanged')
    other.activity.setState({ colour: 'red' })
    const { username, connectionId } = other
    expect(await set).toMatchObject({
      data: { username, connectionId, set: { colour: 'red' }, removed: [], cleared: false },
    })
    const changed = heard(client, 'activities.stateChanged')
    other.activity.setState({ colour: 'blue', size: 3 })
    expect(await changed).toMatchObject({ data: { old: { colour: 'red' } } })
    const removed = heard(client, 'activities.stateChanged')
    other.activity.removeState(['colour'])
    expect(await removed).toMatchObject({ data: { removed: ['colour'] } })
    const cleared = heard(client, 'activities.stateChanged')
    other.activity.clearState()
    expect(await cleared).toMatchObject({ data: { cleared: true } })
  },
  async A12() {
    const { client, id } = await inOne()
    const removed = heard(client, 'activities.activityRemoved')
    await client.api.activities.removeActivity({ type: TYPE, id })
    expect(await removed).toMatchObject({ data: { type: TYPE, id } })
  },
  async A13() {
    const { client, id, other } = await inTogether()
    const where = { type: TYPE, id }
    await client.api.activities.setPermissions({
      ...where,
      subject: 'world',
      permissions: [],
      replace: true,
    })
    await until(() => activityOf(other.client, id)?.status === 'removed', { what: 'put out' })
    expect(activityOf(other.client, id)?.permission).toBe(true)
  },
  async A14() {
    const { client, id, other } = await inTogether()
    const { username } = other
    const reason = 'The meeting is over for you'
    await client.api.activities.removeParticipant({ type: TYPE, id, username, reason })
    await until(() => activityOf(other.client, id)?.reason === reason, { what: 'the reason' })
  },
  async A15() {
    const { client, id } = await inOne()
    const call = heard(client, 'call:activities.listParticipants')
    await client.api.activities.listParticipants({ type: TYPE, id })
    expect(await call).toHaveProperty('data.items')
  },
}
