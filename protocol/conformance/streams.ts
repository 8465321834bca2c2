import { chatStream, userStream, type EventItem } from '@collab-kit/protocol'
import { describe, expect } from 'vitest'
import { channel, joinAll, privateChannel, say } from './acts.ts'
import { unique } from './connect.ts'
import { resumeRules } from './resume.ts'
import { commandId, count, durable, named, of, refusal, rules } from './rule.ts'
import type { Target } from './target.ts'

const seqs = (items: readonly EventItem[]): (number | undefined)[] => items.map(({ seq }) => seq)

/** One order for everybody, and who receives what. */
export function streamRules(target: Target): void {
  describe('streams', () => {
    order(target)
    refusals(target)
    readers(target)
    arrivals(target)
    endings(target)
    snapshots(target)
    resumeRules(target)
  })
}

function order(target: Target): void {
  const rule = rules(target)

  rule('[SEQ-1] Events that many cause at once are numbered without a gap', async ({ peer }) => {
    const people = [await peer(), await peer(), await peer()]
    const [ada] = people
    const { chatId } = await channel(ada!)
    await joinAll(chatId, ...people.slice(1))
    await Promise.all(people.flatMap((each) => count(8).map(() => say(each, chatId))))
    const { events, head } = await ada!.call('streams.readSince', {
      stream: chatStream(chatId),
      seq: 0,
    })
    expect(seqs(events)).toEqual(count(head))
    for (const each of people) {
      await each.fence()
      const received = seqs(durable(each, chatStream(chatId)))
      expect(received).toEqual(count(head, received[0]))
    }
  })

  rule('[SEQ-2] Every reader gets the same event, live and from the log', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await privateChannel(ada, [ben])
    const stream = chatStream(chatId)
    await Promise.all(
      [ada, ben].flatMap((each) =>
        count(5).map(() => say(each, chatId, { body: 'Å 😀', data: { a: [1] } })),
      ),
    )
    await Promise.all([ada.fence(), ben.fence()])
    const { events } = await ben.call('streams.readSince', { stream, seq: 0 })
    expect(durable(ada, stream)).toEqual(events)
    const own = durable(ben, stream)
    expect(own).toEqual(events.slice(-own.length))
  })

  rule('[SEQ-3] What is sent after an answer comes after it', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await privateChannel(ada, [ben])
    const taken: number[] = []
    for (const each of [ada, ben, ben, ada, ben, ada]) taken.push((await say(each, chatId)).seq)
    expect(taken).toEqual([...taken].sort((a, b) => a - b))
    expect(new Set(taken).size).toBe(taken.length)
  })

  rule('[SEQ-4] What one connection sends without waiting keeps its order', async ({ peer }) => {
    const ada = await peer()
    const { chatId } = await channel(ada)
    const bodies = count(40).map(String)
    const input = (body: string) => ({ chatId, clientMessageId: commandId(), body })
    await Promise.all(bodies.map((body) => ada.raw('chat.sendMessage', input(body))))
    await ada.fence()
    const received = ada.items
      .filter(named('chat.messageSent'))
      .map(({ data }) => (data as { body: string }).body)
    expect(received).toEqual(bodies)
  })
}

function refusals(target: Target): void {
  rules(target)('[SEQ-5] A refused command leaves no trace in the stream', async ({ peer }) => {
    const [ada, ben, eve] = [await peer(), await peer(), await peer()]
    const { chatId } = await privateChannel(ada, [ben])
    const first = await say(ada, chatId)
    await refusal(say(ada, chatId, '   '))
    await refusal(say(ada, chatId, { body: 'x', replyTo: 'nothing' }))
    await refusal(say(eve, chatId))
    await refusal(say(ada, chatId, { body: 'another', clientMessageId: first.clientMessageId }))
    await refusal(eve.call('chat.joinChat', { chatId }))
    await ben.fence()
    expect(durable(ben, chatStream(chatId)).at(-1)?.seq).toBe(first.seq)
    expect((await say(ada, chatId)).seq).toBe(first.seq + 1)
    expect((await ada.call('chat.getChat', { chatId })).lastNumber).toBe(2)
  })
}

function readers(target: Target): void {
  const rule = rules(target)

  rule(
    '[SEQ-6] Every connection of a new member reads from the event that made them one',
    async (stage) => {
      const ada = await stage.peer()
      const ben = await stage.person()
      const connections = [await stage.connect(ben), await stage.connect(ben)]
      const { chatId } = await privateChannel(ada, [ben])
      await say(ada, chatId)
      for (const each of connections) {
        await each.fence()
        const [first, ...more] = durable(each, chatStream(chatId))
        expect(first).toMatchObject({ name: 'chat.memberAdded', data: { username: ben.username } })
        expect(more.map(({ name }) => name)).toEqual(['chat.messageSent'])
      }
    },
  )

  rule('[SEQ-6] One who joins reads from the own joining on', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await channel(ada)
    await say(ada, chatId, 'before')
    await joinAll(chatId, ben)
    await say(ada, chatId, 'after')
    await ben.fence()
    const names = durable(ben, chatStream(chatId)).map(({ name }) => name)
    expect(names).toEqual(['chat.memberJoined', 'chat.messageSent'])
  })

  rule(
    '[SEQ-6] A connection made later receives what comes from then on',
    async ({ person, peer, connect }) => {
      const ada = await peer()
      const ben = await person()
      const { chatId, head } = await privateChannel(ada, [ben])
      const late = await connect(ben)
      await say(ada, chatId)
      await late.fence()
      expect(seqs(durable(late, chatStream(chatId)))).toEqual([head + 1])
    },
  )

  rule(
    '[SEQ-7] One outside receives nothing, of private chats and of public ones not joined',
    async ({ peer }) => {
      const [ada, eve] = [await peer(), await peer()]
      const chats = [await privateChannel(ada), await channel(ada)]
      for (const { chatId } of chats) {
        await say(ada, chatId)
        await ada.call('chat.setTyping', { chatId, typing: true })
      }
      await eve.fence()
      const streams = new Set(chats.map(({ chatId }) => chatStream(chatId) as string))
      expect(eve.items.filter(({ stream }) => streams.has(stream ?? ''))).toEqual([])
    },
  )

  rule("[SEQ-7] Nobody reads another's own stream", async ({ peer }) => {
    const [ada, eve] = [await peer(), await peer()]
    const stream = userStream(ada.username)
    const absent = userStream(unique('nobody'))
    for (const each of [stream, absent]) {
      expect(await refusal(eve.call('streams.join', { stream: each }))).toMatchObject({
        code: 'not_found',
      })
      expect(await refusal(eve.call('streams.readSince', { stream: each, seq: 0 }))).toMatchObject({
        code: 'not_found',
      })
    }
    await channel(ada)
    await eve.fence()
    expect(eve.items.filter(of(stream))).toEqual([])
    const { events } = await ada.call('streams.readSince', { stream, seq: 0 })
    expect(events.map(({ name }) => name)).toContain('chat.chatAdded')
  })
}

function arrivals(target: Target): void {
  const rule = rules(target)

  rule(
    '[SEQ-6] A connection made amid traffic misses nothing from its first event on',
    async (stage) => {
      const ada = await stage.peer()
      const ben = await stage.person()
      const { chatId } = await privateChannel(ada, [ben])
      const stream = chatStream(chatId)
      const talk = Promise.all(count(40).map(() => say(ada, chatId)))
      const arriving = await Promise.all(count(5).map(() => stage.connect(ben)))
      await talk
      const { seq } = await say(ada, chatId, 'the last')
      for (const each of arriving) {
        await each.fence()
        const received = seqs(durable(each, stream))
        expect(received).toEqual(count(seq, received[0]))
      }
    },
  )

  rule('[SEQ-6] A connection made while one joins receives the chat', async (stage) => {
    const ada = await stage.peer()
    const ben = await stage.person()
    const first = await stage.connect(ben)
    for (const _ of count(5)) {
      const { chatId } = await channel(ada)
      const [second] = await Promise.all([stage.connect(ben), joinAll(chatId, first)])
      const { seq } = await say(ada, chatId)
      for (const each of [first, second]) {
        await each.until((item) => of(chatStream(chatId))(item) && item.seq === seq)
      }
    }
  })
}

function endings(target: Target): void {
  rules(target)(
    '[SEQ-8] The last that comes of a chat one has left is that it is removed',
    async (stage) => {
      const ada = await stage.peer()
      const ben = await stage.person()
      const connections = [await stage.connect(ben), await stage.connect(ben)]
      const { chatId } = await privateChannel(ada, [ben])
      const stream = chatStream(chatId)
      await say(ada, chatId)
      await connections[0]!.call('chat.leaveChat', { chatId })
      await say(ada, chatId, 'after')
      await ada.call('chat.setTyping', { chatId, typing: true })
      for (const each of connections) {
        await each.until(named('streams.removed', { stream, reason: 'left' }))
        await each.fence()
        const end = each.items.findIndex(named('streams.removed', { stream }))
        expect(each.items.slice(end).filter(of(stream))).toEqual([])
      }
      await ada.until(named('chat.messageSent', { body: 'after' }))
    },
  )
}

function snapshots(target: Target): void {
  const rule = rules(target)

  rule('[SEQ-9] A stream joined amid traffic has all after its head', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await channel(ada)
    const stream = chatStream(chatId)
    const talk = Promise.all(count(30).map(() => say(ada, chatId)))
    const { head } = await ben.call('streams.join', { stream })
    const last = Math.max(...(await talk).map(({ seq }) => seq))
    await ben.fence()
    expect(seqs(durable(ben, stream))).toEqual(last > head ? count(last, head + 1) : [])
  })

  rule('[SEQ-9] A chat taken amid traffic fits together', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    for (const _ of count(5)) {
      const { chatId } = await channel(ada)
      const all = [
        say(ada, chatId),
        say(ada, chatId),
        ben.call('chat.joinChat', { chatId }),
        say(ada, chatId),
      ] as const
      const seen = (await Promise.all(all))[2]
      expect(seen.lastMessage?.number ?? 0).toBe(seen.lastNumber)
      expect(seen.lastMessage?.seq ?? 0).toBeLessThanOrEqual(seen.head)
      const { data } = await ben.until(named('chat.chatAdded', { chatId }))
      expect((data as typeof seen).lastNumber).toBe(seen.lastNumber)
    }
  })

  rule(
    '[SEQ-9] History at its head and the events after it are the whole talk',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId } = await privateChannel(ada, [ben])
      const talk = Promise.all(count(30).map(() => say(ada, chatId)))
      const { items, head } = await ben.call('chat.readHistory', { chatId, limit: 200 })
      const sent = await talk
      await ben.fence()
      const later = ben.items.filter((item) => named('chat.messageSent')(item) && item.seq! > head)
      const seen = [...items, ...later.map(({ data }) => data as (typeof items)[number])].map(
        ({ messageId }) => messageId,
      )
      expect(new Set(seen)).toEqual(new Set(sent.map(({ messageId }) => messageId)))
      expect(seen).toHaveLength(sent.length)
    },
  )
}
