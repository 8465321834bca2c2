import { expect } from 'vitest'
import { gone } from './acts.ts'
import { follow, lookAt, shows, statesOf, streamOf, toldOf } from './presence-acts.ts'
import { bound, eventRules } from './sse-stage.ts'
import { rules } from './rule.ts'
import type { Target } from './target.ts'

/** One person, however many connections. */
export function hereRules(target: Target): void {
  connections(target)
  idleness(target)
  leaving(target)
  if (target.advance) grace(target, target.advance)
  if (target.restart) restarting(target, target.restart)
}

function connections(target: Target): void {
  const rule = rules(target)

  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
  ]) {
    rule(
      `[PRES-1] One with three connections is here once until the last ends, closed as ${order.join(' ')}`,
      async ({ peer, person, connect }) => {
        const [ada, ben] = [await peer(), await person()]
        await follow(ada, ben)
        const all = [await connect(ben), await connect(ben), await connect(ben)]
        const came = await shows(ada, ben, { state: 'available' })
        expect(came).toMatchObject({
          stream: streamOf(ben),
          rev: (came.data as { rev: number }).rev,
        })
        expect(came).not.toHaveProperty('seq')
        for (const index of order) {
          await ada.fence()
          expect(statesOf(ada, ben)).toEqual(['available'])
          await all[index]!.close()
        }
        await shows(ada, ben, { state: 'offline' })
        expect(statesOf(ada, ben)).toEqual(['available', 'offline'])
      },
    )
  }

  rule('[PRES-1] Guests are here as others are', async ({ peer, person, connect }) => {
    const ada = await peer()
    const guest = await person({ guest: true })
    await follow(ada, guest)
    await connect(guest)
    await shows(ada, guest, { state: 'available' })
  })

  rule('[PRES-2] Whoever connects with an API key is not here', async (stage) => {
    const ada = await stage.peer()
    const admin = await stage.person({ admin: true })
    const ben = await stage.person()
    const scopes = ['act_as', '*']
    const { id, secret } = await admin.call('auth.createApiKey', { name: 'Desk', scopes })
    await follow(ada, ben)
    const desk = await stage.backend({ apiKey: id, secret, actAs: ben.username }).connect()
    await desk.call('presence.setIdle', { idle: true })
    await desk.close()
    await stage.connect(ben)
    await shows(ada, ben, { state: 'available' })
    expect(statesOf(ada, ben)).toEqual(['available'])
  })
}

function idleness(target: Target): void {
  rules(target)(
    '[PRES-3] One is away when nobody is at any device, and back at the first',
    async ({ peer, person, connect }) => {
      const [ada, ben] = [await peer(), await person()]
      await follow(ada, ben)
      const [one, two] = [await connect(ben), await connect(ben)]
      await shows(ada, ben, { state: 'available' })
      await one.call('presence.setIdle', { idle: true })
      await one.call('presence.setIdle', { idle: true })
      await two.call('presence.setIdle', { idle: true })
      await shows(ada, ben, { state: 'away' })
      await one.call('presence.setIdle', { idle: false })
      await shows(ada, ben, { state: 'available', times: 2 })
      await one.close()
      await shows(ada, ben, { state: 'away', times: 2 })
      await two.call('presence.setPresence', { state: 'dnd' })
      await shows(ada, ben, { state: 'dnd' })
      expect(statesOf(ada, ben)).toEqual(['available', 'away', 'available', 'away', 'dnd'])
      const revs = toldOf(ada, ben).map(({ rev }) => rev)
      expect(revs).toEqual(revs.map((_, index) => revs[0]! + index))
    },
  )
}

function leaving(target: Target): void {
  const rule = rules(target)

  rule('[PRES-5] One who says goodbye is gone at once', async ({ peer, person, connect }) => {
    const [ada, ben] = [await peer(), await person()]
    await follow(ada, ben)
    const there = await connect(ben)
    await shows(ada, ben, { state: 'available' })
    await there.close()
    await shows(ada, ben, { state: 'offline' })
  })

  rule('[PRES-5] One who signs out is gone at once', async ({ peer, person, connect }) => {
    const [ada, ben] = [await peer(), await person()]
    await follow(ada, ben)
    const there = await connect(ben)
    await shows(ada, ben, { state: 'available' })
    await there.call('auth.signOut', {})
    await shows(ada, ben, { state: 'offline' })
  })

  rule('[PRES-6] Who is disabled or deleted is gone', async ({ peer, person, connect }) => {
    const [ada, ben, cy] = [await peer(), await person(), await person()]
    const admin = await person({ admin: true })
    await follow(ada, ben, cy)
    for (const each of [ben, cy]) {
      await connect(each)
      await shows(ada, each, { state: 'available' })
    }
    await admin.call('users.disableUser', { username: ben.username })
    await shows(ada, ben, { state: 'offline' })
    await admin.call('users.deleteUser', { username: cy.username })
    const last = await shows(ada, cy, { state: 'offline' })
    const { rev } = last.data as { rev: number }
    expect(last.data).toEqual({ username: cy.username, rev, state: 'offline' })
    expect(await lookAt(ada, cy)).toEqual(last.data)
  })
}

function grace(target: Target, advance: NonNullable<Target['advance']>): void {
  const rule = rules(target)

  rule(
    '[PRES-4] One whose connection is lost is gone after 5 seconds',
    async ({ peer, person, connect }) => {
      const [ada, ben] = [await peer(), await person()]
      await follow(ada, ben)
      const there = await connect(ben)
      await shows(ada, ben, { state: 'available' })
      await there.cut()
      await gone(ben, ben, there)
      await advance(4_000)
      await ada.fence()
      expect(await lookAt(ada, ben)).toMatchObject({ state: 'available' })
      expect(statesOf(ada, ben)).toEqual(['available'])
      await advance(2_000)
      await shows(ada, ben, { state: 'offline' })
    },
  )

  rule('[PRES-4] A plain client that disconnects may come back', async (stage) => {
    const [ada, ben] = [await stage.peer(), await stage.person()]
    await follow(ada, ben)
    const first = await stage.plain(ben)
    await shows(ada, ben, { state: 'available' })
    await first.close()
    await gone(ben, ben, first)
    await advance(4_000)
    const second = await stage.plain(ben)
    await advance(10_000)
    await ada.fence()
    expect(statesOf(ada, ben)).toEqual(['available'])
    await second.close()
    await gone(ben, ben, second)
    await advance(6_000)
    await shows(ada, ben, { state: 'offline' })
  })

  rule('[PRES-4] Nobody is told of a reload', async ({ peer, person, connect }) => {
    const [ada, ben] = [await peer(), await person()]
    await follow(ada, ben)
    const before = await connect(ben)
    await shows(ada, ben, { state: 'available' })
    await before.cut()
    await gone(ben, ben, before)
    await advance(4_000)
    const after = await connect(ben)
    await advance(10_000)
    await after.call('presence.setPresence', { state: 'dnd' })
    await shows(ada, ben, { state: 'dnd' })
    expect(statesOf(ada, ben)).toEqual(['available', 'dnd'])
    await after.close()
    await shows(ada, ben, { state: 'offline' })
  })

  eventRules(target)(
    '[PRES-7] An event stream that says whether somebody is there says it again within 20 seconds',
    async (stage) => {
      const [ada, ben] = [await stage.peer(), await stage.person()]
      await follow(ada, ben)
      const reader = await stage.follow(ben)
      const say = bound(ben, reader)
      await shows(ada, ben, { state: 'available' })
      await advance(60_000)
      await say('presence.setIdle', { idle: false })
      await advance(19_000)
      await say('presence.setIdle', { idle: false })
      await advance(19_000)
      await ada.fence()
      expect(statesOf(ada, ben)).toEqual(['available'])
      await advance(2_000)
      await shows(ada, ben, { state: 'offline' })
      await say('presence.setIdle', { idle: true })
      await shows(ada, ben, { state: 'away' })
    },
  )
}

function restarting(target: Target, restart: NonNullable<Target['restart']>): void {
  rules(target)(
    '[PRES-8] One who is back after a restart has not been away',
    async ({ peer, person, connect }) => {
      const [ada, ben] = [await person(), await person()]
      const cy = await peer()
      await follow(cy, ben)
      await connect(ben)
      const { data: before } = await shows(cy, ben, { state: 'available' })
      await restart()
      await connect(ben)
      const again = await connect(ada)
      expect(await lookAt(again, ben)).toEqual(before)
    },
  )
}
