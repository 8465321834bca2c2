import { describe, expect, it } from 'vitest'
import type { CollabClient } from '../../client.ts'
import { memoryStorage } from '../../storage/memory.ts'
import { boardOf, sharedOf, statesOf } from '../../testing/activity-scene.ts'
import { createWorld, type World } from '../../testing/harness.ts'
import type { Script } from '../../testing/script.ts'

const withBen: Script = {
  activities: [{ type: 'board', id: '1', participants: [{ username: 'ben' }] }],
}
const BEN = 'connection-of-ben'

const board = (client: CollabClient) => client.activity('board', '1')
const scene = ({ service }: World) => service.activity('board', '1')
const joined = (world: World, client: CollabClient) =>
  world.clock.until(() => boardOf(client).status === 'joined')
const ownOf = (world: World, username = 'ann') =>
  scene(world).participants.find((each) => each.username === username)

describe('what is shown from the start', () => {
  it('is shown by the next person of the page as well, of all who have it open', async () => {
    using world = createWorld(withBen)
    const client = world.client({ account: 'own', storage: memoryStorage() })
    const signIn = (username: string) => client.auth.signIn({ username, password: 'secret' })
    await signIn('ann')
    const first = board(client).open({ state: { tool: 'pen', ink: 'red' } })
    board(client).open({ state: { ink: 'blue' } })
    await joined(world, client)
    board(client).setState({ typed: 'by ann' })
    await world.clock.advance(100)
    first()
    await signIn('cleo')
    await joined(world, client)
    expect(ownOf(world, 'cleo')?.state).toEqual({ tool: 'pen', ink: 'blue' })
    expect(statesOf(client)['cleo']).toEqual({ tool: 'pen', ink: 'blue' })
  })

  it('is forgotten with the last who had it open', async () => {
    using world = createWorld(withBen)
    const client = world.client()
    const end = board(client).open({ state: { tool: 'pen' } })
    await joined(world, client)
    end()
    board(client).open()
    await joined(world, client)
    expect(ownOf(world)?.state).toEqual({})
  })
})

describe('whether one is seen', () => {
  it('is as whoever opens it says, also a moment after the last has closed it', async () => {
    using world = createWorld(withBen)
    const client = world.client({ releaseDelayMs: 3_000 })
    const end = board(client).open({ lurk: true })
    await joined(world, client)
    expect(ownOf(world)?.lurking).toBe(true)
    end()
    await world.clock.advance(1_000)
    board(client).open()
    await world.clock.until(() => ownOf(world)?.lurking === false)
  })

  it('is as whoever opened it last says, also while it was being joined', async () => {
    using world = createWorld(withBen)
    const client = world.client()
    client.connect()
    await world.clock.until(() => client.status === 'live')
    board(client).open({ lurk: true })
    const end = world.service.answer('activities.joinActivity', async (_input, _caller, usual) => {
      const answer = await usual()
      end()
      board(client).open({ lurk: false })
      return answer
    })
    await world.clock.until(() => ownOf(world)?.lurking === false)
  })
})

describe('one who is put out while following', () => {
  it('follows nobody when they are back', async () => {
    using world = createWorld(withBen)
    const client = world.client()
    board(client).open({ state: { tool: 'pen' } })
    await joined(world, client)
    board(client).follow(BEN)
    await world.clock.until(() => ownOf(world)?.state['following'] === BEN)
    scene(world).remove({ username: 'ann' })
    await world.clock.until(() => boardOf(client).status === 'removed')
    board(client).rejoin()
    await joined(world, client)
    expect(ownOf(world)?.state).toEqual({ tool: 'pen' })
    expect(boardOf(client).following).toBeUndefined()
  })
})

describe('what was changed and not taken', () => {
  it('is sent once the same person is back on this page', async () => {
    using world = createWorld(withBen)
    const client = world.client({ account: 'own', storage: memoryStorage() })
    const signIn = (username: string) => client.auth.signIn({ username, password: 'secret' })
    await signIn('ann')
    board(client).open()
    await joined(world, client)
    world.service.answer('activities.setShared', (_input, { username }, usual) =>
      username === 'ann' && !isBack ? new Promise(() => {}) : usual(),
    )
    let isBack = false
    board(client).setShared('title', 'of ann')
    board(client).setShared('toString', 'of ann')
    await world.clock.advance(100)
    await signIn('cleo')
    await joined(world, client)
    await world.clock.advance(100)
    expect(sharedOf(client)).toEqual({})
    isBack = true
    await signIn('ann')
    await world.clock.until(() => scene(world).shared.get('title')?.value === 'of ann')
    await world.clock.until(() => scene(world).shared.get('toString')?.value === 'of ann')
  })
})
