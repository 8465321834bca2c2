import { expect, test } from 'vitest'
import { Batcher } from './host.ts'
import type { Job } from './executor.ts'

const job: Job = { operation: 'test.echo', input: {}, caller: { username: 'ann', role: 'user' } }

test.each([0, 1, 2, 3, 4, 5, 6, 7])(
  'regression: a call that follows an answer by %i microtasks is answered too',
  async (microtasks) => {
    const batcher = new Batcher<() => void>({
      commit: async (jobs) => ({ results: jobs.map(() => ({ json: '{}' })), published: [] }),
      deliver: (tickets) => tickets.forEach((resolve) => resolve()),
    })
    const answered = () => new Promise<void>((resolve) => batcher.add(job, resolve))
    await answered()
    for (let count = 0; count < microtasks; count++) await Promise.resolve()
    const second = answered().then(() => 'answered')
    const never = new Promise((resolve) => setImmediate(() => resolve('forgotten')))
    expect(await Promise.race([second, never])).toBe('answered')
    await batcher.idle()
  },
)
