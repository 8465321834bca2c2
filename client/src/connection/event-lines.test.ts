import { describe, expect, it } from 'vitest'
import { readEventLines } from './event-lines.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

/** What is read of these bytes when they arrive in pieces that end at these places. */
function read(bytes: Uint8Array, cuts: readonly number[]): string[] {
  const data: string[] = []
  const take = readEventLines((each) => void data.push(each))
  let start = 0
  for (const end of [...cuts, bytes.length]) {
    take(bytes.subarray(start, end))
    start = end
  }
  return data
}

/** Names, ids, times, comments, fields of tomorrow, two lines of data, characters of one to four bytes. */
const LINES = [
  ': hello',
  'event: system.welcome',
  'data: {"a":"é€💬"}',
  'retry: 1000',
  'id: 7',
  '',
  ':',
  '',
  'id: 8',
  '',
  'data:{"b":1,',
  'data',
  'data:  "c":2}',
  'other: x',
  '',
  'data: not finished',
]
const EXPECTED = ['{"a":"é€💬"}', '{"b":1,\n\n "c":2}']

describe.each([
  ['a line feed', '\n'],
  ['a carriage return', '\r'],
  ['both', '\r\n'],
])('an event stream whose lines end with %s', (_name, end) => {
  const bytes = bytesOf(LINES.join(end))

  it('is read whole', () => {
    expect(read(bytes, [])).toEqual(EXPECTED)
  })

  it('is read the same wherever it is cut', () => {
    for (let first = 0; first <= bytes.length; first++) {
      expect(read(bytes, [first]), `cut at ${first}`).toEqual(EXPECTED)
      const second = Math.min(bytes.length, first + 1)
      expect(read(bytes, [first, second]), `cut at ${first} and after`).toEqual(EXPECTED)
    }
  })

  it('is read the same byte by byte', () => {
    expect(read(bytes, [...bytes.keys()])).toEqual(EXPECTED)
  })
})

describe('an event stream', () => {
  it('may begin with a byte order mark, and end its lines in every way', () => {
    expect(read(bytesOf('\uFEFFdata: 1\r\n\ndata: 2\r\rdata: 3\n\r'), [])).toEqual(['1', '2', '3'])
  })

  it('hands on an event as soon as its end is known', () => {
    const data: string[] = []
    const take = readEventLines((each) => void data.push(each))
    take(bytesOf('data: 1\r\n\r'))
    expect(data).toEqual(['1'])
    take(bytesOf('\ndata: 2\n'))
    take(bytesOf('\n'))
    expect(data).toEqual(['1', '2'])
  })
})
