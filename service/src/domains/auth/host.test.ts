import { callByRest, connectPeer, unique, type Peer } from '@collab-kit/protocol/conformance'
import { isCollabError, type OutputOf } from '@collab-kit/protocol'
import { SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createTestService, engines, type TestService } from '../../testing/service.ts'

const SECRET = 'a secret of the host, long enough to be one'
const PARTNER_SECRET = 'a secret of the partner, long enough as well'
const HOST = 'https://shop.example'
const PARTNER = 'https://partner.example'

interface Claims {
  sub: string
  issuer?: string
  issuedAt?: number
  expiresAt?: number
  more?: Record<string, unknown>
}

describe.each(engines)('host-signed tokens on %s', (engine) => {
  let running: TestService
  const peers: Peer[] = []
  beforeAll(async () => {
    const common = { audience: 'collab', algorithm: 'HS256' } as const
    running = await createTestService({
      engine,
      issuers: [
        { issuer: HOST, primary: true, secret: SECRET, ...common },
        { issuer: PARTNER, name: 'partner', groups: ['staff'], secret: PARTNER_SECRET, ...common },
      ],
    })
  })
  afterEach(() => Promise.all(peers.splice(0).map((peer) => peer.close())))
  afterAll(() => running?.close())

  const seconds = () => Math.floor((running.clock?.now() ?? Date.now()) / 1000)
  const sign = ({ sub, issuer = HOST, issuedAt, expiresAt, more = {} }: Claims): Promise<string> =>
    new SignJWT(more)
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience('collab')
      .setSubject(sub)
      .setIssuedAt(issuedAt ?? seconds())
      .setExpirationTime(expiresAt ?? seconds() + 600)
      .sign(new TextEncoder().encode(issuer === HOST ? SECRET : PARTNER_SECRET))
  const call = (token: string, ...[name, input]: [Parameters<typeof callByRest>[1], object]) =>
    callByRest({ url: running.url, token }, name, input)
  const me = async (token: string) =>
    (await call(token, 'users.getMe', {})) as OutputOf<'users.getMe'>
  const connect = async (token: string) => {
    const peer = await connectPeer({ url: running.url, transport: 'socket' }, token)
    peers.push(peer)
    return peer
  }
  const codeOf = (attempt: Promise<unknown>): Promise<string> =>
    attempt.then(
      () => 'ok',
      (error: unknown) => (isCollabError(error) ? error.code : String(error)),
    )
  /** An admin of the service itself. */
  const admin = async () => {
    const username = unique('boss')
    await running.addAdmin(username, 'a password for the boss')
    const answer = (await callByRest({ url: running.url }, 'auth.signIn', {
      username,
      password: 'a password for the boss',
    })) as OutputOf<'auth.signIn'>
    return answer.accessToken
  }

  test('make the account on first sight and change it on the next', async () => {
    const sub = unique('ann')
    const first = await me(await sign({ sub, more: { name: 'Ann', email: 'ann@example.com' } }))
    expect(first).toMatchObject({ username: sub, displayName: 'Ann', role: 'user', issuer: HOST })
    const live = await connect(await sign({ sub, more: { name: 'Ann' } }))
    await me(await sign({ sub, more: { name: 'Ann King' } }))
    await live.until(({ name }) => name === 'users.userUpdated')
    expect(await live.call('users.getMe', {})).toMatchObject({
      displayName: 'Ann King',
      email: 'ann@example.com',
    })
  })

  test('of another issuer carry its name, as do their groups', async () => {
    const sub = unique('ann')
    const groups = [unique('buyers'), 'staff']
    const token = await sign({ sub, issuer: PARTNER, more: { groups } })
    expect(await me(token)).toMatchObject({ username: `partner:${sub}`, issuer: PARTNER })
    const listed = (await call(token, 'groups.listGroups', {})) as OutputOf<'groups.listGroups'>
    expect(listed.items.map(({ name }) => name)).toEqual([`partner:${groups[0]}`, 'staff'])
    const later = await sign({ sub, issuer: PARTNER, more: { groups: [] } })
    expect(await call(later, 'groups.listGroups', {})).toEqual({ items: [] })
  })

  test('naming a group that one was put into by hand change nothing about it', async () => {
    const sub = unique('ann')
    const name = unique('team')
    await me(await sign({ sub }))
    await call(await admin(), 'groups.createGroup', { name, members: [sub] })
    const token = await sign({ sub, more: { groups: [name] } })
    await me(token)
    await me(await sign({ sub, more: { groups: [] } }))
    const left = (await call(token, 'groups.listGroups', {})) as OutputOf<'groups.listGroups'>
    expect(left.items.map((each) => each.name)).toEqual([name])
  })

  test('take the name of no account of the service, reserved or not', async () => {
    const username = unique('local')
    const input = { username, password: 'a password of one' }
    await callByRest({ url: running.url }, 'auth.register', input)
    for (const sub of [username, 'admin', 'guest-1', 'system'])
      expect(await codeOf(me(await sign({ sub }))), sub).toBe('token_sub')
  })

  test('renew a live connection, for the same person only', async () => {
    const sub = unique('ann')
    const live = await connect(await sign({ sub }))
    const expiresAt = seconds() + 1200
    const answer = await live.call('auth.renew', { token: await sign({ sub, expiresAt }) })
    expect(Date.parse(answer.tokenExpiresAt)).toBe(expiresAt * 1000)
    const foreign = live.call('auth.renew', { token: await sign({ sub: unique('eve') }) })
    expect(await codeOf(foreign)).toBe('forbidden')
  })

  test('are worth nothing when revoked, and later ones are good', async () => {
    const sub = unique('ann')
    const old = await sign({ sub, issuedAt: seconds() - 60 })
    const live = await connect(old)
    await call(await admin(), 'auth.revokeTokens', { username: sub })
    await running.settle()
    await live.until(
      ({ name, data }) =>
        name === 'system.closing' && (data as { code: string }).code === 'revoked',
    )
    expect(await codeOf(me(old))).toBe('token_revoked')
    expect(await codeOf(connect(old))).toBe('token_revoked')
    const later = await sign({ sub, issuedAt: seconds() + 1 })
    expect((await me(later)).username).toBe(sub)
  })

  test('of one who is disabled are refused, however new', async () => {
    const sub = unique('ann')
    const live = await connect(await sign({ sub }))
    const boss = await admin()
    await call(boss, 'users.disableUser', { username: sub })
    await running.settle()
    await live.ended
    expect(await codeOf(me(await sign({ sub, issuedAt: seconds() + 5 })))).toBe('token_revoked')
    await call(boss, 'users.enableUser', { username: sub })
    expect((await me(await sign({ sub, issuedAt: seconds() + 6 }))).username).toBe(sub)
  })

  test('of an issuer that nobody configured are refused by name', async () => {
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('https://elsewhere.example')
      .setAudience('collab')
      .setSubject('ann')
      .setExpirationTime(seconds() + 60)
      .sign(new TextEncoder().encode(SECRET))
    expect(await codeOf(me(token))).toBe('token_iss')
    expect(await codeOf(connect(token))).toBe('token_iss')
  })

  test('make nobody an admin', async () => {
    const sub = unique('ann')
    expect(await codeOf(me(await sign({ sub, more: { role: 'admin' } })))).toBe('token_claims')
    const meant = await me(await sign({ sub, more: { scope: 'openid admin' } }))
    expect(meant.role).toBe('user')
  })
})
