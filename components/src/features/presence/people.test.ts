import type { Presence } from '@collab-kit/protocol'
import { describe, expect, it } from 'vitest'
import { Arrangement } from '../presence-list/arrangement.ts'
import { byRole } from '../presence-list/by-role.ts'
import { byStatus } from '../presence-list/grouping.ts'
import { keepPlaces } from '../presence-list/keep-places.ts'
import { found } from '../presence-list/search.ts'
import { byName, People, type Person } from './people.ts'
import { targetOf } from './presence-target.ts'

const person = (username: string, more: Partial<Person> = {}): Person => ({
  username,
  name: username,
  state: 'available',
  presence: undefined,
  user: undefined,
  self: false,
  ...more,
})
const names = (people: readonly Person[]) => people.map(({ username }) => username)

describe('whose presence is meant', () => {
  const none = {
    contacts: false,
    chatId: undefined,
    activityType: undefined,
    activityId: undefined,
    usernames: undefined,
  }
  it.each([
    [{ contacts: true }, { contacts: true }],
    [{ chatId: 'lobby', contacts: true }, { chatId: 'lobby' }],
    [{ activityType: 'board', activityId: '7' }, { activity: { type: 'board', id: '7' } }],
    [{ activityType: 'board' }, undefined],
    [{ usernames: 'ann, ben  chidi,ann' }, { usernames: ['ann', 'ben', 'chidi'] }],
    [{ usernames: ['ann'] }, { usernames: ['ann'] }],
    [{ usernames: ' , ' }, undefined],
    [{}, undefined],
  ])('%o is %o', (given, target) => {
    expect(targetOf({ ...none, ...given })).toEqual(target)
  })
})

describe('people', () => {
  const presence: Presence = { username: 'ben', rev: 1, state: 'away' }

  it('are the same objects as long as nothing of them changed', () => {
    const people = new People()
    const input = { usernames: ['ben', 'chidi'], people: { ben: presence }, users: {}, me: 'ann' }
    const first = people.take(input)
    const again = people.take({ ...input, people: { ben: presence } })
    expect(again.map((each, index) => each === first[index])).toEqual([true, true])
    const changed = people.take({ ...input, people: { ben: { ...presence, state: 'dnd' } } })
    expect(changed.map((each, index) => each === first[index])).toEqual([false, true])
  })

  it('are called by their username and offline until more is known', () => {
    const [ben] = new People().take({ usernames: ['ben'], people: {}, users: {}, me: undefined })
    expect(ben).toMatchObject({ name: 'ben', state: 'offline', self: false })
  })

  it('come oneself first, then by name, numbers by their value', () => {
    const people = [
      person('3', { name: 'Ada 10' }),
      person('2', { name: 'Ada 9' }),
      person('1', { name: 'Zoë', self: true }),
    ]
    expect(names(people.sort(byName('en')))).toEqual(['1', '2', '3'])
  })

  it('are found by parts of their names, whatever case, width and accent', () => {
    const people = [person('zoe', { name: 'Zoë Müller' }), person('ben', { name: 'Ｂen' })]
    expect(names(found(people, 'mull ZOE'))).toEqual(['zoe'])
    expect(names(found(people, 'ben'))).toEqual(['ben'])
    expect(found(people, '  ')).toBe(people)
    expect(found(people, 'nobody')).toEqual([])
  })
})

describe('an arrangement', () => {
  const arranging = { ...byStatus, order: byName('en') }
  const shape = (groups: readonly { key: string; people: readonly Person[] }[]) =>
    groups.map(({ key, people }) => `${key}: ${names(people).join(' ')}`)

  it('puts people together by how they are here', () => {
    const people = [
      person('d', { state: 'offline' }),
      person('c', { state: 'dnd' }),
      person('b', { state: 'away' }),
      person('a'),
    ]
    const groups = new Arrangement().take(people, { ...arranging, keep: undefined })
    expect(shape(groups)).toEqual(['available: a c', 'away: b', 'offline: d'])
  })

  it('moves nobody while it is held, and everybody to their place afterwards', () => {
    const arrangement = new Arrangement()
    arrangement.take([person('b'), person('c')], { ...arranging, keep: undefined })
    const next = [person('a'), person('b', { state: 'offline' })]
    const held = arrangement.take(next, { ...arranging, keep: keepPlaces })
    expect(shape(held)).toEqual(['available: b c a'])
    expect(held[0]?.people[0]?.state).toBe('offline')
    const free = arrangement.take(next, { ...arranging, keep: undefined })
    expect(shape(free)).toEqual(['available: a', 'offline: b'])
  })
})

describe('roles', () => {
  it('are those of the page, else of their data, else what the service knows', () => {
    const teacher = person('a', {
      presence: { username: 'a', rev: 1, state: 'available', data: { role: 'Teacher' } },
    })
    const guest = person('b', { user: { username: 'b', displayName: 'b', guest: true } })
    const keys = (of: Parameters<typeof byRole>[0]) => [
      byRole(of).groupOf(teacher),
      byRole(of).groupOf(guest) === byRole(of).groupOf(person('c')),
    ]
    expect(keys(undefined)).toEqual(['Teacher', false])
    expect(keys(() => 'Staff')).toEqual(['Staff', true])
  })
})
