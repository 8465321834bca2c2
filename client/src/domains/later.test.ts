import { describe, expect, it } from 'vitest'
import { boardOf, sharedOf } from '../testing/activity-scene.ts'
import { settled } from '../testing/fake-clock.ts'
import { createWorld } from '../testing/harness.ts'
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
