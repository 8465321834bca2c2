import { chatPermissions } from '@collab-kit/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  defaultGrant,
  directId,
  hiddenUpTo,
  isReservedChatId,
  nextReadMark,
  NO_FACTS,
  peopleOf,
  permissionsIn,
  seqOfMessage,
  toMessageId,
  type Facts,
  type Person,
} from './rules.ts'
import type { ChatRow, MemberRow } from './store.ts'

const chat = (facts: Partial<ChatRow> = {}): ChatRow => ({
  chat_id: 'c',
  key: 'abc',
  kind: 'channel',
  visibility: 'private',
  history_visibility: 'all',
  name: null,
  topic: null,
  created_by: null,
  created_at: '',
  member_count: 0,
  last_number: 0,
  last_seq: 0,
  last_at: '',
  guarded: 0,
  removed_at: null,
  ...facts,
})
const member = (facts: Partial<MemberRow> = {}): MemberRow => ({
  chat_id: 'c',
  username: 'ann',
  role: 'member',
  joined_at: '',
  joined_seq: 5,
  read_number: 0,
  read_seq: 0,
  ...facts,
})
const ann = { username: 'ann', role: 'user' } as const
const may = (row: ChatRow, member?: MemberRow, more: Partial<Person> = {}) =>
  [...permissionsIn(row, { member, caller: ann, ...more })].sort()

describe('what a person may do', () => {
  test('a stranger may join what is public and nothing else', () => {
    expect(may(chat({ visibility: 'public' }))).toEqual(['join'])
    expect(may(chat())).toEqual([])
    expect(may(chat({ kind: 'direct' }))).toEqual([])
  })

  test('a member may send', () => {
    expect(may(chat(), member())).toEqual(['join', 'send'])
    expect(may(chat({ kind: 'direct' }), member())).toEqual(['send'])
  })

  test('an owner may do everything, but sends from inside only', () => {
    expect(may(chat(), member({ role: 'owner' }))).toContain('manage')
    const outside = may(chat({ created_by: 'ann' }))
    expect(outside).toContain('manage')
    expect(outside).not.toContain('send')
  })

  const facts = (more: Partial<Facts>): Facts => ({ ...NO_FACTS, ...more })

  test('[PERM-3] a grant stands in place of the default of its subject alone', () => {
    const open = chat({ visibility: 'public' })
    const grants = new Map([['world', ['set_topic' as const]]])
    expect(may(open, undefined, { facts: facts({ grants }) })).toEqual(['set_topic'])
    expect(may(open, member(), { facts: facts({ grants }) })).toEqual(['join', 'send', 'set_topic'])
    const silent = facts({ grants: new Map([['members', []]]) })
    expect(may(open, member(), { facts: silent })).toEqual(['join'])
  })

  const permission = fc.constantFrom(...chatPermissions)
  const person = fc.record({
    grants: fc.dictionary(
      fc.constantFrom('world', 'members', 'group:staff', 'group:other', 'user:ann', 'user:ben'),
      fc.uniqueArray(permission),
    ),
    inside: fc.constantFrom(undefined, 'member', 'owner'),
    open: fc.boolean(),
  })
  const rowsOf = ({
    grants,
    inside,
    open,
  }: typeof person extends fc.Arbitrary<infer T> ? T : never) =>
    [
      chat({ visibility: open ? 'public' : 'private' }),
      inside && member({ role: inside }),
      facts({
        grants: new Map(Object.entries(grants)),
        subjects: ['world', 'user:ann', 'group:staff'],
      }),
    ] as const

  test('[PERM-2] every grant that reaches a person counts, and no other', () => {
    fc.assert(
      fc.property(person, (each) => {
        const [row, mine, known] = rowsOf(each)
        const held = permissionsIn(row, { member: mine, caller: ann, facts: known })
        const subjects = ['world', 'group:staff', 'user:ann', ...(mine ? ['members'] : [])]
        for (const one of chatPermissions) {
          const granted = subjects.some((subject) =>
            (each.grants[subject] ?? defaultGrant(row, subject)).includes(one),
          )
          const inherent = each.inside === 'owner' || (one === 'join' && mine !== undefined)
          const expected = one === 'send' && !mine ? false : granted || inherent
          expect(held.has(one), one).toBe(expected)
        }
      }),
    )
  })

  test('[PERM-7] a mute takes sending alone, [PERM-8] a ban everything, whatever is granted', () => {
    fc.assert(
      fc.property(person, (each) => {
        const [row, mine, known] = rowsOf(each)
        const free = may(row, mine, { facts: known })
        const muted = may(row, mine, { facts: { ...known, sanctions: new Set(['mute']) } })
        expect(muted).toEqual(free.filter((one) => one !== 'send'))
        expect(
          may(row, mine, { facts: { ...known, sanctions: new Set(['ban', 'mute']) } }),
        ).toEqual([])
      }),
    )
  })

  test('a guest owns nothing by having made it', () => {
    expect(
      may(chat({ created_by: 'ann' }), undefined, { caller: { username: 'ann', role: 'guest' } }),
    ).toEqual([])
  })
})

test('what was before joining is hidden where history begins with joining', () => {
  expect(hiddenUpTo(chat(), member())).toBe(0)
  expect(hiddenUpTo(chat({ history_visibility: 'since_joined' }), member())).toBe(4)
  expect(hiddenUpTo(chat({ history_visibility: 'since_joined' }), undefined)).toBeGreaterThan(1e15)
})

test('the id of a direct chat depends on its people alone', () => {
  expect(directId(['ann', 'ben'])).toBe(directId(['ben', 'ann', 'ben']))
  expect(directId(['ann', 'ben'])).not.toBe(directId(['ann', 'bén']))
  expect(directId(['a', 'b,c'])).not.toBe(directId(['a', 'b', 'c']))
  expect(isReservedChatId(directId(['a', 'b']))).toBe(true)
  expect(peopleOf(ann, ['ben', 'ann', 'ben'])).toEqual(['ann', 'ben'])
})

test('a message id names its chat and its position', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (seq) => {
      expect(seqOfMessage('abc', toMessageId('abc', seq))).toBe(seq)
    }),
  )
  for (const wrong of ['abd-1', 'abc', 'abc-', 'abc-1-2', 'abc-01', 'abc-Z', 'abc--1', '']) {
    expect(seqOfMessage('abc', wrong), wrong).toBeUndefined()
  }
})

test('a read mark only moves on', () => {
  const mark = { readSeq: 10, readNumber: 4 }
  expect(nextReadMark(mark, { seq: 9, number: 3 }, 20)).toBeUndefined()
  expect(nextReadMark(mark, { seq: 10, number: 4 }, 20)).toBeUndefined()
  expect(nextReadMark(mark, { seq: 12, number: 5 }, 20)).toEqual({ readSeq: 12, readNumber: 5 })
  expect(nextReadMark(mark, { seq: 99, number: 8 }, 20)).toEqual({ readSeq: 20, readNumber: 8 })
})
