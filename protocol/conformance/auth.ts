import type { Welcome } from '@collab-kit/protocol'
import { describe, expect } from 'vitest'
import { channel, joinAll, privateChannel, say } from './acts.ts'
import { PASSWORD, toTokens, unique } from './connect.ts'
import { expiryRules } from './expiry.ts'
import { callByRest } from './http.ts'
import { commandId, durable, named, of, refusal, rules } from './rule.ts'
import { beforeSignIn, refresh, secondSignIn, whoIs } from './sign-in.ts'
import type { Target } from './target.ts'

/** Accounts, tokens and the life of a sign-in. */
export function authRules(target: Target): void {
  describe('auth', () => {
    accounts(target)
    guests(target)
    tokens(target)
    refreshing(target)
    repeating(target)
    renewing(target)
    signingOut(target)
    expiryRules(target)
  })
}

function accounts(target: Target): void {
  const rule = rules(target)

  rule('[AUTH-1] A new account is signed in at once', async ({ as, connect }) => {
    const username = unique('ada')
    const answer = await beforeSignIn(target, 'auth.register', {
      username,
      password: PASSWORD,
      displayName: 'Ada',
    })
    expect(answer.user).toMatchObject({ username, displayName: 'Ada', role: 'user', guest: false })
    expect(Date.parse(answer.expiresAt)).toBeGreaterThan(Date.parse(answer.user.createdAt))
    const ada = await connect(as(toTokens(answer)))
    expect(await ada.call('users.getMe', {})).toEqual(answer.user)
  })

  rule('[AUTH-1] A password has 8 to 256 characters', async () => {
    for (const password of ['1234567', 'x'.repeat(257)]) {
      const error = await refusal(
        beforeSignIn(target, 'auth.register', { username: unique('p'), password }),
      )
      expect(error).toMatchObject({ code: 'invalid_payload', details: { path: 'password' } })
    }
    for (const password of ['12345678', 'x'.repeat(256)]) {
      await beforeSignIn(target, 'auth.register', { username: unique('p'), password })
    }
  })

  rule('[AUTH-2] A taken name is not given again, at once or later', async () => {
    const input = { username: unique('ada'), password: PASSWORD }
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map(() => beforeSignIn(target, 'auth.register', input)),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await refusal(beforeSignIn(target, 'auth.register', input))).toMatchObject({
      code: 'already_exists',
    })
  })

  rule('[AUTH-2] Names of the service are nobody else’s, whatever their case', async () => {
    for (const username of ['admin', 'Admin', 'ADMIN', 'system']) {
      const error = await refusal(
        beforeSignIn(target, 'auth.register', { username, password: PASSWORD }),
      )
      expect(error).toMatchObject({ code: 'already_exists' })
    }
  })

  rule(
    '[AUTH-3] The right password signs in; a wrong one and a wrong name look the same',
    async ({ person }) => {
      const { username } = await person()
      const answer = await beforeSignIn(target, 'auth.signIn', { username, password: PASSWORD })
      expect(answer.user.username).toBe(username)
      const wrong = await refusal(
        beforeSignIn(target, 'auth.signIn', { username, password: `${PASSWORD}!` }),
      )
      const nobody = await refusal(
        beforeSignIn(target, 'auth.signIn', { username: unique('nobody'), password: PASSWORD }),
      )
      expect(wrong).toMatchObject({ code: 'unauthenticated' })
      expect({ ...wrong, requestId: '' }).toEqual({ ...nobody, requestId: '' })
    },
  )
}

function guests(target: Target): void {
  const rule = rules(target)

  rule('[AUTH-4] A guest is marked as one wherever they appear', async ({ peer, person }) => {
    const ada = await peer()
    const guest = await person({ guest: true, displayName: 'Just looking' })
    const { username } = guest
    const { chatId } = await channel(ada)
    await joinAll(chatId, guest)
    expect(await guest.call('users.getMe', {})).toMatchObject({
      guest: true,
      role: 'guest',
      displayName: 'Just looking',
    })
    expect(await ada.call('users.getUser', { username })).toMatchObject({ guest: true })
    const { items } = await ada.call('chat.listMembers', { chatId })
    expect(items.map((each) => [each.username, each.guest])).toEqual(
      expect.arrayContaining([
        [ada.username, false],
        [username, true],
      ]),
    )
  })

  rule(
    '[AUTH-4] Two guests of one name are two people, and no guest can sign in by password',
    async ({ person }) => {
      const [one, two] = [await person({ guest: true }), await person({ guest: true })]
      expect(one.username).not.toBe(two.username)
      const error = await refusal(
        beforeSignIn(target, 'auth.signIn', { username: one.username, password: PASSWORD }),
      )
      expect(error).toMatchObject({ code: 'unauthenticated' })
    },
  )
}

const base64url = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url')

function tokens(target: Target): void {
  const rule = rules(target)

  rule('[AUTH-5] Without a token there is no way in', async ({ handshake }) => {
    expect(await refusal(handshake(undefined))).toMatchObject({ code: 'unauthenticated' })
    expect(await refusal(callByRest({ url: target.url }, 'users.getMe', {}))).toMatchObject({
      code: 'unauthenticated',
    })
  })

  rule('[AUTH-5] What is no token is malformed', async ({ handshake }) => {
    for (const token of ['garbage', 'a.b.c', 'a.b.c.d.e', 'x'.repeat(5000)]) {
      expect(await refusal(handshake(token))).toMatchObject({ code: 'token_malformed' })
      expect(await refusal(whoIs(target, token))).toMatchObject({ code: 'token_malformed' })
    }
  })

  rule(
    '[AUTH-5] A token that was changed is not signed by the service',
    async ({ person, handshake }) => {
      const [{ accessToken }, other] = [await person(), await person()]
      const [header = '', payload = '', signature = ''] = accessToken.split('.')
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<
        string,
        unknown
      >
      const changed = Object.entries(claims).map(([key, value]) => [
        key,
        key === 'sub' ? other.username : value,
      ])
      const flipped = signature.startsWith('A')
        ? `B${signature.slice(1)}`
        : `A${signature.slice(1)}`
      const forged = [
        `${header}.${base64url(Object.fromEntries(changed))}.${signature}`,
        `${header}.${payload}.${flipped}`,
      ]
      for (const token of forged) {
        expect(await refusal(handshake(token))).toMatchObject({ code: 'token_signature' })
        expect(await refusal(whoIs(target, token))).toMatchObject({ code: 'token_signature' })
      }
      const unsigned = `${base64url({ alg: 'none', typ: 'JWT' })}.${payload}.`
      expect((await refusal(handshake(unsigned))).code).toBe('token_alg')
    },
  )

  rule(
    '[AUTH-13] Over a socket nobody registers, signs in or refreshes',
    async ({ peer, person }) => {
      const ada = await peer()
      const { refreshToken } = await person()
      const username = unique('ada')
      const attempts = [
        ada.raw('auth.register', { username, password: PASSWORD }),
        ada.raw('auth.signIn', { username: ada.username, password: PASSWORD }),
        ada.raw('auth.continueAsGuest', { displayName: 'Guest' }),
        ada.raw('auth.refresh', { refreshToken }),
      ]
      for (const attempt of attempts)
        expect(await attempt).toMatchObject({ ok: false, error: { code: 'not_supported' } })
      await refresh(target, refreshToken)
      await beforeSignIn(target, 'auth.register', { username, password: PASSWORD })
    },
  )
}

function refreshing(target: Target): void {
  const rule = rules(target)

  rule(
    '[AUTH-6] A refresh token is exchanged for a new pair of the same person',
    async ({ person, as, connect }) => {
      const ada = await person()
      const next = await refresh(target, ada.refreshToken)
      expect(next.user.username).toBe(ada.username)
      expect(next.refreshToken).not.toBe(ada.refreshToken)
      const peer = await connect(as(toTokens(next)))
      expect(await peer.call('users.getMe', {})).toEqual(next.user)
      const third = await refresh(target, next.refreshToken)
      expect(third.refreshToken).not.toBe(next.refreshToken)
    },
  )

  rule('[AUTH-6] What is no refresh token is refused', async ({ person }) => {
    const { accessToken } = await person()
    for (const token of ['garbage', accessToken.slice(0, 200)]) {
      expect((await refusal(refresh(target, token))).code).toMatch(/^token_/)
    }
  })

  rule(
    '[AUTH-7] A refresh token used twice ends the sign-in and all that hangs on it',
    async ({ person, connect }) => {
      const ada = await person()
      const live = await connect(ada)
      const next = await refresh(target, ada.refreshToken)
      expect(await refusal(refresh(target, ada.refreshToken))).toMatchObject({
        code: 'token_revoked',
      })
      await live.ended
      expect(live.items.at(-1)).toMatchObject({ name: 'system.closing', data: { code: 'revoked' } })
      expect(await refusal(refresh(target, next.refreshToken))).toMatchObject({
        code: 'token_revoked',
      })
      for (const token of [ada.accessToken, next.accessToken]) {
        expect(await refusal(whoIs(target, token))).toMatchObject({ code: 'token_revoked' })
      }
    },
  )

  rule(
    '[AUTH-7] Nothing is delivered to a connection after its sign-in was ended',
    async ({ person, peer, connect }) => {
      const ada = await peer()
      const ben = await person()
      const live = await connect(ben)
      const { chatId } = await privateChannel(ada, [ben])
      await refresh(target, ben.refreshToken)
      await refusal(refresh(target, ben.refreshToken))
      await say(ada, chatId, 'too late')
      await live.ended
      expect(live.items.filter(named('chat.messageSent', { body: 'too late' }))).toEqual([])
    },
  )
}

function repeating(target: Target): void {
  const rule = rules(target)

  rule(
    '[AUTH-8] A refresh whose answer was lost may be asked again',
    async ({ person, as, connect }) => {
      const ada = await person()
      const live = await connect(ada)
      const id = commandId()
      await refresh(target, ada.refreshToken, { commandId: id })
      const again = await refresh(target, ada.refreshToken, { commandId: id })
      await live.fence()
      const peer = await connect(as(toTokens(again)))
      expect(await peer.call('users.getMe', {})).toMatchObject({ username: ada.username })
      await refresh(target, again.refreshToken)
    },
  )

  rule('[AUTH-8] The same token with another command id is a reuse', async ({ person }) => {
    const ada = await person()
    const next = await refresh(target, ada.refreshToken, { commandId: commandId() })
    const reuse = refresh(target, ada.refreshToken, { commandId: commandId() })
    expect(await refusal(reuse)).toMatchObject({ code: 'token_revoked' })
    expect(await refusal(whoIs(target, next.accessToken))).toMatchObject({ code: 'token_revoked' })
  })

  if (target.advance) {
    const { advance } = target
    rule('[AUTH-8] After 60 seconds a repeated refresh is a reuse', async ({ person }) => {
      const ada = await person()
      const id = commandId()
      await refresh(target, ada.refreshToken, { commandId: id })
      await advance(61_000)
      expect(await refusal(refresh(target, ada.refreshToken, { commandId: id }))).toMatchObject({
        code: 'token_revoked',
      })
    })
  }
}

function renewing(target: Target): void {
  const rule = rules(target)

  rule('[AUTH-11] Renewing a token costs no event', async ({ person, peer, connect }) => {
    const ada = await peer()
    const ben = await person()
    const live = await connect(ben)
    const { chatId } = await privateChannel(ada, [ben])
    const next = await refresh(target, ben.refreshToken)
    const [renewed] = await Promise.all([
      live.call('auth.renew', { token: next.accessToken }),
      ...['a', 'b', 'c', 'd'].map((body) => say(ada, chatId, body)),
    ])
    expect(renewed.tokenExpiresAt).toBe(next.expiresAt)
    const { seq } = await say(ada, chatId, 'e')
    await live.until((item) => of(`chat:${chatId}`)(item) && item.seq === seq)
    expect(durable(live, `chat:${chatId}`).filter(named('chat.messageSent'))).toHaveLength(5)
  })

  rule('[AUTH-11] The token of another person changes nothing', async ({ peer, person }) => {
    const ada = await peer()
    const ben = await person()
    const error = await refusal(ada.call('auth.renew', { token: ben.accessToken }))
    expect(error).toMatchObject({ code: 'forbidden', details: { reason: 'identity_change' } })
    expect(await ada.call('users.getMe', {})).toMatchObject({ username: ada.username })
    expect(await refusal(ada.call('auth.renew', { token: 'garbage' }))).toMatchObject({
      code: 'token_malformed',
    })
  })

  rule('[AUTH-11] A token of a sign-in that has ended renews nothing', async (stage) => {
    const ada = await stage.person()
    const live = await stage.connect(ada)
    const second = await secondSignIn(target, stage, ada.username)
    await callByRest({ url: target.url, token: second.accessToken }, 'auth.signOut', {})
    expect(await refusal(live.call('auth.renew', { token: second.accessToken }))).toMatchObject({
      code: 'token_revoked',
    })
    await live.fence()
  })
}

function signingOut(target: Target): void {
  rules(target)(
    '[AUTH-12] Signing out ends the one sign-in and leaves the others',
    async (stage) => {
      const first = await stage.person()
      const second = await secondSignIn(target, stage, first.username)
      const [ending, staying] = [await stage.connect(first), await stage.connect(second)]
      expect((ending.items[0]!.data as Welcome).username).toBe(second.username)
      await callByRest({ url: target.url, token: first.accessToken }, 'auth.signOut', {})
      expect(await refusal(whoIs(target, first.accessToken))).toMatchObject({
        code: 'token_revoked',
      })
      await ending.ended
      expect(ending.items.at(-1)).toMatchObject({
        name: 'system.closing',
        data: { code: 'signed_out' },
      })
      expect(await refusal(stage.handshake(first.accessToken))).toMatchObject({
        code: 'token_revoked',
      })
      expect(await refusal(refresh(target, first.refreshToken))).toMatchObject({
        code: 'token_revoked',
      })
      expect(await staying.call('users.getMe', {})).toMatchObject({ username: first.username })
      await refresh(target, second.refreshToken)
    },
  )
}
