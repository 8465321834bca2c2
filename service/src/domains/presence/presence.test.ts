import { randomUUID } from 'node:crypto'
import type { OutputOf } from '@collab-kit/protocol'
import { callByRest, connectTarget, PASSWORD, type Peer } from '@collab-kit/protocol/conformance'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Published } from '../../kernel/outbox.ts'
import { createTestService, type TestService } from '../../testing/service.ts'

let running: TestService
const peers: Peer[] = []
afterEach(async () => {
  await Promise.all(peers.splice(0).map((each) => each.close()))
  await running?.close()
})

const target = connectTarget({
  name: 'presence',
  transport: 'socket',
  get url() {
    return running.url
  },
  get limits() {
    return running.limits
  },
})
const peerOf = async (): Promise<Peer> => {
  const peer = await (await target.person()).connect()
  peers.push(peer)
  return peer
}
const lookup = (name: string, input: Record<string, unknown>) =>
  running.service.dispatcher.lookup(`presence.?${name}`, input)
const stateOf = async (reader: Peer, username: string): Promise<string> => {
  const { items } = await reader.call('presence.getPresence', { usernames: [username] })
  return items[0]!.state
}

describe.each(['memory', 'postgres'] as const)('on %s', (engine) => {
  test('what changed since a moment is told from the database as it was', async () => {
    running = await createTestService({ engine })
    const [ada, ben] = [await peerOf(), await peerOf()]
    const first = (await lookup('changed', {})) as { since: number }
    await ada.call('presence.subscribe', { usernames: [ben.username] })
    await ben.call('presence.setPresence', { state: 'dnd' })
    const live = await ada.until(({ name, data }) => {
      const { state } = data as { state?: string }
      return name === 'presence.presenceChanged' && state === 'dnd'
    })
    const { items } = (await lookup('changed', first)) as { items: Published[] }
    const found = items.find(({ stream }) => stream === live.stream)
    expect(JSON.parse(found!.json)).toMatchObject({ data: live.data, rev: live.rev })
    expect(found).toMatchObject({ by: ben.username, state: { of: ben.username, rev: live.rev } })
  })

  test('an export has what is kept, and a deletion leaves nothing of it', async () => {
    running = await createTestService({ engine })
    const ada = await peerOf()
    const status = 'nobody-may-find-this'
    await ada.call('presence.setPresence', { status })
    const all = (await ada.call('users.exportMe', {})) as OutputOf<'users.exportMe'>
    expect(JSON.stringify(all)).toContain(status)
    const ben = await peerOf()
    const first = (await lookup('changed', {})) as { since: number }
    await ada.call('users.deleteMe', { password: PASSWORD })
    await vi.waitFor(async () => expect(await stateOf(ben, ada.username)).toBe('offline'))
    const { items } = await ben.call('presence.getPresence', { usernames: [ada.username] })
    const { rev } = items[0]!
    expect(items).toEqual([{ username: ada.username, rev, state: 'offline' }])
    const { items: changed } = (await lookup('changed', first)) as { items: Published[] }
    expect(changed.map(({ state }) => state)).toContainEqual({ of: ada.username, rev })
    // What a node says of them late changes nothing.
    const report = { people: [{ username: ada.username, now: 'here' }] }
    await running.service.dispatcher.internal('presence.$report', report)
    expect(await stateOf(ben, ada.username)).toBe('offline')
  })

  test('hundreds who change at once are answered each for themselves', async () => {
    running = await createTestService({ engine, limits: { opsPerSecond: 1000, opsBurst: 1000 } })
    const ada = await peerOf()
    const others = await Promise.all(Array.from({ length: 10 }, peerOf))
    const statuses = others.map(() => randomUUID())
    const answers = await Promise.all(
      others.flatMap((each, index) => [
        each.call('presence.setPresence', { status: 'first' }),
        each.call('presence.setPresence', { status: 'x'.repeat(161) }).catch(() => 'refused'),
        each
          .call('presence.setPresence', { data: { text: 'x'.repeat(2000) } })
          .catch(() => 'too much'),
        each.call('presence.setPresence', { status: statuses[index]! }),
      ]),
    )
    expect(answers.filter((each) => each === 'refused')).toHaveLength(others.length)
    expect(answers.filter((each) => each === 'too much')).toHaveLength(others.length)
    const usernames = others.map(({ username }) => username)
    const { items } = await ada.call('presence.getPresence', { usernames })
    expect(items.map(({ status }) => status)).toEqual(statuses)
    // Each has come and has said two things, and what comes first is told first.
    await vi.waitFor(async () => {
      const { items: seen } = await ada.call('presence.getPresence', { usernames })
      expect(new Set(seen.map(({ rev }) => rev))).toEqual(new Set([3]))
    })
  })
})

test.each(['file', 'postgres'] as const)(
  'a sweep on %s takes away what a node that lives no more has left',
  async (engine) => {
    running = await createTestService({ engine })
    const { username } = await target.person()
    const report = { people: [{ username, now: 'here' }] }
    await running.service.dispatcher.internal('presence.$report', report)
    await running.restart()
    await running.service.dispatcher.internal('presence.$sweep', {})
    const reader = { username: 'ada', role: 'user' }
    const answer = await lookup('snapshot', { usernames: [username], reader })
    expect(answer).toMatchObject({ items: [{ username, state: 'offline', rev: 2 }] })
  },
)

test('[PRES-13] a status ends though the service was started anew since and its person is not here', async () => {
  running = await createTestService({ engine: 'postgres' })
  const ben = await target.person()
  const statusExpiresAt = new Date(running.clock!.now() + 60_000).toISOString()
  const { url } = running
  const said = { status: 'back soon', statusExpiresAt }
  await callByRest({ url, token: ben.accessToken }, 'presence.setPresence', said)
  await running.restart()
  const ada = await peerOf()
  const { items } = await ada.call('presence.subscribe', { usernames: [ben.username] })
  expect(items).toMatchObject([{ status: 'back soon', rev: 1 }])
  await running.clock!.advance(61_000)
  await running.service.dispatcher.internal('presence.$sweep', {})
  const told = await ada.until(({ name }) => name === 'presence.presenceChanged')
  expect(told).toMatchObject({ rev: 2, data: { username: ben.username, state: 'offline' } })
  expect(told.data).not.toHaveProperty('status')
  await running.service.dispatcher.internal('presence.$sweep', {})
  await ada.fence()
  expect(ada.items.filter(({ name }) => name === 'presence.presenceChanged')).toEqual([told])
})

test('the lines of REST answer what a socket does', async () => {
  running = await createTestService({ engine: 'memory' })
  const person = await target.person()
  const { url } = running
  const token = person.accessToken
  const own = await callByRest({ url, token }, 'presence.setPresence', { state: 'dnd' })
  expect(own).toEqual({ state: 'dnd', showLastSeen: true })
  expect(await callByRest({ url, token }, 'presence.getOwnPresence', {})).toEqual(own)
})
