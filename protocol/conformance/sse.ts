import { chatStream, userStream, type EventItem } from '@collab-kit/protocol'
import { describe, expect } from 'vitest'
import { channel, directWith, joinAll, privateChannel, room, say } from './acts.ts'
import { openEventStream, readUntilCut, type EventStream } from './event-stream.ts'
import { http } from './http.ts'
import { count, durable, named, of, refusal } from './rule.ts'
import { connectionRules } from './sse-connections.ts'
import { bound, durableOf, eventRules, reaches } from './sse-stage.ts'
import { ticketRules } from './sse-tickets.ts'
import type { Target } from './target.ts'

/** Everything over an HTTP response that does not end. */
export function eventStreamRules(target: Target): void {
  // They are the same whatever operations are called by.
  if (target.transport !== 'rest') return
  describe('event streams', () => {
    format(target)
    sameAsSocket(target)
    cutOff(target)
    absences(target)
    foreignIds(target)
    ticketRules(target)
    connectionRules(target)
  })
}

function format(target: Target): void {
  const rule = eventRules(target)

  rule('[SSE-1] Items are named and whole, the welcome first', async ({ person, follow }) => {
    const ada = await person()
    const reader = await follow(ada)
    expect(reader.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    })
    expect(reader.items[0]).toMatchObject({
      name: 'system.welcome',
      data: { username: ada.username },
    })
    const { chatId } = await channel(ada)
    const body = 'two\nlines, \r, \u2028 and é 🎉'
    await say(ada, chatId, body)
    await reader.until(named('chat.messageSent', { body }))
    expect(reader.blocks.map(({ event }) => event)).toEqual(reader.items.map(({ name }) => name))
  })

  rule('[SSE-1] Without names every item is a message', async ({ person, follow }) => {
    const ada = await person()
    const reader = await follow(ada, { query: { named: 'false' } })
    const { chatId } = await channel(ada)
    await reader.until(named('chat.chatAdded'))
    await reader.until(of(chatStream(chatId)))
    expect(reader.blocks.map(({ event }) => event)).toEqual(reader.items.map(() => undefined))
  })

  rule('[SSE-2] Only GET is offered, and tokens stay out of addresses', async ({ person }) => {
    const { accessToken: token, url } = await person()
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD']) {
      expect((await http(url, { method, path: '/events', token })).status, method).toBe(405)
    }
    const attempts = [
      [{}, 'unauthenticated'],
      [{ token: 'garbage' }, 'token_malformed'],
      [{ query: { token } }, 'invalid_payload'],
      [{ token, query: { other: '1' } }, 'invalid_payload'],
      [{ token, query: { named: 'maybe' } }, 'invalid_payload'],
      [{ token, headers: { origin: 'https://elsewhere.example' } }, 'origin_denied'],
    ] as const
    for (const [more, code] of attempts) {
      const refused = await refusal(openEventStream({ url, ...more }))
      expect(refused, JSON.stringify(more)).toMatchObject({ code })
    }
    const elsewhere = await http(url, { method: 'GET', path: '/users?ticket=abc', token })
    expect(elsewhere.body).toMatchObject({ details: { reason: 'token_in_url' } })
  })
}

function sameAsSocket(target: Target): void {
  eventRules(target)(
    '[SSE-3] It brings what a socket brings, stream by stream in the same order',
    async ({ person, connect, peer, follow }) => {
      const ada = await person()
      const socket = await connect(ada)
      const reader = await follow(ada)
      const ben = await peer()
      const { chatId } = await privateChannel(ben, [ada])
      const direct = await directWith(ben, ada)
      await say(ben, chatId, 'one')
      await ben.call('chat.setTyping', { chatId, typing: true })
      await say(ada, chatId, 'two')
      await say(ben, direct.chatId, 'three')
      await ben.call('chat.markRead', { chatId, seq: 2 })
      const other = await channel(ben)
      await joinAll(other.chatId, ada)
      const last = await say(ben, other.chatId, 'four')
      await ada.call('chat.leaveChat', { chatId: other.chatId })
      await say(ben, other.chatId, 'not for Ada')
      const end = await say(ben, chatId, 'the end')
      await Promise.all([
        reaches(reader, chatStream(chatId), end.seq),
        reaches(reader, chatStream(other.chatId), last.seq),
        reader.until(named('chat.chatLeft')),
        reader.until(named('streams.removed')),
        reader.until(named('chat.typingChanged')),
        socket.fence(),
      ])
      const bring = ({ items }: { items: readonly EventItem[] }) =>
        Map.groupBy(
          items.filter(({ stream, name }) => stream !== undefined || name === 'streams.removed'),
          ({ stream }) => stream,
        )
      expect(withoutTimes(bring(reader))).toEqual(withoutTimes(bring(socket)))
    },
  )
}

/** What is said to one connection alone is said at its own time. */
const withoutTimes = (streams: Map<string | undefined, EventItem[]>) =>
  new Map(
    [...streams].map(([stream, items]) => [
      stream,
      stream === undefined ? items.map(({ name, data }) => ({ name, data })) : items,
    ]),
  )

const WRITERS = 10
const EACH = 50
const CUTS = 20

function cutOff(target: Target): void {
  const rule = eventRules(target)

  rule(
    '[SSE-4] However often and wherever it is cut, every event comes once and in order',
    async ({ person, connect, peer, follow }) => {
      const ada = await person()
      const witness = await connect(ada)
      const writers = await Promise.all(count(WRITERS).map(() => peer()))
      const { chatId, head } = await privateChannel(writers[0]!, [ada, ...writers.slice(1)])
      const stream = chatStream(chatId)
      const parts: EventStream[] = [await follow(ada)]
      const before = durableOf(stream, parts[0]!).length
      expect(before).toBe(0)
      await parts[0]!.close()
      const talk = Promise.all(
        writers.map(async (writer) => {
          for (const n of count(EACH)) await say(writer, chatId, `${n} ${'é'.repeat(n * 3)}`)
        }),
      )
      const cuts = count(CUTS).map(() => 1 + Math.floor(Math.random() * 12_000))
      const { url, accessToken: token } = ada
      let lastEventId = parts[0]!.lastEventId
      for (const cutAfter of cuts) {
        const part = await readUntilCut({ url, token, lastEventId, cutAfter })
        lastEventId = part.lastEventId || lastEventId
        parts.push(part)
      }
      await talk
      await witness.fence()
      const expected = durable(witness, stream)
      const last = await follow(ada, { lastEventId })
      await reaches(last, stream, expected.at(-1)!.seq!)
      const got = durableOf(stream, ...parts, last)
      const from = expected.filter(({ seq }) => seq! > head)
      expect(from).toHaveLength(WRITERS * EACH)
      expect(got, `cut after ${cuts.join()}`).toEqual(from)
    },
  )

  rule('[SSE-4] Every id is a place to go on from', async ({ person, follow }) => {
    const ada = await person()
    const first = await follow(ada)
    const { chatId } = await channel(ada)
    const stream = chatStream(chatId)
    for (const n of count(4)) await say(ada, chatId, `${n}`)
    const { seq } = await say(ada, chatId, 'last')
    await reaches(first, stream, seq)
    const own = userStream(ada.username)
    await reaches(first, own, (await ada.call('streams.readSince', { stream: own, seq: 0 })).head)
    const positions = first.blocks.flatMap(({ id }, index) =>
      first.items[index]!.seq === undefined ? [] : [{ id, after: first.items.slice(index + 1) }],
    )
    expect(new Set(positions.map(({ id }) => id)).size).toBe(positions.length)
    expect(positions.length).toBeGreaterThan(5)
    for (const { id: lastEventId, after } of positions) {
      const again = await follow(ada, { lastEventId })
      const next = await say(ada, chatId, 'next')
      await reaches(again, stream, next.seq)
      for (const each of [stream, own]) {
        const missed = after.filter((item) => item.stream === each && item.seq !== undefined)
        expect(durableOf(each, again).slice(0, missed.length)).toEqual(missed)
      }
      await again.close()
    }
  })

  if (target.restart) {
    rule('[SSE-4] A restart is no more than a cut', async ({ person, follow }) => {
      const ada = await person()
      const { chatId } = await channel(ada)
      const stream = chatStream(chatId)
      const first = await follow(ada)
      const { seq } = await say(ada, chatId, 'before')
      await reaches(first, stream, seq)
      await target.restart!()
      await first.ended
      const later = await say(ada, chatId, 'after')
      const second = await follow(ada, { lastEventId: first.lastEventId })
      await reaches(second, stream, later.seq)
      expect(durableOf(stream, first, second).map((item) => item.seq)).toEqual([seq, later.seq])
    })
  }
}

function absences(target: Target): void {
  const rule = eventRules(target)

  rule(
    '[SSE-5] Memberships that began and ended meanwhile begin and end',
    async ({ person, peer, follow }) => {
      const ada = await person()
      const ben = await peer()
      const [left, again] = [await channel(ben), await channel(ben)]
      await joinAll(left.chatId, ada)
      await joinAll(again.chatId, ada)
      const first = await follow(ada)
      await first.close()
      const hidden = await channel(ben, { historyVisibility: 'since_joined' })
      await say(ben, hidden.chatId, 'before Ada')
      await ada.call('chat.leaveChat', { chatId: left.chatId })
      await say(ben, left.chatId, 'without Ada')
      await ada.call('chat.leaveChat', { chatId: again.chatId })
      await say(ben, again.chatId, 'without Ada')
      await joinAll(again.chatId, ada)
      await joinAll(hidden.chatId, ada)
      const { seq } = await say(ben, hidden.chatId, 'with Ada')
      const second = await follow(ada, { lastEventId: first.lastEventId })
      await reaches(second, chatStream(hidden.chatId), seq)
      const said = await say(ben, again.chatId, 'with Ada')
      await reaches(second, chatStream(again.chatId), said.seq)
      for (const { chatId } of [hidden, again]) {
        expect(durableOf(chatStream(chatId), second).map(({ name }) => name)).toEqual([
          'chat.memberJoined',
          'chat.messageSent',
        ])
      }
      expect(durableOf(chatStream(left.chatId), second)).toEqual([])
      const removed = second.items.filter(named('streams.removed')).map(({ data }) => data)
      expect(removed).toHaveLength(2)
      for (const { chatId } of [left, again])
        expect(removed).toContainEqual({ stream: chatStream(chatId), reason: 'left' })
      // It is told once: the position knows of it.
      const third = await follow(ada, { lastEventId: second.lastEventId })
      await say(ben, again.chatId, 'more')
      await third.until(named('chat.messageSent', { body: 'more' }))
      expect(third.items.filter(named('streams.removed'))).toEqual([])
    },
  )

  rule('[SSE-5] What was joined by hand goes on', async ({ person, peer, follow }) => {
    const ada = await person()
    const ben = await peer()
    const [open, closing] = [await channel(ben), await room(ben)]
    await joinAll(closing.chatId, ben)
    const stream = chatStream(open.chatId)
    const first = await follow(ada)
    const before = first.lastEventId
    await bound(ada, first)('streams.join', { stream })
    await say(ben, open.chatId, 'one')
    await first.until(named('chat.messageSent', { body: 'one' }))
    await first.close()
    const { seq } = await say(ben, open.chatId, 'two')
    expect(first.lastEventId).not.toBe(before)
    const second = await follow(ada, { lastEventId: first.lastEventId })
    await reaches(second, stream, seq)
    expect(durableOf(stream, second).map((item) => item.seq)).toEqual([seq])
    await bound(ada, second)('streams.leave', { stream })
    await second.until(named('streams.removed', { stream }))
    const third = await follow(ada, { lastEventId: second.lastEventId })
    await say(ben, open.chatId, 'three')
    const own = await channel(ada)
    await third.until(of(chatStream(own.chatId)))
    expect(third.items.filter(of(stream))).toEqual([])
  })
}

function foreignIds(target: Target): void {
  eventRules(target)(
    '[SSE-6] An id that was not given to this person begins anew and says so',
    async ({ person, follow }) => {
      const [ada, ben] = [await person(), await person()]
      const { chatId } = await channel(ada)
      const { lastEventId: own } = await follow(ada)
      const { lastEventId: others } = await follow(ben)
      const { seq } = await say(ada, chatId, 'missed')
      const flipped = `${own.slice(0, -3)}${own.at(-3) === 'A' ? 'B' : 'A'}${own.slice(-2)}`
      for (const id of [others, flipped, 'garbage', '1', 'x'.repeat(6000)]) {
        const reader = await follow(ada, { lastEventId: id })
        expect(await reader.until(named('system.reset'))).toMatchObject({
          data: { reason: 'unknown_position' },
        })
        const next = await say(ada, chatId, 'next')
        await reaches(reader, chatStream(chatId), next.seq)
        expect(durableOf(chatStream(chatId), reader).every((item) => item.seq! > seq)).toBe(true)
        await reader.close()
      }
    },
  )
}
