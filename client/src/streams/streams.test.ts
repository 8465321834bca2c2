import type { EventItem, InputOf, OutputOf } from '@collab-kit/protocol'
import { CollabError } from '@collab-kit/protocol/runtime'
import { beforeEach, describe, expect, it } from 'vitest'
import { Calls } from '../calls/calls.ts'
import type { Transport } from '../connection/transport.ts'
import { fakeClock, type FakeClock } from '../testing/fake-clock.ts'
import { Streams } from './streams.ts'

const STREAM = 'chat:a'
const EPOCH = 'e1'

type Reading = InputOf<'streams.readSince'>
type Page = OutputOf<'streams.readSince'>

let clock: FakeClock
let calls: Calls
let streams: Streams
let log: EventItem[]
let reads: Reading[]
let resumes: InputOf<'streams.resume'>[]
let applied: (number | string)[]
let happened: string[]
let epochs: number
/** What the service answers, unless the log itself does. */
let answer: { read?: (input: Reading) => Page; resume?: () => OutputOf<'streams.resume'> }

const event = (seq: number): EventItem => ({
  name: 'chat.messageSent',
  stream: STREAM,
  seq,
  at: '',
  data: { seq },
})
const typing: EventItem = { name: 'chat.typingChanged', stream: STREAM, at: '', data: {} }

function service(name: string, input: unknown): unknown {
  if (name === 'streams.resume') {
    resumes.push(input as InputOf<'streams.resume'>)
    return (
      answer.resume?.() ?? {
        epoch: EPOCH,
        heads: { [STREAM]: log.length },
        behind: [],
        gone: [],
        reset: [],
      }
    )
  }
  const reading = input as Reading
  reads.push(reading)
  const { seq, limit = 200 } = reading
  return (
    answer.read?.(reading) ?? {
      events: log.slice(seq, seq + limit),
      head: log.length,
      epoch: EPOCH,
    }
  )
}

const transport: Transport = {
  send(name, input, reply) {
    queueMicrotask(() => {
      try {
        reply({ ok: true, data: service(name, input) })
      } catch (error) {
        // The refusal that a test wants.
        reply({ ok: false, error: (error as CollabError).toJSON() })
      }
    })
  },
  close() {},
}

const follow = (options: { maxBehind?: number; fromHead?: boolean } = {}) =>
  streams.follow(STREAM, {
    ...options,
    apply: (items) => void applied.push(...items.map(({ seq, name }) => seq ?? name)),
    reload: () => void happened.push('reload'),
    gone: ({ code, details }) => void happened.push(`gone ${code} ${String(details?.['reason'])}`),
  })

const grow = (count: number) => {
  for (let more = 0; more < count; more++) log.push(event(log.length + 1))
}

beforeEach(async () => {
  clock = fakeClock()
  calls = new Calls({
    clock,
    timings: { callTimeoutMs: 30_000, attemptTimeoutMs: 12_000 },
    onWanted() {},
    onFinished() {},
  })
  streams = new Streams({ clock, calls, onEpochChanged: () => epochs++ })
  log = []
  reads = []
  resumes = []
  applied = []
  happened = []
  epochs = 0
  answer = {}
  grow(3)
  calls.opened(transport)
  await streams.resume(EPOCH)
})

describe('a followed stream', () => {
  it('[SEQ-9] keeps what comes before its snapshot and applies what the snapshot does not hold', () => {
    follow()
    streams.receive([event(3), event(4), event(5)])
    expect(applied).toEqual([])
    streams.settle(STREAM, 4)
    expect(applied).toEqual([5])
    expect(streams.position(STREAM)).toBe(5)
  })

  it('[SEQ-1] applies the events of a frame at once, each once', () => {
    follow()
    streams.settle(STREAM, 3)
    streams.receive([event(4), event(4), event(5)])
    streams.receive([event(5)])
    expect(applied).toEqual([4, 5])
  })

  it('[EPH-1] applies ephemeral events as they come, between the others', () => {
    follow()
    streams.receive([typing])
    streams.settle(STREAM, 3)
    streams.receive([event(4), typing, event(5)])
    expect(applied).toEqual([4, 'chat.typingChanged', 5])
  })

  it('reads what a gap left out, and applies nothing before it', async () => {
    follow()
    streams.settle(STREAM, 3)
    grow(5)
    streams.receive([event(7)])
    expect(applied).toEqual([])
    await clock.advance(0)
    expect(reads).toEqual([{ stream: STREAM, seq: 3 }])
    expect(applied).toEqual([4, 5, 6, 7, 8])
  })

  it('[RES-1] reads in pages up to the head', async () => {
    follow()
    streams.settle(STREAM, 3)
    grow(450)
    streams.heads({ [STREAM]: log.length })
    await clock.advance(0)
    expect(reads.map(({ seq }) => seq)).toEqual([3, 203, 403])
    expect(applied).toHaveLength(450)
  })

  it('[ENV-9] reads when the service tells a head beyond its position, and not otherwise', async () => {
    follow()
    streams.settle(STREAM, 3)
    streams.heads({ [STREAM]: 3, 'chat:other': 9 })
    await clock.advance(0)
    expect(reads).toEqual([])
    grow(1)
    streams.heads({ [STREAM]: 4 })
    await clock.advance(0)
    expect(applied).toEqual([4])
  })

  it('[RES-2] counts what it may not see', () => {
    follow()
    streams.settle(STREAM, 3)
    streams.receive([{ ...event(4), name: 'streams.withheld', data: {} }, event(5)])
    expect(streams.position(STREAM)).toBe(5)
  })

  it('reads at most one page at a time, however many gaps there are', async () => {
    follow()
    streams.settle(STREAM, 3)
    grow(9)
    streams.receive([event(6)])
    streams.receive([event(9)])
    streams.heads({ [STREAM]: 12 })
    await clock.advance(0)
    expect(reads).toHaveLength(1)
    expect(applied).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12])
  })

  it('is loaded anew when too much is missing', async () => {
    follow({ maxBehind: 400 })
    streams.settle(STREAM, 3)
    grow(401)
    streams.heads({ [STREAM]: log.length })
    await clock.advance(0)
    expect(happened).toEqual(['reload'])
    expect(reads).toEqual([])
    streams.settle(STREAM, log.length)
    expect(streams.position(STREAM)).toBe(404)
  })

  it('is loaded anew when its position is none of the log', async () => {
    follow()
    streams.settle(STREAM, 3)
    answer.read = () => {
      throw new CollabError('invalid_cursor')
    }
    streams.heads({ [STREAM]: 4 })
    await clock.advance(0)
    expect(happened).toEqual(['reload'])
  })

  it('is loaded anew when the log does not hold what its head promises', async () => {
    follow()
    streams.settle(STREAM, 3)
    answer.read = () => ({ events: [], head: 9, epoch: EPOCH })
    streams.heads({ [STREAM]: 9 })
    await clock.advance(0)
    expect(happened).toEqual(['reload'])
  })

  it('[SEQ-8] is gone when the service says so, with the reason', () => {
    follow()
    streams.settle(STREAM, 3)
    streams.removed(STREAM, 'banned')
    streams.receive([event(4)])
    expect(happened).toEqual(['gone forbidden banned'])
    follow()
    streams.removed(STREAM, 'chat_removed')
    expect(happened[1]).toBe('gone not_found chat_removed')
    expect(applied).toEqual([])
  })

  it('is gone when reading it is refused', async () => {
    follow()
    streams.settle(STREAM, 3)
    answer.read = () => {
      throw new CollabError('not_found')
    }
    streams.heads({ [STREAM]: 4 })
    await clock.advance(0)
    expect(happened).toEqual(['gone not_found undefined'])
  })

  it('reads again a little later when the service cannot', async () => {
    follow()
    streams.settle(STREAM, 3)
    grow(1)
    answer.read = () => {
      delete answer.read
      throw new CollabError('unavailable')
    }
    streams.heads({ [STREAM]: 4 })
    await clock.advance(0)
    expect(applied).toEqual([])
    await clock.advance(2_000)
    expect(applied).toEqual([4])
  })

  it('is not heard any more once nobody follows it', async () => {
    follow()
    streams.settle(STREAM, 3)
    grow(2)
    streams.receive([event(5)])
    streams.unfollow(STREAM)
    await clock.advance(0)
    expect(applied).toEqual([])
    expect(streams.position(STREAM)).toBeUndefined()
    expect(clock.waiting).toBe(0)
  })
})

describe('an event learned from an answer', () => {
  it('is applied when it is the next', () => {
    follow()
    streams.settle(STREAM, 3)
    streams.learn(event(4))
    expect(applied).toEqual([4])
  })

  it('waits a moment for those before it, and is no reason to read', async () => {
    follow()
    streams.settle(STREAM, 3)
    grow(2)
    streams.learn(event(5))
    await clock.advance(500)
    streams.receive([event(4), event(5)])
    await clock.advance(5_000)
    expect(applied).toEqual([4, 5])
    expect(reads).toEqual([])
  })

  it('has those before it read when they do not come', async () => {
    follow()
    streams.settle(STREAM, 3)
    grow(2)
    streams.learn(event(5))
    await clock.advance(1_000)
    expect(applied).toEqual([4, 5])
  })
})

describe('resuming', () => {
  it('[RES-4] tells the positions held and reads what was missed', async () => {
    follow()
    streams.settle(STREAM, 3)
    grow(2)
    await streams.resume(EPOCH)
    await clock.advance(0)
    expect(resumes.at(-1)).toEqual({ epoch: EPOCH, heads: { [STREAM]: 3 } })
    expect(applied).toEqual([4, 5])
  })

  it('[RES-4] loads anew what is gone or reset: the snapshot says whether it may still be read', async () => {
    follow()
    streams.settle(STREAM, 3)
    answer.resume = () => ({ epoch: EPOCH, heads: {}, behind: [], gone: [STREAM], reset: [] })
    await streams.resume(EPOCH)
    answer.resume = () => ({
      epoch: EPOCH,
      heads: { [STREAM]: 1 },
      behind: [],
      gone: [],
      reset: [STREAM],
    })
    streams.settle(STREAM, 3)
    await streams.resume(EPOCH)
    expect(happened).toEqual(['reload', 'reload'])
    expect(streams.position(STREAM)).toBeUndefined()
  })

  it('follows a stream without a snapshot from where it stands, an empty one from the start', async () => {
    follow({ fromHead: true })
    await streams.resume(EPOCH)
    expect(streams.position(STREAM)).toBe(3)
    log = []
    follow({ fromHead: true })
    answer.resume = () => ({ epoch: EPOCH, heads: {}, behind: [], gone: [], reset: [] })
    await streams.resume(EPOCH)
    streams.receive([event(1)])
    expect(applied).toEqual([1])
  })

  it('[RES-5] drops everything when the epoch is another, without asking', async () => {
    follow()
    streams.settle(STREAM, 3)
    await streams.resume('e2')
    expect(epochs).toBe(1)
    expect(happened).toEqual(['reload'])
    expect(resumes.at(-1)).toEqual({ epoch: 'e2', heads: {} })
  })

  it('[RES-5] drops everything when the service finds the epoch changed', async () => {
    follow()
    streams.settle(STREAM, 3)
    answer.resume = () => {
      throw new CollabError('epoch_changed')
    }
    await expect(streams.resume(EPOCH)).rejects.toMatchObject({ code: 'epoch_changed' })
    expect([epochs, happened]).toEqual([1, ['reload']])
  })

  it('[RES-5] drops everything when a page is of another epoch', async () => {
    follow()
    streams.settle(STREAM, 3)
    answer.read = () => ({ events: [event(4)], head: 4, epoch: 'e2' })
    streams.heads({ [STREAM]: 4 })
    await clock.advance(0)
    expect([epochs, happened, applied]).toEqual([1, ['reload'], []])
  })

  it('goes on reading over a lost connection', async () => {
    follow()
    streams.settle(STREAM, 3)
    grow(2)
    streams.heads({ [STREAM]: 5 })
    calls.closed()
    await clock.advance(0)
    expect(applied).toEqual([])
    calls.opened(transport)
    await streams.resume(EPOCH)
    await clock.advance(0)
    expect(applied).toEqual([4, 5])
  })
})
