import { CollabError } from '@collab-kit/protocol/runtime'
import { describe, expect, it } from 'vitest'
import type { CollabClient } from '../../client.ts'
import type { CollabState } from '../../state.ts'
import { toChat } from '../../testing/fixtures.ts'
import { createWorld, type World } from '../../testing/harness.ts'
import type { PresenceTarget } from './model.ts'
import { selectOwnPresence, selectPlace, selectPresence } from './selectors.ts'

const ben = { usernames: ['ben'] }
const chat = { chatId: 'lobby' }
const people = [
  { username: 'ben', rev: 3 },
  { username: 'cat', rev: 2, state: 'dnd' as const },
]

const place = (client: CollabClient, target: PresenceTarget) =>
  selectPlace(client.store.getState(), target)
const stateOf = (client: CollabClient, username: string) =>
  selectPresence(client.store.getState(), username)?.state

/** What the service was asked to follow, without the rest. */
const subscribed = ({ service }: ReturnType<typeof createWorld>) =>
  service.calls
    .filter(({ operation }) => operation === 'presence.subscribe')
    .map(({ input }) => input)

describe('a watch', () => {
  it('is loading at once and shows who is here', async () => {
    using world = createWorld({ people })
    const client = world.client()
    const seen: unknown[] = []
    client.store.subscribe(() => seen.push(place(client, { usernames: ['cat', 'ben'] })?.status))
    client.presence.watch({ usernames: ['ben', 'cat'] })
    await world.clock.until(() => stateOf(client, 'cat') === 'dnd')
    expect(place(client, { usernames: ['ben', 'cat'] })).toEqual({
      status: 'ready',
      usernames: ['ben', 'cat'],
    })
    expect(stateOf(client, 'ben')).toBe('available')
    expect(seen[0]).toBe('loading')
  })

  it('is one call for many people who are watched one by one', async () => {
    using world = createWorld({ people })
    const client = world.client()
    client.connect()
    await world.clock.until(() => client.status === 'live')
    client.presence.watch(ben)
    client.presence.watch(ben)
    client.presence.watch({ usernames: ['cat'] })
    await world.clock.advance(100)
    expect(subscribed(world)).toEqual([{ usernames: ['ben', 'cat'] }])
  })

  it('asks for people in chunks', async () => {
    using world = createWorld({ people })
    const client = world.client()
    const usernames = Array.from({ length: 401 }, (_, index) => `user-${index}`)
    client.presence.watch({ usernames })
    await world.clock.until(() => place(client, { usernames })?.status === 'ready')
    expect(
      subscribed(world).map((input) => (input as { usernames: string[] }).usernames.length),
    ).toEqual([200, 200, 1])
  })

  it('ends for the service with the last one who watches, and not when one follows at once', async () => {
    using world = createWorld({ people, chats: [{ chatId: 'lobby', members: ['ben'] }] })
    const client = world.client()
    const ends = [client.presence.watch(ben), client.presence.watch(ben)]
    const end = client.presence.watch(chat)
    await world.clock.until(() => stateOf(client, 'ben') === 'available')
    ends[0]?.()
    end()
    client.presence.watch(chat)
    await world.clock.advance(100)
    expect(world.called('presence.unsubscribe')).toEqual([])
    ends[1]?.()
    await world.clock.advance(100)
    expect(world.service.calls.at(-1)).toMatchObject({
      operation: 'presence.unsubscribe',
      input: { usernames: ['ben'] },
    })
    expect(place(client, ben)).toBeUndefined()
    // Still a member of what is watched.
    expect(stateOf(client, 'ben')).toBe('available')
  })

  it('follows changes and drops what is older than what is known', async () => {
    using world = createWorld({ people })
    const client = world.client()
    client.presence.watch(ben)
    await world.clock.until(() => stateOf(client, 'ben') === 'available')
    world.service.setPresence('ben', { state: 'away' })
    await world.clock.until(() => stateOf(client, 'ben') === 'away')
    const before = client.store.getState().presence
    const stale = { username: 'ben', rev: 3, state: 'offline' as const }
    world.service.push('presence.presenceChanged', stale, {
      stream: 'presence:ben',
      durable: false,
    })
    await world.clock.advance(100)
    expect(client.store.getState().presence).toBe(before)
  })

  it('takes a frame of several streams as one change', async () => {
    using world = createWorld({ people })
    const client = world.client()
    client.presence.watch({ usernames: ['ben', 'cat'] })
    await world.clock.until(() => stateOf(client, 'ben') === 'available')
    await world.clock.advance(1_000)
    let changes = 0
    client.store.subscribe(() => changes++)
    const at = world.service.options.serviceUrl
    world.service.frame(
      ['ben', 'cat'].map((username) => ({
        name: 'presence.presenceChanged' as const,
        stream: `presence:${username}`,
        at,
        data: { username, rev: 9, state: 'offline' as const },
      })),
    )
    await world.clock.advance(100)
    expect([stateOf(client, 'ben'), stateOf(client, 'cat')]).toEqual(['offline', 'offline'])
    expect(changes).toBe(1)
  })

  it('is made anew on every connection, and shows what it knew until then', async () => {
    using world = createWorld({ people })
    const client = world.client()
    client.presence.watch(ben)
    await world.clock.until(() => stateOf(client, 'ben') === 'available')
    const seen: unknown[] = []
    client.store.subscribe(({ presence }: CollabState) =>
      seen.push(presence.people['ben']?.state, presence.places['users:ben']?.status),
    )
    world.service.drop()
    world.service.setPresence('ben', { state: 'dnd' })
    await world.clock.until(() => stateOf(client, 'ben') === 'dnd')
    expect(subscribed(world)).toHaveLength(2)
    expect(new Set(seen)).toEqual(new Set(['available', 'ready', 'dnd']))
  })

  it('is refused with the reason, and tried again on the next connection', async () => {
    using world = createWorld({ people, chats: [{ chatId: 'lobby', members: ['ben'] }] })
    const end = world.service.answer('presence.subscribe', () => {
      throw new CollabError('forbidden')
    })
    const client = world.client()
    client.presence.watch(chat)
    await world.clock.until(() => place(client, chat)?.status === 'refused')
    expect(place(client, chat)?.error).toMatchObject({ code: 'forbidden' })
    end()
    world.service.drop()
    await world.clock.until(() => place(client, chat)?.status === 'ready')
    expect(place(client, chat)?.error).toBeUndefined()
  })

  it('that was refused outside is made once one is in', async () => {
    using world = createWorld({ people })
    const client = world.client()
    const activity = { type: 'board', id: '1' }
    client.presence.watch({ activity })
    await world.clock.until(() => place(client, { activity })?.status === 'refused')
    client.activity('board', '1').open()
    await world.clock.until(() => place(client, { activity })?.status === 'ready')
    expect(place(client, { activity })?.usernames).toEqual(['ann'])
    world.service.activity('board', '1').join({ username: 'ben' })
    await world.clock.until(() => place(client, { activity })?.usernames.length === 2)
    world.service.activity('board', '1').leave('connection-of-ben')
    await world.clock.until(() => place(client, { activity })?.usernames.length === 1)
  })

  it('that was refused is asked for anew by whoever watches it next', async () => {
    using world = createWorld({ people, chats: [{ chatId: 'lobby', members: ['ben'] }] })
    const end = world.service.answer('presence.subscribe', () => {
      throw new CollabError('forbidden')
    })
    const client = world.client()
    for (const target of [chat, ben]) {
      const release = client.presence.watch(target)
      await world.clock.until(() => place(client, target)?.status === 'refused')
      release()
      client.presence.watch(target)
      expect(place(client, target)).toMatchObject({ status: 'loading' })
      expect(place(client, target)?.error).toBeUndefined()
      await world.clock.until(() => place(client, target)?.status === 'refused')
    }
    expect(subscribed(world)).toHaveLength(4)
    end()
    for (const target of [chat, ben]) {
      client.presence.watch(target)
      await world.clock.until(() => place(client, target)?.status === 'ready')
    }
  })

  it('of a chat that was refused is made once one is added to it', async () => {
    using world = createWorld({ people, chats: [{ chatId: 'lobby', members: ['ben'] }] })
    const end = world.service.answer('presence.subscribe', () => {
      throw new CollabError('not_found')
    })
    const client = world.client()
    client.presence.watch(chat)
    await world.clock.until(() => place(client, chat)?.status === 'refused')
    end()
    world.service.push('chat.chatAdded', toChat({ chatId: 'lobby' }), { stream: 'user:ann' })
    await world.clock.until(() => place(client, chat)?.status === 'ready')
  })

  const board = { activity: { type: 'board', id: '1' } }
  it.each<[string, PresenceTarget, (client: CollabClient, world: World) => unknown]>([
    ['a chat that one leaves', chat, ({ api }) => api.chat.leaveChat(chat)],
    [
      'a chat that one is put out of',
      chat,
      (_, { service }) =>
        service.push('streams.removed', { stream: 'chat:lobby', reason: 'removed' }),
    ],
    [
      'an activity that one leaves',
      board,
      ({ api }) => api.activities.leaveActivity(board.activity),
    ],
    [
      'an activity that one is put out of',
      board,
      (_, { service }) => service.activity('board', '1').remove({ username: 'ann' }),
    ],
  ])('of %s is asked for again, and lives once one is back', async (_, target, go) => {
    using world = createWorld({
      people,
      chats: [{ chatId: 'lobby', members: ['ben'] }],
      activities: [{ ...board.activity, participants: [{ username: 'ben' }] }],
    })
    let isOut = false
    world.service.answer('presence.subscribe', (_input, _caller, usual) => {
      if (isOut) throw new CollabError('not_found')
      return usual()
    })
    const client = world.client()
    client.presence.watch(target)
    await world.clock.until(() => place(client, target)?.status === 'ready')
    isOut = true
    void go(client, world)
    await world.clock.until(() => place(client, target)?.status === 'refused')
    isOut = false
    void client.api.chat.joinChat(chat)
    void client.api.activities.joinActivity(board.activity)
    await world.clock.until(() => place(client, target)?.status === 'ready')
  })

  it.each<PresenceTarget>([chat, ben])(
    'of %j that is put off is asked for ever more rarely, says why after a while, and asks on',
    async (target) => {
      using world = createWorld({ people, chats: [{ chatId: 'lobby', members: ['ben'] }] })
      const end = world.service.answer('presence.subscribe', (input, _caller, usual) => {
        if (input.contacts) return usual()
        throw new CollabError('unavailable')
      })
      const asked = () =>
        subscribed(world).filter((input) => !('contacts' in (input as object))).length
      const client = world.client()
      client.presence.watch(target)
      await world.clock.until(() => asked() === 2)
      expect(place(client, target)?.status).toBe('loading')
      await world.clock.until(() => asked() === 3)
      await world.clock.advance(0)
      expect(place(client, target)).toMatchObject({
        status: 'refused',
        error: { code: 'unavailable' },
      })
      // 4, 8, 16 and then 30 seconds.
      await world.clock.advance(3_000)
      client.presence.watch({ contacts: true })
      await world.clock.advance(500)
      expect(asked()).toBe(3)
      await world.clock.advance(60_000)
      expect(asked()).toBe(7)
      end()
      await world.clock.until(() => place(client, target)?.status === 'ready', 30_000)
    },
  )

  it('is asked for again after what passes', async () => {
    using world = createWorld({ people })
    let refusals = 0
    world.service.answer('presence.subscribe', (_input, _caller, usual) => {
      if (refusals++ < 2) throw new CollabError('rate_limited', { retryAfterMs: 500 })
      return usual()
    })
    const client = world.client()
    client.presence.watch(ben)
    await world.clock.until(() => place(client, ben)?.status === 'ready')
    expect(refusals).toBe(3)
  })

  it('knows only the number where there are too many', async () => {
    using world = createWorld({ people, chats: [{ chatId: 'lobby' }] })
    const audience = { chatId: 'lobby', online: 250, total: 900 }
    world.service.answer('presence.subscribe', () => ({ items: [], audience }))
    const client = world.client()
    client.presence.watch(chat)
    await world.clock.until(() => place(client, chat)?.status === 'ready')
    expect(place(client, chat)?.audience).toEqual({ online: 250, total: 900 })
    world.service.push('presence.audienceChanged', { ...audience, online: 251 })
    await world.clock.until(() => place(client, chat)?.audience?.online === 251)
  })

  it('knows the people again where they are no longer too many', async () => {
    using world = createWorld({ people, chats: [{ chatId: 'lobby', members: ['ben', 'cat'] }] })
    const audience = { chatId: 'lobby', online: 250, total: 900 }
    const end = world.service.answer('presence.subscribe', async (_input, _caller, usual) => {
      await usual()
      return { items: [], audience }
    })
    const client = world.client()
    client.presence.watch(chat)
    await world.clock.until(() => place(client, chat)?.audience !== undefined)
    end()
    for (let changes = 0; changes < 5; changes++) {
      world.service.setPresence('cat', { state: changes % 2 ? 'away' : 'dnd' })
      await world.clock.advance(400)
    }
    expect(place(client, chat)).toEqual({ status: 'ready', usernames: ['ben', 'cat'] })
  })
})

describe('the people of a place', () => {
  it('come and go with the contacts', async () => {
    using world = createWorld({ people, contacts: ['ben'] })
    const client = world.client()
    client.presence.watch({ contacts: true })
    await world.clock.until(() => place(client, { contacts: true })?.status === 'ready')
    const user = { username: 'cat', displayName: 'Cat', guest: false }
    const stream = 'user:ann'
    const contact = { user, labels: [], createdAt: '2026-01-01T00:00:00.000Z' }
    world.service.push('contacts.contactAdded', contact, { stream })
    await world.clock.until(() => place(client, { contacts: true })?.usernames.length === 2)
    world.service.push('contacts.contactRemoved', { username: 'ben' }, { stream })
    await world.clock.until(() => place(client, { contacts: true })?.usernames.length === 1)
    expect(place(client, { contacts: true })?.usernames).toEqual(['cat'])
  })

  it('come and go with the members of a chat, and with who is told of besides', async () => {
    using world = createWorld({ people, chats: [{ chatId: 'lobby', members: ['ben'] }] })
    const client = world.client()
    client.presence.watch(chat)
    await world.clock.until(() => place(client, chat)?.status === 'ready')
    world.service.setPresence('cat', { state: 'away' })
    await world.clock.until(() => place(client, chat)?.usernames.includes('cat') === true)
    expect(stateOf(client, 'cat')).toBe('away')
    const left = { chatId: 'lobby', username: 'ben' }
    world.service.push('chat.memberLeft', left, { stream: 'chat:lobby', durable: false })
    await world.clock.until(() => place(client, chat)?.usernames.length === 1)
  })

  it('are asked for again when it is not known which place somebody came to', async () => {
    const chats = [
      { chatId: 'lobby', members: ['ben'] },
      { chatId: 'garden', members: ['ben'] },
    ]
    using world = createWorld({ people, chats })
    const client = world.client()
    client.presence.watch(chat)
    client.presence.watch({ chatId: 'garden' })
    await world.clock.until(() => place(client, { chatId: 'garden' })?.status === 'ready')
    chats[1]?.members.push('cat')
    world.service.setPresence('cat', { state: 'away' })
    await world.clock.until(
      () => place(client, { chatId: 'garden' })?.usernames.includes('cat') === true,
    )
    expect(place(client, chat)?.usernames).toEqual(['ben'])
  })
})

describe('what one says of oneself', () => {
  const own = (client: CollabClient) => selectOwnPresence(client.store.getState())

  it('is loaded with the first watch, shown before it is confirmed, and kept up to date', async () => {
    using world = createWorld({ people })
    const client = world.client()
    client.presence.watch(ben)
    await world.clock.until(() => own(client) !== undefined)
    const set = client.presence.set({ state: 'dnd', status: 'writing' })
    expect(own(client)).toEqual({ state: 'dnd', status: 'writing', showLastSeen: true })
    await expect(set).resolves.toMatchObject({ state: 'dnd' })
    world.service.push(
      'presence.ownPresenceChanged',
      { state: 'away', showLastSeen: false },
      { stream: 'user:ann' },
    )
    await world.clock.until(() => own(client)?.state === 'away')
  })

  it('is taken back when it is refused, without what was said after it', async () => {
    using world = createWorld({ people })
    const client = world.client()
    client.presence.watch(ben)
    await world.clock.until(() => own(client) !== undefined)
    const end = world.service.answer('presence.setPresence', ({ status }, _caller, usual) => {
      if (status === 'bad') throw new CollabError('invalid_payload')
      return usual()
    })
    const bad = client.presence.set({ status: 'bad' })
    const good = client.presence.set({ state: 'dnd' })
    expect(own(client)).toMatchObject({ state: 'dnd', status: 'bad' })
    await expect(bad).rejects.toMatchObject({ code: 'invalid_payload' })
    await good
    expect(own(client)).toEqual({ state: 'dnd', showLastSeen: true })
    end()
  })
})
