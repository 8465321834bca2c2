import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { FrameWriter, type FramedSocket } from './frame-writer.ts'

/** A WebSocket over a kernel that takes writes only when it is told to. */
function createFramed() {
  const writes: string[] = []
  const taken: (() => void)[] = []
  let full = false
  const take = (chunk: string, done: () => void) => {
    if (chunk !== '') writes.push(chunk)
    if (full) taken.push(done)
    else done()
  }
  const socket = new Writable({
    write: (chunk: Buffer, _encoding, done) => take(chunk.toString('latin1'), done),
    writev: (chunks, done) =>
      take(chunks.map(({ chunk }) => (chunk as Buffer).toString('latin1')).join(''), done),
  })
  const framed = { _socket: socket, _sender: {} } as unknown as FramedSocket
  return {
    framed,
    writes,
    fill: () => (full = true),
    drain() {
      full = false
      for (const done of taken.splice(0)) done()
    },
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('the frames of a WebSocket', () => {
  it('go out in one write for each turn of the event loop, in order, whoever wrote them', async () => {
    const { framed, writes } = createFramed()
    const writer = new FrameWriter(framed, () => {})
    writer.write(Buffer.from('a'))
    framed._sender.sendFrame([Buffer.from('b'), 'é'])
    writer.write(Buffer.from('c'))
    expect(writes).toEqual([])
    await turn()
    expect(writes).toEqual(['abÃ©c'])
    writer.write(Buffer.from('d'))
    await turn()
    expect(writes).toEqual(['abÃ©c', 'd'])
    expect(writer.bytes).toBe(0)
  })

  it('do not wait for the end of the turn when they are many', () => {
    const { framed, writes } = createFramed()
    const writer = new FrameWriter(framed, () => {})
    for (let count = 0; count < 3; count++) writer.write(Buffer.alloc(30_000, 'x'))
    expect(writes.join('')).toHaveLength(90_000)
    expect(writer.bytes).toBe(0)
  })

  it('wait, counted, while the kernel takes no more, and go on by themselves', async () => {
    const { framed, writes, fill, drain } = createFramed()
    let empty = 0
    const writer = new FrameWriter(framed, () => empty++)
    fill()
    writer.write(Buffer.from('first'))
    await turn()
    writer.write(Buffer.from('second'))
    writer.write(Buffer.from('third'))
    await turn()
    expect(writes).toEqual(['first'])
    expect(writer.bytes).toBe('firstsecondthird'.length)
    expect(empty).toBe(0)
    drain()
    await turn()
    expect(writes).toEqual(['first', 'secondthird'])
    expect(writer.bytes).toBe(0)
    expect(empty).toBe(1)
  })

  it('are dropped whole: what the kernel has begun to take ends', async () => {
    const { framed, writes, fill, drain } = createFramed()
    const writer = new FrameWriter(framed, () => {})
    fill()
    writer.write(Buffer.from('begun'))
    await turn()
    writer.write(Buffer.from('dropped'))
    writer.clear()
    expect(writer.bytes).toBe('begun'.length)
    writer.write(Buffer.from('last'))
    drain()
    await turn()
    expect(writes).toEqual(['begun', 'last'])
  })

  it('let the engine go on at once, but end nothing before a close frame is on its way', async () => {
    const { framed, writes } = createFramed()
    const told: string[] = []
    const writer = new FrameWriter(framed, () => {})
    framed._sender.sendFrame([Buffer.from([0x81, 1]), 'a'], () => told.push('text'))
    framed._sender.sendFrame([Buffer.from([0x88, 0])], () =>
      told.push(`close after ${writes.length}`),
    )
    writer.write(Buffer.from('nothing follows'))
    expect(told).toEqual(['text'])
    await turn()
    expect(told).toEqual(['text', 'close after 1'])
    expect(writes.join('')).toHaveLength(5)
    expect(writer.bytes).toBe(0)
  })
})
