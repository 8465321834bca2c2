import type { ActivityPermission } from '@collab-kit/protocol'
import { expect } from 'vitest'
import {
  about,
  idsOf,
  join,
  newActivity,
  present,
  streamOf,
  type ActivityName,
} from './activity-acts.ts'
import type { Actor } from './acts.ts'
import { unique } from './connect.ts'
import { named, of, refusal, rules } from './rule.ts'
import type { Peer, Target } from './target.ts'

const grant = (
  caller: Actor,
  board: ActivityName,
  grants: Record<string, readonly ActivityPermission[]>,
) =>
  Promise.all(
    Object.entries(grants).map(([subject, permissions]) =>
      caller.call('activities.setPermissions', {
        ...board,
        subject,
        permissions: [...permissions],
      }),
    ),
  )

const mine = async (caller: Actor, board: ActivityName) =>
  (await caller.call('activities.getPermissions', board)).mine

/** Who may do what in an activity, and who says so. */
export function activityPermissionRules(target: Target): void {
  granting(target)
  losing(target)
  removing(target)
  unnamed(target)
  accounts(target)
}

function granting(target: Target): void {
  const rule = rules(target)

  rule('[ACT-22] Grants to all, to a group and to a person add up', async (stage) => {
    const [ada, ben] = [await stage.peer(), await stage.peer()]
    const admin = await stage.person({ admin: true })
    const group = unique('staff')
    await admin.call('groups.createGroup', { name: group, members: [ben.username] })
    const board = newActivity()
    await join(ada, board, { create: { permissions: { world: ['join'] } } })
    await grant(ada, board, { [`group:${group}`]: ['view_state'] })
    await grant(ada, board, { [`user:${ben.username}`]: ['set_state'] })
    expect(await mine(ben, board)).toEqual(['join', 'view_state', 'set_state'])
    const { permissions } = await ben.call('activities.getPermissions', board)
    expect(permissions).toEqual({
      world: ['join'],
      [`group:${group}`]: ['view_state'],
      [`user:${ben.username}`]: ['set_state'],
    })
    const subject = `user:${ada.username}`
    expect(
      await refusal(ben.call('activities.getPermissions', { ...board, subject })),
    ).toMatchObject({ code: 'forbidden', details: { permission: 'manage' } })
    expect(await mine(admin, board)).toContain('remove')
  })

  rule('[ACT-22] Nobody gives or takes power that they do not hold', async ({ peer }) => {
    const [ada, ben, eve] = [await peer(), await peer(), await peer()]
    const board = newActivity()
    await join(ada, board)
    await grant(ada, board, { [`user:${ben.username}`]: ['manage'] })
    const to = `user:${eve.username}`
    const beyond = refusal(
      ben.call('activities.setPermissions', { ...board, subject: to, permissions: ['remove'] }),
    )
    expect(await beyond).toMatchObject({ code: 'forbidden', details: { permission: 'remove' } })
    await grant(ben, board, { [to]: ['manage'] })
    expect(await mine(eve, board)).toContain('manage')
    const out = ben.call('activities.removeParticipant', { ...board, username: ada.username })
    expect(await refusal(out)).toMatchObject({ details: { permission: 'remove' } })
    const replaced = await ada.call('activities.setPermissions', {
      ...board,
      subject: 'world',
      permissions: ['join', 'view_state'],
      replace: true,
    })
    expect(replaced).toEqual({ subject: 'world', permissions: ['join', 'view_state'] })
  })
}

/** What a put-out connection received of an activity after it was told that it reads it no more. */
const after = (peer: Peer, stream: string) => {
  const last = peer.items.findLastIndex(named('streams.removed', { stream }))
  return peer.items.slice(last + 1).filter(of(stream))
}

function losing(target: Target): void {
  const rule = rules(target)

  for (const right of ['join', 'view_state', 'lurk'] as const)
    rule(`[ACT-23] Who loses \`${right}\` is put out at once`, async ({ peer }) => {
      const [ada, ben, eve] = [await peer(), await peer(), await peer()]
      const board = newActivity()
      const stream = streamOf(board)
      await join(ada, board)
      const to = `user:${eve.username}`
      const rights = ['join', 'view_state', 'set_state', 'lurk'] as const
      await grant(ada, board, { [to]: rights, [`user:${ben.username}`]: rights })
      const world = { ...board, subject: 'world', replace: true, permissions: [] }
      await ada.call('activities.setPermissions', world)
      for (const each of [ben, eve]) await join(each, board, { lurk: right === 'lurk' })
      for (const each of [ada, ben, eve]) await each.fence()
      const loss = { ...board, subject: to, permissions: [right] }
      await ada.call('activities.removePermissions', loss)
      await ada.call('activities.setShared', { ...board, key: 'secret', value: 1 })
      const told = await ben.until(named('activities.participantRemoved'))
      expect(told.data).toEqual({
        ...board,
        // Of one who lurked it is told which connection alone.
        ...(right === 'lurk' ? { connectionId: eve.connectionId } : { username: eve.username }),
        permission: true,
        reason: 'permission',
      })
      await eve.until(named('streams.removed', { stream, reason: 'permission' }))
      await ben.until(named('activities.sharedChanged', { key: 'secret' }))
      await eve.fence()
      expect(after(eve, stream)).toEqual([])
      const late = eve.call('activities.setState', { ...board, values: { n: 1 } })
      expect(await refusal(late)).toMatchObject({ details: { reason: 'not_in_activity' } })
      expect(await refusal(join(eve, board, { lurk: right === 'lurk' }))).toMatchObject({
        code: 'forbidden',
        details: { permission: right },
      })
      expect(await present(ada, board)).toEqual(idsOf(ada, ben))
    })

  rule('[ACT-23] Who is in by a group is put out with the group', async (stage) => {
    const [ada, ben] = [await stage.peer(), await stage.peer()]
    const admin = await stage.person({ admin: true })
    const name = unique('staff')
    await admin.call('groups.createGroup', { name, members: [ben.username] })
    const board = newActivity()
    await join(ada, board, {
      create: { permissions: { [`group:${name}`]: ['join', 'view_state'] } },
    })
    await join(ben, board)
    await ben.fence()
    await admin.call('groups.removeGroupMembers', { name, usernames: [ben.username] })
    const stream = streamOf(board)
    await ben.until(named('streams.removed', { stream, reason: 'permission' }))
    expect(await refusal(join(ben, board))).toMatchObject({ code: 'not_found' })
  })

  rule(
    '[ACT-24] Reading the stream by hand is for those inside and who may lurk',
    async (stage) => {
      const [ada, ben] = [await stage.peer(), await stage.peer()]
      const board = newActivity()
      const stream = streamOf(board)
      await join(ada, board)
      const reading = () => ben.call('streams.readSince', { stream, seq: 0 })
      expect(await refusal(reading())).toMatchObject({ code: 'not_found' })
      expect(await refusal(ben.call('streams.join', { stream }))).toMatchObject({
        code: 'not_found',
      })
      await join(ben, board)
      expect(await reading()).toMatchObject({ head: 0 })
      const { epoch } = await ben.call('system.getInfo', {})
      const resumed = await ben.call('streams.resume', { epoch, heads: { [stream]: 0 } })
      expect(resumed.heads).toHaveProperty([stream], 0)
      await ben.call('activities.leaveActivity', board)
      await grant(ada, board, { world: ['lurk'] })
      expect(await ben.call('streams.join', { stream })).toMatchObject({ stream })
    },
  )
}

function removing(target: Target): void {
  const rule = rules(target)

  rule('[ACT-25] One connection is put out, or a person, who may come back', async (stage) => {
    const [ada, ben] = [await stage.peer(), await stage.person()]
    const [one, two] = [await stage.connect(ben), await stage.connect(ben)]
    const board = newActivity()
    const stream = streamOf(board)
    await join(ada, board)
    for (const each of [one, two]) await join(each, board)
    for (const each of [one, two]) await each.fence()
    const { connectionId } = one
    const remove = { ...board, connectionId, reason: 'Tea is over' }
    await ada.call('activities.removeParticipant', remove)
    const data = { ...board, username: ben.username, connectionId, permission: false }
    const told = await two.until(named('activities.participantRemoved'))
    expect(told.data).toEqual({ ...data, reason: 'Tea is over' })
    await one.until(named('streams.removed', { stream, reason: 'removed' }))
    expect(await present(ada, board)).toEqual(idsOf(ada, two))
    await ada.call('activities.removeParticipant', remove)
    await join(one, board)
    for (const each of [one, two]) await each.fence()
    await ada.call('activities.removeParticipant', { ...board, username: ben.username })
    const all = await ada.until(
      ({ name, data }) =>
        name === 'activities.participantRemoved' && !Object.hasOwn(data as object, 'connectionId'),
    )
    expect(all.data).toEqual({ ...board, username: ben.username, permission: false })
    for (const each of [one, two]) {
      // One of them was told before.
      await each.fence()
      await each.until(named('streams.removed', { stream, reason: 'removed' }))
      const late = refusal(each.call('activities.clearState', board))
      expect(await late).toMatchObject({ details: { reason: 'not_in_activity' } })
    }
    expect(await present(ada, board)).toEqual(idsOf(ada))
    const other = await refusal(
      one.call('activities.removeParticipant', { ...board, connectionId }),
    )
    expect(other).toMatchObject({ code: 'forbidden', details: { permission: 'manage' } })
  })
}

function unnamed(target: Target): void {
  rules(target)('[ACT-7] Who lurked and is put out is not named', async ({ peer }) => {
    const [ada, ben, eve] = [await peer(), await peer(), await peer()]
    const board = newActivity()
    const stream = streamOf(board)
    await join(ada, board)
    await grant(ada, board, { world: ['lurk'] })
    await join(ben, board)
    for (const remove of [{ connectionId: eve.connectionId }, { username: eve.username }]) {
      await join(eve, board, { lurk: true })
      const from = eve.items.length
      await ada.call('activities.removeParticipant', { ...board, ...remove })
      await eve.fence()
      expect(
        eve.items.slice(from).some(named('streams.removed', { stream, reason: 'removed' })),
      ).toBe(true)
    }
    await ben.until((item) => item.seq !== undefined && item.stream === stream)
    await ben.fence()
    const told = ben.items.filter(named('activities.participantRemoved'))
    const data = { ...board, connectionId: eve.connectionId, permission: false }
    expect(told.map((item) => item.data)).toEqual([data, data])
    expect(await present(ada, board)).toEqual(idsOf(ada, ben))
  })
}

function accounts(target: Target): void {
  rules(target)('[ACT-26] Whose account is gone is in no activity', async (stage) => {
    const ada = await stage.peer()
    const admin = await stage.person({ admin: true })
    const [ben, eve] = [await stage.peer(), await stage.peer()]
    const board = newActivity()
    for (const each of [ada, ben, eve]) await join(each, board)
    await ada.fence()
    await ben.call('activities.setShared', { ...board, key: 'k', value: 1 })
    const exported = JSON.stringify(await ben.call('users.exportMe', {}))
    expect(exported).toContain(JSON.stringify({ ...board, key: 'k', value: 1 }))
    await admin.call('users.deleteUser', { username: ben.username })
    await ada.until(about('participantLeft', ben))
    await admin.call('users.disableUser', { username: eve.username })
    await ada.until(about('participantLeft', eve))
    expect(await present(ada, board)).toEqual(idsOf(ada))
    const { items } = await ada.call('activities.getShared', board)
    expect(items).toEqual([{ key: 'k', value: 1, version: 1 }])
  })
}
