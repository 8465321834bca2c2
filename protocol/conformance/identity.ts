import { chatStream, type InputOf, type OutputOf } from '@collab-kit/protocol'
import { describe, expect } from 'vitest'
import { channel, joinAll, nextMoment, say } from './acts.ts'
import { PASSWORD, unique } from './connect.ts'
import { openEventStream } from './event-stream.ts'
import { basic, callByRest, type KeyCredentials } from './http.ts'
import { named, refusal, rules, type Stage } from './rule.ts'
import { beforeSignIn, refresh, secondSignIn, whoIs } from './sign-in.ts'
import type { Person, Target } from './target.ts'

/** Devices, and backends with keys. */
export function identityRules(target: Target): void {
  describe('identity', () => {
    devices(target)
    keys(target)
    issued(target)
  })
}

/** A key with these scopes, made by an admin. */
export async function keyOf(
  { person }: Stage,
  ...scopes: InputOf<'auth.createApiKey'>['scopes']
): Promise<KeyCredentials & { admin: Person }> {
  const admin = await person({ admin: true })
  const { id, secret } = await admin.call('auth.createApiKey', { name: 'Shop', scopes })
  return { apiKey: id, secret, admin }
}

function devices(target: Target): void {
  const rule = rules(target)

  rule('[AUTH-14] One sees one’s devices, and which of them asks', async (stage) => {
    const ann = await stage.person()
    await nextMoment(target, ann)
    const phone = await secondSignIn(target, stage, ann.username)
    const { items } = await phone.call('auth.listSignIns', {})
    expect(items.map(({ current }) => current)).toEqual([true, false])
    expect(new Set(items.map(({ id }) => id)).size).toBe(2)
  })

  rule('[AUTH-14] Devices are listed page by page', async (stage) => {
    const ann = await stage.person()
    await secondSignIn(target, stage, ann.username)
    const first = await ann.call('auth.listSignIns', { limit: 1 })
    const cursor = first.nextCursor!
    const second = await ann.call('auth.listSignIns', { limit: 1, cursor })
    expect(second.nextCursor).toBeUndefined()
    const { items } = await ann.call('auth.listSignIns', {})
    expect([...first.items, ...second.items]).toEqual(items)
    const wrong = ann.call('auth.listSignIns', { cursor: 'none' })
    expect((await refusal(wrong)).code).toBe('invalid_cursor')
  })

  rule('[AUTH-14] A device that is revoked is out at once, the others stay', async (stage) => {
    const ann = await stage.person()
    const live = await stage.connect(ann)
    const phone = await secondSignIn(target, stage, ann.username)
    const { items } = await phone.call('auth.listSignIns', {})
    const other = items.find(({ current }) => !current)!
    await phone.call('auth.revokeSignIn', { id: other.id })
    await live.until(named('system.closing', { code: 'revoked', reconnect: false }))
    expect(await refusal(whoIs(target, ann.accessToken))).toMatchObject({ code: 'token_revoked' })
    expect(await refusal(refresh(target, ann.refreshToken))).toMatchObject({
      code: 'token_revoked',
    })
    await phone.call('users.getMe', {})
  })

  rule('[AUTH-14] Another’s device looks like none', async ({ person }) => {
    const [ann, ben] = [await person(), await person()]
    const [own] = (await ann.call('auth.listSignIns', {})).items
    const error = await refusal(ben.call('auth.revokeSignIn', { id: own!.id }))
    expect(error.code).toBe('not_found')
    await whoIs(target, ann.accessToken)
  })

  rule('[AUTH-15] A changed password ends all other sign-ins', async (stage) => {
    const ann = await stage.person()
    const phone = await secondSignIn(target, stage, ann.username)
    const newPassword = 'another battery staple'
    const wrong = { currentPassword: 'not this one', newPassword }
    expect(await refusal(ann.call('auth.changePassword', wrong))).toMatchObject({
      code: 'forbidden',
      details: { reason: 'wrong_password' },
    })
    await ann.call('auth.changePassword', { currentPassword: PASSWORD, newPassword })
    await ann.call('users.getMe', {})
    expect(await refusal(whoIs(target, phone.accessToken))).toMatchObject({ code: 'token_revoked' })
    const { username } = ann
    await beforeSignIn(target, 'auth.signIn', { username, password: newPassword })
    const old = refusal(beforeSignIn(target, 'auth.signIn', { username, password: PASSWORD }))
    expect((await old).code).toBe('unauthenticated')
  })
}

function keys(target: Target): void {
  const rule = rules(target)

  rule('[KEY-1] A key does what its scopes say and nothing else', async (stage) => {
    const { admin: _admin, ...key } = await keyOf(stage, 'users:read')
    const ann = await stage.person()
    const backend = stage.backend(key)
    const seen = await backend.call('users.getUser', { username: ann.username })
    expect(seen.username).toBe(ann.username)
    for (const attempt of [
      () => backend.call('users.disableUser', { username: ann.username }),
      () => backend.call('groups.listGroups', {}),
      () => backend.call('chat.listChats', {}),
    ]) {
      expect(await refusal(attempt())).toMatchObject({
        code: 'forbidden',
        details: { reason: 'scope' },
      })
    }
  })

  rule('[KEY-1] Without the scope a key acts for nobody', async (stage) => {
    const { admin: _admin, ...key } = await keyOf(stage, 'users:read')
    const { username } = await stage.person()
    const attempt = stage.backend({ ...key, actAs: username }).call('users.getMe', {})
    expect(await refusal(attempt)).toMatchObject({
      code: 'forbidden',
      details: { scope: 'act_as' },
    })
  })

  rule('[KEY-2] A key that acts for a person speaks as them', async (stage) => {
    const { admin: _admin, ...key } = await keyOf(stage, 'act_as', 'chat:read', 'chat:write')
    const [ann, ben] = [await stage.peer(), await stage.person()]
    const { chatId } = await channel(ann)
    const backend = stage.backend({ ...key, actAs: ben.username })
    await joinAll(chatId, backend)
    await say(backend, chatId, 'from the backend')
    const item = await ann.until(named('chat.messageSent', { body: 'from the backend' }))
    expect(item.actor?.username).toBe(ben.username)
  })

  rule('[KEY-2] What only a person can do, a key does for one', async (stage) => {
    const { admin: _admin, ...key } = await keyOf(stage, '*')
    const backend = stage.backend(key)
    for (const attempt of [
      () => backend.call('users.getMe', {}),
      () => backend.call('contacts.listContacts', {}),
      () => backend.call('auth.listSignIns', {}),
    ]) {
      expect(await refusal(attempt())).toMatchObject({
        code: 'forbidden',
        details: { reason: 'act_as' },
      })
    }
  })

  rule('[KEY-3] A wrong secret and an unknown key look the same', async (stage) => {
    const { admin: _admin, ...key } = await keyOf(stage, '*')
    const wrong = [
      { ...key, secret: 'x'.repeat(43) },
      { ...key, apiKey: 'key-0000000000000000' },
    ]
    const errors = await Promise.all(
      wrong.map(async (each) =>
        refusal(stage.backend(each).call('users.searchUsers', { term: '' })),
      ),
    )
    const told = errors.map(({ code, message, details }) => ({ code, message, details }))
    expect(told[0]).toEqual(told[1])
    expect(told[0]!.code).toBe('unauthenticated')
  })

  rule('[KEY-3] A key that is revoked is out at once, with its connections', async (stage) => {
    const { admin, ...key } = await keyOf(stage, '*')
    const live = await stage.backend(key).connect()
    await admin.call('auth.revokeApiKey', { id: key.apiKey })
    await target.settle?.()
    await live.until(named('system.closing', { code: 'revoked', reconnect: false }))
    const attempt = callByRest({ url: admin.url, key }, 'users.searchUsers', { term: '' })
    expect((await refusal(attempt)).code).toBe('unauthenticated')
    const { items } = await admin.call('auth.listApiKeys', {})
    expect(items.find(({ id }) => id === key.apiKey)?.revokedAt).toBeDefined()
    expect(JSON.stringify(items)).not.toContain(key.secret)
  })

  rule('[KEY-4] A key gives away no more than it has', async (stage) => {
    const { admin: _admin, ...key } = await keyOf(stage, 'auth:write', 'users:read')
    const backend = stage.backend(key)
    await backend.call('auth.createApiKey', { name: 'Less', scopes: ['users:read'] })
    const more = backend.call('auth.createApiKey', { name: 'More', scopes: ['users:write'] })
    expect(await refusal(more)).toMatchObject({ code: 'forbidden', details: { reason: 'scope' } })
  })

  rule('[KEY-5] The stream `service` is for keys with `events:read`', async (stage) => {
    const { admin, ...key } = await keyOf(stage, 'events:read', 'streams:read')
    const live = await stage.backend(key).connect()
    await live.call('streams.join', { stream: 'service' })
    const ann = await stage.person({ displayName: 'Ann' })
    await live.until(named('users.userRegistered', { username: ann.username }))
    await live.until(named('auth.signedIn', { username: ann.username }))
    await ann.call('users.setProperty', { name: 'plan', value: 'gold' })
    await live.until(named('users.propertyChanged', { username: ann.username, value: 'gold' }))
    await ann.call('auth.signOut', {})
    await live.until(named('auth.signedOut', { username: ann.username, reason: 'signed_out' }))
    const asAdmin = await stage.connect(admin)
    const attempt = asAdmin.call('streams.join', { stream: 'service' })
    expect((await refusal(attempt)).code).toBe('not_found')
  })

  rule(
    '[KEY-5] `events:read` alone opens that stream, brings it without asking, and opens no other',
    async (stage) => {
      const { admin, ...key } = await keyOf(stage, 'events:read')
      const backend = stage.backend(key)
      const live = await backend.connect()
      const events = await openEventStream({ url: admin.url, headers: basic(key) })
      const ann = await stage.person()
      const came = named('users.userRegistered', { username: ann.username })
      const { seq } = await live.until(came)
      expect((await events.until(came)).seq).toBe(seq)
      await live.call('streams.join', { stream: 'service' })
      const read = { stream: 'service', seq: seq! - 1 }
      const { events: logged, epoch } = await backend.call('streams.readSince', read)
      expect(logged.find(came)?.seq).toBe(seq)
      const { chatId } = await channel(ann)
      const stream = chatStream(chatId)
      const outOfScope = {
        code: 'forbidden',
        details: { reason: 'scope', scope: 'streams:read' },
      }
      const joined = live.call('streams.join', { stream })
      expect(await refusal(joined)).toMatchObject(outOfScope)
      const opened = backend.call('streams.readSince', { stream, seq: 0 })
      expect(await refusal(opened)).toMatchObject(outOfScope)
      const heads = { service: 0, [stream]: 0 }
      const resumed = await backend.call('streams.resume', { epoch, heads })
      expect([resumed.behind, resumed.gone]).toEqual([['service'], [stream]])
      const back = await openEventStream({
        url: admin.url,
        headers: basic(key),
        lastEventId: events.lastEventId,
      })
      const ben = await stage.person()
      const later = named('users.userRegistered', { username: ben.username })
      expect((await back.until(later)).seq).toBe((await live.until(later)).seq)
      expect([...events.violations, ...back.violations]).toEqual([])
      await Promise.all([events.close(), back.close()])
    },
  )

  rule('[KEY-6] Keys are listed page by page', async (stage) => {
    const { admin, ...key } = await keyOf(stage, 'auth:write')
    await stage.backend(key).call('auth.createApiKey', { name: 'Other', scopes: ['auth:write'] })
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const input = { limit: 1, ...(cursor !== undefined && { cursor }) }
      const page = await admin.call('auth.listApiKeys', input)
      expect(page.items).toHaveLength(1)
      ids.push(page.items[0]!.id)
      cursor = page.nextCursor
    } while (cursor !== undefined)
    expect(new Set(ids).size).toBe(ids.length)
    const { items } = await admin.call('auth.listApiKeys', { limit: target.limits.pageItems })
    expect(items.map(({ id }) => id)).toEqual(ids.slice(0, target.limits.pageItems))
    const wrong = admin.call('auth.listApiKeys', { cursor: 'none' })
    expect((await refusal(wrong)).code).toBe('invalid_cursor')
  })

  rule('[KEY-6] Only admins and keys make keys', async ({ person }) => {
    const ann = await person()
    const attempt = ann.call('auth.createApiKey', { name: 'Mine', scopes: ['*'] })
    expect((await refusal(attempt)).code).toBe('forbidden')
  })
}

function issued(target: Target): void {
  const rule = rules(target)

  rule(
    '[AUTH-16] A backend without keys of its own is issued tokens for its people',
    async (stage) => {
      const { admin: _admin, ...key } = await keyOf(stage, 'auth:write')
      const backend = stage.backend(key)
      const username = unique('shop')
      const group = unique('buyers')
      const first = await backend.call('auth.issueToken', {
        username,
        displayName: 'Shop Ann',
        groups: [group],
      })
      const me = (await whoIs(target, first.token)) as OutputOf<'users.getMe'>
      expect(me).toMatchObject({ username, displayName: 'Shop Ann', role: 'user' })
      const own = (await callByRest(
        { url: target.url, token: first.token },
        'groups.listGroups',
        {},
      )) as OutputOf<'groups.listGroups'>
      expect(own.items.map(({ name }) => name)).toEqual([group])
      const next = await backend.call('auth.issueToken', { username, groups: [] })
      const left = (await callByRest(
        { url: target.url, token: next.token },
        'groups.listGroups',
        {},
      )) as OutputOf<'groups.listGroups'>
      expect(left.items).toEqual([])
    },
  )

  rule('[AUTH-16] A backend says how long a token lasts, five seconds at least', async (stage) => {
    const { admin: _admin, ...key } = await keyOf(stage, 'auth:write')
    const backend = stage.backend(key)
    const username = unique('shop')
    const { token, expiresAt } = await backend.call('auth.issueToken', { username, ttl: 5 })
    const live = await stage.handshake(token)
    expect(live.items[0]).toMatchObject({ data: { tokenExpiresAt: expiresAt } })
    const short = backend.call('auth.issueToken', { username, ttl: 4 })
    expect(await refusal(short)).toMatchObject({
      code: 'invalid_payload',
      details: { path: 'ttl' },
    })
  })

  rule('[AUTH-16] No backend is issued a token for an account with a password', async (stage) => {
    const { admin, ...key } = await keyOf(stage, 'auth:write')
    const ann = await stage.person()
    const backend = stage.backend(key)
    for (const username of [ann.username, admin.username]) {
      const attempt = backend.call('auth.issueToken', { username })
      expect(await refusal(attempt)).toMatchObject({ code: 'conflict' })
    }
  })

  rule(
    '[AUTH-17] Revoked tokens end connections at once; what was issued later is good',
    async (stage) => {
      const { admin: _admin, ...key } = await keyOf(stage, 'auth:write')
      const ann = await stage.person()
      const live = await stage.connect(ann)
      const backend = stage.backend(key)
      await backend.call('auth.revokeTokens', { username: ann.username })
      await target.settle?.()
      await live.until(named('system.closing', { code: 'revoked', reconnect: false }))
      expect(await refusal(whoIs(target, ann.accessToken))).toMatchObject({ code: 'token_revoked' })
      expect((await refusal(refresh(target, ann.refreshToken))).code).toBe('token_revoked')
      const { username } = ann
      const again = await beforeSignIn(target, 'auth.signIn', { username, password: PASSWORD })
      await whoIs(target, again.accessToken)
    },
  )
}
