import type { InputOf, Message, Reply } from '@collab-kit/protocol'
import { CollabError, limitDefaults } from '@collab-kit/protocol/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Calls } from '../calls/calls.ts'
import type { Transport } from '../connection/transport.ts'
import type { PendingMessage } from '../domains/chat/model.ts'
import { memoryStorage } from '../storage/memory.ts'
import type { CollabStorage } from '../storage/storage.ts'
import { fakeClock, settled, type FakeClock } from '../testing/fake-clock.ts'
import { toMessage } from '../testing/fixtures.ts'
import { Outbox } from './outbox.ts'
import { createPace } from './pace.ts'

type Sending = InputOf<'chat.sendMessage'>
interface Sent {
  input: Sending
  reply(reply: Reply): void
}

/** A tab: its outbox, its connection and what is shown of it. */
class Tab {
  readonly sent: Sent[] = []
  readonly confirmed: Message[] = []
  readonly calls: Calls
  readonly outbox: Outbox
  pending: readonly PendingMessage[] = []
  ready = true
  /** Whether messages are shown as soon as they are answered. */
  shows = true

  constructor(clock: FakeClock, storage: CollabStorage) {
    this.calls = new Calls({
      clock,
      timings: { callTimeoutMs: 30_000, attemptTimeoutMs: 12_000 },
      onWanted() {},
      onFinished() {},
    })
    this.outbox = new Outbox({
      clock,
      calls: this.calls,
      storage,
      limits: () => limitDefaults,
      isReady: () => this.ready,
      onChange: (_chatId, pending) => void (this.pending = pending),
      onSent: (message) => {
        this.confirmed.push(message)
        return this.shows
      },
    })
    tabs.push(this)
  }

  connect() {
    const transport: Transport = {
      send: (_name, input, reply) => void this.sent.push({ input: input as Sending, reply }),
      close() {},
    }
    this.calls.opened(transport)
    this.outbox.drain()
  }

  write(body: string) {
    const clientMessageId = `${body}-id`
    return this.outbox.add({
      clientMessageId,
      chatId: 'a',
      body,
      createdAt: '2026-01-01T00:00:00.000Z',
    })
  }

  get bodies() {
    return this.sent.map(({ input }) => input.body)
  }

  get states() {
    return this.pending.map(({ body, state }) => `${body} ${state}`)
  }
}

let tabs: Tab[] = []
let clock: FakeClock
let storage: CollabStorage

const ok = ({ input }: Sent, seq = 1): Reply => ({
  ok: true,
  data: toMessage({ chatId: 'a', seq, body: input.body, clientMessageId: input.clientMessageId }),
})
const refusal = (...of: ConstructorParameters<typeof CollabError>): Reply => ({
  ok: false,
  error: new CollabError(...of).toJSON(),
})
const stored = async () => (await storage.entries('outbox/')).length

beforeEach(() => {
  clock = fakeClock()
  storage = memoryStorage()
})

afterEach(() => {
  for (const { outbox } of tabs.splice(0)) outbox.close()
})

describe('the outbox', () => {
  it('shows a message at once and sends it with the connection', () => {
    const tab = new Tab(clock, storage)
    expect(tab.write('one')).toMatchObject({ body: 'one', state: 'queued' })
    expect(tab.states).toEqual(['one queued'])
    tab.connect()
    expect(tab.sent[0]?.input).toEqual({ chatId: 'a', clientMessageId: 'one-id', body: 'one' })
    expect(tab.states).toEqual(['one sending'])
  })

  it('[SEQ-4] sends up to 16 without waiting, in the order of writing', async () => {
    const tab = new Tab(clock, storage)
    tab.connect()
    for (let count = 0; count < 20; count++) tab.write(`m${count}`)
    expect(tab.bodies).toEqual(Array.from({ length: 16 }, (_, count) => `m${count}`))
    const [first] = tab.sent
    if (first) first.reply(ok(first))
    await settled()
    expect(tab.bodies.at(-1)).toBe('m16')
    expect(tab.states[0]).toBe('m1 sending')
  })

  it('waits while the chat is being joined', () => {
    const tab = new Tab(clock, storage)
    tab.ready = false
    tab.connect()
    tab.write('one')
    expect(tab.sent).toEqual([])
    tab.ready = true
    tab.outbox.drain()
    expect(tab.bodies).toEqual(['one'])
  })

  it('[SEQ-5] marks a refused message and goes on with the others', async () => {
    const tab = new Tab(clock, storage)
    tab.connect()
    tab.write('bad')
    tab.write('good')
    tab.sent[0]?.reply(refusal('forbidden'))
    await settled()
    expect(tab.states).toEqual(['bad failed', 'good sending'])
    expect(tab.pending[0]?.error?.code).toBe('forbidden')
  })

  it('[IDEM-8] keeps a message whose outcome is unknown and sends it again by the same id, first', async () => {
    const tab = new Tab(clock, storage)
    tab.connect()
    tab.write('one')
    tab.write('two')
    tab.calls.closed()
    await settled()
    expect(tab.states).toEqual(['one queued', 'two queued'])
    tab.connect()
    expect(tab.sent.map(({ input }) => input.clientMessageId)).toEqual([
      'one-id',
      'two-id',
      'one-id',
    ])
    tab.sent[2]?.reply(ok(tab.sent[2]))
    await settled()
    expect(tab.bodies.at(-1)).toBe('two')
  })

  it('[LIM-6] waits as long as the service says and goes on by itself, in order', async () => {
    const tab = new Tab(clock, storage)
    tab.connect()
    tab.write('one')
    tab.write('two')
    tab.sent[0]?.reply(refusal('rate_limited', { retryAfterMs: 3_000 }))
    tab.sent[1]?.reply(refusal('rate_limited', { retryAfterMs: 3_000 }))
    await clock.advance(2_900)
    expect(tab.bodies).toEqual(['one', 'two'])
    await clock.advance(300)
    expect(tab.bodies).toEqual(['one', 'two', 'one'])
    tab.sent[2]?.reply(ok(tab.sent[2]))
    await clock.advance(0)
    expect(tab.bodies.at(-1)).toBe('two')
    expect(tab.states).toEqual(['two sending'])
  })

  it('does not try a message for ever that breaks the service', async () => {
    const tab = new Tab(clock, storage)
    tab.connect()
    tab.write('poison')
    tab.write('next')
    for (let attempt = 0; attempt < 40 && tab.states[0] !== 'poison failed'; attempt++) {
      const last = tab.sent.at(-1)
      last?.reply(last.input.body === 'poison' ? refusal('internal') : refusal('unavailable'))
      const others = tab.sent.slice(0, -1)
      for (const each of others) each.reply(refusal('internal'))
      await clock.advance(31_000)
    }
    expect(tab.states[0]).toBe('poison failed')
    expect(tab.states[1]).toMatch(/^next (queued|sending)$/)
  })

  it('keeps an answered message until its event is shown', async () => {
    const tab = new Tab(clock, storage)
    await tab.outbox.identify('outbox/ann/')
    tab.shows = false
    tab.connect()
    tab.write('one')
    await settled()
    expect(await stored()).toBe(1)
    const [sent] = tab.sent
    if (sent) sent.reply(ok(sent))
    await settled()
    expect(tab.states).toEqual(['one sending'])
    expect(await stored()).toBe(0)
    tab.outbox.confirmed('a', tab.confirmed)
    expect(tab.outbox.pending('a')).toEqual([])
    tab.calls.closed()
    tab.connect()
    expect(tab.sent).toHaveLength(1)
  })

  it('does not send again what is shown before it is answered', async () => {
    const tab = new Tab(clock, storage)
    tab.connect()
    tab.write('one')
    tab.outbox.confirmed('a', [toMessage({ chatId: 'a', seq: 1, clientMessageId: 'one-id' })])
    tab.calls.closed()
    tab.connect()
    await settled()
    expect(tab.sent).toHaveLength(1)
  })

  it('drops an answered message when the chat was loaded anew', async () => {
    const tab = new Tab(clock, storage)
    tab.shows = false
    tab.connect()
    tab.write('one')
    tab.write('two')
    const [sent] = tab.sent
    if (sent) sent.reply(ok(sent))
    await settled()
    tab.outbox.loaded('a')
    expect(tab.states).toEqual(['two sending'])
  })

  it('sends a refused message again as the newest, and gives one up', async () => {
    const tab = new Tab(clock, storage)
    await tab.outbox.identify('outbox/ann/')
    tab.connect()
    tab.write('bad')
    tab.sent[0]?.reply(refusal('forbidden'))
    await settled()
    tab.outbox.retry('a', 'bad-id')
    expect(tab.states).toEqual(['bad sending'])
    tab.sent[1]?.reply(refusal('forbidden'))
    await settled()
    expect(await stored()).toBe(1)
    tab.outbox.discard('a', 'bad-id')
    expect(tab.states).toEqual([])
    await settled()
    expect(await stored()).toBe(0)
    tab.outbox.retry('a', 'bad-id')
    expect(tab.sent).toHaveLength(2)
  })
})

describe('over a reload', () => {
  it('keeps what the service does not have, in order, and nothing else', async () => {
    const before = new Tab(clock, storage)
    await before.outbox.identify('outbox/ann/')
    before.connect()
    for (const body of ['one', 'two', 'three']) before.write(body)
    const [sent] = before.sent
    if (sent) sent.reply(ok(sent))
    before.sent[1]?.reply(refusal('too_large'))
    await settled()
    before.outbox.close()

    const after = new Tab(clock, storage)
    await after.outbox.identify('outbox/ann/')
    expect(after.states).toEqual(['two failed', 'three queued'])
    expect(after.pending[0]?.error?.code).toBe('too_large')
    after.connect()
    expect(after.sent.map(({ input }) => input.clientMessageId)).toEqual(['three-id'])
    expect(after.sent[0]?.input).toEqual({
      chatId: 'a',
      clientMessageId: 'three-id',
      body: 'three',
    })
  })

  it('keeps what was written before the person was known', async () => {
    const before = new Tab(clock, storage)
    before.write('early')
    await before.outbox.identify('outbox/ann/')
    await settled()
    before.outbox.close()
    const after = new Tab(clock, storage)
    await after.outbox.identify('outbox/ann/')
    expect(after.states).toEqual(['early queued'])
  })

  it('keeps the messages of different people apart', async () => {
    const ann = new Tab(clock, storage)
    await ann.outbox.identify('outbox/ann/')
    ann.write('of ann')
    await settled()
    ann.outbox.forget()
    expect(ann.outbox.pending('a')).toEqual([])
    await ann.outbox.identify('outbox/ben/')
    expect(ann.outbox.pending('a')).toEqual([])
    expect(await stored()).toBe(1)
  })

  it('takes up again what the same person left on this page', async () => {
    const tab = new Tab(clock, storage)
    await tab.outbox.identify('outbox/ann/')
    tab.write('kept')
    await settled()
    // On its way to the storage.
    tab.write('just now')
    tab.outbox.forget()
    await tab.outbox.identify('outbox/ben/')
    tab.write('of ben')
    await settled()
    expect(tab.states).toEqual(['of ben queued'])
    tab.outbox.forget()
    await settled()
    await tab.outbox.identify('outbox/ann/')
    expect(tab.states).toEqual(['kept queued', 'just now queued'])
    const other = new Tab(clock, storage)
    await other.outbox.identify('outbox/ann/')
    expect(other.states).toEqual([])
    tab.connect()
    expect(tab.bodies).toEqual(['kept', 'just now'])
  })

  it('takes a record that is none for nothing', async () => {
    await storage.set('outbox/ann/a/x', { message: 7 })
    const tab = new Tab(clock, storage)
    await tab.outbox.identify('outbox/ann/')
    expect(tab.pending).toEqual([])
  })
})

describe('two tabs', () => {
  it('[IDEM-8] send each message from one of them', async () => {
    const one = new Tab(clock, storage)
    const two = new Tab(clock, storage)
    await one.outbox.identify('outbox/ann/')
    one.write('mine')
    await settled()
    await two.outbox.identify('outbox/ann/')
    expect(two.states).toEqual([])
    two.connect()
    one.connect()
    expect([one.bodies, two.bodies]).toEqual([['mine'], []])
  })

  it('take over from each other when one is gone', async () => {
    const one = new Tab(clock, storage)
    const two = new Tab(clock, storage)
    await one.outbox.identify('outbox/ann/')
    await two.outbox.identify('outbox/ann/')
    one.write('left')
    await settled()
    two.connect()
    one.outbox.close()
    await settled()
    await two.outbox.adopt()
    expect(two.bodies).toEqual(['left'])
    const [sent] = two.sent
    if (sent) sent.reply(ok(sent))
    await settled()
    expect(await stored()).toBe(0)
  })
})

describe('the pace', () => {
  it('[LIM-6] stays below the limit of the service', async () => {
    const pace = createPace(clock, () => ({ opsBurst: 10, opsPerSecond: 10 }))
    const burst = Array.from({ length: 9 }, () => pace.take())
    expect(burst.filter((wait) => wait === 0)).toHaveLength(8)
    expect(burst.at(-1)).toBe(125)
    await clock.advance(1_000)
    const second = Array.from({ length: 9 }, () => pace.take())
    expect(second.filter((wait) => wait === 0)).toHaveLength(8)
  })

  it('follows the limits of the service', () => {
    let limits = { opsBurst: 100, opsPerSecond: 10 }
    const pace = createPace(clock, () => limits)
    limits = { opsBurst: 5, opsPerSecond: 10 }
    expect(Array.from({ length: 5 }, () => pace.take()).filter((wait) => wait === 0)).toHaveLength(
      4,
    )
  })
})
