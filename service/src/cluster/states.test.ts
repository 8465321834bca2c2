import { expect, test } from 'vitest'
import type { Published } from '../kernel/outbox.ts'
import { States } from './states.ts'

const told = (of: string, rev: number): Published => ({
  stream: 'activity:board/1',
  seq: undefined,
  json: '{}',
  state: { of, rev },
})

test('what was told is no news, and what is later of the same is', () => {
  const states = new States()
  states.note([told('a', 2), told('a', 1)])
  expect(states.news([told('a', 1), told('a', 2)])).toEqual([])
  expect(states.news([told('a', 3), told('b', 0)])).toHaveLength(2)
})

test('those who came and went are forgotten with what the database forgets of them', () => {
  let now = 0
  const states = new States(() => now)
  for (let n = 0; n < 1000; n++) {
    now += 1000
    states.note([told('stays', n), told(`passes ${n}`, 1)])
  }
  expect(states.size).toBeLessThan(70)
  expect(states.news([told('stays', 999), told('passes 960', 1)])).toEqual([])
})
