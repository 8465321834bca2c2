import type { StateValues } from '@collab-kit/protocol'
import { expect } from 'vitest'
import { about, idsOf, join, newActivity, untilAnswer, type ActivityName } from './activity-acts.ts'
import type { Actor } from './acts.ts'
import { unique } from './connect.ts'
import { named, refusal, rules } from './rule.ts'
import type { Peer, Target } from './target.ts'

const sets = (caller: Actor, activity: ActivityName, values: StateValues) =>
  caller.call('activities.setState', { ...activity, values })

/** The states told of a connection. */
const told = (reader: Peer, of: Peer) => reader.items.filter(about('stateChanged', of))

/** What participants show of themselves. */
export function activityLivesRules(target: Target): void {
  showing(target)
  together(target)
  order(target)
  broadcasts(target)
  blocks(target)
  sizes(target)
}

function showing(target: Target): void {
  rules(target)(
    '[ACT-13] What a participant shows is told with what was there before',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const board = newActivity()
      await join(ada, board, { state: { a: 1, b: 2 } })
      await join(ben, board)
      await ben.fence()
      const next = async (rev: number) =>
        (await ben.until((item) => about('stateChanged', ada)(item) && item.rev === rev)).data
      await sets(ada, board, { a: 3, c: null })
      const of = { ...board, connectionId: ada.connectionId, username: ada.username }
      const kept = { cleared: false, removed: [], set: {}, old: {} }
      expect(await next(2)).toEqual({
        ...of,
        ...kept,
        rev: 2,
        set: { a: 3, c: null },
        old: { a: 1 },
      })
      await ada.call('activities.removeState', { ...board, keys: ['b', 'none'] })
      expect(await next(3)).toEqual({ ...of, ...kept, rev: 3, removed: ['b'], old: { b: 2 } })
      const shown = await untilAnswer(
        () => ben.call('activities.getState', { ...board, key: 'a' }),
        ({ items }) => items.some(({ rev }) => rev === 3),
      )
      const own = shown.items.find(({ connectionId }) => connectionId === ada.connectionId)
      expect(own).toMatchObject({ state: { a: 3 } })
      const first = await ben.call('activities.getState', { ...board, limit: 1 })
      expect(first.items).toHaveLength(1)
      const { nextCursor: cursor } = first
      const second = await ben.call('activities.getState', { ...board, limit: 1, cursor })
      expect(second).not.toHaveProperty('nextCursor')
      const ids = [...first.items, ...second.items].map(({ connectionId }) => connectionId)
      expect(ids.sort()).toEqual(idsOf(ada, ben))
      await ada.call('activities.clearState', board)
      expect(await next(4)).toEqual({
        ...of,
        ...kept,
        rev: 4,
        cleared: true,
        old: { a: 3, c: null },
      })
      expect(told(ben, ada)[0]).not.toHaveProperty('seq')
    },
  )
}

function together(target: Target): void {
  rules(target)('[ACT-14] Changes within a moment come as one, the latest wins', async (stage) => {
    const [ada, ben] = [await stage.peer(), await stage.peer()]
    const board = newActivity()
    await join(ada, board)
    await join(ben, board)
    await ben.fence()
    const moves = Array.from({ length: 40 }, (_, n) => sets(ada, board, { n, [`k${n % 3}`]: n }))
    await Promise.all(moves)
    await ben.until((item) => (item.data as { set?: { n?: number } }).set?.n === 39)
    const events = told(ben, ada)
    expect(events.length).toBeLessThan(40)
    expect(events.map(({ rev }) => rev)).toEqual(events.map((_, index) => index + 2))
    const state = Object.assign({}, ...events.map(({ data }) => (data as { set: object }).set))
    expect(state).toEqual({ n: 39, k0: 39, k1: 37, k2: 38 })
  })
}

function order(target: Target): void {
  const rule = rules(target)

  rule('[ACT-15] What is set right behind a joining is set', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const board = newActivity()
    await join(ben, board)
    await ben.fence()
    if (target.transport === 'socket')
      await Promise.all([join(ada, board), sets(ada, board, { early: true })])
    else await join(ada, board).then(() => sets(ada, board, { early: true }))
    await ben.until(about('stateChanged', ada))
  })

  rule('[ACT-15] Showing something is for those inside who may', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const board = newActivity()
    const outside = { code: 'forbidden', details: { reason: 'not_in_activity' } }
    expect(await refusal(sets(ben, board, { n: 1 }))).toMatchObject(outside)
    await join(ada, board)
    expect(await refusal(sets(ben, board, { n: 1 }))).toMatchObject(outside)
    await join(ben, board)
    const grant = { ...board, subject: 'world', permissions: ['set_state' as const] }
    await ada.call('activities.removePermissions', grant)
    await ben.until(named('activities.permissionsChanged', { subject: 'world' }))
    const attempts = [
      () => sets(ben, board, { n: 1 }),
      () => ben.call('activities.removeState', { ...board, keys: ['n'] }),
      () => ben.call('activities.clearState', board),
      () => ben.call('activities.broadcast', { ...board, event: 'wave' }),
    ]
    for (const attempt of attempts) {
      expect(await refusal(attempt())).toMatchObject({
        code: 'forbidden',
        details: { permission: 'set_state' },
      })
    }
    await ada.call('activities.setPermissions', grant)
    await ben.until((item) => (item.data as { permissions?: string[] }).permissions?.length === 3)
    await sets(ben, board, { n: 1 })
    await ada.until(about('stateChanged', ben))
  })
}

function broadcasts(target: Target): void {
  rules(target)('[ACT-16] A broadcast reaches those who are in and is not kept', async (stage) => {
    const [ada, ben] = [await stage.peer(), await stage.peer()]
    const board = newActivity()
    await join(ada, board)
    await join(ben, board)
    await ben.fence()
    await ada.call('activities.broadcast', { ...board, event: 'wave', data: { n: 1 } })
    const heard = await ben.until(named('activities.broadcastSent', { event: 'wave' }))
    expect(heard).toMatchObject({
      data: { connectionId: ada.connectionId, username: ada.username, data: { n: 1 } },
    })
    expect(heard).not.toHaveProperty('seq')
    expect((await ben.call('activities.getActivity', board)).head).toBe(0)
  })
}

function blocks(target: Target): void {
  rules(target)(
    '[ACT-17] Nothing of a blocked person comes to the one who blocked them',
    async ({ peer }) => {
      const [ada, ben, eve] = [await peer(), await peer(), await peer()]
      const board = { ...newActivity(), type: unique('kind') }
      await ada.call('users.blockUser', { username: eve.username })
      await join(eve, board, { state: { rude: true } })
      const joined = await join(ada, board)
      await join(ben, board)
      expect(joined.participants.map(({ username }) => username)).toEqual([ada.username])
      for (const { items } of [
        await ada.call('activities.getState', board),
        await ada.call('activities.listParticipants', board),
      ])
        expect(items.map(({ username }) => username)).not.toContain(eve.username)
      await ben.fence()
      expect(await ada.call('activities.getActivity', board)).toMatchObject({ people: 2 })
      expect(await ben.call('activities.getActivity', board)).toMatchObject({ people: 3 })
      const listed = await ada.call('activities.listActivities', { type: board.type })
      expect(listed.items).toMatchObject([{ people: 2 }])
      await sets(eve, board, { rude: 2 })
      await eve.call('activities.broadcast', { ...board, event: 'boo' })
      await ben.until(named('activities.broadcastSent', { event: 'boo' }))
      await ada.fence()
      expect(ada.items.filter(about('stateChanged', eve))).toEqual([])
      expect(ada.items.filter(named('activities.broadcastSent'))).toEqual([])
      await eve.call('activities.leaveActivity', board)
      const left = await ben.until(about('participantLeft', eve))
      expect(left).not.toHaveProperty('actor')
      await ada.fence()
      expect(ada.items.filter(about('participantLeft', eve))).toEqual([])
    },
  )
}

function sizes(target: Target): void {
  rules(target)('[ACT-18] What one shows is bounded, each bound by its name', async ({ peer }) => {
    const ada = await peer()
    const board = newActivity()
    await join(ada, board)
    const { stateKeys, stateValueBytes, stateBytes } = target.limits
    const large = 'x'.repeat(stateValueBytes - 2)
    await sets(ada, board, { large })
    expect(await refusal(sets(ada, board, { large: `${large}x` }))).toMatchObject({
      code: 'too_large',
      details: { limit: 'stateValueBytes', max: stateValueBytes, size: stateValueBytes + 1 },
    })
    for (const n of [1, 2]) await sets(ada, board, { [`large${n}`]: large })
    expect(await refusal(sets(ada, board, { large3: large }))).toMatchObject({
      code: 'limit_exceeded',
      details: { limit: 'stateBytes', max: stateBytes / 16 },
    })
    await ada.call('activities.clearState', board)
    const keys = (from: number, to: number) =>
      Object.fromEntries(Array.from({ length: to - from }, (_, n) => [`k${from + n}`, 1]))
    for (let from = 0; from < stateKeys; from += 128)
      await sets(ada, board, keys(from, Math.min(from + 128, stateKeys)))
    expect(await refusal(sets(ada, board, { more: 1 }))).toMatchObject({
      code: 'limit_exceeded',
      details: { limit: 'stateKeys', max: stateKeys },
    })
  })
}
