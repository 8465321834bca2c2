import { describe, expect, it } from 'vitest'
import type { IssuedToken, TokenReason } from '../options.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { fixedToken, tokenEndpoint, tokenFunction } from './sources.ts'
import { createTokens, type TokenSource } from './tokens.ts'

function counting(lifeMs = 60_000) {
  const clock = fakeClock()
  const asked: TokenReason[] = []
  const source: TokenSource = {
    renewable: true,
    get: async (reason): Promise<IssuedToken> => {
      asked.push(reason)
      return { token: `t${asked.length}`, expiresAt: new Date(clock.now() + lifeMs).toISOString() }
    },
  }
  return { clock, asked, tokens: createTokens(source, clock) }
}

describe('tokens', () => {
  it('are asked for once, however many want one', async () => {
    const { tokens, asked } = counting()
    const all = await Promise.all([
      tokens.get('initial'),
      tokens.get('initial'),
      tokens.get('refresh'),
    ])
    expect(all.map((token) => token?.token)).toEqual(['t1', 't1', 't1'])
    expect(asked).toEqual(['initial'])
  })

  it('are used again while they last, and replaced shortly before their end', async () => {
    const { tokens, asked, clock } = counting()
    await tokens.get('initial')
    await tokens.get('initial')
    await clock.advance(31_000)
    await tokens.get('initial')
    expect(asked).toEqual(['initial', 'refresh'])
  })

  it('are replaced when they are refused, whatever their end', async () => {
    const { tokens, asked } = counting()
    await tokens.get('initial')
    await tokens.get('rejected')
    expect(asked).toEqual(['initial', 'rejected'])
    expect(tokens.current).toBe('t2')
  })

  it('last as long as the service says', async () => {
    const { tokens, asked, clock } = counting(3_600_000)
    await tokens.get('initial')
    tokens.endsIn(40_000)
    await clock.advance(20_000)
    await tokens.get('initial')
    expect(asked).toEqual(['initial', 'refresh'])
  })

  it('that come after nobody wants them any more are not used', async () => {
    const { tokens } = counting()
    const asking = tokens.get('initial')
    tokens.abort()
    await expect(asking).rejects.toMatchObject({ code: 'unavailable' })
    expect(tokens.current).toBeUndefined()
  })

  it('are not waited for without end: the source is told to give up, and may be asked again', async () => {
    const clock = fakeClock()
    const signals: AbortSignal[] = []
    const answers: ((token: IssuedToken) => void)[] = []
    const source: TokenSource = {
      renewable: true,
      get: (_reason, signal) => {
        signals.push(signal)
        return new Promise((resolve) => answers.push(resolve))
      },
    }
    const tokens = createTokens(source, clock, 5_000)
    const refusal = tokens.get('initial').catch((error: unknown) => error)
    await clock.advance(4_999)
    expect(signals[0]?.aborted).toBe(false)
    await clock.advance(1)
    expect(await refusal).toMatchObject({ code: 'unavailable', details: { reason: 'aborted' } })
    expect(signals[0]?.aborted).toBe(true)
    const again = tokens.get('initial')
    answers[0]?.({ token: 'late' })
    answers[1]?.({ token: 'in time' })
    expect((await again)?.token).toBe('in time')
    expect(tokens.current).toBe('in time')
    await clock.advance(10_000)
    expect([signals[1]?.aborted, clock.waiting]).toEqual([false, 0])
  })

  it('can be set from elsewhere', async () => {
    const { tokens, asked } = counting()
    tokens.set({ token: 'mine' })
    expect((await tokens.get('initial'))?.token).toBe('mine')
    tokens.set(undefined)
    expect(tokens.renewable).toBe(false)
    await tokens.get('refresh')
    expect(asked).toEqual(['initial'])
  })
})

describe('a source', () => {
  const signal = new AbortController().signal

  it('of one token has no other', async () => {
    const tokens = createTokens(fixedToken('only'), fakeClock())
    await tokens.get('initial')
    expect((await tokens.get('rejected'))?.token).toBe('only')
    expect(tokens.renewable).toBe(false)
  })

  it('that is a function may answer a text or a token, and is told why', async () => {
    const reasons: TokenReason[] = []
    const source = tokenFunction(async (reason) => {
      reasons.push(reason)
      return reason === 'initial' ? 'plain' : { token: 'dated', expiresAt: '2026-01-01T00:00:00Z' }
    })
    expect(await source.get('initial', signal)).toEqual({ token: 'plain' })
    expect(await source.get('rejected', signal)).toEqual({
      token: 'dated',
      expiresAt: '2026-01-01T00:00:00Z',
    })
    expect(reasons).toEqual(['initial', 'rejected'])
  })

  it.each(['', {}, null, { token: 7 }])('that answers %j has no token', async (answer) => {
    const source = tokenFunction(async () => answer as string)
    await expect(source.get('initial', signal)).rejects.toMatchObject({ code: 'token_malformed' })
  })

  it('that is an address is posted to, with the cookies of the page', async () => {
    const requests: RequestInit[] = []
    const source = tokenEndpoint('/token', async (_url, init) => {
      requests.push(init ?? {})
      return Response.json({ token: 'x', expiresAt: 'y', more: 1 })
    })
    expect(await source.get('refresh', signal)).toEqual({ token: 'x', expiresAt: 'y' })
    expect(requests[0]).toMatchObject({
      method: 'POST',
      credentials: 'include',
      body: '{"reason":"refresh"}',
    })
  })

  it('that is an address refuses by its status', async () => {
    const source = tokenEndpoint('/token', async () => new Response('', { status: 401 }))
    await expect(source.get('initial', signal)).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})
