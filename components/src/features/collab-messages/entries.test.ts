import { describe, expect, it } from 'vitest'
import { messageOf, messagesOf } from '../../../demo/fake-client.ts'
import { CHUNK, type Entry, indexOfChunk, messageEntry, pendingEntry, place } from './entries.ts'

const noon = Date.UTC(2026, 10, 22, 12)
const at = (minutes: number) => new Date(noon + minutes * 60_000).toISOString()
const said = (seq: number, sender: string, minutes: number) =>
  messageEntry(messageOf(seq, { sender, createdAt: at(minutes) }))

function placements(entries: Entry[], readSeq?: number): string[] {
  return entries.map((entry, index) => {
    const found = place(entry, { previous: entries[index - 1], next: entries[index + 1] }, readSeq)
    return Object.entries(found)
      .filter(([, on]) => on)
      .map(([name]) => name)
      .join(' ')
  })
}

describe('place', () => {
  it('groups what one person says within five minutes', () => {
    expect(placements([said(1, 'bo', 0), said(2, 'bo', 4), said(3, 'bo', 8)])).toEqual([
      'first day',
      '',
      'last',
    ])
  })

  it('parts groups by person and by time', () => {
    expect(
      placements([said(1, 'bo', 0), said(2, 'ann', 1), said(3, 'ann', 6), said(4, 'ann', 7)]),
    ).toEqual(['first last day', 'first last', 'first', 'last'])
  })

  it('begins a day with a heading', () => {
    expect(placements([said(1, 'bo', 0), said(2, 'bo', 24 * 60)])).toEqual([
      'first last day',
      'first last day',
    ])
  })

  it('parts read from unread, once', () => {
    expect(placements([said(1, 'bo', 0), said(2, 'bo', 1), said(3, 'bo', 2)], 1)).toEqual([
      'first last day',
      'first unread',
      'last',
    ])
  })

  it('does not part where all is unread', () => {
    expect(placements([said(5, 'bo', 0), said(6, 'bo', 1)], 4)).toEqual(['first day', 'last'])
  })

  it('lets a message that waits join the group of its sender', () => {
    const waiting = pendingEntry(
      { clientMessageId: 'x', chatId: 'lobby', body: 'b', createdAt: at(2), state: 'sending' },
      'ann',
    )
    expect(placements([said(1, 'ann', 0), waiting])).toEqual(['first day', 'last'])
  })
})

describe('entries', () => {
  it('are the same for the same message', () => {
    const message = messageOf(1)
    expect(messageEntry(message)).toBe(messageEntry(message))
  })

  it('find the border of a chunk', () => {
    const messages = messagesOf(200)
    expect(indexOfChunk(messages, 0)).toBe(0)
    expect(messages[indexOfChunk(messages, 2)]?.seq).toBe(2 * CHUNK)
    expect(indexOfChunk(messages, 99)).toBe(200)
  })
})
