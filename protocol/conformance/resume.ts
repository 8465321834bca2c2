import { chatStream, presenceStream, userStream, type EventItem } from '@collab-kit/protocol'
import { expect } from 'vitest'
import { callWith, channel, joinAll, privateChannel, room, say } from './acts.ts'
import { unique } from './connect.ts'
import { commandId, count, durable, named, of, refusal, rules } from './rule.ts'
import type { Peer, Target } from './target.ts'

/** Reading the log, coming back, and streams taken up by hand. */
export function resumeRules(target: Target): void {
  reading(target)
  withholding(target)
  positions(target)
  resuming(target)
  joining(target)
  leaving(target)
  if (target.restart) restarting(target, target.restart)
}

/** All events of a stream by pages. */
async function readAll(reader: Peer, stream: string, limit: number): Promise<EventItem[]> {
  const all: EventItem[] = []
  for (;;) {
    const { events, head } = await reader.call('streams.readSince', {
      stream,
      seq: all.at(-1)?.seq ?? 0,
      limit,
    })
    all.push(...events)
    if (events.length === 0 || events.at(-1)?.seq === head) return all
  }
}

function reading(target: Target): void {
  const rule = rules(target)

  rule('[RES-1] Pages of the log are all of it, in order', async ({ peer }) => {
    const ada = await peer()
    const { chatId } = await channel(ada)
    const stream = chatStream(chatId)
    for (const body of ['a', 'b', 'c', 'd', 'e', 'f']) await say(ada, chatId, body)
    const whole = await ada.call('streams.readSince', { stream, seq: 0 })
    expect(whole.events.map(({ seq }) => seq)).toEqual(count(whole.head))
    expect(whole.epoch).toBe(ada.epoch)
    for (const limit of [1, 3, whole.head])
      expect(await readAll(ada, stream, limit)).toEqual(whole.events)
    const { events } = await ada.call('streams.readSince', { stream, seq: 2, limit: 3 })
    expect(events.map(({ seq }) => seq)).toEqual([3, 4, 5])
    expect((await ada.call('streams.readSince', { stream, seq: whole.head })).events).toEqual([])
  })

  rule(
    '[RES-1] The head of a page read amid traffic is no lower than its last event',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId } = await privateChannel(ada, [ben])
      const talk = Promise.all(count(40).map(() => say(ada, chatId)))
      const pages = await Promise.all(
        count(20).map(() => ben.call('streams.readSince', { stream: chatStream(chatId), seq: 0 })),
      )
      await talk
      for (const { events, head } of pages) {
        expect(events.map(({ seq }) => seq)).toEqual(count(events.length))
        expect(head).toBeGreaterThanOrEqual(events.at(-1)?.seq ?? 0)
      }
    },
  )
}

function withholding(target: Target): void {
  rules(target)(
    '[RES-2] What happened before joining is withheld, each event in its place',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId } = await channel(ada, { historyVisibility: 'since_joined' })
      const stream = chatStream(chatId)
      await say(ada, chatId, 'secret')
      const { seq: last } = await say(ada, chatId, 'secret too')
      await joinAll(chatId, ben)
      await say(ada, chatId, 'welcome')
      const { events, head } = await ben.call('streams.readSince', { stream, seq: 0 })
      expect(events.map(({ seq }) => seq)).toEqual(count(head))
      expect(JSON.stringify(events)).not.toContain('secret')
      for (const each of events.slice(0, last)) {
        expect(each).toEqual({
          name: 'streams.withheld',
          stream,
          seq: each.seq,
          at: each.at,
          data: {},
        })
      }
      expect(events.slice(last).map(({ name }) => name)).toEqual([
        'chat.memberJoined',
        'chat.messageSent',
      ])
      const mine = await ada.call('streams.readSince', { stream, seq: 0 })
      expect(mine.events.map(({ name }) => name)).not.toContain('streams.withheld')
    },
  )
}

function positions(target: Target): void {
  rules(target)(
    '[RES-3] A position that is none, or not yet, is an invalid cursor',
    async ({ peer }) => {
      const ada = await peer()
      const { chatId, head } = await channel(ada)
      const stream = chatStream(chatId)
      const ahead = await refusal(ada.call('streams.readSince', { stream, seq: head + 1 }))
      expect(ahead).toMatchObject({ code: 'invalid_cursor', details: { reason: 'cursor_ahead' } })
      for (const seq of [-1, 0.5, 2 ** 60]) {
        const error = await refusal(callWith(ada, 'streams.readSince', { stream, seq }))
        expect(error).toMatchObject({ code: 'invalid_cursor', details: { path: 'seq' } })
      }
      const { head: own } = await ada.call('streams.readSince', {
        stream: userStream(ada.username),
        seq: 0,
      })
      const mark = await refusal(ada.call('chat.markRead', { chatId, seq: own + head + 1000 }))
      expect(mark).toMatchObject({ code: 'invalid_cursor', details: { reason: 'cursor_ahead' } })
    },
  )
}

function resuming(target: Target): void {
  const rule = rules(target)

  rule(
    '[RES-4] One call tells what moved, what is gone and what has to be loaded anew',
    async ({ peer, person }) => {
      const ada = await peer()
      const ben = await person()
      const make = async () => (await privateChannel(ada, [ben])).chatId
      const [still, moved, left, lost] = [await make(), await make(), await make(), await make()]
      const stream = {
        still: chatStream(still),
        moved: chatStream(moved),
        left: chatStream(left),
        lost: chatStream(lost),
      }
      const absent = chatStream(unique('absent'))
      const { chatId: open, head: openHead } = await channel(ada)
      const { epoch, heads } = await ben.call('streams.resume', { epoch: ada.epoch, heads: {} })
      const { seq } = await say(ada, moved)
      await ben.call('chat.leaveChat', { chatId: left })
      const asked = {
        [stream.still]: heads[stream.still]!,
        [stream.moved]: heads[stream.moved]!,
        [stream.left]: heads[stream.left]!,
        [stream.lost]: heads[stream.lost]! + 50,
        [chatStream(open)]: openHead,
        [absent]: 3,
      }
      const answer = await ben.call('streams.resume', { epoch, heads: asked })
      expect(answer.behind).toEqual([stream.moved])
      expect([...answer.gone].sort()).toEqual([stream.left, absent].sort())
      expect(answer.reset).toEqual([stream.lost])
      expect(answer.heads).toMatchObject({
        [stream.still]: asked[stream.still],
        [stream.moved]: seq,
        [chatStream(open)]: openHead,
      })
      expect(answer.heads).not.toHaveProperty([stream.left])
      expect(answer.heads).not.toHaveProperty([absent])
    },
  )

  rule(
    '[RES-4] Own streams are in the answer without being asked for',
    async ({ peer, person }) => {
      const ada = await peer()
      const ben = await person()
      const { chatId } = await privateChannel(ada, [ben])
      const { heads } = await ben.call('streams.resume', { epoch: ada.epoch, heads: {} })
      const { head } = await ben.call('streams.readSince', {
        stream: userStream(ben.username),
        seq: 0,
      })
      const chatHead = (await ben.call('chat.getChat', { chatId })).head
      expect(heads).toEqual({ [userStream(ben.username)]: head, [chatStream(chatId)]: chatHead })
    },
  )

  rule(
    '[RES-4] The stream of a person whose presence may be known is not gone',
    async ({ peer, person }) => {
      const ada = await peer()
      const ben = await person()
      const heads = { [presenceStream(ben.username)]: 0, [userStream(ben.username)]: 0 }
      const { gone, reset } = await ada.call('streams.resume', { epoch: ada.epoch, heads })
      expect([gone, reset]).toEqual([[userStream(ben.username)], []])
    },
  )

  rule('[RES-5] Another epoch is told, whatever else was asked', async ({ peer }) => {
    const ada = await peer()
    for (const epoch of ['', 'another', ada.epoch.toUpperCase() + 'x']) {
      expect(await refusal(ada.call('streams.resume', { epoch, heads: {} }))).toMatchObject({
        code: 'epoch_changed',
      })
    }
  })

  rule('[RES-3] A held position that is no position is an invalid cursor', async ({ peer }) => {
    const ada = await peer()
    for (const seq of [-1, 0.5]) {
      const heads = { [userStream(ada.username)]: seq }
      expect(await refusal(ada.call('streams.resume', { epoch: ada.epoch, heads }))).toMatchObject({
        code: 'invalid_cursor',
      })
    }
  })
}

function joining(target: Target): void {
  const rule = rules(target)

  rule(
    '[RES-7] A joined stream comes from its head on, once, however often it was joined',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId } = await channel(ada)
      const stream = chatStream(chatId)
      await say(ada, chatId, 'before')
      const first = await ben.call('streams.join', { stream })
      expect(first.epoch).toBe(ben.epoch)
      const { seq } = await say(ada, chatId, 'one')
      const second = await ben.call('streams.join', { stream })
      expect(second).toEqual({ ...first, head: seq })
      await say(ada, chatId, 'two')
      await ben.fence()
      expect(durable(ben, stream).map((item) => item.seq)).toEqual([first.head + 1, first.head + 2])
    },
  )

  rule(
    '[RES-7] Joining by hand at the moment of becoming a member loses nothing',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      for (const _ of count(5)) {
        const { chatId } = await room(ada)
        await joinAll(chatId, ada)
        const stream = chatStream(chatId)
        const early = ben.call('streams.join', { stream }).catch(() => undefined) // Refused when it comes first.
        await Promise.all([
          early,
          ben.call('chat.joinChat', { chatId }),
          say(ada, chatId),
          say(ada, chatId),
        ])
        const { seq } = await say(ada, chatId)
        await ben.until((item) => of(stream)(item) && item.seq === seq)
        const received = durable(ben, stream).map((item) => item.seq)
        expect(received).toEqual(count(seq, received[0]))
      }
    },
  )

  rule(
    '[RES-7] What may not be read cannot be joined, and looks as if it were not there',
    async ({ peer }) => {
      const [ada, eve] = [await peer(), await peer()]
      const { chatId } = await privateChannel(ada)
      const error = await refusal(eve.call('streams.join', { stream: chatStream(chatId) }))
      expect(error).toMatchObject({ code: 'not_found' })
      // A name that the server itself uses for a connection is no stream either.
      expect(
        await refusal(callWith(eve, 'streams.join', { stream: ada.connectionId })),
      ).toMatchObject({ code: 'invalid_payload' })
      const likeIt = await refusal(eve.call('streams.join', { stream: `chat:${ada.connectionId}` }))
      expect(likeIt).toMatchObject({ code: 'not_found' })
      await say(ada, chatId)
      await eve.fence()
      expect(eve.items.filter(of(chatStream(chatId)))).toEqual([])
    },
  )
}

function leaving(target: Target): void {
  const rule = rules(target)

  rule(
    '[RES-8] A stream left by hand is quiet, and leaving again changes nothing',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId } = await channel(ada)
      const stream = chatStream(chatId)
      await ben.call('streams.join', { stream })
      await say(ada, chatId, 'heard')
      await ben.until(named('chat.messageSent', { body: 'heard' }))
      await ben.call('streams.leave', { stream })
      await ben.call('streams.leave', { stream })
      await say(ada, chatId, 'unheard')
      await ben.fence()
      expect(ben.items.filter(named('chat.messageSent', { body: 'unheard' }))).toEqual([])
      const { head } = await ben.call('streams.join', { stream })
      await say(ada, chatId, 'again')
      await ben.until(
        (item) => named('chat.messageSent', { body: 'again' })(item) && item.seq === head + 1,
      )
    },
  )

  rule('[RES-8] The stream of a membership is not left by hand', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await privateChannel(ada, [ben])
    await ben.call('streams.leave', { stream: chatStream(chatId) })
    await ben.call('streams.leave', { stream: userStream(ben.username) })
    await say(ada, chatId, 'still here')
    await ben.until(named('chat.messageSent', { body: 'still here' }))
    await channel(ben)
    await ben.fence()
    expect(
      ben.items.filter(
        (item) => of(userStream(ben.username))(item) && named('chat.chatAdded')(item),
      ),
    ).toHaveLength(2)
  })
}

function restarting(target: Target, restart: NonNullable<Target['restart']>): void {
  rules(target)(
    '[RES-6] A restart changes neither the epoch nor one acknowledged event',
    async ({ person, connect }) => {
      const ada = await person()
      const before = await connect(ada)
      const { chatId } = await channel(before)
      const stream = chatStream(chatId)
      const id = commandId()
      const sent = await Promise.all(count(20).map((n) => say(before, chatId, `message ${n}`)))
      const made = await before.call('chat.createChat', { kind: 'channel', commandId: id })
      const log = await before.call('streams.readSince', { stream, seq: 0 })
      await restart()
      const after = await connect(ada)
      expect(after.epoch).toBe(before.epoch)
      expect(await after.call('streams.readSince', { stream, seq: 0 })).toEqual(log)
      expect(await after.call('chat.createChat', { kind: 'channel', commandId: id })).toEqual(made)
      const again = sent[7]!
      expect(
        await say(after, chatId, { body: again.body, clientMessageId: again.clientMessageId }),
      ).toEqual(again)
      expect((await say(after, chatId, 'after')).seq).toBe(log.head + 1)
    },
  )
}
