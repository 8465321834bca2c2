import { expect, test } from 'vitest'
import { Keeping } from './keeping.ts'

/** A node whose database answers as long as it is `up`. */
function stand() {
  let now = 0
  const state = { up: true }
  const say = () => (state.up ? Promise.resolve() : Promise.reject(new Error('away')))
  const keeping = new Keeping({ say, everyMs: 3000, now: () => now })
  const pass = async (ms: number) => {
    for (const end = now + ms; now < end;) {
      now += 3000
      // A failure is tried again at the next turn.
      await keeping.keep().catch(() => {})
    }
  }
  return { keeping, state, pass, stall: (ms: number) => void (now += ms) }
}

test('a node judges others when it has spoken for twice as long as they are silent at most', async () => {
  const { keeping, pass } = stand()
  await keeping.keep()
  expect(keeping.isSteady).toBe(false)
  await pass(3000)
  expect(keeping.isSteady).toBe(false)
  await pass(3000)
  expect(keeping.isSteady).toBe(true)
})

test('a node that could not speak gives the others time to speak first', async () => {
  const { keeping, state, pass } = stand()
  await pass(12_000)
  state.up = false
  await pass(3000)
  expect(keeping.isSteady).toBe(false)
  state.up = true
  await pass(6000)
  expect(keeping.isSteady).toBe(false)
  await pass(3000)
  expect(keeping.isSteady).toBe(true)
})

test('a node that stood still gives the others time as well', async () => {
  const { keeping, pass, stall } = stand()
  await pass(12_000)
  stall(20_000)
  expect(keeping.isSteady).toBe(false)
  await pass(3000)
  expect(keeping.isSteady).toBe(false)
  await pass(6000)
  expect(keeping.isSteady).toBe(true)
})
