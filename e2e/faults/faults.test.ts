import { describe, expect, test } from 'vitest'
import { whyNoCluster } from '../rig/cluster.ts'
import { createRandom } from '../rig/random.ts'
import { faults } from './catalogue.ts'

// Each fault in its small size; `pnpm faults` does the whole ones.
const possible = await Promise.all(
  faults.map(async (fault) => ({ fault, reason: await fault.whyNot?.() })),
)

test('there are servers to stop, stall and kill', () => {
  expect(whyNoCluster()).toBe(undefined)
})

describe('in spite of faults', () => {
  for (const { fault, reason } of possible) {
    if (reason) {
      console.log(`${fault.id} ${fault.name} is not part of this run: ${reason}.`)
      continue
    }
    test(`[${fault.id}] ${fault.promise}`, async () => {
      const random = createRandom()
      const lines: string[] = []
      try {
        const figures = await fault.run({
          cycles: fault.cycles.small,
          random,
          say: (line) => lines.push(line),
        })
        const shown = Object.entries(figures).map(([name, value]) => `${name}: ${value}`)
        console.log(`${fault.id} ${fault.name} (seed ${random.seed}) ${shown.join('; ')}`)
      } catch (error) {
        throw new Error(
          `seed ${random.seed}\n${lines.slice(-5).join('\n')}\n${(error as Error).message}`,
          { cause: error },
        )
      }
    })
  }
})
