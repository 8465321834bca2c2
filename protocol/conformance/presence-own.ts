import { userStream, type OwnPresence } from '@collab-kit/protocol'
import { expect } from 'vitest'
import { follow, lookAt, presentRules, shows, statesOf, toldOf } from './presence-acts.ts'
import { named, refusal } from './rule.ts'
import type { Target } from './target.ts'

/** What one says of oneself. */
export function ownRules(target: Target): void {
  saying(target)
  invisible(target)
  lastSeen(target)
  if (target.advance) expiring(target, target.advance)
}

function saying(target: Target): void {
  const rule = presentRules(target)

  rule('[PRES-9] What is left out stays, and null takes away', async (stage) => {
    const ben = await stage.person()
    const [one, two] = [await stage.connect(ben), await stage.connect(ben)]
    const ada = await stage.peer()
    await follow(ada, ben)
    expect(await one.call('presence.getOwnPresence', {})).toEqual({
      state: 'available',
      showLastSeen: true,
    })
    const data = { at: { page: '/docs' } }
    const own = await one.call('presence.setPresence', { state: 'away', status: 'Lunch', data })
    expect(own).toEqual({ state: 'away', status: 'Lunch', data, showLastSeen: true })
    const heard = await two.until(named('presence.ownPresenceChanged'))
    expect(heard).toMatchObject({ stream: userStream(ben.username), data: own })
    expect(heard.seq).toBeGreaterThan(0)
    const { data: seen } = await shows(ada, ben, { state: 'away', status: 'Lunch' })
    expect(seen).toMatchObject({ data })
    expect(await one.call('presence.setPresence', { status: null, data: null })).toEqual({
      state: 'away',
      showLastSeen: true,
    })
    const { rev } = await lookAt(ada, ben)
    const last = await shows(ada, ben, { rev })
    expect(last.data).not.toHaveProperty('status')
    expect(last.data).not.toHaveProperty('data')
    // Nothing is told of what changes nothing.
    await one.call('presence.setPresence', { state: 'away' })
    expect((await lookAt(ada, ben)).rev).toBe(rev)
    expect(await two.call('presence.getOwnPresence', {})).toEqual({
      state: 'away',
      showLastSeen: true,
    })
  })

  rule('[PRES-9] It is said without a connection too', async ({ person, peer }) => {
    if (target.transport === 'socket') return
    const [ada, ben] = [await peer(), await person()]
    await ben.call('presence.setPresence', { state: 'dnd', status: 'On holiday' })
    const seen = await lookAt(ada, ben)
    expect(seen).toEqual({
      username: ben.username,
      rev: 1,
      state: 'offline',
      status: 'On holiday',
    })
  })

  rule('[PRES-10] Data of `presenceDataBytes` is taken, one byte more is not', async ({ peer }) => {
    const ben = await peer()
    const { presenceDataBytes: max } = target.limits
    const sized = (bytes: number) => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) })
    await ben.call('presence.setPresence', { data: sized(max) })
    const tooMuch = await refusal(ben.call('presence.setPresence', { data: sized(max + 1) }))
    expect(tooMuch).toMatchObject({
      code: 'too_large',
      details: { limit: 'presenceDataBytes', max, path: 'data' },
    })
    const none = ben.call('presence.setPresence', { data: [] as never })
    expect((await refusal(none)).code).toBe('invalid_payload')
    expect((await ben.call('presence.getOwnPresence', {})).data).toEqual(sized(max))
  })
}

function invisible(target: Target): void {
  presentRules(target)(
    '[PRES-11] The invisible look exactly like those who went',
    async ({ peer, person, connect }) => {
      const [ada, ben, cy] = [await peer(), await person(), await person()]
      await follow(ada, ben, cy)
      const [there, other] = [await connect(ben), await connect(cy)]
      for (const each of [ben, cy]) await shows(ada, each, { state: 'available' })
      await there.call('presence.setPresence', { data: { page: '/' } })
      await there.call('presence.setPresence', { state: 'invisible' })
      await other.close()
      const hidden = (await shows(ada, ben, { state: 'offline' })).data as object
      const left = (await shows(ada, cy, { state: 'offline' })).data as object
      expect(Object.keys(hidden).sort()).toEqual(Object.keys(left).sort())
      // Whatever they do now.
      await there.call('presence.setPresence', { data: { page: '/secret' } })
      const said = { status: 'Nobody knows', showLastSeen: false }
      expect(await there.call('presence.setPresence', said)).toMatchObject(said)
      const second = await connect(ben)
      await there.close()
      expect(await lookAt(ada, ben)).toEqual(hidden)
      const own: OwnPresence = await second.call('presence.getOwnPresence', {})
      expect(own).toMatchObject({ state: 'invisible', ...said })
      await second.call('presence.setPresence', { state: 'available' })
      await shows(ada, ben, { state: 'available', status: said.status })
      expect(statesOf(ada, ben)).toEqual(['available', 'available', 'offline', 'available'])
      expect(toldOf(ada, ben).at(-1)!.rev).toBe((hidden as { rev: number }).rev + 1)
    },
  )
}

function lastSeen(target: Target): void {
  presentRules(target)(
    '[PRES-12] When one was last here is told while one is not, to whom one lets know',
    async ({ peer, person, connect }) => {
      const [ada, ben] = [await peer(), await person()]
      await follow(ada, ben)
      const there = await connect(ben)
      expect((await shows(ada, ben, { state: 'available' })).data).not.toHaveProperty('lastSeenAt')
      await there.close()
      const { data } = await shows(ada, ben, { state: 'offline' })
      const { since, lastSeenAt } = data as Record<string, string>
      expect(lastSeenAt).toBe(since)
      const back = await connect(ben)
      await back.call('presence.setPresence', { showLastSeen: false })
      await shows(ada, ben, { state: 'available', times: 2 })
      await back.close()
      const last = await shows(ada, ben, { state: 'offline', times: 2 })
      expect(last.data).not.toHaveProperty('lastSeenAt')
      expect(last.data).not.toHaveProperty('since')
    },
  )
}

function expiring(target: Target, advance: NonNullable<Target['advance']>): void {
  presentRules(target)('[PRES-13] A status goes when its time is over', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    await follow(ada, ben)
    const { serverTime } = await ben.call('system.getInfo', {})
    const statusExpiresAt = new Date(Date.parse(serverTime) + 60_000).toISOString()
    const own = await ben.call('presence.setPresence', { status: 'Lunch', statusExpiresAt })
    expect(own).toMatchObject({ status: 'Lunch', statusExpiresAt })
    const { rev } = (await shows(ada, ben, { status: 'Lunch' })) as { rev: number }
    await advance(59_000)
    expect(await lookAt(ada, ben)).toMatchObject({ status: 'Lunch' })
    await advance(2_000)
    expect(await lookAt(ada, ben)).not.toHaveProperty('status')
    expect(await ben.call('presence.getOwnPresence', {})).not.toHaveProperty('status')
    const gone = await shows(ada, ben, { rev: rev + 1 })
    expect(gone.data).not.toHaveProperty('status')
  })
}
