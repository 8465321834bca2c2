import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { Published } from '../kernel/outbox.ts'
import { Feed } from './feed.ts'

const STREAM = 'chat:lobby'
const event = (seq: number): Published => ({ stream: STREAM, seq, json: `${seq}` })
const events = (from: number, to: number): Published[] =>
  Array.from({ length: to - from + 1 }, (_, index) => event(from + index))

/** A log that others write to, and the feed of a node that reads it. */
function stand({ head = 0, page = 200 } = {}) {
  let log = events(1, head)
  let away = false
  const delivered: (number | string)[] = []
  const answer = async <T>(give: () => T): Promise<T> => {
    await Promise.resolve()
    if (away) throw new Error('the database is away')
    return give()
  }
  const feed = new Feed({
    log: {
      after: (positions) =>
        answer(() => log.filter(({ seq }) => seq! > (positions[STREAM] ?? 0)).slice(0, page)),
      heads: (streams) =>
        answer(() => Object.fromEntries(streams.map((stream) => [stream, log.length]))),
    },
    deliver: (items) => delivered.push(...items.map(({ seq, json }) => seq ?? json)),
    onError: () => {},
  })
  return {
    feed,
    delivered,
    write: (count = 1) => (log = events(1, log.length + count)).slice(-count),
    goAway: () => (away = true),
    comeBack: () => (away = false),
  }
}

describe('the feed of a node', () => {
  test('delivers its own commits at once', () => {
    const { feed, delivered, write } = stand({ head: 4 })
    feed.follow(STREAM, 4)
    feed.publish(STREAM, write(2))
    expect(delivered).toEqual([5, 6])
  })

  test('reads what another node wrote when it hears of it', async () => {
    const { feed, delivered, write } = stand()
    feed.follow(STREAM, 0)
    write(3)
    feed.moved(STREAM, 3)
    await vi.waitFor(() => expect(delivered).toEqual([1, 2, 3]))
  })

  test('reads on where one page is not all', async () => {
    const { feed, delivered, write } = stand({ page: 10 })
    feed.follow(STREAM, 0)
    write(35)
    feed.moved(STREAM, 35)
    await vi.waitFor(() => expect(delivered).toHaveLength(35))
  })

  test('holds its own commit back until what came before it from elsewhere is read', async () => {
    const { feed, delivered, write } = stand()
    feed.follow(STREAM, 0)
    write()
    feed.publish(STREAM, write())
    expect(delivered).toEqual([])
    await vi.waitFor(() => expect(delivered).toEqual([1, 2]))
  })

  test('finds by asking what it was not told of', async () => {
    const { feed, delivered, write } = stand()
    feed.follow(STREAM, 0)
    write(2)
    await feed.ask(feed.streams)
    await vi.waitFor(() => expect(delivered).toEqual([1, 2]))
  })

  test('reads again when the database is back', async () => {
    const { feed, delivered, write, goAway, comeBack } = stand()
    feed.follow(STREAM, 0)
    write()
    goAway()
    feed.moved(STREAM, 1)
    await Promise.resolve()
    comeBack()
    await vi.waitFor(() => expect(delivered).toEqual([1]), { timeout: 5000 })
  })

  test('delivers nothing while it is paused, and all of it afterwards', async () => {
    const { feed, delivered, write } = stand()
    feed.follow(STREAM, 0)
    feed.pause()
    feed.publish(STREAM, write())
    expect(delivered).toEqual([])
    feed.resume()
    await vi.waitFor(() => expect(delivered).toEqual([1]))
  })

  test('passes on what has no place in the log', () => {
    const { feed, delivered } = stand()
    feed.follow(STREAM, 0)
    feed.publish(STREAM, [{ stream: STREAM, seq: undefined, json: 'typing' }])
    expect(delivered).toEqual(['typing'])
  })

  test('starts where the first that was let in starts', async () => {
    const { feed, delivered, write } = stand({ head: 2 })
    feed.follow(STREAM, undefined)
    write(2)
    feed.moved(STREAM, 4)
    expect(feed.started(STREAM, 3)).toBe(false)
    await vi.waitFor(() => expect(delivered).toEqual([4]))
    expect(feed.started(STREAM, 3)).toBe(true)
  })

  test('delivers each event once and in order, whoever wrote it', async () => {
    const steps = fc.array(fc.constantFrom('own', 'other', 'hint', 'wait', 'ask'), {
      maxLength: 60,
    })
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 5 }), async (taken, page) => {
        const { feed, delivered, write } = stand({ page })
        feed.follow(STREAM, 0)
        let head = 0
        for (const step of taken) {
          if (step === 'own' || step === 'other') head++
          if (step === 'own') feed.publish(STREAM, write())
          if (step === 'other') write()
          if (step === 'hint') feed.moved(STREAM, head)
          if (step === 'ask') await feed.ask(feed.streams)
          if (step === 'wait') await Promise.resolve()
        }
        await feed.ask(feed.streams)
        await vi.waitFor(() => expect(delivered).toHaveLength(head), { interval: 1 })
        expect(delivered).toEqual(Array.from({ length: head }, (_, index) => index + 1))
      }),
    )
  })
})
