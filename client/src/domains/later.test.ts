import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { boardOf, sharedOf } from '../testing/activity-scene.ts'
import { fakeClock, settled } from '../testing/fake-clock.ts'
import { createWorld } from '../testing/harness.ts'
import { scriptedService } from '../testing/scripted-service.ts'
import { endOf, later } from './later.ts'

/** Something that comes when it is told to. */
function coming() {
  let come = (_made: string[]) => {}
  let loads = 0
  const use = later<string[]>(() => {
    loads++
    return new Promise((resolve) => (come = resolve))
  })
  return { use, come: (made: string[]) => come(made), loads: () => loads }
}

describe('what is fetched with its first use', () => {
  it('is fetched once, and does what was asked of it in order', async () => {
    const { use, come, loads } = coming()
    expect(loads()).toBe(0)
    void use((made) => {
      made.push('first')
      // Asked before those who wait are served: after them.
      void use((again) => again.push('last'))
    })
    void use((made) => made.push('second'))
    const made: string[] = []
    come(made)
    await settled()
    expect(use(() => 'at once')).toBe('at once')
    expect([made, loads()]).toEqual([['first', 'second', 'last'], 1])
  })

  it('does not begin what was ended before it came', async () => {
    const { use, come } = coming()
    const made: string[] = []
    const begin = (name: string) =>
      endOf(use, (all) => {
        all.push(name)
        return () => all.push(`${name} ends`)
      })
    const first = begin('first')
    begin('second')()
    come(made)
    await settled()
    first()
    expect(made).toEqual(['first', 'first ends'])
  })
})

describe('a part that cannot be fetched', () => {
  beforeEach(() => vi.resetModules())
  afterEach(() => vi.doUnmock('./presence/presence.ts'))

  /** A client of modules of its own, whose parts come when they may. */
  async function world() {
    const gate = { isOpen: false, loads: 0 }
    vi.doMock('./presence/presence.ts', async (original) => {
      gate.loads++
      if (!gate.isOpen) throw new TypeError('Failed to fetch')
      return original()
    })
    const clock = fakeClock()
    const service = scriptedService({ now: clock.now, people: [{ username: 'ben' }] })
    const { createCollab } = await import('../client.ts')
    const client = createCollab({ ...service.options, clock, token: 'token:ann' })
    const errors: unknown[] = []
    client.on('error', ({ code, details }) => errors.push([code, details?.['reason']]))
    return { clock, client, errors, gate }
  }

  it('is said once, tried again, and what waits for it is told in time', async () => {
    const { clock, client, errors, gate } = await world()
    client.presence.watch({ usernames: ['ben'] })
    const refused = client.presence.set({ state: 'dnd' }).catch((error: unknown) => error)
    await vi.waitFor(async () => {
      await clock.advance(10_000)
      expect(gate.loads).toBeGreaterThan(3)
    })
    expect(await refused).toMatchObject({ code: 'unavailable', details: { reason: 'deadline' } })
    expect(errors).toEqual([['unavailable', 'unreachable']])
    gate.isOpen = true
    await vi.waitFor(async () => {
      await clock.advance(10_000)
      expect(client.store.getState().presence.people['ben']?.state).toBe('available')
    })
    // What was given up is not done all the same.
    expect(client.store.getState().presence.own?.state).toBe('available')
    client.close()
  })

  it('keeps nobody waiting who closes the client', async () => {
    const { clock, client } = await world()
    const set = client.presence.set({ state: 'dnd' })
    client.close()
    await expect(set).rejects.toMatchObject({ details: { reason: 'closed' } })
    expect(clock.waiting).toBe(0)
  })
})

describe('a handle', () => {
  it('works before its module is there', async () => {
    using world = createWorld()
    const client = world.client()
    const activity = client.activity('board', '1')
    expect([activity.type, activity.id]).toEqual(['board', '1'])
    activity.open()
    activity.setShared('a', 1)
    activity.setShared('a', 2)
    activity.removeShared('b')
    expect(client.presence.watch({ contacts: true })).toBeTypeOf('function')
    await world.clock.until(() => sharedOf(client)['a'] === 2)
    expect(boardOf(client).status).toBe('joined')
  })

  it('is ended with its client, where another one still uses the same', async () => {
    using world = createWorld()
    const first = world.client()
    const second = world.client()
    first.activity('board', '1').open()
    second.activity('board', '2').open()
    await world.clock.until(() => boardOf(first).status === 'joined')
    await world.clock.advance(100)
    first.close()
    await world.clock.advance(100)
    expect(world.service.activity('board', '1').participants).toEqual([])
    expect(world.service.activity('board', '2').participants).toHaveLength(1)
  })

  it('leaves everything at once when the last client closes', async () => {
    using world = createWorld()
    const client = world.client()
    client.activity('board', '1').open()
    await world.clock.until(() => boardOf(client).status === 'joined')
    client.close()
    await world.clock.advance(0)
    expect(world.service.activity('board', '1').participants).toEqual([])
    expect(world.clock.waiting).toBe(0)
  })
})
