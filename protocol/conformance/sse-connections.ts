import { chatStream, type Welcome } from '@collab-kit/protocol'
import { expect } from 'vitest'
import { gone, joinAll, privateChannel, room, say } from './acts.ts'
import { openEventStream } from './event-stream.ts'
import { count, durable, named, refusal } from './rule.ts'
import { refresh } from './sign-in.ts'
import { bound, durableOf, eventRules, reaches } from './sse-stage.ts'
import type { Target } from './target.ts'

/** An event stream is a connection like any other. */
export function connectionRules(target: Target): void {
  operations(target)
  limited(target)
  slow(target)
  ends(target)
}

function operations(target: Target): void {
  const rule = eventRules(target)

  rule(
    '[SSE-9] Operations of a connection take its id by REST',
    async ({ person, peer, follow }) => {
      const ada = await person()
      const ben = await peer()
      const { chatId } = await privateChannel(ben, [ada])
      const reader = await follow(ada)
      await bound(ada, reader)('chat.setTyping', { chatId, typing: true })
      expect(await ben.until(named('chat.typingChanged'))).toMatchObject({
        actor: { username: ada.username, connectionId: reader.connectionId },
        data: { username: ada.username, typing: true },
      })
      await bound(ada, reader)('system.echo', { message: 'over here' })
      await reader.until(named('system.echoed', { message: 'over here' }))
    },
  )

  rule('[SSE-9] It keeps a person in a room', async ({ person, peer, follow }) => {
    const ada = await person()
    const ben = await peer()
    const { chatId } = await room(ben)
    await joinAll(chatId, ben)
    const reader = await follow(ada)
    const before = reader.lastEventId
    await bound(ada, reader)('chat.joinChat', { chatId })
    await say(ben, chatId, 'inside')
    await reader.until(named('chat.messageSent', { body: 'inside' }))
    expect(reader.lastEventId).not.toBe(before)
    if (!target.advance) return
    await reader.close()
    await gone(ada, ada, reader)
    await target.advance(16_000)
    await ben.until(named('chat.memberLeft', { username: ada.username }))
    const back = await follow(ada, { lastEventId: reader.lastEventId })
    await back.until(named('streams.removed'))
  })
}

function limited(target: Target): void {
  eventRules(target)(
    '[SSE-10] A person has so many event streams, and a place is free again when one ends',
    async ({ person, follow }) => {
      const ada = await person()
      const max = target.limits.eventStreamsPerUser
      const open = await Promise.all(count(max).map(() => follow(ada)))
      const { url, accessToken: token } = ada
      expect(await refusal(openEventStream({ url, token }))).toMatchObject({
        code: 'limit_exceeded',
        details: { limit: 'eventStreamsPerUser', max, reason: 'sse_limit' },
      })
      await open[0]!.close()
      await gone(ada, ada, open[0]!)
      await follow(ada)
    },
  )
}

const WRITERS = 3
const EACH = 40

function slow(target: Target): void {
  eventRules(target)(
    '[SSE-11] One who does not read is closed, others are served, and coming back finds all',
    async ({ person, peer, follow }) => {
      const ada = await person()
      const writers = await Promise.all(count(WRITERS).map(() => peer()))
      const reader = await follow(ada)
      const { chatId, head } = await privateChannel(writers[0]!, [ada, ...writers.slice(1)])
      await reaches(reader, chatStream(chatId), head)
      reader.pause()
      const filler = 'x'.repeat(target.limits.frameBytes * 0.8)
      for (const _ of count(EACH)) {
        await Promise.all(
          writers.map((writer) => say(writer, chatId, { body: 'x', data: { filler } })),
        )
      }
      for (const writer of writers) await writer.fence()
      reader.resume()
      await reader.ended
      expect(reader.items.at(-1)).toMatchObject({
        name: 'system.closing',
        data: { code: 'slow_consumer', reconnect: true },
      })
      const back = await follow(ada, { lastEventId: reader.lastEventId })
      const all = durable(writers[0]!, chatStream(chatId))
      await reaches(back, chatStream(chatId), all.at(-1)!.seq!)
      const got = durableOf(chatStream(chatId), reader, back)
      // From the event on that made each of the two a member.
      const from = Math.max(all[0]!.seq!, got[0]!.seq!)
      expect(got.filter(({ seq }) => seq! >= from)).toEqual(all.filter(({ seq }) => seq! >= from))
      expect(all.filter(named('chat.messageSent'))).toHaveLength(WRITERS * EACH)
    },
  )
}

function ends(target: Target): void {
  const { advance } = target
  const rule = eventRules(target)

  rule('[SSE-12] The end of the sign-in is the end of the stream', async ({ person, follow }) => {
    const ada = await person()
    const reader = await follow(ada)
    await ada.call('auth.signOut', {})
    await reader.ended
    expect(reader.items.at(-1)).toMatchObject({
      name: 'system.closing',
      data: { code: 'signed_out', reconnect: false },
    })
    expect(reader.blocks.at(-1)!.retry).toBeGreaterThan(0)
  })

  if (!advance) return

  rule(
    '[SSE-12] It ends with its token, and not when that is renewed',
    async ({ person, follow }) => {
      const ada = await person()
      const [plain, renewed] = [await follow(ada), await follow(ada)]
      const { serverTime, tokenExpiresAt } = plain.items[0]!.data as Welcome
      const ttl = Date.parse(tokenExpiresAt) - Date.parse(serverTime)
      await advance(ttl - 59_000)
      await plain.until(named('auth.tokenExpiring'))
      const { accessToken: token } = await refresh(target, ada.refreshToken)
      await bound(ada, renewed)('auth.renew', { token })
      await advance(59_000 + 31_000)
      await plain.ended
      expect(plain.items.at(-1)).toMatchObject({
        name: 'system.closing',
        data: { code: 'token_expired', reconnect: true },
      })
      await bound({ ...ada, accessToken: token }, renewed)('system.echo', {
        message: 'x',
      })
      await renewed.until(named('system.echoed'))
    },
  )

  rule(
    '[SSE-13] What is silent shows every 15 seconds that it lives',
    async ({ person, follow }) => {
      const ada = await person()
      const reader = await follow(ada)
      expect(reader.comments).toBe(0)
      await advance(15_000)
      await advance(15_000)
      await bound(ada, reader)('system.echo', { message: 'x' })
      await reader.until(named('system.echoed'))
      expect(reader.comments).toBe(2)
      expect(reader.blocks[0]!.retry).toBeGreaterThan(0)
    },
  )
}
