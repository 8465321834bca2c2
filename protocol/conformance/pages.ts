import { chatStream } from '@collab-kit/protocol'
import { expect } from 'vitest'
import { callWith, channel, joinAll, nextMoment, say } from './acts.ts'
import { count, refusal, rules } from './rule.ts'
import type { Target } from './target.ts'

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

/** How much a page holds. */
export function pageRules(target: Target): void {
  items(target)
  historyBytes(target)
  listBytes(target)
  cursors(target)
}

function items(target: Target): void {
  rules(target)('[LIM-5] A page of more items than the limit is refused', async ({ peer }) => {
    const ada = await peer()
    const { chatId } = await channel(ada)
    const { pageItems } = target.limits
    const lists = [
      ['chat.readHistory', { chatId }],
      ['chat.listChats', {}],
      ['chat.listMembers', { chatId }],
      ['streams.readSince', { stream: chatStream(chatId), seq: 0 }],
    ] as const
    for (const [name, input] of lists) {
      await callWith(ada, name, { ...input, limit: pageItems })
      await callWith(ada, name, { ...input, limit: 1 })
      for (const limit of [pageItems + 1, 1_000_000_000, 0, -1, 1.5]) {
        const error = await refusal(callWith(ada, name, { ...input, limit }))
        const named = limit > pageItems ? { limit: 'pageItems', max: pageItems } : {}
        expect(error, `${name} ${limit}`).toMatchObject({
          code: 'invalid_payload',
          details: { path: 'limit', ...named },
        })
      }
    }
  })
}

/** Messages that are far larger than their number of characters says: three bytes each, or all in the data. */
const heavy = (n: number) =>
  n % 2 === 0
    ? { body: '李'.repeat(5000) }
    : { body: 'x', data: { list: ['é'.repeat(7000), 'x'.repeat(20_000)] } }

function historyBytes(target: Target): void {
  rules(target)(
    '[LIM-5] History and log end at the bytes of a page and go on without a gap',
    async ({ peer }) => {
      const ada = await peer()
      const { chatId } = await channel(ada)
      const stream = chatStream(chatId)
      for (const n of count(24)) {
        const { body, ...more } = heavy(n)
        await say(ada, chatId, { body, ...more })
      }
      const numbers: number[] = []
      for (let after = 0; numbers.length < 24;) {
        const page = await ada.call('chat.readHistory', { chatId, after, limit: 200 })
        expect(bytesOf(page)).toBeLessThanOrEqual(target.limits.pageBytes)
        expect(page.items.length).toBeGreaterThan(0)
        numbers.push(...page.items.map(({ number }) => number))
        after = page.items.at(-1)!.seq
      }
      expect(numbers).toEqual(count(24))
      const newest = await ada.call('chat.readHistory', { chatId, limit: 200 })
      expect(newest.items.at(-1)?.number).toBe(24)
      expect(bytesOf(newest)).toBeLessThanOrEqual(target.limits.pageBytes)
      for (let seq = 0, head = 1; seq < head;) {
        const page = await ada.call('streams.readSince', { stream, seq })
        expect(bytesOf(page)).toBeLessThanOrEqual(target.limits.pageBytes)
        expect(page.events[0]?.seq).toBe(seq + 1)
        seq = page.events.at(-1)!.seq!
        head = page.head
      }
    },
  )
}

function listBytes(target: Target): void {
  rules(target)(
    '[LIM-5] A list of chats ends at the bytes of a page and goes on from its cursor',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const made: string[] = []
      for (const n of count(20)) {
        const owner = n % 2 === 0 ? ada : ben
        const { chatId } = await channel(owner)
        if (owner === ben) await joinAll(chatId, ada)
        await say(owner, chatId, 'x'.repeat(target.limits.messageBytes))
        made.push(chatId)
        await nextMoment(target, ben)
      }
      const listed: string[] = []
      for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
        const page = await ada.call('chat.listChats', {
          limit: 200,
          ...(cursor !== undefined && { cursor }),
        })
        expect(bytesOf(page)).toBeLessThanOrEqual(target.limits.pageBytes)
        expect(page.items.length).toBeGreaterThan(0)
        listed.push(...page.items.map(({ chatId }) => chatId))
        cursor = page.nextCursor
      }
      expect(listed).toEqual(made.reverse())
    },
  )
}

function cursors(target: Target): void {
  rules(target)(
    '[LIM-5] A cursor that was not given out for this list is an invalid one',
    async ({ peer }) => {
      const ada = await peer()
      const { chatId } = await channel(ada)
      await channel(ada)
      const { nextCursor } = await ada.call('chat.listChats', { limit: 1 })
      expect(nextCursor).toBeTypeOf('string')
      for (const cursor of ['garbage', 'AAAA', 'bnVsbA', 'x'.repeat(600)]) {
        expect(
          await refusal(ada.call('chat.listChats', { cursor })),
          cursor.slice(0, 9),
        ).toMatchObject({ code: 'invalid_cursor' })
        expect(
          await refusal(ada.call('chat.listMembers', { chatId, cursor })),
          cursor.slice(0, 9),
        ).toMatchObject({ code: 'invalid_cursor' })
      }
      expect(
        await refusal(ada.call('chat.listMembers', { chatId, cursor: nextCursor! })),
      ).toMatchObject({ code: 'invalid_cursor' })
    },
  )
}
