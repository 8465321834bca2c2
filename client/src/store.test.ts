import { beforeEach, expect, it } from 'vitest'
import type { CollabState } from './state.ts'
import { createBoard, type Board } from './store.ts'
import { fakeClock, type FakeClock } from './testing/fake-clock.ts'

let clock: FakeClock
let board: Board
let shown: number

const attempt = (attempt: number) => (state: CollabState) => ({
  ...state,
  connection: { ...state.connection, attempt },
})
const seen = () => board.api.getState().connection.attempt

beforeEach(async () => {
  clock = fakeClock()
  board = createBoard(clock, 16)
  shown = 0
  board.api.subscribe(() => shown++)
})

it('shows changes of one moment together', async () => {
  for (let count = 1; count <= 100; count++) board.update(attempt(count))
  expect(seen()).toBe(0)
  expect(board.get().connection.attempt).toBe(100)
  await clock.advance(0)
  expect([seen(), shown]).toEqual([100, 1])
})

it('shows changes that follow closely at most once per batch', async () => {
  board.update(attempt(1))
  await clock.advance(0)
  for (let ms = 0; ms < 160; ms++) {
    board.update(attempt(ms + 2))
    await clock.advance(1)
  }
  expect(shown).toBeLessThanOrEqual(11)
  await clock.advance(16)
  expect(seen()).toBe(161)
})

it('shows what a person did at once, with all that came before', () => {
  board.update(attempt(1))
  board.commit((state) => attempt(state.connection.attempt + 1)(state))
  expect([seen(), shown]).toEqual([2, 1])
})

it('shows nothing when nothing changed', async () => {
  board.update((state) => state)
  board.commit((state) => state)
  await clock.advance(100)
  expect(shown).toBe(0)
  expect(clock.waiting).toBe(0)
})

it('goes on when the clock is set back', async () => {
  board.update(attempt(1))
  await clock.advance(0)
  const real = clock.now
  clock.now = () => real() - 3_600_000
  board.update(attempt(2))
  clock.now = real
  await clock.advance(16)
  expect(seen()).toBe(2)
})

it('leaves no timer behind', () => {
  board.update(attempt(1))
  board.close()
  expect(clock.waiting).toBe(0)
  expect(seen()).toBe(1)
})
