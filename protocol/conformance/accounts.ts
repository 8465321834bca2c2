import type { InputOf } from '@collab-kit/protocol'
import { describe, expect } from 'vitest'
import { privateChannel, say } from './acts.ts'
import { PASSWORD, toTokens, unique } from './connect.ts'
import { named, refusal, rules } from './rule.ts'
import { beforeSignIn, whoIs } from './sign-in.ts'
import type { Call, Target } from './target.ts'

/** What one says of oneself, and what an admin does with accounts. */
export function accountRules(target: Target): void {
  describe('accounts', () => {
    profiles(target)
    management(target)
    leaving(target)
  })
}

function management(target: Target): void {
  const rule = rules(target)

  rule('[USER-1] An admin makes accounts, others do not', async ({ person, as }) => {
    const [admin, ann] = [await person({ admin: true }), await person()]
    const username = unique('made')
    const input = { username, displayName: 'Made', email: 'm@example.com' }
    expect((await refusal(ann.call('users.createUser', input))).code).toBe('forbidden')
    const made = await admin.call('users.createUser', { ...input, password: PASSWORD })
    expect(made).toMatchObject({ ...input, role: 'user', guest: false })
    expect((await refusal(admin.call('users.createUser', input))).code).toBe('already_exists')
    const tokens = toTokens(
      await beforeSignIn(target, 'auth.signIn', { username, password: PASSWORD }),
    )
    await as(tokens).call('users.getMe', {})
  })

  rule('[USER-2] One who is disabled is out at once and comes back when enabled', async (stage) => {
    const [admin, ann] = [await stage.person({ admin: true }), await stage.person()]
    const live = await stage.connect(ann)
    const { username } = ann
    await admin.call('users.disableUser', { username })
    await target.settle?.()
    await live.until(named('system.closing', { code: 'revoked', reconnect: false }))
    expect((await refusal(whoIs(target, ann.accessToken))).code).toBe('token_revoked')
    const signIn = () => beforeSignIn(target, 'auth.signIn', { username, password: PASSWORD })
    expect((await refusal(signIn())).code).toBe('unauthenticated')
    await admin.call('users.enableUser', { username })
    expect((await refusal(whoIs(target, ann.accessToken))).code).toBe('token_revoked')
    await whoIs(target, (await signIn()).accessToken)
  })

  rule('[USER-3] A new role holds on connections made before', async (stage) => {
    const [admin, ann] = [await stage.person({ admin: true }), await stage.person()]
    const live = await stage.connect(ann)
    await admin.call('users.setRole', { username: ann.username, role: 'admin' })
    await target.settle?.()
    await live.until(named('system.closing', { code: 'revoked', reconnect: true }))
    const again = await stage.connect(ann)
    expect(await again.call('users.getMe', {})).toMatchObject({ role: 'admin' })
    await again.call('auth.listAudit', {})
    await admin.call('users.setRole', { username: ann.username, role: 'user' })
    await target.settle?.()
    await again.ended
    const third = await stage.connect(ann)
    expect((await refusal(third.call('auth.listAudit', {}))).code).toBe('forbidden')
  })
}

function profiles(target: Target): void {
  const rule = rules(target)

  rule('[USER-4] What one changes of oneself, others see and own devices hear', async (stage) => {
    const [ann, ben] = [await stage.person(), await stage.person()]
    const live = await stage.connect(ann)
    const picture = 'https://example.com/ann.png'
    await ann.call('users.updateMe', { displayName: 'Ann King', picture })
    await live.until(named('users.userUpdated', { displayName: 'Ann King' }))
    const { username } = ann
    expect(await ben.call('users.getUser', { username })).toMatchObject({
      displayName: 'Ann King',
      picture,
    })
    await ann.call('users.updateMe', { picture: null })
    expect(await ben.call('users.getUser', { username })).not.toHaveProperty('picture')
    const unsafe = ann.call('users.updateMe', { picture: 'javascript:alert(1)' })
    expect((await refusal(unsafe)).code).toBe('invalid_payload')
  })

  rule('[USER-5] Search shows no more than everybody sees', async ({ person }) => {
    const word = unique('éLODIE').toLocaleLowerCase()
    const [ann, ben, admin] = [
      await person({ displayName: word.toUpperCase() }),
      await person(),
      await person({ admin: true }),
    ]
    const email = `${word.replaceAll('é', 'e')}@example.com`
    await ann.call('users.updateMe', { email, lastName: 'Hidden' })
    const found = async (by: { call: Call }, input: InputOf<'users.searchUsers'>) =>
      (await by.call('users.searchUsers', input)).items.map(({ username }) => username)
    expect(await found(ben, { term: word })).toEqual([ann.username])
    expect(await found(ben, { term: email })).toEqual([])
    const hidden = ben.call('users.searchUsers', { term: email, fields: ['email'] })
    expect((await refusal(hidden)).code).toBe('forbidden')
    const sorted = ben.call('users.searchUsers', { term: word, orderBy: { field: 'email' } })
    expect((await refusal(sorted)).code).toBe('forbidden')
    expect(await found(admin, { term: email, fields: ['email'] })).toEqual([ann.username])
    expect(await found(ben, { term: '%' })).toEqual([])
  })

  rule('[USER-5] Pages of a search hold everybody once', async ({ person }) => {
    const word = unique('page')
    const names: string[] = []
    for (const letter of ['a', 'b', 'c'])
      names.push((await person({ username: `${word}-${letter}` })).username)
    const ben = await person()
    const first = await ben.call('users.searchUsers', { term: word, limit: 2 })
    const second = await ben.call('users.searchUsers', {
      term: word,
      limit: 2,
      cursor: first.nextCursor!,
    })
    const rest = await ben.call('users.searchUsers', { term: word, limit: 2, offset: 2 })
    expect([...first.items, ...second.items].map(({ username }) => username)).toEqual(names)
    expect(rest.items).toEqual(second.items)
    const down = await ben.call('users.searchUsers', {
      term: word,
      orderBy: { field: 'username', ascending: false },
    })
    expect(down.items.map(({ username }) => username)).toEqual([...names].reverse())
  })

  rule('[USER-6] Properties are kept for their person and for admins', async ({ person }) => {
    const [ann, ben, admin] = [await person(), await person(), await person({ admin: true })]
    const { username } = ann
    await ann.call('users.setProperty', { name: 'plan', value: { tier: 'gold' } })
    expect(await ann.call('users.getMe', {})).toMatchObject({
      properties: { plan: { tier: 'gold' } },
    })
    expect(await ben.call('users.getUser', { username })).not.toHaveProperty('properties')
    const foreign = ben.call('users.setProperty', { name: 'plan', value: 1, username })
    expect((await refusal(foreign)).code).toBe('forbidden')
    await admin.call('users.setProperty', { name: 'plan', value: 'silver', username })
    expect(await ann.call('users.removeProperty', { name: 'other' })).toEqual({ plan: 'silver' })
    expect(await ann.call('users.removeProperty', { name: 'plan' })).toEqual({})
  })
}

function leaving(target: Target): void {
  const rule = rules(target)

  rule('[USER-7] One who leaves is out at once, and nothing they wrote is found', async (stage) => {
    const [ann, ben] = [await stage.person({ displayName: 'Ann Secret' }), await stage.person()]
    const { chatId } = await privateChannel(ben, [ann])
    const marker = unique('marker')
    const { seq } = await say(ann, chatId, marker)
    const live = await stage.connect(ann)
    await ben.call('contacts.addContact', { username: ann.username })
    const without = ann.call('users.deleteMe', {})
    expect(await refusal(without)).toMatchObject({ details: { reason: 'password_required' } })
    await ann.call('users.deleteMe', { password: PASSWORD })
    await target.settle?.()
    await live.ended
    expect((await refusal(whoIs(target, ann.accessToken))).code).toBe('token_revoked')
    const { username } = ann
    const seen = await ben.call('users.getUser', { username })
    expect(seen).toMatchObject({ deleted: true })
    const { items, head } = await ben.call('chat.readHistory', { chatId })
    const log = await ben.call('streams.readSince', { stream: `chat:${chatId}`, seq: 0 })
    expect(log.events.map((each) => each.seq)).toEqual(
      Array.from({ length: head }, (_, n) => n + 1),
    )
    expect(items.find((each) => each.seq === seq)).toMatchObject({ body: '' })
    const left = [seen, items, log, await ben.call('contacts.listContacts', {})]
    for (const secret of [marker, 'Ann Secret']) expect(JSON.stringify(left)).not.toContain(secret)
    const taken = beforeSignIn(target, 'auth.register', { username, password: PASSWORD })
    expect((await refusal(taken)).code).toBe('already_exists')
  })

  rule('[USER-8] An export holds what one wrote and is known by', async ({ person }) => {
    const [ann, ben] = [await person({ displayName: 'Ann King' }), await person()]
    const { chatId } = await privateChannel(ben, [ann])
    const marker = unique('marker')
    await say(ann, chatId, marker)
    await ann.call('contacts.addContact', { username: ben.username, nickname: 'Benny' })
    await ann.call('users.setProperty', { name: 'plan', value: 'gold' })
    const text = JSON.stringify(await ann.call('users.exportMe', {}))
    for (const own of [ann.username, 'Ann King', chatId, marker, 'Benny', 'gold'])
      expect(text).toContain(own)
  })

  rule('[USER-9] Security events are noted without contents, for admins', async ({ person }) => {
    const [admin, ann] = [await person({ admin: true }), await person()]
    await admin.call('users.setRole', { username: ann.username, role: 'admin' })
    await admin.call('users.disableUser', { username: ann.username })
    const { items } = await admin.call('auth.listAudit', { subject: ann.username })
    expect(items.map(({ action }) => action)).toEqual(['users.disabled', 'users.role_changed'])
    expect(items.every(({ actor }) => actor === admin.username)).toBe(true)
  })
}
