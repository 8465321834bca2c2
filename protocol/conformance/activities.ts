import { describe, expect } from 'vitest'
import { nextMoment, type Actor } from './acts.ts'
import { activityConnectionRules } from './activities-connections.ts'
import { activityLivesRules } from './activities-state.ts'
import { activityPermissionRules } from './activities-permissions.ts'
import { sharedStateRules } from './activities-shared.ts'
import { about, idsOf, join, newActivity, present, streamOf } from './activity-acts.ts'
import { unique } from './connect.ts'
import { durable, named, refusal, rules } from './rule.ts'
import type { Target } from './target.ts'

/** Being in an activity, what is shown and shared there, and who may do what. */
export function activityRules(target: Target): void {
  describe('activities', () => {
    joining(target)
    making(target)
    capacity(target)
    lurking(target)
    activityConnectionRules(target)
    ending(target)
    settings(target)
    activityLivesRules(target)
    sharedStateRules(target)
    activityPermissionRules(target)
  })
}

function joining(target: Target): void {
  const rule = rules(target)

  rule('[ACT-1] Joining answers who is there, what is shared and the head', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const board = newActivity()
    await join(ada, board, { state: { colour: 'red' } })
    const { version } = await ada.call('activities.setShared', { ...board, key: 'k', value: 1 })
    await nextMoment(target, ada)
    const joined = await join(ben, board)
    expect(joined).toMatchObject({
      ...board,
      ephemeral: false,
      createdBy: ada.username,
      people: 2,
      head: version,
      permissions: ['join', 'view_state', 'set_state'],
      shared: [{ key: 'k', value: 1, version, by: ada.username }],
    })
    expect(joined.participants).toMatchObject([
      { username: ada.username, connectionId: ada.connectionId, state: { colour: 'red' } },
      { username: ben.username, connectionId: ben.connectionId, state: {}, lurking: false },
    ])
    await ada.call('activities.setShared', { ...board, key: 'k', value: 2 })
    await ben.until(named('activities.sharedChanged', { key: 'k', value: 2 }))
    expect(durable(ben, streamOf(board)).map(({ seq }) => seq)).toEqual([version + 1])
  })

  rule('[ACT-2] Comings and goings of connections are told and not kept', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const board = newActivity()
    await join(ada, board)
    await ada.fence()
    await join(ben, board, { state: { colour: 'blue' } })
    const joined = await ada.until(about('participantJoined', ben))
    expect(joined).not.toHaveProperty('seq')
    expect(joined).toMatchObject({
      rev: 1,
      data: { participant: { username: ben.username, state: { colour: 'blue' }, rev: 1 } },
    })
    await ben.call('activities.leaveActivity', board)
    const left = await ada.until(about('participantLeft', ben))
    expect(left).not.toHaveProperty('seq')
    expect(left.rev).toBeGreaterThan(joined.rev ?? 0)
    await ben.until(named('streams.removed', { stream: streamOf(board), reason: 'left' }))
    expect((await ada.call('activities.getActivity', board)).head).toBe(0)
  })

  rule('[ACT-2] Joining and leaving again change nothing', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const board = newActivity()
    await join(ada, board)
    await ada.fence()
    await join(ben, board, { state: { colour: 'blue' } })
    const { participants } = await join(ben, board, { state: { colour: 'green' } })
    const own = participants.find(({ connectionId }) => connectionId === ben.connectionId)
    expect(own).toMatchObject({ rev: 1, state: { colour: 'blue' } })
    await ben.call('activities.leaveActivity', board)
    await ben.call('activities.leaveActivity', board)
    await ada.until(about('participantLeft', ben))
    await ada.fence()
    expect(ada.items.filter(about('participantJoined', ben))).toHaveLength(1)
    expect(ada.items.filter(about('participantLeft', ben))).toHaveLength(1)
  })

  rule('[ACT-2] One connection is in many activities, many of a person in one', async (stage) => {
    const ada = await stage.person()
    const [one, two] = [await stage.connect(ada), await stage.connect(ada)]
    const [board, other] = [newActivity(), newActivity()]
    for (const each of [board, other]) await join(one, each)
    await join(two, board)
    expect(await present(ada, board)).toEqual(idsOf(one, two))
    expect(await ada.call('activities.getActivity', board)).toMatchObject({ people: 1 })
    await one.call('activities.leaveActivity', board)
    expect(await present(ada, board)).toEqual(idsOf(two))
    expect(await present(ada, other)).toEqual(idsOf(one))
  })

  rule('[ACT-3] Those who come at once all end with the same people', async ({ peer }) => {
    const peers = await Promise.all(Array.from({ length: 6 }, () => peer()))
    const board = newActivity()
    const views = await Promise.all(peers.map((each) => join(each, board)))
    for (const [index, each] of peers.entries()) {
      const known = new Map(views[index]!.participants.map((one) => [one.connectionId, one.rev]))
      for (const other of peers) {
        if (known.has(other.connectionId)) continue
        await each.until(about('participantJoined', other))
        known.set(other.connectionId, 1)
      }
      expect(known.size).toBe(peers.length)
    }
  })

  rule('[ACT-3] What is told since the snapshot comes once and after it', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const board = newActivity()
    await join(ada, board)
    await ada.call('activities.setState', { ...board, values: { n: 0 } })
    const moving = Array.from({ length: 30 }, (_, index) =>
      ada.call('activities.setState', { ...board, values: { n: index + 1 } }),
    )
    const joined = await join(ben, board)
    await Promise.all(moving)
    await ada.until((item) => (item.data as { set?: { n?: number } }).set?.n === 30)
    const mine = ({ participants }: typeof joined) =>
      participants.find(({ connectionId }) => connectionId === ada.connectionId)!
    const known = { ...mine(joined) }
    if (known.state['n'] !== 30)
      await ben.until((item) => (item.data as { set?: { n?: number } }).set?.n === 30)
    await ben.fence()
    for (const { rev = 0, data } of ben.items.filter(about('stateChanged', ada))) {
      if (rev <= known.rev) continue
      const { set, cleared } = data as { set: object; cleared: boolean }
      // What another node told just before comes whole, a moment later.
      if (!cleared && !target.nodes) expect(rev).toBe(known.rev + 1)
      Object.assign(known, { rev, state: { ...(cleared ? {} : known.state), ...set } })
    }
    expect(known.state).toEqual({ n: 30 })
  })
}

function making(target: Target): void {
  const rule = rules(target)

  rule('[ACT-4] The first who joins makes it, unless that is not wanted', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer({ guest: true })]
    const board = newActivity()
    const absent = await refusal(join(ben, board, { create: false }))
    expect(absent).toMatchObject({ code: 'not_found', details: board })
    const { stateValueBytes: max } = target.limits
    const metadata = { pot: 'x'.repeat(max) }
    for (const much of [
      () => join(ada, board, { create: { metadata } }),
      async () => {
        const other = newActivity()
        await join(ada, other)
        return ada.call('activities.updateActivity', { ...other, metadata })
      },
    ])
      expect(await refusal(much())).toMatchObject({
        code: 'too_large',
        details: { limit: 'stateValueBytes', max, path: 'metadata' },
      })
    const create = { title: 'Tea', metadata: { pot: 1 }, capacity: 9 }
    expect(await join(ada, board, { create })).toMatchObject({ ...create, people: 1 })
    expect(await join(ben, board, { create: { title: 'Other' } })).toMatchObject(create)
  })

  rule('[ACT-4] Grants from the beginning stand in place of the default', async ({ peer }) => {
    const [ada, ben, eve] = [await peer(), await peer(), await peer()]
    const board = newActivity()
    const permissions = { [`user:${ben.username}`]: ['join' as const, 'view_state' as const] }
    await join(ada, board, { create: { permissions } })
    expect((await join(ben, board)).permissions).toEqual(['join', 'view_state'])
    expect(await refusal(join(eve, board))).toMatchObject({ code: 'not_found', details: board })
  })

  rule('[ACT-5] An account holds everything in what it made, a guest nothing', async ({ peer }) => {
    const [ada, guest] = [await peer(), await peer({ guest: true })]
    const all = ['join', 'lurk', 'view_state', 'set_state', 'manage', 'remove']
    expect((await join(ada, newActivity())).permissions).toEqual(all)
    const board = newActivity()
    expect((await join(guest, board)).permissions).toEqual(['join', 'view_state', 'set_state'])
    expect(await refusal(guest.call('activities.removeActivity', board))).toMatchObject({
      code: 'forbidden',
      details: { permission: 'remove' },
    })
    const create = { permissions: { world: ['manage' as const] } }
    const powerful = await refusal(join(guest, newActivity(), { create }))
    expect(powerful).toMatchObject({ code: 'forbidden', details: { permission: 'manage' } })
  })
}

function capacity(target: Target): void {
  rules(target)(
    '[ACT-6] A capacity counts people who are seen, each once',
    async ({ peer, person, connect }) => {
      const [ada, eve] = [await person(), await peer()]
      const [one, two] = [await connect(ada), await connect(ada)]
      const board = newActivity()
      await join(one, board, { create: { capacity: 1 } })
      await join(two, board)
      expect(await refusal(join(eve, board))).toMatchObject({
        code: 'limit_exceeded',
        details: { limit: 'capacity', max: 1 },
      })
      await ada.call('activities.setPermissions', {
        ...board,
        subject: 'world',
        permissions: ['lurk'],
      })
      expect(await join(eve, board, { lurk: true })).toMatchObject({ people: 1 })
      expect(await refusal(join(eve, board))).toMatchObject({ code: 'limit_exceeded' })
      for (const each of [one, two]) await each.call('activities.leaveActivity', board)
      expect(await join(eve, board)).toMatchObject({ people: 1 })
    },
  )
}

function lurking(target: Target): void {
  rules(target)(
    '[ACT-7] One who lurks is there unseen, but for those who manage',
    async ({ peer }) => {
      const [ada, ben, eve] = [await peer(), await peer(), await peer()]
      const board = newActivity()
      await join(ada, board)
      expect(await refusal(join(eve, board, { lurk: true }))).toMatchObject({
        code: 'forbidden',
        details: { permission: 'lurk' },
      })
      const grant = { ...board, subject: 'world', permissions: ['lurk' as const] }
      await ada.call('activities.setPermissions', grant)
      await join(ben, board)
      await ben.fence()
      const joined = await join(eve, board, { lurk: true, state: { colour: 'red' } })
      expect(joined).toMatchObject({ people: 2 })
      const own = joined.participants.find(({ username }) => username === eve.username)
      expect(own).toMatchObject({ lurking: true, state: {} })
      expect(await present(ada, board)).toContain(eve.connectionId)
      expect(await present(ben, board)).not.toContain(eve.connectionId)
      const silent = eve.call('activities.setState', { ...board, values: { colour: 'red' } })
      expect(await refusal(silent)).toMatchObject({
        code: 'forbidden',
        details: { reason: 'lurking' },
      })
      await ben.fence()
      expect(ben.items.filter(about('participantJoined', eve))).toEqual([])
      await join(eve, board)
      await ben.until(about('participantJoined', eve))
      await join(eve, board, { lurk: true })
      await ben.until(about('participantLeft', eve))
      await eve.call('activities.leaveActivity', board)
      await ben.fence()
      expect(ben.items.filter(about('participantLeft', eve))).toHaveLength(1)
    },
  )
}

function ending(target: Target): void {
  const rule = rules(target)

  rule('[ACT-10] An ephemeral activity ends with the last one in it', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const board = newActivity()
    await join(ada, board, { create: { ephemeral: true } })
    await ada.call('activities.setShared', { ...board, key: 'k', value: 1 })
    await join(ben, board)
    await ada.call('activities.leaveActivity', board)
    expect((await ben.call('activities.getShared', board)).items).toHaveLength(1)
    await ben.call('activities.leaveActivity', board)
    const absent = await refusal(ada.call('activities.getActivity', board))
    expect(absent).toMatchObject({ code: 'not_found', details: board })
    expect((await join(ada, board)).shared).toEqual([])
  })

  rule('[ACT-10] What ends it is not in the log of the next of its name', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const board = newActivity()
    await join(ada, board, { create: { ephemeral: true } })
    await join(ben, board)
    await ada.call('activities.leaveActivity', board)
    const right = { ...board, subject: 'world', permissions: ['join' as const] }
    await ada.call('activities.removePermissions', right)
    await ben.until(named('streams.removed', { stream: streamOf(board) }))
    expect(await refusal(ben.call('activities.getActivity', board))).toMatchObject({
      code: 'not_found',
    })
    await join(ada, board)
    const read = { stream: streamOf(board), seq: 0 }
    const { events } = await ada.call('streams.readSince', read)
    expect(events.map(({ name }) => name)).toEqual(['activities.activityRemoved'])
  })

  rule('[ACT-10] One that is removed is gone for all who are in it', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const board = newActivity()
    await join(ada, board)
    await join(ben, board)
    await ben.fence()
    await ada.call('activities.removeActivity', board)
    const stream = streamOf(board)
    for (const each of [ada, ben]) {
      await each.until(named('activities.activityRemoved'))
      await each.until(named('streams.removed', { stream, reason: 'activity_removed' }))
    }
    const late = ben.call('activities.setState', { ...board, values: { n: 1 } })
    expect(await refusal(late)).toMatchObject({ code: 'forbidden' })
    expect(await refusal(join(ben, board, { create: false }))).toMatchObject({ code: 'not_found' })
  })
}

function settings(target: Target): void {
  const rule = rules(target)

  rule('[ACT-11] What is said of an activity is changed and told', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const board = newActivity()
    await join(ada, board, { create: { title: 'Tea', capacity: 5 } })
    await join(ben, board)
    const change = { ...board, title: 'Cake', metadata: { n: 1 }, capacity: null }
    const after = await ada.call('activities.updateActivity', change)
    expect(after).toMatchObject({ title: 'Cake', metadata: { n: 1 } })
    expect(after).not.toHaveProperty('capacity')
    const told = await ben.until(named('activities.activityUpdated', { title: 'Cake' }))
    expect(told.seq).toBe(after.head)
    expect(await ada.call('activities.updateActivity', change)).toEqual(after)
    expect(await refusal(ben.call('activities.updateActivity', change))).toMatchObject({
      code: 'forbidden',
      details: { permission: 'manage' },
    })
  })

  rule('[ACT-12] The list shows the activities that one may know of', async ({ peer }) => {
    const [ada, eve] = [await peer(), await peer()]
    const type = unique('kind')
    const ids = ['a', 'b', 'c', 'd']
    for (const id of ids)
      await join(ada, { type, id }, id === 'b' ? { create: { permissions: { world: [] } } } : {})
    const list = async (caller: Actor, more: object = {}) =>
      caller.call('activities.listActivities', { type, ...more })
    expect((await list(ada)).items.map(({ id }) => id)).toEqual(ids)
    const first = await list(eve, { limit: 2 })
    expect(first.items.map(({ id, people }) => [id, people])).toEqual([
      ['a', 1],
      ['c', 1],
    ])
    const rest = await list(eve, { limit: 2, cursor: first.nextCursor })
    expect(rest.items.map(({ id }) => id)).toEqual(['d'])
    expect(rest).not.toHaveProperty('nextCursor')
    const refused = async (id: string) => {
      const error = await refusal(eve.call('activities.getActivity', { type, id }))
      expect(error.details).toEqual({ type, id })
      return { ...error, requestId: '', details: {} }
    }
    expect(await refused('b')).toEqual(await refused('z'))
  })
}
