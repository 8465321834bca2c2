import { chatStream, userStream, type Message } from '@collab-kit/protocol'
import { expect } from 'vitest'
import { channel, joinAll, privateChannel, say } from './acts.ts'
import { count, named, refusal, rules } from './rule.ts'
import type { Target } from './target.ts'

/** History, and how far one has read it. */
export function readingRules(target: Target): void {
  history(target)
  paging(target)
  sinceJoined(target)
  unread(target)
  marks(target)
}

function history(target: Target): void {
  rules(target)(
    '[CHAT-16] History is the newest, or what is before, after or around a position',
    async ({ peer }) => {
      const ada = await peer()
      const { chatId } = await channel(ada)
      const sent: Message[] = []
      for (const n of count(9)) sent.push(await say(ada, chatId, `message ${n}`))
      const at = (n: number) => sent[n - 1]!.seq
      const read = async (input: object) => {
        const { items, head } = await ada.call('chat.readHistory', { chatId, ...input })
        expect(head).toBe(at(9))
        for (const item of items) expect(item).toEqual(sent[item.number - 1])
        return items.map(({ number }) => number)
      }
      expect(await read({})).toEqual(count(9))
      expect(await read({ limit: 3 })).toEqual([7, 8, 9])
      expect(await read({ before: at(4), limit: 2 })).toEqual([2, 3])
      expect(await read({ before: at(1) })).toEqual([])
      expect(await read({ before: at(9) + 1, limit: 1 })).toEqual([9])
      expect(await read({ after: 0, limit: 2 })).toEqual([1, 2])
      expect(await read({ after: at(7) })).toEqual([8, 9])
      expect(await read({ after: at(9) })).toEqual([])
      const around = await read({ around: at(5), limit: 5 })
      expect(around).toEqual(count(around.at(-1)!, around[0]))
      expect(around).toHaveLength(5)
      expect(around.slice(1, -1)).toContain(5)
      expect(await read({ around: at(1), limit: 4 })).toContain(1)
      expect(await refusal(read({ before: 3, after: 1 }))).toMatchObject({
        code: 'invalid_payload',
      })
      expect(await refusal(read({ after: at(9) + 10 }))).toMatchObject({ code: 'invalid_cursor' })
      expect(await refusal(read({ before: -1 }))).toMatchObject({ code: 'invalid_cursor' })
    },
  )
}

function paging(target: Target): void {
  rules(target)(
    '[CHAT-16] Cursors lead through the whole history, each message once, both ways',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId } = await channel(ada)
      for (const n of count(8)) {
        await say(ada, chatId, `message ${n}`)
        if (n % 3 === 0) await ben.call(n % 2 ? 'chat.joinChat' : 'chat.leaveChat', { chatId })
      }
      const back: number[] = []
      for (let before: number | undefined, pages = 0; pages < 10; pages++) {
        const page = await ada.call('chat.readHistory', {
          chatId,
          limit: 3,
          ...(before !== undefined && { before }),
        })
        back.unshift(...page.items.map(({ number }) => number))
        if (page.nextCursor === undefined) break
        before = Number(page.nextCursor)
      }
      expect(back).toEqual(count(8))
      const on: number[] = []
      for (let after = 0, pages = 0; pages < 10; pages++) {
        const page = await ada.call('chat.readHistory', { chatId, limit: 3, after })
        on.push(...page.items.map(({ number }) => number))
        if (page.nextCursor === undefined) break
        after = Number(page.nextCursor)
      }
      expect(on).toEqual(count(8))
    },
  )
}

function sinceJoined(target: Target): void {
  const rule = rules(target)

  rule(
    '[CHAT-17] What was said before joining is not seen by any way of asking',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId } = await channel(ada, { historyVisibility: 'since_joined' })
      const secret = await say(ada, chatId, 'secret')
      expect(JSON.stringify(await ben.call('chat.getChat', { chatId }))).not.toContain('secret')
      expect(await refusal(ben.call('chat.readHistory', { chatId }))).toMatchObject({
        code: 'forbidden',
      })
      const joined = await ben.call('chat.joinChat', { chatId })
      expect(joined).not.toHaveProperty('lastMessage')
      const asked = [
        {},
        { before: secret.seq + 1 },
        { after: 0 },
        { around: secret.seq },
        { before: joined.head + 1, limit: 1 },
      ]
      for (const input of asked) {
        const page = await ben.call('chat.readHistory', { chatId, ...input })
        expect(page.items).toEqual([])
        expect(page).not.toHaveProperty('nextCursor')
      }
      expect(JSON.stringify((await ben.call('chat.listChats', {})).items)).not.toContain('secret')
      const later = await say(ada, chatId, 'for all')
      for (const input of asked.slice(2, 3)) {
        expect((await ben.call('chat.readHistory', { chatId, ...input })).items).toEqual([later])
      }
      expect((await ada.call('chat.readHistory', { chatId })).items).toEqual([secret, later])
      await ben.fence()
      expect(JSON.stringify(ben.items)).not.toContain('secret')
    },
  )

  rule('[CHAT-17] One cannot reply to what one does not see', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await channel(ada, { historyVisibility: 'since_joined' })
    const secret = await say(ada, chatId, 'secret')
    await joinAll(chatId, ben)
    expect(await refusal(say(ben, chatId, { body: 'x', replyTo: secret.messageId }))).toMatchObject(
      {
        code: 'not_found',
      },
    )
  })

  rule(
    '[CHAT-17] One who was away and came back sees from the new joining on',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId } = await channel(ada, { historyVisibility: 'since_joined' })
      await joinAll(chatId, ben)
      await say(ada, chatId, 'first')
      await ben.call('chat.leaveChat', { chatId })
      await say(ada, chatId, 'while away')
      await joinAll(chatId, ben)
      const back = await say(ada, chatId, 'back')
      expect((await ben.call('chat.readHistory', { chatId })).items).toEqual([back])
      const { events } = await ben.call('streams.readSince', { stream: chatStream(chatId), seq: 0 })
      expect(JSON.stringify(events)).not.toContain('while away')
    },
  )
}

function unread(target: Target): void {
  rules(target)(
    '[CHAT-18] Unread is what was said since one read, and sending reads',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId } = await channel(ada)
      await say(ada, chatId, 'before')
      const unreadOf = async (who: typeof ada) => {
        const [item] = (await who.call('chat.listChats', {})).items
        const one = (await who.call('chat.getChat', { chatId })).membership
        expect(item?.membership).toEqual(one)
        return one?.unread
      }
      await joinAll(chatId, ben)
      expect(await unreadOf(ben)).toBe(0)
      const [first, second] = [await say(ada, chatId), await say(ada, chatId)]
      await say(ada, chatId)
      expect([await unreadOf(ada), await unreadOf(ben)]).toEqual([0, 3])
      expect(await ben.call('chat.markRead', { chatId, seq: first.seq })).toEqual({
        readSeq: first.seq,
        readNumber: first.number,
        unread: 2,
      })
      expect(await unreadOf(ben)).toBe(2)
      expect(second.number).toBe(3)
      const own = await say(ben, chatId)
      expect(await unreadOf(ben)).toBe(0)
      expect((await ben.call('chat.getChat', { chatId })).membership).toMatchObject({
        readNumber: own.number,
        readSeq: own.seq,
      })
      expect(await unreadOf(ada)).toBe(1)
    },
  )
}

function marks(target: Target): void {
  const rule = rules(target)

  rule(
    '[CHAT-19] A mark only moves on, and all of one’s connections are told',
    async ({ peer, person, connect }) => {
      const ada = await peer()
      const ben = await person()
      const [one, two] = [await connect(ben), await connect(ben)]
      const { chatId } = await privateChannel(ada, [ben])
      const [first, second] = [await say(ada, chatId), await say(ada, chatId)]
      const end = { readSeq: second.seq, readNumber: 2, unread: 0 }
      expect(await one.call('chat.markRead', { chatId, seq: second.seq })).toEqual(end)
      expect(await one.call('chat.markRead', { chatId, seq: first.seq })).toEqual(end)
      expect(await two.call('chat.markRead', { chatId, seq: 0 })).toEqual(end)
      for (const each of [one, two]) {
        const item = await each.until(named('chat.readMoved', { chatId }))
        expect(item).toMatchObject({ stream: userStream(ben.username), data: { chatId, ...end } })
        await each.fence()
        expect(each.items.filter(named('chat.readMoved'))).toHaveLength(1)
      }
    },
  )

  rule(
    '[CHAT-19] A mark set at the very moment of a message counts it or is ahead of it',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { chatId, head } = await privateChannel(ada, [ben])
      for (const n of count(8)) {
        const seq = head + n
        const [, reply] = await Promise.all([
          say(ada, chatId),
          ben.raw('chat.markRead', { chatId, seq }) as Promise<{ ok: boolean; data: object }>,
        ])
        if (reply.ok) expect(reply.data).toEqual({ readSeq: seq, readNumber: n, unread: 0 })
        else expect(reply).toMatchObject({ error: { details: { reason: 'cursor_ahead' } } })
      }
    },
  )

  rule('[CHAT-19] Of marks set at once the furthest stays', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await privateChannel(ada, [ben])
    const sent = await Promise.all(count(6).map(() => say(ada, chatId)))
    const shuffled = [4, 1, 6, 2, 5, 3].map((n) => sent.find(({ number }) => number === n)!.seq)
    await Promise.all(shuffled.map((seq) => ben.call('chat.markRead', { chatId, seq })))
    expect((await ben.call('chat.getChat', { chatId })).membership).toMatchObject({
      readNumber: 6,
      unread: 0,
    })
    await ben.fence()
    const told = ben.items
      .filter(named('chat.readMoved'))
      .map(({ data }) => (data as { readNumber: number }).readNumber)
    expect(told).toEqual([...told].sort((a, b) => a - b))
    expect(told.at(-1)).toBe(6)
  })
}
