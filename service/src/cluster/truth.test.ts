import { expect, test } from 'vitest'
import { createTruth } from './truth.ts'

test('whether a key may read a stream is asked with its scopes', async () => {
  const asked: unknown[] = []
  const truth = createTruth({
    lookup: async (...call) => {
      asked.push(call)
      return { head: 3 }
    },
  })
  const backend = { username: 'key-1', role: 'admin', scopes: ['events:read'] } as const
  expect(await truth.readable(backend, 'service')).toBe(3)
  expect(await truth.readable({ username: 'ann', role: 'user' }, 'service')).toBe(3)
  expect(asked).toEqual([
    ['streams.?readable', { stream: 'service' }, backend],
    ['streams.?readable', { stream: 'service' }, { username: 'ann', role: 'user' }],
  ])
})
