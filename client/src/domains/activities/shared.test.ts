import { CollabError } from '@collab-kit/protocol/runtime'
import { describe, expect, it } from 'vitest'
import {
  clearConfirmed,
  confirmed,
  conflicted,
  heard,
  loaded,
  nothingShared,
  postponed,
  refusedChange,
  resolved,
  sending,
  viewOf,
  wiped,
  wished,
  type Shared,
} from './shared.ts'

let ids = 0
const commandId = () => `c${++ids}`
const there = (...entries: [key: string, value: string, version: number][]): Shared =>
  loaded(
    nothingShared,
    entries.map(([key, value, version]) => ({ key, value, version })),
  )
const wish = (shared: Shared, key: string, value?: string) =>
  wished(shared, key, { wish: value === undefined ? {} : { value }, commandId: commandId() })
const send = (shared: Shared, key = 'a') => sending(shared, key)
const take = (shared: Shared, version?: number, key = 'a') =>
  confirmed(shared, key, {
    ...(version !== undefined && { version }),
    by: 'ann',
    commandId: commandId(),
    position: 0,
  })
const clash = (
  shared: Shared,
  policy: 'mine' | 'theirs' | 'ask',
  [value, version]: [value: string | undefined, version: number],
) =>
  conflicted(shared, 'a', {
    theirs: value === undefined ? {} : { value },
    version,
    policy,
    commandId: commandId(),
    position: 0,
  })
const error = new CollabError('too_large').toJSON()
const shown = (shared: Shared) =>
  Object.fromEntries(
    Object.entries(viewOf(shared)).map(([key, { value, pending }]) => [
      key,
      pending ? `(${String(value)})` : value,
    ]),
  )

describe('a key changed here', () => {
  it('is shown at once, and confirmed with its version', () => {
    const before = there(['a', 'old', 3])
    const waiting = wish(before, 'a', 'new')
    expect(shown(waiting)).toEqual({ a: '(new)' })
    expect(waiting.changes['a']?.base).toBe(3)
    const after = take(send(waiting), 4)
    expect(viewOf(after)).toEqual({ a: { value: 'new', version: 4, by: 'ann' } })
    expect(after.changes).toEqual({})
  })

  it('is one change until it is sent, and another one after that, based on the first', () => {
    let shared = wish(wish(there(['a', 'old', 3]), 'a', 'one'), 'a', 'two')
    expect(shared.changes['a']).toMatchObject({ wish: { value: 'two' }, base: 3 })
    shared = wish(wish(send(shared), 'a', 'three'), 'a', 'four')
    expect(shared.changes['a']).toMatchObject({ wish: { value: 'two' }, next: { value: 'four' } })
    expect(shown(shared)).toEqual({ a: '(four)' })
    shared = take(shared, 4)
    expect(shared.changes['a']).toMatchObject({ wish: { value: 'four' }, base: 4, sent: false })
  })

  it('is sent as it was when it may have arrived, and what is newer follows', () => {
    const lost = postponed(wish(send(wish(there(), 'a', 'one')), 'a', 'two'), 'a', true)
    expect(lost.changes['a']).toMatchObject({ wish: { value: 'one' }, next: { value: 'two' } })
    expect(wish(lost, 'a', 'three').changes['a']).toMatchObject({ wish: { value: 'one' } })
    const kept = postponed(wish(send(wish(there(), 'a', 'one')), 'a', 'two'), 'a', false)
    expect(kept.changes['a']).toMatchObject({ wish: { value: 'two' }, state: 'queued' })
  })

  it('is taken back when it is refused, unless something newer is wished', () => {
    const waiting = send(wish(there(['a', 'old', 3]), 'a', 'new'))
    const refused = refusedChange(waiting, 'a', { error, commandId: 'c' })
    expect([shown(refused), refused.refused]).toEqual([{ a: 'old' }, { a: error }])
    const newer = refusedChange(wish(waiting, 'a', 'newer'), 'a', { error, commandId: 'c' })
    expect([shown(newer), newer.refused]).toEqual([{ a: '(newer)' }, {}])
  })

  it('is gone at once when it is taken away, and for good when that is taken', () => {
    const waiting = send(wish(there(['a', 'old', 3]), 'a'))
    expect(shown(waiting)).toEqual({})
    expect(take(waiting)).toMatchObject({ truth: {}, changes: {} })
    // Somebody set it again before the answer.
    const again = heard(waiting, 'a', { value: 'again', version: 5 })
    expect(shown(take(again))).toEqual({ a: 'again' })
  })

  it('is what became of it since, when the events are ahead of the answer', () => {
    const waiting = heard(send(wish(there(), 'a', 'new')), 'a', { version: 9 })
    const of = { version: 8, by: 'ann', commandId: 'c', position: 9 }
    expect(shown(confirmed(waiting, 'a', of))).toEqual({})
  })

  it('is not taken away where there is nothing', () => {
    expect(wish(there(), 'a').changes).toEqual({})
  })
})

describe('what the service says', () => {
  it.each([
    ['a newer value', { value: 'b', version: 4 }, { a: 'b' }],
    ['an older value', { value: 'b', version: 2 }, { a: 'a' }],
    ['that it is gone', { version: 4 }, {}],
    ['that it was gone', { version: 2 }, { a: 'a' }],
  ])('counts by its version: %s', (_what, told, after) => {
    expect(shown(heard(there(['a', 'a', 3]), 'a', told))).toEqual(after)
  })

  it('changes nothing but what it is about', () => {
    const before = there(['a', 'a', 3], ['b', 'b', 4])
    const view = viewOf(before)
    expect(viewOf(heard(before, 'a', { value: 'x', version: 5 }))['b']).toBe(view['b'])
    expect(heard(before, 'a', { value: 'a', version: 3 })).toBe(before)
    expect(loaded(before, [{ key: 'a', value: 'a', version: 3 }]).truth['a']).toBe(view['a'])
    const waiting = viewOf(wish(before, 'a', 'x'))
    expect(viewOf(wish(wish(before, 'a', 'x'), 'b', 'y'), waiting)['a']).toBe(waiting['a'])
  })

  it('names who set it last, also where only the value was known', () => {
    const before = there(['a', 'a', 3])
    expect(before.truth['a']).not.toHaveProperty('by')
    const named = loaded(before, [{ key: 'a', value: 'a', version: 3, by: 'ann' }])
    expect(named.truth['a']).toEqual({ value: 'a', version: 3, by: 'ann' })
    expect(loaded(named, [{ key: 'a', value: 'a', version: 3 }]).truth['a']).toBe(named.truth['a'])
  })
})

describe('clearing', () => {
  it('takes away what is not newer than what was known when it was sent', () => {
    const before = wiped(there(['a', 'a', 3], ['b', 'b', 6]), 'c')
    expect(shown(clearConfirmed(before, 5))).toEqual({ b: 'b' })
  })

  it('hides everything at once, with what is changed after it on top', () => {
    const cleared = wish(wiped(wish(there(['a', 'a', 3]), 'b', 'x'), 'c'), 'c', 'y')
    expect(shown(cleared)).toEqual({ c: '(y)' })
    expect(wish(cleared, 'a', 'z').changes['a']?.base).toBe(0)
  })

  it('leaves what was set after it was sent', () => {
    const cleared = heard(wiped(there(['a', 'a', 3]), 'c'), 'b', { value: 'b', version: 7 })
    expect(shown(clearConfirmed(cleared, 3))).toEqual({ b: 'b' })
  })
})

describe('a conflict', () => {
  const waiting = () => send(wish(there(['a', 'old', 3]), 'a', 'mine'))

  it('is none when both wish the same', () => {
    const after = clash(waiting(), 'ask', ['mine', 5])
    expect(after).toMatchObject({ changes: {}, conflicts: {} })
    expect(viewOf(after)).toEqual({ a: { value: 'mine', version: 5 } })
  })

  it('is noted, and mine is sent on their version', () => {
    const after = clash(waiting(), 'mine', ['theirs', 5])
    expect(after.conflicts['a']).toEqual({ mine: 'mine', theirs: 'theirs', version: 5 })
    expect(after.changes['a']).toMatchObject({ wish: { value: 'mine' }, base: 5, state: 'queued' })
    expect(wish(after, 'a', 'next').conflicts).toEqual({})
  })

  it('is noted, and theirs is shown', () => {
    const after = clash(waiting(), 'theirs', ['theirs', 5])
    expect(shown(after)).toEqual({ a: 'theirs' })
    expect(after.conflicts['a']).toMatchObject({ mine: 'mine' })
  })

  it('waits to be settled, with what both wish meanwhile', () => {
    let asked = clash(waiting(), 'ask', ['theirs', 5])
    asked = heard(asked, 'a', { value: 'theirs', version: 5, by: 'ben' })
    expect(asked.conflicts['a']).toEqual({ mine: 'mine', theirs: 'theirs', version: 5, by: 'ben' })
    asked = heard(wish(asked, 'a', 'mine too'), 'a', { version: 6 })
    expect(asked.conflicts['a']).toEqual({ mine: 'mine too', version: 0 })
    expect(shown(asked)).toEqual({ a: '(mine too)' })
    const settled = resolved(asked, 'a', { whose: 'mine', commandId: 'c' })
    expect(settled.changes['a']).toMatchObject({ base: 0, state: 'queued' })
    expect(shown(resolved(asked, 'a', { whose: 'theirs', commandId: 'c' }))).toEqual({})
  })

  it('settles itself when they come to wish the same', () => {
    const asked = clash(waiting(), 'ask', ['theirs', 5])
    expect(heard(asked, 'a', { value: 'mine', version: 6 })).toMatchObject({
      changes: {},
      conflicts: {},
    })
  })

  it('can be settled the other way afterwards', () => {
    const after = take(send(clash(waiting(), 'mine', ['theirs', 5])), 6)
    expect(after.conflicts['a']).toMatchObject({ theirs: 'theirs' })
    expect(shown(resolved(after, 'a', { whose: 'mine', commandId: 'c' }))).toEqual({ a: 'mine' })
    expect(shown(resolved(after, 'a', { whose: 'theirs', commandId: 'c' }))).toEqual({
      a: '(theirs)',
    })
  })

  it('with a key that was gone meets what was set since', () => {
    const since = heard(waiting(), 'a', { value: 'since', version: 8, by: 'ben' })
    expect(clash(since, 'ask', [undefined, 0]).conflicts['a']).toMatchObject({
      theirs: 'since',
      version: 8,
    })
  })
})
