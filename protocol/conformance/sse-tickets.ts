import { chatStream, type Welcome } from '@collab-kit/protocol'
import { expect } from 'vitest'
import { channel, say } from './acts.ts'
import { openEventStream } from './event-stream.ts'
import { named, refusal } from './rule.ts'
import { secondSignIn, refresh } from './sign-in.ts'
import { bound, durableOf, eventRules, reaches } from './sse-stage.ts'
import type { Person, Target } from './target.ts'

const ticketFor = (person: Person) => person.call('streams.createTicket', {})

/** Streams for clients that cannot send a header. */
export function ticketRules(target: Target): void {
  const rule = eventRules(target)

  rule(
    '[SSE-7] A ticket opens one stream, and goes on with the ids of that stream alone',
    async ({ person, follow }) => {
      const ada = await person()
      const { url } = ada
      const { ticket } = await ticketFor(ada)
      const query = { ticket }
      const first = await follow(ada, { query })
      const { chatId } = await channel(ada)
      const { seq } = await say(ada, chatId, 'one')
      await reaches(first, chatStream(chatId), seq)
      await first.close()
      const byHeader = await follow(ada)
      const other = await follow(ada, { query: { ticket: (await ticketFor(ada)).ticket } })
      const attempts = [
        { query },
        { query, lastEventId: byHeader.lastEventId },
        { query, lastEventId: other.lastEventId },
        { query, lastEventId: 'garbage' },
        { query: { ticket: 'garbage' } },
        { query: { ticket: 'garbage' }, lastEventId: first.lastEventId },
      ]
      for (const attempt of attempts) {
        const refused = await refusal(openEventStream({ url, ...attempt }))
        expect(refused, JSON.stringify(attempt)).toMatchObject({ code: 'unauthenticated' })
      }
      const later = await say(ada, chatId, 'two')
      const second = await follow(ada, { query, lastEventId: first.lastEventId })
      await reaches(second, chatStream(chatId), later.seq)
      expect(durableOf(chatStream(chatId), second).map((item) => item.seq)).toEqual([later.seq])
    },
  )

  rule('[SSE-8] The newer stream of a ticket closes the older', async ({ person, follow }) => {
    const ada = await person()
    const query = { ticket: (await ticketFor(ada)).ticket }
    const first = await follow(ada, { query })
    const second = await follow(ada, { query, lastEventId: first.lastEventId })
    await first.ended
    expect(first.items.at(-1)).toMatchObject({ name: 'system.closing', data: { code: 'replaced' } })
    const { chatId } = await channel(ada)
    await second.until(({ stream }) => stream === chatStream(chatId))
    for (const url of target.nodes?.() ?? []) {
      const newer = await follow({ ...ada, url }, { query, lastEventId: first.lastEventId })
      expect(newer.items.filter(named('system.reset'))).toEqual([])
    }
    if (target.nodes) await second.ended
  })

  rule('[SSE-7] A ticket ends with the sign-in that asked for it', async (stage) => {
    const ada = await stage.person()
    const device = await secondSignIn(target, stage, ada.username)
    const query = { ticket: (await ticketFor(device)).ticket }
    const reader = await stage.follow(device, { query })
    const unused = await ticketFor(device)
    await device.call('auth.signOut', {})
    await reader.ended
    await target.settle?.()
    const attempts = [
      { query, lastEventId: reader.lastEventId },
      { query: { ticket: unused.ticket } },
    ]
    for (const attempt of attempts) {
      const refused = await refusal(openEventStream({ url: device.url, ...attempt }))
      expect(refused).toMatchObject({ code: 'token_revoked' })
    }
  })

  expiry(target)
}

function expiry(target: Target): void {
  const { advance } = target
  if (!advance) return
  const rule = eventRules(target)

  rule('[SSE-7] A ticket is used within 30 seconds', async ({ person, follow }) => {
    const ada = await person()
    const [early, late] = [await ticketFor(ada), await ticketFor(ada)]
    await advance(29_000)
    await follow(ada, { query: { ticket: early.ticket } })
    await advance(2_000)
    const refused = await refusal(openEventStream({ url: ada.url, query: { ticket: late.ticket } }))
    expect(refused).toMatchObject({
      code: 'unauthenticated',
      details: { reason: 'ticket_expired' },
    })
  })

  rule(
    '[SSE-7] A ticket lasts as long as its token, renewed or not',
    async ({ person, follow }) => {
      const ada = await person()
      const query = { ticket: (await ticketFor(ada)).ticket }
      const renewed = await follow(ada, { query })
      const { serverTime, tokenExpiresAt } = renewed.items[0]!.data as Welcome
      const ttl = Date.parse(tokenExpiresAt) - Date.parse(serverTime)
      const plain = { ticket: (await ticketFor(ada)).ticket }
      const reader = await follow(ada, { query: plain })
      await advance(ttl / 2)
      const { accessToken: token } = await refresh(target, ada.refreshToken)
      await bound(ada, renewed)('auth.renew', { token })
      await advance(ttl / 2 + 31_000)
      await reader.ended
      expect(reader.items.at(-1)).toMatchObject({
        name: 'system.closing',
        data: { code: 'token_expired' },
      })
      const again = { url: ada.url, query: plain, lastEventId: reader.lastEventId }
      expect(await refusal(openEventStream(again))).toMatchObject({ code: 'token_expired' })
      expect(renewed.items.filter(named('auth.tokenExpiring'))).toEqual([])
      await renewed.close()
      const back = await follow(ada, { query, lastEventId: renewed.lastEventId })
      expect(back.items.filter(named('system.reset'))).toEqual([])
    },
  )
}
