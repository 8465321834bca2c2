import type { EventItem } from '@collab-kit/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { advance, cursorAt, MAX_HELD, receive, type Cursor } from './cursor.ts'

const item = (seq: number): EventItem => ({
  name: 'chat.messageSent',
  stream: 'chat:a',
  seq,
  at: '',
  data: {},
})
const seqs = (items: readonly EventItem[]) => items.map(({ seq }) => seq)

/** Receives one after another and collects what was applied. */
function play(start: Cursor, arrivals: readonly number[]) {
  let cursor = start
  const applied: (number | undefined)[] = []
  for (const seq of arrivals) {
    const received = receive(cursor, item(seq))
    cursor = received.cursor
    applied.push(...seqs(received.ready))
  }
  return { cursor, applied }
}

describe('a cursor', () => {
  it('[SEQ-1] applies the next event', () => {
    expect(receive(cursorAt(4), item(5))).toMatchObject({
      decision: 'next',
      cursor: { seq: 5 },
      ready: [{ seq: 5 }],
    })
  })

  it('[SEQ-1] drops what it had', () => {
    expect(receive(cursorAt(4), item(4))).toEqual({
      decision: 'duplicate',
      cursor: cursorAt(4),
      ready: [],
    })
  })

  it('holds what comes too early and releases it in order', () => {
    expect(receive(cursorAt(4), item(7)).decision).toBe('gap')
    expect(play(cursorAt(4), [7, 6, 9, 6, 5])).toEqual({
      cursor: { seq: 7, held: [item(9)] },
      applied: [5, 6, 7],
    })
  })

  it('releases what follows a position that was read otherwise', () => {
    const { cursor } = play(cursorAt(-1), [3, 4, 6])
    expect(advance(cursor, 3)).toMatchObject({
      cursor: { seq: 4, held: [{ seq: 6 }] },
      ready: [{ seq: 4 }],
    })
  })

  it('never goes back', () => {
    expect(advance(cursorAt(9), 3).cursor.seq).toBe(9)
  })

  it('keeps no more than it has room for, the nearest first', () => {
    const far = Array.from({ length: MAX_HELD + 50 }, (_, index) => index + 10)
    const { cursor } = play(cursorAt(0), far.toReversed())
    expect(cursor.held).toHaveLength(MAX_HELD)
    expect(cursor.held[0]?.seq).toBe(10)
  })

  it('[SEQ-1] applies 1, 2, 3 … each once, however they arrive', () => {
    const arrivals = fc.integer({ min: 1, max: 30 }).chain((count) => {
      const all = Array.from({ length: count }, (_, index) => index + 1)
      const extra = fc.array(fc.integer({ min: 1, max: count }), { maxLength: 20 })
      return extra.chain((more) =>
        fc
          .shuffledSubarray([...all, ...more], { minLength: all.length + more.length })
          .map((order) => ({ all, order })),
      )
    })
    fc.assert(
      fc.property(arrivals, ({ all, order }) => {
        const { cursor, applied } = play(cursorAt(0), order)
        expect(applied).toEqual(all)
        expect(cursor).toEqual(cursorAt(all.length))
      }),
    )
  })
})
