import { expect } from 'vitest'
import { channel, directWith, joinAll, privateChannel, room, type Actor } from './acts.ts'
import { join, newActivity } from './activity-acts.ts'
import { unique } from './connect.ts'
import { follow, lookAt, presentRules, shows, statesOf, streamOf, toldOf } from './presence-acts.ts'
import { count, named, of, refusal } from './rule.ts'
import type { Peer, Target } from './target.ts'

/** Who is told of whom. */
export function followRules(target: Target): void {
  people(target)
  stopping(target)
  places(target)
  blocked(target)
  rights(target)
  crowds(target)
  if (target.advance) moving(target, target.advance)
}

const dnd = (each: Actor): Promise<unknown> => each.call('presence.setPresence', { state: 'dnd' })
const usernamesOf = (items: readonly { username: string }[]): string[] =>
  items.map(({ username }) => username).sort()

function people(target: Target): void {
  const rule = presentRules(target)

  rule('[PRES-14] The snapshot and what comes after it are the present', async (stage) => {
    const [ada, ben] = [await stage.peer(), await stage.peer()]
    const nobody = { username: unique('nobody') }
    await dnd(ben)
    const { items } = await follow(ada, ben, nobody)
    expect(items).toMatchObject([
      { username: ben.username, state: 'dnd' },
      { username: nobody.username, rev: 0, state: 'offline' },
    ])
    const changes = count(10).map((n) => ben.call('presence.setPresence', { status: `at ${n}` }))
    const amid = await follow(ada, ben)
    await Promise.all(changes)
    const last = await lookAt(ada, ben)
    await shows(ada, ben, { rev: last.rev })
    const revs = toldOf(ada, ben).map(({ rev }) => rev)
    expect(revs).toEqual(count(last.rev, revs[0]))
    expect(amid.items[0]!.rev).toBeLessThanOrEqual(last.rev)
    expect(toldOf(ada, ben).at(-1)).toEqual(last)
    const item = ada.items.findLast(of(streamOf(ben)))
    expect(item).toMatchObject({ rev: last.rev })
    // Whose it is, the data says.
    expect(item).not.toHaveProperty('actor')
    expect(item).not.toHaveProperty('seq')
  })

  rule('[PRES-14] Following again answers again and tells nothing twice', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    await follow(ada, ben)
    await follow(ada, ben)
    await dnd(ben)
    await shows(ada, ben, { state: 'dnd' })
    await ada.fence()
    expect(statesOf(ada, ben).filter((state) => state === 'dnd')).toHaveLength(1)
  })

  rule('[PRES-14] A stream that was left by hand is followed anew', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    await follow(ada, ben)
    await ada.call('streams.leave', { stream: streamOf(ben) })
    await ada.until(named('streams.removed', { stream: streamOf(ben), reason: 'left' }))
    await dnd(ben)
    expect((await follow(ada, ben)).items).toMatchObject([{ state: 'dnd' }])
    await ben.call('presence.setPresence', { state: 'away' })
    await shows(ada, ben, { state: 'away' })
    expect(statesOf(ada, ben)).toEqual(['away'])
  })

  rule('[PRES-14] A connection joins the stream of one person too', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    await ada.call('streams.join', { stream: streamOf(ben) })
    await dnd(ben)
    await shows(ada, ben, { state: 'dnd' })
  })

  rule('[PRES-15] A connection follows up to `presencePeople` people', async ({ peer }) => {
    const ada = await peer()
    const { presencePeople: max } = target.limits
    const names = count(max).map((n) => `nobody-${n}`)
    for (let from = 0; from < max; from += 200)
      await ada.call('presence.subscribe', { usernames: names.slice(from, from + 200) })
    await ada.call('presence.subscribe', { usernames: names.slice(0, 200) })
    const more = ada.call('presence.subscribe', { usernames: ['nobody-more'] })
    expect(await refusal(more)).toMatchObject({
      code: 'limit_exceeded',
      details: { limit: 'presencePeople', max },
    })
    await ada.call('presence.unsubscribe', {})
    await ada.call('presence.subscribe', { usernames: ['nobody-more'] })
    // They are no streams joined by hand.
    await ada.call('streams.join', { stream: streamOf(ada) })
  })
}

function stopping(target: Target): void {
  presentRules(target)(
    '[PRES-16] After unsubscribing nothing comes, of whom no other target holds',
    async ({ peer }) => {
      const [ada, ben, cy] = [await peer(), await peer(), await peer()]
      await ada.call('contacts.addContact', { username: ben.username })
      await follow(ada, ben, cy)
      await ada.call('presence.subscribe', { contacts: true })
      await ada.call('presence.unsubscribe', { usernames: [ben.username, cy.username] })
      await Promise.all([dnd(ben), dnd(cy)])
      await shows(ada, ben, { state: 'dnd' })
      await ada.call('presence.unsubscribe', {})
      await ben.call('presence.setPresence', { state: 'available' })
      await ada.fence()
      expect(statesOf(ada, cy)).not.toContain('dnd')
      expect(statesOf(ada, ben).at(-1)).toBe('dnd')
      expect(ada.items.filter(named('streams.removed'))).toEqual([])
    },
  )
}

function places(target: Target): void {
  const rule = presentRules(target)

  rule('[PRES-17] Contacts are followed as the list changes', async ({ peer, person }) => {
    const [ben, cy] = [await peer(), await peer()]
    const one = await person()
    const ada = await one.connect()
    await ada.call('contacts.addContact', { username: ben.username })
    const { items } = await ada.call('presence.subscribe', { contacts: true })
    expect(items).toMatchObject([{ username: ben.username, state: 'available' }])
    await ada.call('contacts.addContact', { username: cy.username })
    await shows(ada, cy, { state: 'available' })
    await dnd(cy)
    await shows(ada, cy, { state: 'dnd' })
    const listed = await ada.call('contacts.listContacts', {})
    expect(new Set(listed.items.map(({ presence }) => presence?.state))).toEqual(
      new Set(['available', 'dnd']),
    )
    await ada.call('contacts.removeContact', { username: ben.username })
    await ada.call('contacts.addContact', { username: (await peer()).username })
    await ada.until(
      (item) => item.name === 'presence.presenceChanged' && toldOf(ada, cy).length > 1,
    )
    await dnd(ben)
    await ada.fence()
    expect(statesOf(ada, ben)).not.toContain('dnd')
  })

  rule('[PRES-17] The members of a chat are followed as they come and go', async ({ peer }) => {
    const [ada, ben, cy] = [await peer(), await peer(), await peer()]
    const { chatId } = await channel(ada)
    await joinAll(chatId, ben)
    const { items } = await ada.call('presence.subscribe', { chatId })
    expect(usernamesOf(items)).toEqual(usernamesOf([ada, ben]))
    await dnd(cy)
    await joinAll(chatId, cy)
    await shows(ada, cy, { state: 'dnd' })
    await cy.call('presence.setPresence', { state: 'away' })
    await shows(ada, cy, { state: 'away' })
    await cy.call('chat.leaveChat', { chatId })
    await joinAll(chatId, cy)
    await shows(ada, cy, { state: 'away', times: 2 })
    const page = await ada.call('presence.listAudience', { chatId, limit: 2 })
    expect(page).toMatchObject({ online: 3, total: 3 })
    const rest = await ada.call('presence.listAudience', { chatId, cursor: page.nextCursor! })
    expect(usernamesOf([...page.items, ...rest.items])).toEqual(usernamesOf([ada, ben, cy]))
  })

  rule('[PRES-17] The people of an activity are followed as they come and go', async (stage) => {
    const [ada, ben, cy] = [await stage.peer(), await stage.peer(), await stage.peer()]
    const activity = newActivity()
    await join(ada, activity)
    expect((await refusal(ben.call('presence.subscribe', { activity }))).code).toBe('not_found')
    const { items } = await ada.call('presence.subscribe', { activity })
    expect(usernamesOf(items)).toEqual([ada.username])
    await dnd(ben)
    await join(ben, activity)
    await shows(ada, ben, { state: 'dnd' })
    await join(cy, activity)
    await shows(ada, cy, { state: 'available' })
    await ben.call('activities.leaveActivity', activity)
    await cy.call('presence.setPresence', { state: 'away' })
    await shows(ada, cy, { state: 'away' })
    await ben.call('presence.setPresence', { state: 'away' })
    await ada.fence()
    // A state may be told twice, by who follows anew and by who looks what was missed.
    expect(new Set(statesOf(ada, ben))).toEqual(new Set(['dnd']))
    const audience = await ada.call('presence.listAudience', { activity })
    expect(usernamesOf(audience.items)).toEqual(usernamesOf([ada, cy]))
    const outside = ben.call('presence.listAudience', { activity })
    expect((await refusal(outside)).code).toBe('not_found')
  })

  rule('[PRES-17] A room is followed by those inside', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const { chatId } = await room(ada)
    const outside = ada.call('presence.subscribe', { chatId })
    expect((await refusal(outside)).code).toBe('not_found')
    await joinAll(chatId, ada)
    await ada.call('presence.subscribe', { chatId })
    await joinAll(chatId, ben)
    await shows(ada, ben, { state: 'available' })
  })
}

function blocked(target: Target): void {
  presentRules(target)(
    '[PRES-18] Of the blocked nothing is told and nothing answered',
    async (stage) => {
      const [ada, eve, cy] = [await stage.peer(), await stage.peer(), await stage.peer()]
      const { chatId } = await privateChannel(ada, [eve, cy])
      await ada.call('contacts.addContact', { username: eve.username })
      await ada.call('users.blockUser', { username: eve.username })
      const nothing = { username: eve.username, rev: 0, state: 'offline' }
      expect((await follow(ada, eve, cy)).items[0]).toEqual(nothing)
      expect(await lookAt(ada, eve)).toEqual(nothing)
      for (const target of [{ contacts: true } as const, { chatId }]) {
        const { items } = await ada.call('presence.subscribe', target)
        expect(items).toContainEqual(nothing)
      }
      const audience = await ada.call('presence.listAudience', { chatId })
      expect(audience.items).toContainEqual(nothing)
      const [listed] = (await ada.call('contacts.listContacts', {})).items
      expect(listed!.presence).toEqual(nothing)
      await dnd(eve)
      await dnd(cy)
      await shows(ada, cy, { state: 'dnd' })
      await ada.fence()
      expect(toldOf(ada, eve)).toEqual([])
      // They notice nothing, and are seen again when unblocked.
      expect((await lookAt(eve, ada)).state).toBe('available')
      await ada.call('users.unblockUser', { username: eve.username })
      expect((await follow(ada, eve)).items).toMatchObject([{ state: 'dnd' }])
      await eve.call('presence.setPresence', { state: 'away' })
      await shows(ada, eve, { state: 'away' })
    },
  )

  presentRules(target)(
    '[PRES-18] Who is unblocked is told anew to those who follow them',
    async ({ peer }) => {
      const [ada, eve] = [await peer(), await peer()]
      await follow(ada, eve)
      await ada.call('users.blockUser', { username: eve.username })
      await ada.until(named('users.blockedChanged', { blocked: true }))
      await dnd(eve)
      await ada.fence()
      expect(toldOf(ada, eve)).toEqual([])
      await ada.call('users.unblockUser', { username: eve.username })
      await shows(ada, eve, await lookAt(eve, eve))
      await eve.call('presence.setPresence', { state: 'away' })
      await shows(ada, eve, { state: 'away' })
    },
  )
}

function rights(target: Target): void {
  const rule = presentRules(target)

  rule('[PRES-19] A place that one may not read looks absent', async ({ peer }) => {
    const [ada, ben, cy] = [await peer(), await peer(), await peer()]
    const { chatId } = await directWith(ben, cy)
    for (const place of [
      { chatId },
      { chatId: unique('none') },
      { activity: { type: 'board', id: unique('none') } },
    ]) {
      for (const name of ['presence.subscribe', 'presence.listAudience'] as const)
        expect((await refusal(ada.call(name, place))).code).toBe('not_found')
    }
    const two = ada.call('presence.subscribe', { chatId, contacts: true })
    expect(await refusal(two)).toMatchObject({ code: 'invalid_payload' })
    await ada.call('presence.unsubscribe', { chatId })
  })

  rule('[PRES-19] Who is put out hears no more of those inside', async ({ peer }) => {
    const [ada, ben, cy] = [await peer(), await peer(), await peer()]
    const { chatId } = await privateChannel(ada, [ben, cy])
    await ben.call('presence.subscribe', { chatId })
    await follow(ben, ada)
    await ada.call('chat.removeMember', { chatId, username: ben.username })
    await ben.until(named('streams.removed'))
    await ben.fence()
    await dnd(cy)
    await dnd(ada)
    await shows(ben, ada, { state: 'dnd' })
    expect(statesOf(ben, cy)).not.toContain('dnd')
  })
}

/** As many connections of new people. */
const crowd = async (size: number, peer: () => Promise<Peer>): Promise<Peer[]> => {
  const all: Peer[] = []
  for (const _ of count(size)) all.push(await peer())
  return all
}

function crowds(target: Target): void {
  presentRules(target)(
    '[PRES-20] Of a place with more than `presenceAudience` people the number is told',
    async ({ peer }) => {
      const most = target.limits.presenceAudience
      if (most > 20) return
      const ada = await peer()
      const { chatId } = await channel(ada)
      const others = await crowd(most, peer)
      await joinAll(chatId, ...others)
      for (const each of others) await follow(each, ada)
      const { items, audience } = await ada.call('presence.subscribe', { chatId })
      expect(items).toEqual([])
      expect(audience).toMatchObject({ chatId, total: most + 1 })
      const page = await ada.call('presence.listAudience', { chatId })
      expect(page.items).toHaveLength(most + 1)
      await ada.call('presence.unsubscribe', { chatId })
    },
  )
}

function moving(target: Target, advance: NonNullable<Target['advance']>): void {
  presentRules(target)(
    '[PRES-20] The number is told at most once a second, and people one by one when they are few',
    async ({ peer }) => {
      const most = target.limits.presenceAudience
      if (most > 20) return
      const ada = await peer()
      const { chatId } = await channel(ada)
      const others = await crowd(most, peer)
      const [first, second] = others
      await joinAll(chatId, ...others.slice(1))
      const { items } = await ada.call('presence.subscribe', { chatId })
      expect(items).toHaveLength(most)
      await joinAll(chatId, first!)
      await ada.until(named('presence.audienceChanged', { total: most + 1, online: most + 1 }))
      for (const each of others.slice(1))
        await each.call('presence.setPresence', { state: 'invisible' })
      await ada.fence()
      expect(ada.items.filter(named('presence.audienceChanged'))).toHaveLength(1)
      await advance(1_000)
      await ada.until(named('presence.audienceChanged', { total: most + 1, online: 2 }))
      expect(ada.items.filter(named('presence.audienceChanged'))).toHaveLength(2)
      await first!.call('chat.leaveChat', { chatId })
      await advance(1_000)
      await shows(ada, second!, { state: 'offline' })
      await second!.call('presence.setPresence', { state: 'dnd' })
      await shows(ada, second!, { state: 'dnd' })
      await second!.call('presence.setPresence', { state: 'invisible' })
      await shows(ada, second!, { state: 'offline', times: 2 })
      // The same number again is news to one who followed people meanwhile.
      await joinAll(chatId, first!)
      const again = named('presence.audienceChanged', { total: most + 1, online: 2 })
      await ada.until((item) => ada.items.filter(again)[1] === item)
    },
  )
}
