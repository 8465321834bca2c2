import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  directId,
  hiddenUpTo,
  isReservedChatId,
  nextReadMark,
  peopleOf,
  permissionsIn,
  seqOfMessage,
  toMessageId,
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
const may = (...facts: Parameters<typeof permissionsIn>) => [...permissionsIn(...facts)].sort()

describe('what a person may do', () => {
  test('a stranger may join what is public and nothing else', () => {
    expect(may(chat({ visibility: 'public' }), undefined, ann)).toEqual(['join'])
    expect(may(chat(), undefined, ann)).toEqual([])
    expect(may(chat({ kind: 'direct' }), undefined, ann)).toEqual([])
  })

  test('a member may send', () => {
    expect(may(chat(), member(), ann)).toEqual(['join', 'send'])
    expect(may(chat({ kind: 'direct' }), member(), ann)).toEqual(['send'])
  })

  test('an owner may do everything, but sends from inside only', () => {
    expect(may(chat(), member({ role: 'owner' }), ann)).toContain('manage')
    const outside = may(chat({ created_by: 'ann' }), undefined, ann)
    expect(outside).toContain('manage')
    expect(outside).not.toContain('send')
  })

  test('a guest owns nothing by having made it', () => {
    expect(may(chat({ created_by: 'ann' }), undefined, { username: 'ann', role: 'guest' })).toEqual(
      [],
    )
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
