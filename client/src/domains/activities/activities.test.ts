import { CollabError } from '@collab-kit/protocol/runtime'
import { describe, expect, it } from 'vitest'
import type { CollabClient } from '../../client.ts'
import { boardOf, statesOf } from '../../testing/activity-scene.ts'
import { createWorld, type World } from '../../testing/harness.ts'
import type { Script } from '../../testing/script.ts'
import type { ActivityOptions } from './handle.ts'
import { selectParticipants, selectPeople } from './selectors.ts'

const withBen: Script = {
  activities: [{ type: 'board', id: '1', participants: [{ username: 'ben', state: { at: 1 } }] }],
}
const BEN = 'connection-of-ben'

const board = (client: CollabClient) => client.activity('board', '1')
const scene = ({ service }: World) => service.activity('board', '1')
const inputs = ({ service }: World, name: string) =>
  service.calls.flatMap(({ operation, input }) => (operation === name ? [input] : []))

/** A client that is in the activity. */
async function joined(world: World, options?: ActivityOptions, token = 'token:ann') {
  const client = world.client({ token })
  const end = board(client).open(options)
  await world.clock.until(() => boardOf(client).status === 'joined')
  return { client, end, activity: board(client) }
}

describe('an activity that is opened', () => {
  it('is joined, with everybody in it and oneself', async () => {
    using world = createWorld(withBen)
    const client = world.client()
    const seen: string[] = []
    client.store.subscribe(() => seen.push(boardOf(client).status))
    board(client).open({ state: { at: 2 } })
    await world.clock.until(() => boardOf(client).status === 'joined')
    expect(seen[0]).toBe('joining')
    expect(statesOf(client)).toEqual({ ben: { at: 1 }, ann: { at: 2 } })
    const { connection } = client.store.getState()
    expect(boardOf(client).participants[connection.connectionId ?? '']).toMatchObject({
      username: 'ann',
      local: true,
    })
    expect(boardOf(client).activity).toMatchObject({ people: 2 })
  })

  it('is left by the service with the last one who has it open here', async () => {
    using world = createWorld(withBen)
    const { client, end } = await joined(world)
    const other = board(client).open()
    end()
    end()
    await world.clock.advance(100)
    expect(world.called('activities.leaveActivity')).toEqual([])
    other()
    await world.clock.advance(100)
    expect(world.called('activities.leaveActivity')).toHaveLength(1)
    expect(boardOf(client)).toMatchObject({ status: 'idle', participants: {} })
    expect(scene(world).participants.map(({ username }) => username)).toEqual(['ben'])
  })

  it('shows who comes and goes, folded by person', async () => {
    using world = createWorld(withBen)
    const { client } = await joined(world)
    scene(world).join({ username: 'ben', connectionId: 'ben-2' })
    scene(world).join({ username: 'cat' })
    await world.clock.until(() => Object.keys(boardOf(client).participants).length === 4)
    const state = client.store.getState()
    expect(
      selectPeople(state, 'board', '1').map(({ username, connections, local }) => [
        username,
        connections.length,
        local,
      ]),
    ).toEqual([
      ['ben', 2, false],
      ['ann', 1, true],
      ['cat', 1, false],
    ])
    expect(selectParticipants(state, 'board', '1')).toBe(selectParticipants(state, 'board', '1'))
    scene(world).leave(BEN)
    scene(world).leave('ben-2')
    await world.clock.until(() => statesOf(client)['ben'] === undefined)
    expect(boardOf(client).activity?.people).toBe(2)
  })

  it('is joined on each connection in place of the last, without a moment of nobody', async () => {
    using world = createWorld(withBen)
    const { client, activity } = await joined(world, { state: { at: 1 } })
    const first = client.store.getState().connection.connectionId
    activity.setState({ color: 'red' })
    await world.clock.advance(100)
    const seen = new Set<number>()
    client.store.subscribe(() => seen.add(Object.keys(boardOf(client).participants).length))
    world.service.drop()
    activity.setState({ at: 7 })
    await world.clock.until(() => world.called('activities.joinActivity').length === 2)
    await world.clock.until(() => boardOf(client).status === 'joined')
    expect(inputs(world, 'activities.joinActivity').at(-1)).toMatchObject({
      replaces: first,
      state: { at: 7, color: 'red' },
    })
    expect([...seen]).toEqual([2])
    expect(statesOf(client)).toEqual({ ben: { at: 1 }, ann: { at: 7, color: 'red' } })
    expect(scene(world).participants).toHaveLength(2)
  })

  it('is lurked in as long as nobody who opened it here wants to be seen', async () => {
    using world = createWorld(withBen)
    const { client } = await joined(world, { lurk: true })
    board(client).open()
    board(client).open({ lurk: false })
    await world.clock.until(() => world.called('activities.joinActivity').length === 2)
    expect(
      inputs(world, 'activities.joinActivity').map((input) => (input as { lurk: boolean }).lurk),
    ).toEqual([true, false])
  })

  it('is joined as all want it who open it in the same moment', async () => {
    using world = createWorld(withBen)
    const { client } = await joined(world)
    client.activity('board', 'new').open()
    client.activity('board', 'new').open({ create: false })
    await world.clock.until(() => world.called('activities.joinActivity').length === 2)
    expect(inputs(world, 'activities.joinActivity').at(-1)).toMatchObject({ create: false })
  })

  it('is kept up to date: its title, and what one may do', async () => {
    using world = createWorld(withBen)
    const { client } = await joined(world)
    scene(world).update({ title: 'Ours' })
    await world.clock.until(() => boardOf(client).activity?.title === 'Ours')
    scene(world).permit(['join', 'view_state'])
    await world.clock.until(() => boardOf(client).activity?.permissions.length === 2)
  })
})

describe('being put out', () => {
  it('is said with its reason, until one comes back', async () => {
    using world = createWorld(withBen)
    const { client, activity } = await joined(world)
    scene(world).remove({ username: 'ann' }, { reason: 'Enough.' })
    await world.clock.until(() => boardOf(client).status === 'removed')
    expect(boardOf(client)).toMatchObject({
      reason: 'Enough.',
      permission: false,
      participants: {},
    })
    world.service.drop()
    await world.clock.until(() => client.status === 'live')
    expect(boardOf(client).status).toBe('removed')
    activity.rejoin()
    expect(boardOf(client).status).toBe('joining')
    await world.clock.until(() => boardOf(client).status === 'joined')
    expect(boardOf(client).reason).toBeUndefined()
  })

  it('concerns one connection where one is named', async () => {
    using world = createWorld(withBen)
    const { client } = await joined(world)
    scene(world).join({ username: 'ann', connectionId: 'ann-2' })
    scene(world).remove({ username: 'ann', connectionId: 'ann-2' })
    scene(world).remove({ username: 'ben' }, { permission: true })
    await world.clock.until(() => statesOf(client)['ben'] === undefined)
    expect(boardOf(client).status).toBe('joined')
  })

  it('by the loss of a right says so', async () => {
    using world = createWorld(withBen)
    const { client } = await joined(world)
    const stream = 'activity:board/1'
    world.service.push('streams.removed', { stream, reason: 'permission' })
    await world.clock.until(() => boardOf(client).status === 'removed')
    expect(boardOf(client).permission).toBe(true)
  })

  it('by the loss of a right has no words of anybody', async () => {
    using world = createWorld(withBen)
    const { client } = await joined(world)
    scene(world).remove({ username: 'ann' }, { permission: true })
    await world.clock.until(() => boardOf(client).status === 'removed')
    expect(boardOf(client)).toMatchObject({ permission: true })
    expect(boardOf(client).reason).toBeUndefined()
  })

  it('by one connection that lurked concerns nobody else', async () => {
    using world = createWorld(withBen)
    const { client } = await joined(world)
    const of = { type: 'board', id: '1', permission: false }
    const told = { stream: 'activity:board/1' }
    world.service.push('activities.participantRemoved', { ...of, connectionId: 'c-9' }, told)
    world.service.push('activities.participantRemoved', { ...of, connectionId: BEN }, told)
    await world.clock.until(() => statesOf(client)['ben'] === undefined)
    expect(boardOf(client).status).toBe('joined')
    const { connectionId = '' } = client.store.getState().connection
    world.service.push('activities.participantRemoved', { ...of, connectionId }, told)
    await world.clock.until(() => boardOf(client).status === 'removed')
  })

  it('by a service that took this connection for gone is no wish of anybody: it is joined again', async () => {
    using world = createWorld(withBen)
    const { client, activity } = await joined(world, { state: { at: 1 } })
    const own = client.store.getState().connection.connectionId ?? ''
    const seen = new Set<string>()
    client.store.subscribe(() => seen.add(boardOf(client).status))
    scene(world).leave(own)
    world.service.push('streams.removed', { stream: 'activity:board/1', reason: 'left' })
    activity.setState({ at: 2 })
    await world.clock.until(() => world.called('activities.joinActivity').length === 2)
    await world.clock.until(() => boardOf(client).status === 'joined')
    expect([...seen]).toEqual(['joining', 'joined'])
    expect(scene(world).participants.map(({ username }) => username)).toEqual(['ben', 'ann'])
    scene(world).setState(BEN, { set: { at: 7 } })
    await world.clock.until(() => boardOf(client).participants[BEN]?.state['at'] === 7)
    expect(statesOf(client)).toEqual({ ben: { at: 7 }, ann: { at: 2 } })
  })

  it('is the end when the activity is gone', async () => {
    using world = createWorld(withBen)
    const { client } = await joined(world)
    scene(world).end()
    await world.clock.until(() => boardOf(client).status === 'ended')
  })
})

describe('an activity that cannot be joined', () => {
  it('is refused with the reason', async () => {
    using world = createWorld()
    const client = world.client()
    board(client).open({ create: false })
    await world.clock.until(() => boardOf(client).status === 'refused')
    expect(boardOf(client).error).toMatchObject({ code: 'not_found' })
  })

  it('is joined as soon as there is room', async () => {
    using world = createWorld({
      activities: [{ type: 'board', id: '1', capacity: 1, participants: [{ username: 'ben' }] }],
    })
    const client = world.client()
    board(client).open()
    await world.clock.until(() => boardOf(client).status === 'full')
    await world.clock.advance(20_000)
    expect(boardOf(client).status).toBe('full')
    scene(world).leave(BEN)
    await world.clock.until(() => boardOf(client).status === 'joined')
  })

  it('is tried again after what passes', async () => {
    using world = createWorld(withBen)
    let asked = 0
    world.service.answer('activities.joinActivity', (_input, _caller, usual) => {
      if (asked++ < 3) throw new CollabError('unavailable')
      return usual()
    })
    await joined(world)
    expect(asked).toBe(4)
  })
})

describe('what one shows of oneself', () => {
  it('is seen here at once, and told as one at most every 50 ms', async () => {
    using world = createWorld(withBen)
    const { client, activity } = await joined(world)
    for (let at = 0; at < 100; at++) {
      activity.setState({ at })
      await world.clock.advance(5)
    }
    expect(statesOf(client)['ann']).toEqual({ at: 99 })
    await world.clock.advance(100)
    const told = inputs(world, 'activities.setState') as { values: { at: number } }[]
    expect(told.length).toBeLessThanOrEqual(11)
    expect(told.length).toBeGreaterThan(8)
    expect(told.at(-1)?.values).toEqual({ at: 99 })
  })

  it('is set, removed and cleared in the end as it is here', async () => {
    using world = createWorld(withBen)
    const { client, activity } = await joined(world, { state: { a: 1, b: 1 } })
    activity.removeState(['a'])
    activity.setState({ c: 1 })
    await world.clock.advance(100)
    const there = () => scene(world).participants.find(({ username }) => username === 'ann')?.state
    expect(there()).toEqual({ b: 1, c: 1 })
    activity.clearState()
    activity.setState({ d: 1 })
    await world.clock.advance(100)
    expect(there()).toEqual({ d: 1 })
    expect(statesOf(client)['ann']).toEqual({ d: 1 })
  })

  it('is taken back when it is refused, and told again when it is only late', async () => {
    using world = createWorld(withBen)
    const { client, activity } = await joined(world, { state: { a: 1 } })
    const errors: string[] = []
    client.on('error', ({ code }) => errors.push(code))
    let refusal: CollabError | undefined = new CollabError('forbidden')
    world.service.answer('activities.setState', (_input, _caller, usual) => {
      if (refusal) throw refusal
      return usual()
    })
    activity.setState({ a: 2 })
    await world.clock.until(() => errors.length > 0)
    expect(errors).toEqual(['forbidden'])
    await world.clock.advance(50)
    expect(statesOf(client)['ann']).toEqual({ a: 1 })
    refusal = new CollabError('rate_limited', { retryAfterMs: 1_000 })
    activity.setState({ a: 3 })
    await world.clock.advance(500)
    refusal = undefined
    await world.clock.advance(2_000)
    expect(scene(world).participants.at(-1)?.state).toEqual({ a: 3 })
    expect(errors).toEqual(['forbidden'])
  })
})

describe('somebody who is blocked', () => {
  const told = { stream: 'user:ann' }

  it('is not shown as one who is here, and is again when that has ended', async () => {
    using world = createWorld(withBen)
    const { client, activity } = await joined(world)
    activity.follow(BEN)
    world.service.push('users.blockedChanged', { username: 'ben', blocked: true }, told)
    await world.clock.until(() => statesOf(client)['ben'] === undefined)
    expect(boardOf(client).activity?.people).toBe(1)
    expect(boardOf(client).following).toBeUndefined()
    world.service.push('users.blockedChanged', { username: 'ben', blocked: false }, told)
    await world.clock.until(() => boardOf(client).participants[BEN] !== undefined)
    expect(boardOf(client).activity?.people).toBe(2)
  })
})

describe('what others show of themselves', () => {
  it('follows their events, and changes nothing else', async () => {
    using world = createWorld(withBen)
    const { client } = await joined(world)
    const own = client.store.getState().connection.connectionId ?? ''
    const before = boardOf(client).participants[own]
    scene(world).setState(BEN, { set: { at: 2, x: 1 } })
    scene(world).setState(BEN, { removed: ['x'] })
    await world.clock.until(() => boardOf(client).participants[BEN]?.rev === 3)
    expect(statesOf(client)['ben']).toEqual({ at: 2 })
    expect(boardOf(client).participants[own]).toBe(before)
    await world.clock.advance(5_000)
    expect(world.called('activities.listParticipants')).toEqual([])
  })

  it('is read again, once and not at once, when something of it was missed', async () => {
    using world = createWorld(withBen)
    const { client } = await joined(world)
    const miss = (rev: number) => {
      const name = { type: 'board', id: '1', username: 'ben', connectionId: BEN }
      const change = { cleared: false, removed: [], set: { at: rev }, old: {} }
      world.service.push(
        'activities.stateChanged',
        { ...name, rev, ...change },
        { stream: 'activity:board/1', durable: false },
      )
    }
    miss(4)
    miss(6)
    await world.clock.advance(1_000)
    expect(statesOf(client)['ben']).toEqual({ at: 6 })
    expect(world.called('activities.listParticipants')).toEqual([])
    world.service.answer('activities.listParticipants', () => ({
      items: scene(world).participants.map((each) =>
        each.connectionId === BEN ? { ...each, rev: 6, state: { at: 6, missed: true } } : each,
      ),
    }))
    await world.clock.advance(10_000)
    expect(statesOf(client)['ben']).toEqual({ at: 6, missed: true })
    expect(world.called('activities.listParticipants')).toHaveLength(1)
  })

  it('is broadcast to whoever listens to this activity', async () => {
    using world = createWorld(withBen)
    const { activity } = await joined(world)
    const heard: unknown[] = []
    const end = activity.onBroadcast(({ data }) =>
      heard.push([data.username, data.event, data.data]),
    )
    activity.broadcast('wave', { hand: 'left' })
    await world.clock.advance(50)
    scene(world).broadcast(BEN, 'nod')
    world.service.activity('board', '2').broadcast(BEN, 'elsewhere')
    await world.clock.advance(50)
    end()
    scene(world).broadcast(BEN, 'late')
    await world.clock.advance(50)
    expect(heard).toEqual([
      ['ann', 'wave', { hand: 'left' }],
      ['ben', 'nod', undefined],
    ])
  })
})

describe('following', () => {
  it('goes on with another connection of the person, and ends without one', async () => {
    using world = createWorld(withBen)
    const { client, activity } = await joined(world)
    activity.follow('nobody')
    expect(boardOf(client).following).toBeUndefined()
    activity.follow(BEN)
    expect(boardOf(client).following).toBe(BEN)
    scene(world).join({ username: 'ben', connectionId: 'ben-2' })
    scene(world).leave(BEN)
    await world.clock.until(() => boardOf(client).following === 'ben-2')
    await world.clock.advance(200)
    expect(scene(world).participants.find(({ username }) => username === 'ann')?.state).toEqual({
      following: 'ben-2',
    })
    scene(world).leave('ben-2')
    await world.clock.until(() => boardOf(client).following === undefined)
    await world.clock.advance(200)
    expect(statesOf(client)['ann']).toEqual({})
  })

  it('goes on when the other one is on a new connection', async () => {
    using world = createWorld()
    const { client: ann, activity } = await joined(world)
    const { client: ben } = await joined(world, {}, 'token:ben')
    const first = ben.store.getState().connection.connectionId ?? ''
    await world.clock.until(() => boardOf(ann).participants[first] !== undefined)
    activity.follow(first)
    world.service.drop()
    await world.clock.until(() => {
      const { connectionId } = ben.store.getState().connection
      return connectionId !== first && boardOf(ann).following === connectionId
    })
  })
})
