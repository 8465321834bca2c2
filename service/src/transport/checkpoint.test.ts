import { describe, expect, test } from 'vitest'
import { Checkpoints, streamHash, type Resumption } from './checkpoint.ts'

const ada = { username: 'ada' }
const checkpoints = new Checkpoints('secret', 'epoch-1')

const readBack = (text: string): Resumption => {
  const read = checkpoints.read(text, ada)
  if (typeof read === 'string') throw new Error(read)
  return read
}

describe('a checkpoint', () => {
  test('holds the position of every stream', () => {
    const checkpoint = checkpoints.create(ada)
    const heads = [0, 1, 127, 128, 16_383, 2 ** 31, 2 ** 40]
    for (const seq of heads) checkpoint.enter(`chat:${seq}`, { seq })
    checkpoint.pass('chat:0', 5)
    checkpoint.leave('chat:1')
    const { positionOf, hashes, partial } = readBack(checkpoint.encode())
    expect(heads.map((seq) => positionOf(`chat:${seq}`))).toEqual([5, undefined, ...heads.slice(2)])
    expect(hashes).toEqual(
      new Set(heads.filter((n) => n !== 1).map((n) => streamHash(`chat:${n}`))),
    )
    expect(partial).toBe(false)
  })

  test('names what was joined by hand and what leaves no trace', () => {
    const checkpoint = checkpoints.create(ada)
    checkpoint.enter('chat:caf%C3%A9', { seq: 3, joined: true })
    checkpoint.enter('chat:room', { seq: 4, passing: true })
    checkpoint.pass('chat:room', 6)
    // A membership takes the place of what was joined by hand.
    checkpoint.enter('chat:both', { seq: 7, joined: true })
    checkpoint.enter('chat:both', { seq: 7 })
    expect([...readBack(checkpoint.encode()).named]).toEqual([
      ['chat:room', { seq: 6, joined: false, passing: true }],
      ['chat:caf%C3%A9', { seq: 3, joined: true, passing: false }],
    ])
  })

  test('is good for its person, its ticket, its service and its epoch alone', () => {
    const own = checkpoints.create(ada).encode()
    const ticketed = checkpoints.create({ ...ada, ticket: 't' }).encode()
    expect(checkpoints.read(own, { username: 'ben' })).toBe('unknown_position')
    expect(checkpoints.read(own, { ...ada, ticket: 't' })).toBe('unknown_position')
    expect(checkpoints.read(ticketed, ada)).toBe('unknown_position')
    expect(new Checkpoints('other', 'epoch-1').read(own, ada)).toBe('unknown_position')
    expect(new Checkpoints('secret', 'epoch-2').read(own, ada)).toBe('epoch_changed')
  })

  test('that was changed in any character is good for nothing', () => {
    const checkpoint = checkpoints.create(ada)
    checkpoint.enter('chat:a', { seq: 3 })
    const text = checkpoint.encode()
    for (let index = 0; index < text.length - 1; index++) {
      const other = text[index] === 'A' ? 'Z' : 'A'
      const changed = text.slice(0, index) + other + text.slice(index + 1)
      expect(checkpoints.read(changed, ada), changed).toBe('unknown_position')
      expect(checkpoints.read(text.slice(0, index), ada)).toBe('unknown_position')
    }
    for (const junk of ['ä', ' ', `${text}=`, 'x'.repeat(100_000)])
      expect(checkpoints.read(junk, ada)).toBe('unknown_position')
  })

  test('of too many streams holds those that moved last, and says so', () => {
    const checkpoint = checkpoints.create(ada)
    for (let n = 0; n < 2000; n++) checkpoint.enter(`chat:${n}`, { seq: n })
    checkpoint.pass('chat:0', 1)
    const text = checkpoint.encode()
    expect(text.length).toBeLessThan(6000)
    const { partial, positionOf } = readBack(text)
    expect(partial).toBe(true)
    expect([positionOf('chat:0'), positionOf('chat:1999'), positionOf('chat:1')]).toEqual([
      1,
      1999,
      undefined,
    ])
  })

  test('tells of streams that came or went without an event, once', () => {
    const checkpoint = checkpoints.create(ada)
    let told = 0
    checkpoint.onChange = () => told++
    checkpoint.enter('chat:a', { seq: 1 })
    checkpoint.enter('chat:a', { seq: 1 })
    checkpoint.pass('chat:a', 2)
    checkpoint.leave('chat:a')
    checkpoint.leave('chat:a')
    expect(told).toBe(2)
  })
})
