import { describe, expect, it } from 'vitest'
import type { Localize } from '../../kit/localize/localize.ts'
import type { Person } from '../presence/people.ts'
import { firstOf, Rows } from './rows.ts'

const localize = { locale: 'en', dependencies: ['en'], text: (key: string) => key }
const context = {
  localize: localize as unknown as Localize,
  active: undefined,
  open: undefined,
  roleOf: undefined,
  now: new Date(0),
}
const known = new Map<string, Person>()
const person = (username: string): Person => {
  const made: Person = known.get(username) ?? {
    username,
    name: username,
    state: 'available',
    presence: undefined,
    user: undefined,
    self: false,
  }
  known.set(username, made)
  return made
}
const group = (...usernames: string[]) => ({ key: '', people: usernames.map(person) })

describe('rows', () => {
  it.each([
    { what: 'somebody moves to the end', from: 'a b c d', to: 'b c d a', moves: 1 },
    { what: 'somebody moves to the front', from: 'a b c d', to: 'd a b c', moves: 1 },
    { what: 'some leave and one comes', from: 'a b c d e f', to: 'c d x f', moves: 1 },
    { what: 'nothing is new', from: 'a b c', to: 'a b c', moves: 0 },
  ])('of those who stay are not touched where $what', ({ from, to, moves }) => {
    const [before, after] = [from.split(' '), to.split(' ')]
    const list = document.body.appendChild(document.createElement('ul'))
    const rows = new Rows()
    rows.draw([list], [group(...before)], context)
    const own = new Map(before.map((name, index) => [name, list.children[index]]))
    const observer = new MutationObserver(() => {})
    observer.observe(list, { childList: true })
    rows.draw([list], [group(...after)], context)
    const added = observer.takeRecords().flatMap(({ addedNodes }) => [...addedNodes])
    expect([...list.children].map((each) => each.querySelector('.name')?.textContent)).toEqual(
      after,
    )
    for (const [index, name] of after.entries())
      expect(list.children[index]).toBe(own.get(name) ?? list.children[index])
    expect(added).toHaveLength(moves)
    list.remove()
  })

  it('go with their people from one group to another', () => {
    const lists = [document.createElement('ul'), document.createElement('ul')]
    const rows = new Rows()
    rows.draw(lists, [group('a', 'b'), group('c')], context)
    const b = lists[0]?.children[1]
    rows.draw(lists, [group('a'), group('b', 'c')], context)
    expect(lists[1]?.children[0]).toBe(b)
    expect(lists.map(({ children }) => children.length)).toEqual([1, 2])
  })

  it('are as many as there is room for', () => {
    const groups = [group('a', 'b'), group('c', 'd'), group('e')]
    const counts = (most: number) => firstOf(groups, most).map(({ people }) => people.length)
    expect([counts(3), counts(1), counts(9)]).toEqual([
      [2, 1, 0],
      [1, 0, 0],
      [2, 2, 1],
    ])
  })
})
