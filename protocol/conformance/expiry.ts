import type { Welcome } from '@collab-kit/protocol'
import { expect } from 'vitest'
import { callByRest } from './http.ts'
import { named, refusal, rules } from './rule.ts'
import { refresh } from './sign-in.ts'
import type { Peer, Target } from './target.ts'

const lifeOf = ({ items }: Peer): { ttl: number; end: string } => {
  const { serverTime, tokenExpiresAt } = items[0]!.data as Welcome
  return { ttl: Date.parse(tokenExpiresAt) - Date.parse(serverTime), end: tokenExpiresAt }
}

/** The end of a token, on targets whose clock can be moved. */
export function expiryRules(target: Target): void {
  const { advance } = target
  if (!advance) return
  const rule = rules(target)

  rule('[AUTH-10] A minute before its token ends a connection is told, once', async ({ peer }) => {
    const ada = await peer()
    const { ttl, end } = lifeOf(ada)
    await advance(ttl - 61_000)
    await ada.fence()
    expect(ada.items.filter(named('auth.tokenExpiring'))).toEqual([])
    await advance(2_000)
    await ada.until(named('auth.tokenExpiring', { expiresAt: end }))
    await advance(2_000)
    await ada.fence()
    expect(ada.items.filter(named('auth.tokenExpiring'))).toHaveLength(1)
  })

  rule(
    '[AUTH-10] One whose token ends within the minute is told half-way, not at once',
    async ({ person, connect }) => {
      const ada = await person()
      const first = await connect(ada)
      await advance(lifeOf(first).ttl - 20_000)
      const live = await connect(ada)
      await advance(9_000)
      await live.fence()
      expect(live.items.filter(named('auth.tokenExpiring'))).toEqual([])
      await advance(2_000)
      await live.until(named('auth.tokenExpiring', { expiresAt: lifeOf(live).end }))
    },
  )

  rule(
    '[AUTH-9] A connection that does not renew is closed, and its token refused',
    async ({ person, connect, handshake }) => {
      const ada = await person()
      const live = await connect(ada)
      await advance(lifeOf(live).ttl + 31_000)
      await live.ended
      const closing = { code: 'token_expired', reconnect: true }
      expect(live.items.at(-1)).toMatchObject({ name: 'system.closing', data: closing })
      const token = ada.accessToken
      expect(await refusal(handshake(token))).toMatchObject({ code: 'token_expired' })
      const byRest = callByRest({ url: target.url, token }, 'users.getMe', {})
      expect(await refusal(byRest)).toMatchObject({ code: 'token_expired' })
    },
  )

  rule('[AUTH-11] A renewed connection outlives its first token', async ({ person, connect }) => {
    const ada = await person()
    const live = await connect(ada)
    const { ttl, end } = lifeOf(live)
    await advance(ttl / 2)
    const next = await refresh(target, ada.refreshToken)
    const { tokenExpiresAt } = await live.call('auth.renew', { token: next.accessToken })
    expect(Date.parse(tokenExpiresAt)).toBeGreaterThan(Date.parse(end))
    await advance(ttl / 2 + 31_000)
    await live.fence()
    expect(live.items.filter(named('auth.tokenExpiring'))).toEqual([])
  })
}
