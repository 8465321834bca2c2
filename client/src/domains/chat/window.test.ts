import type { Message } from '@collab-kit/protocol'
import { describe, expect, it } from 'vitest'
import { toChat, toMessage } from '../../testing/fixtures.ts'
import { initialChat, type ChatState } from './model.ts'
import { loaded } from './state.ts'
import { extended, jumped } from './window-moves.ts'
import { cut, NEWER, OLDER } from './window.ts'

const messages = (from: number, to: number): Message[] =>
  Array.from({ length: to - from + 1 }, (_, index) => toMessage({ chatId: 'a', seq: from + index }))

/** A chat whose newest message is `last`, seen from one number to another. */
function windowOf(from: number, to: number, last = to): ChatState {
  const newest = toMessage({ chatId: 'a', seq: last })
  const chat = toChat({ chatId: 'a', head: last, lastNumber: last, lastMessage: newest })
  const state = loaded(initialChat('a'), {
    chat,
    history: { items: messages(from, to), head: last },
  })
  return { ...state, hasOlder: from > 1, hasNewer: to < last }
}

const numbers = (state: ChatState) => {
  const all = state.messages.map(({ number }) => number)
  return [all[0], all.at(-1), all.length]
}

describe('a page beyond an end', () => {
  it('[CHAT-16] goes before the window, without what is there already', () => {
    const history = { items: messages(3, 5), head: 9, nextCursor: '3' }
    const after = extended(windowOf(5, 9), OLDER, history)
    expect(numbers(after)).toEqual([3, 9, 7])
    expect([after.hasOlder, after.hasNewer]).toEqual([true, false])
  })

  it('that is empty is the end of the chat, whatever its cursor says', () => {
    const history = { items: [], head: 9, nextCursor: 'more' }
    expect(extended(windowOf(5, 9), OLDER, history).hasOlder).toBe(false)
  })

  it('[CHAT-16] goes after the window, without what is there already', () => {
    const history = { items: messages(9, 12), head: 20, nextCursor: '12' }
    const after = extended(windowOf(5, 9, 20), NEWER, history)
    expect(numbers(after)).toEqual([5, 12, 8])
    expect([after.hasOlder, after.hasNewer]).toEqual([true, true])
  })

  it('that is the last joins what is said from then on', () => {
    const last = { items: messages(10, 12), head: 12 }
    expect(extended(windowOf(5, 9, 12), NEWER, last).hasNewer).toBe(false)
    // Members came after the last message: there is nothing to add, and nothing is missing.
    const empty = { items: [], head: 15 }
    const atEnd = { ...windowOf(5, 12), hasNewer: true }
    expect(extended(atEnd, NEWER, empty).hasNewer).toBe(false)
  })

  it('that is the last does not join a message that came as an event before it', () => {
    const after = extended(windowOf(5, 9, 13), NEWER, { items: messages(10, 12), head: 12 })
    expect(numbers(after)).toEqual([5, 12, 8])
    expect(after.hasNewer).toBe(true)
  })
})

describe('a window', () => {
  it('of too many messages loses whole chunks of 40 positions at one end', () => {
    const state = windowOf(51, 300)
    const older = cut(state, OLDER, 200)
    expect(numbers(older)).toEqual([120, 300, 181])
    expect([older.hasOlder, older.hasNewer]).toEqual([true, false])
    const newer = cut(state, NEWER, 200)
    expect(numbers(newer)).toEqual([51, 239, 189])
    expect([newer.hasOlder, newer.hasNewer]).toEqual([true, true])
  })

  it('is cut by position and not by number: chunks hold what they hold', () => {
    const sparse = messages(1, 120).map((message) => ({ ...message, seq: message.number * 3 }))
    const state = { ...windowOf(1, 2), messages: sparse }
    expect(cut(state, OLDER, 100).messages[0]?.seq).toBe(81)
    expect(cut(state, NEWER, 100).messages.at(-1)?.seq).toBe(279)
  })

  it('that is not too large is the same object', () => {
    const state = windowOf(1, 100)
    expect(cut(state, OLDER, 100)).toBe(state)
  })

  it('[CHAT-16] is replaced by a page around a position, which tells no cursors', () => {
    const error = { code: 'internal' } as never
    const state = {
      ...windowOf(90, 100),
      olderError: error,
      newerError: error,
      loadingOlder: true,
    }
    const after = jumped(state, { items: messages(20, 30), head: 100 }, true)
    expect(numbers(after)).toEqual([20, 30, 11])
    expect(after).toMatchObject({
      hasOlder: true,
      hasNewer: true,
      loadingOlder: false,
      discontinuity: 1,
    })
    expect([after.olderError, after.newerError]).toEqual([undefined, undefined])
    const all = jumped(state, { items: messages(1, 100), head: 100 }, true)
    expect([all.hasOlder, all.hasNewer]).toEqual([false, false])
  })

  it('that is replaced by the newest page ends with the newest message told of', () => {
    const history = { items: messages(51, 100), head: 100, nextCursor: '51' }
    const after = jumped(windowOf(1, 10, 100), history, false)
    expect([after.hasOlder, after.hasNewer]).toEqual([true, false])
    expect(jumped(windowOf(1, 10, 101), history, false).hasNewer).toBe(true)
  })
})
