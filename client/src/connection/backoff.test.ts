import fc from 'fast-check'
import { expect, it } from 'vitest'
import { backoff } from './backoff.ts'

const bounds = { minMs: 500, maxMs: 30_000 }

it('doubles its upper bound with every failure, up to the greatest', () => {
  const longest = [0, 1, 2, 5, 6, 60].map((failures) => backoff(failures, bounds, 1))
  expect(longest).toEqual([500, 1_000, 2_000, 16_000, 30_000, 30_000])
})

it('spreads over the whole range', () => {
  expect(backoff(3, bounds, 0)).toBe(0)
  expect(backoff(3, bounds, 0.5)).toBe(2_000)
})

it('is never negative, endless or beyond the greatest', () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const ms = backoff(failures, bounds, random)
      expect(ms).toBeGreaterThanOrEqual(0)
      expect(ms).toBeLessThanOrEqual(bounds.maxMs)
    }),
  )
})
