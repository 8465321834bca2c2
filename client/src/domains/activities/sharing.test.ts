import { CollabError } from '@collab-kit/protocol/runtime'
import { describe, expect, it } from 'vitest'
import { memoryStorage } from '../../storage/memory.ts'
import { boardOf, sharedOf } from '../../testing/activity-scene.ts'
import { createWorld, type World } from '../../testing/harness.ts'
import type { Script } from '../../testing/script.ts'
import type { ClientOptions } from '../../options.ts'
import type { ActivityOptions } from './handle.ts'

const withTitle: Script = { activities: [{ type: 'board', id: '1', shared: { title: 'old' } }] }

const scene = ({ service }: World) => service.activity('board', '1')
const there = (world: World) =>
  Object.fromEntries([...scene(world).shared].map(([key, { value }]) => [key, value]))

async function joined(
  world: World,
  options?: ActivityOptions,
  given: Partial<ClientOptions> = { token: 'token:ann' },
) {
  const client = world.client(given)
  const activity = client.activity('board', '1')
  const end = activity.open(options)
  await world.clock.until(() => boardOf(client).status === 'joined')
  return { client, activity, end }
}

describe('the shared state', () => {
  it('is set here at once, then there, and seen by all', async () => {
    using world = createWorld(withTitle)
    const { client: ann, activity } = await joined(world)
    const { client: ben } = await joined(world, {}, { token: 'token:ben' })
    activity.setShared('title', 'new')
    activity.setShared('more', { deep: [1] })
    expect(sharedOf(ann)).toEqual({ title: ['new'], more: [{ deep: [1] }] })
    await world.clock.until(() => sharedOf(ben)['title'] === 'new')
    expect(boardOf(ben).shared['title']).toMatchObject({ by: 'ann' })
    expect(sharedOf(ann)).toEqual({ title: 'new', more: { deep: [1] } })
    activity.removeShared('more')
    expect(sharedOf(ann)).toEqual({ title: 'new' })
    await world.clock.until(() => !('more' in sharedOf(ben)))
    activity.clearShared()
    activity.setShared('after', 1)
    expect(sharedOf(ann)).toEqual({ after: [1] })
    await world.clock.until(() => sharedOf(ben)['after'] === 1 && sharedOf(ann)['after'] === 1)
    expect(sharedOf(ben)).toEqual({ after: 1 })
  })

  it('is sent by one call at a time for each key, the newest last', async () => {
    using world = createWorld(withTitle)
    const { client, activity } = await joined(world)
    for (let at = 1; at <= 50; at++) activity.setShared('title', at)
    await world.clock.until(() => sharedOf(client)['title'] === 50)
    const sent = world.service.calls.flatMap(({ operation, input }) =>
      operation === 'activities.setShared' ? [(input as { value: number }).value] : [],
    )
    expect(sent).toEqual([1, 50])
    expect(boardOf(client).conflicts).toEqual({})
  })

  it('waits for a connection, and is shown meanwhile', async () => {
    using world = createWorld(withTitle)
    const { client, activity } = await joined(world)
    world.service.refuse()
    world.service.drop()
    await world.clock.until(() => client.status === 'reconnecting')
    activity.setShared('title', 'away')
    await world.clock.advance(60_000)
    expect(sharedOf(client)).toEqual({ title: ['away'] })
    world.service.accept()
    await world.clock.until(() => sharedOf(client)['title'] === 'away')
    expect(there(world)).toEqual({ title: 'away' })
  })

  it('takes effect once when the answer was lost', async () => {
    using world = createWorld(withTitle)
    const { client, activity } = await joined(world)
    const ids: unknown[] = []
    world.service.answer('activities.setShared', async (input, _caller, usual) => {
      ids.push(input.commandId)
      if (ids.length > 1) return usual()
      const answer = await usual()
      world.service.drop()
      return answer
    })
    activity.setShared('title', 'once')
    await world.clock.until(() => sharedOf(client)['title'] === 'once')
    expect(ids).toHaveLength(2)
    expect(ids[0]).toBe(ids[1])
    expect(boardOf(client).conflicts).toEqual({})
  })

  it('is taken back when it is refused', async () => {
    using world = createWorld(withTitle)
    const { client, activity } = await joined(world)
    const errors: string[] = []
    client.on('error', ({ code }) => errors.push(code))
    world.service.answer('activities.setShared', () => {
      throw new CollabError('too_large', { details: { limit: 'stateValueBytes' } })
    })
    activity.setShared('title', 'huge')
    expect(sharedOf(client)).toEqual({ title: ['huge'] })
    await world.clock.until(() => errors.length > 0)
    await world.clock.advance(50)
    expect([errors, sharedOf(client)]).toEqual([['too_large'], { title: 'old' }])
  })

  it('is not even sent where it would end the connection', async () => {
    using world = createWorld(withTitle)
    const { client, activity } = await joined(world)
    const sent: unknown[] = []
    world.service.answer('activities.setShared', (input) => {
      sent.push(input)
      throw new CollabError('internal')
    })
    activity.setShared('title', 'x'.repeat(200_000))
    await world.clock.until(() => boardOf(client).refused['title'] !== undefined)
    expect(boardOf(client).refused['title']).toMatchObject({
      code: 'too_large',
      details: { limit: 'frameBytes' },
    })
    expect([sent, sharedOf(client), client.status]).toEqual([[], { title: 'old' }, 'live'])
  })

  it('says why it was refused until it is changed again, here or elsewhere', async () => {
    using world = createWorld(withTitle)
    const { client, activity } = await joined(world)
    const end = world.service.answer('activities.setShared', () => {
      throw new CollabError('too_large', { details: { limit: 'stateValueBytes' } })
    })
    const refused = () => boardOf(client).refused
    activity.setShared('title', 'huge')
    activity.setShared('other', 'huge')
    await world.clock.until(() => Object.keys(refused()).length === 2)
    expect(refused()['title']).toMatchObject({
      code: 'too_large',
      details: { limit: 'stateValueBytes' },
    })
    end()
    activity.setShared('title', 'short')
    expect(Object.keys(refused())).toEqual(['other'])
    await world.clock.until(() => sharedOf(client)['title'] === 'short')
    scene(world).setShared('other', 'theirs', 'ben')
    await world.clock.until(() => sharedOf(client)['other'] === 'theirs')
    expect(refused()).toEqual({})
  })

  it('is sent after what passes', async () => {
    using world = createWorld(withTitle)
    const { client, activity } = await joined(world)
    let asked = 0
    world.service.answer('activities.setShared', (_input, _caller, usual) => {
      if (asked++ < 2) throw new CollabError('rate_limited', { retryAfterMs: 700 })
      return usual()
    })
    activity.setShared('title', 'late')
    await world.clock.until(() => sharedOf(client)['title'] === 'late')
    expect(asked).toBe(3)
  })

  it('that was changed last is still sent when the activity is closed', async () => {
    using world = createWorld(withTitle)
    const { activity, end } = await joined(world)
    activity.setShared('title', 1)
    activity.setShared('title', 2)
    end()
    await world.clock.until(() => there(world)['title'] === 2)
  })

  it('survives a reload of the page', async () => {
    using world = createWorld(withTitle)
    const storage = memoryStorage()
    const before = await joined(world, {}, { token: 'token:ann', storage })
    world.service.refuse()
    world.service.drop()
    before.activity.setShared('title', 'kept')
    before.activity.removeShared('nothing')
    await world.clock.advance(100)
    before.client.close()
    world.service.accept()
    const { client } = await joined(world, {}, { token: 'token:ann', storage })
    await world.clock.until(() => sharedOf(client)['title'] === 'kept')
    expect(there(world)).toEqual({ title: 'kept' })
    await world.clock.advance(100)
    expect(await storage.entries('shared')).toEqual([])
  })
})

describe('a value that two changed', () => {
  /** Ann was away while ben changed it. */
  async function apart(world: World, conflicts?: ActivityOptions['conflicts']) {
    const ann = await joined(world, conflicts && { conflicts })
    world.service.refuse()
    world.service.drop()
    await world.clock.until(() => ann.client.status === 'reconnecting')
    ann.activity.setShared('title', 'mine')
    const entry = scene(world).setShared('title', 'theirs', 'ben')
    world.service.accept()
    return { ...ann, version: entry?.version ?? 0 }
  }

  it('is mine in the end, for both, with a note', async () => {
    using world = createWorld(withTitle)
    const { client, activity, version } = await apart(world)
    await world.clock.until(() => sharedOf(client)['title'] === 'mine')
    expect(there(world)).toEqual({ title: 'mine' })
    const note = { mine: 'mine', theirs: 'theirs', version, by: 'ben' }
    expect(boardOf(client).conflicts['title']).toEqual(note)
    activity.resolve('title', 'mine')
    expect(boardOf(client).conflicts).toEqual({})
  })

  it('is theirs in the end where that is wished', async () => {
    using world = createWorld(withTitle)
    const { client } = await apart(world, 'theirs')
    await world.clock.until(() => boardOf(client).conflicts['title'] !== undefined)
    expect(sharedOf(client)).toEqual({ title: 'theirs' })
    expect(there(world)).toEqual({ title: 'theirs' })
  })

  it('waits for a word where that is wished', async () => {
    using world = createWorld(withTitle)
    const { client, activity } = await apart(world, 'ask')
    await world.clock.until(() => boardOf(client).conflicts['title'] !== undefined)
    await world.clock.advance(10_000)
    expect(sharedOf(client)).toEqual({ title: ['mine'] })
    expect(there(world)).toEqual({ title: 'theirs' })
    scene(world).setShared('title', 'theirs too', 'ben')
    await world.clock.until(() => boardOf(client).conflicts['title']?.theirs === 'theirs too')
    activity.resolve('title', 'mine')
    await world.clock.until(() => sharedOf(client)['title'] === 'mine')
    expect(there(world)).toEqual({ title: 'mine' })
  })
})
