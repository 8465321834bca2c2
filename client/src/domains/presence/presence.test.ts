import { CollabError } from '@collab-kit/protocol/runtime'
import { describe, expect, it } from 'vitest'
import type { CollabClient } from '../../client.ts'
import type { CollabState } from '../../state.ts'
import { createWorld } from '../../testing/harness.ts'
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
