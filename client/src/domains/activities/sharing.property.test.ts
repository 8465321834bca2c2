import fc from 'fast-check'
import { expect, it } from 'vitest'
import { boardOf, sharedOf } from '../../testing/activity-scene.ts'
import { createWorld } from '../../testing/harness.ts'

const KEYS = ['a', 'b']

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('set' as const),
      who: fc.nat(1),
      key: fc.constantFrom(...KEYS),
      value: fc.nat(9),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('remove' as const),
      who: fc.nat(1),
      key: fc.constantFrom(...KEYS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('clear' as const), who: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('drop' as const) }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('wait' as const), ms: fc.nat(2_000) }) },
)

it('two who change the same keys, with connections that break, end with what the service has', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.constantFrom('mine' as const, 'theirs' as const),
      async (steps, conflicts) => {
        using world = createWorld()
        const clients = ['ann', 'ben'].map((username) =>
          world.client({ token: `token:${username}` }),
        )
        const activities = clients.map((client) => client.activity('board', '1'))
        for (const activity of activities) activity.open({ conflicts })
        for (const each of steps) {
          if (each.does === 'wait') await world.clock.advance(each.ms)
          else if (each.does === 'drop') world.service.drop()
          else if (each.does === 'set') activities[each.who]?.setShared(each.key, each.value)
          else if (each.does === 'remove') activities[each.who]?.removeShared(each.key)
          else activities[each.who]?.clearShared()
        }
        await world.clock.advance(120_000)
        const { shared } = world.service.activity('board', '1')
        const there = Object.fromEntries([...shared].map(([key, { value }]) => [key, value]))
        for (const client of clients) {
          expect(boardOf(client).status).toBe('joined')
          expect(sharedOf(client)).toEqual(there)
        }
      },
    ),
    { numRuns: 60, seed: 6 },
  )
})
