import { expect, test } from 'vitest'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { createStatusEnds } from './status-ends.ts'

/** The waits of one node, and whose statuses were taken back when. */
function stand() {
  const clock = createFakeClock(0)
  const ends = createStatusEnds()
  const taken: [username: string, at: number][] = []
  let waits = 0
  const edge = {
    now: clock.now,
    after(ms: number, task: () => void) {
      waits++
      const cancel = clock.after(ms, () => {
        waits--
        task()
      })
      return () => {
        waits--
        cancel()
      }
    },
    async internal(_name: string, { usernames }: Record<string, unknown>) {
      for (const each of usernames as string[]) taken.push([each, clock.now()])
    },
  }
  const set = (username: string, at?: number) =>
    ends.set(edge, username, at === undefined ? undefined : new Date(at).toISOString())
  return { clock, set, taken, waits: () => waits }
}

test('a person who says many statuses is waited for once, for the last', async () => {
  const { clock, set, taken, waits } = stand()
  for (let n = 1; n <= 100; n++) set('ada', n * 1000)
  set('ben', 5000)
  expect(waits()).toBe(2)
  await clock.advance(200_000)
  expect(taken).toEqual([
    ['ben', 5000],
    ['ada', 100_000],
  ])
  expect(waits()).toBe(0)
})

test('a status that is taken away is waited for no more', async () => {
  const { clock, set, taken, waits } = stand()
  set('ada', 1000)
  set('ada')
  expect(waits()).toBe(0)
  await clock.advance(2000)
  expect(taken).toEqual([])
})
