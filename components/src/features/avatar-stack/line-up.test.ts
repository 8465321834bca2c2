import { describe, expect, it } from 'vitest'
import type { Person } from '../presence/people.ts'
import { facesOf, LineUp } from './line-up.ts'

const person = (username: string, since: string, more: Partial<Person> = {}): Person => ({
  username,
  name: username,
  state: 'available',
  presence: { username, rev: 1, state: 'available', since },
  user: undefined,
  self: false,
  ...more,
})
const names = (people: readonly Person[]) => people.map(({ username }) => username).join(' ')

describe('a line-up', () => {
  it('begins with who was there first', () => {
    const people = [person('c', '2026-03'), person('a', '2026-02'), person('b', '2026-01')]
    expect(names(new LineUp().take(people, 'first'))).toBe('b a c')
  })

  it('keeps everybody in place when a state changes, and puts whoever comes last', () => {
    const lineUp = new LineUp()
    lineUp.take([person('a', '2026-02'), person('b', '2026-01')], 'first')
    const later = [person('a', '2026-02'), person('b', '2026-09'), person('c', '2025-01')]
    expect(names(lineUp.take(later, 'first'))).toBe('b a c')
  })

  it('shows nobody who is offline, and puts them last when they come back', () => {
    const lineUp = new LineUp()
    const [a, b] = [person('a', '2026-01'), person('b', '2026-02')]
    lineUp.take([a, b], 'first')
    expect(names(lineUp.take([{ ...a, state: 'offline' }, b], 'first'))).toBe('b')
    expect(names(lineUp.take([a, b], 'first'))).toBe('b a')
  })

  it.each([
    ['first', 'me a b'],
    ['last', 'a b me'],
    ['hidden', 'a b'],
  ] as const)('puts oneself %s', (place, expected) => {
    const people = [
      person('a', '2026-01'),
      person('me', '2026-02', { self: true }),
      person('b', '2026-03'),
    ]
    expect(names(new LineUp().take(people, place))).toBe(expected)
  })
})

it.each([
  [0, 5, 0],
  [5, 5, 5],
  [6, 5, 5],
  [3, 0, 1],
  [9, 2.7, 2],
])('of %i people a stack of at most %d shows %i', (count, max, faces) => {
  expect(facesOf(count, max)).toBe(faces)
})
