import { describe, expect, it } from 'vitest'
import { messagesOf } from '../../../demo/fake-client.ts'
import { CHUNK } from './entries.ts'
import { MessageWindow } from './message-window.ts'

const messages = messagesOf(10_000)
const size = (window: MessageWindow, all = messages) => {
  const { start, end } = window.slice(all)
  return end - start
}

describe('the window of messages', () => {
  it('begins with the newest eighty, on the border of a chunk', () => {
    const window = new MessageWindow()
    window.reset(messages)
    const { start, end } = window.slice(messages)
    expect(end).toBe(10_000)
    expect(end - start).toBeGreaterThanOrEqual(80)
    expect(end - start).toBeLessThan(80 + CHUNK)
    expect((messages[start]?.seq ?? 1) % CHUNK).toBe(0)
  })

  it('never draws more than 640, however far one reads back, and comes forward again', () => {
    const window = new MessageWindow()
    window.reset(messages)
    while (window.earlier(messages)) expect(size(window)).toBeLessThanOrEqual(640)
    expect(window.slice(messages).start).toBe(0)
    expect(window.followsNewest).toBe(false)
    while (window.later(messages)) expect(size(window)).toBeLessThanOrEqual(640)
    expect(window.slice(messages).end).toBe(10_000)
    expect(window.followsNewest).toBe(true)
  })

  it('comes to hold all that is loaded where that is not too much, from wherever it stands', () => {
    const loaded = messages.slice(0, 600)
    const window = new MessageWindow()
    window.reset(loaded)
    while (window.fill(loaded));
    expect(size(window, loaded)).toBe(600)
    window.reset(messages)
    window.around(loaded, 300)
    while (window.fill(loaded));
    expect(size(window, loaded)).toBe(600)
  })

  it('does not grow by itself where not all that is loaded can be drawn', () => {
    const window = new MessageWindow()
    window.reset(messages)
    expect(window.fill(messages)).toBe(false)
    expect(size(window)).toBeLessThan(80 + CHUNK)
  })

  it('follows the newest message by itself', () => {
    const window = new MessageWindow()
    window.reset(messages)
    expect(window.slice(messagesOf(10_050)).end).toBe(10_050)
  })

  it('lets go of the earliest when much arrives at the end, and of the latest when one reads back', () => {
    for (const atEnd of [true, false]) {
      const window = new MessageWindow()
      window.reset(messages)
      const more = messagesOf(11_000)
      window.bound(more, atEnd)
      expect(size(window, more)).toBeLessThanOrEqual(640)
      expect(window.followsNewest).toBe(atEnd)
    }
  })

  it('keeps a message drawn that holds the focus', () => {
    const window = new MessageWindow()
    window.reset(messages)
    window.pinned = [9990]
    for (let step = 0; step < 10; step++) window.earlier(messages)
    expect(window.slice(messages).end).toBeGreaterThanOrEqual(9990)
  })

  it('holds nothing of an empty chat', () => {
    const window = new MessageWindow()
    window.reset([])
    expect(window.slice([])).toEqual({ start: 0, end: 0 })
    expect(window.earlier([])).toBe(false)
  })
})
