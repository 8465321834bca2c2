import { isCollabError } from '@collab-kit/protocol'
import { expect, test } from 'vitest'
import { Buckets } from './limits.ts'

function outcome(work: () => void): unknown {
  try {
    work()
    return 'ok'
  } catch (error) {
    return isCollabError(error) ? [error.code, error.retryAfterMs] : error
  }
}

test('a bucket gives its burst, then refuses with the time to wait, and fills again', () => {
  let now = 0
  const buckets = new Buckets({ rate: 10, burst: 3, now: () => now })
  const take = (key = 'ann', cost = 1) => outcome(() => buckets.take(key, cost))
  expect([take(), take(), take()]).toEqual(['ok', 'ok', 'ok'])
  expect(take()).toEqual(['rate_limited', 100])
  expect(take('ben')).toBe('ok')
  now = 100
  expect([take(), take()]).toEqual(['ok', ['rate_limited', 100]])
  now = 10_000
  expect([take('ann', 3), take()]).toEqual(['ok', ['rate_limited', 100]])
})

test('a refusal names its limit and the value that is configured', () => {
  const named = { limit: 'signInsPerMinute', max: 30 }
  const buckets = new Buckets({ rate: 5, burst: 1, ...named, now: () => 0 })
  buckets.take('ann', 1)
  expect(() => buckets.take('ann', 1)).toThrow(expect.objectContaining({ details: named }))
})

test('a clock that is set back takes nothing away', () => {
  let now = 10_000
  const buckets = new Buckets({ rate: 1, burst: 2, now: () => now })
  buckets.take('ann', 1)
  now = 0
  expect(outcome(() => buckets.take('ann', 1))).toBe('ok')
})
