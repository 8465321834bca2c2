import { randomUUID } from 'node:crypto'
import { presenceStream, type Presence } from '@collab-kit/protocol'
import { connectTarget, type Peer, type Target } from '@collab-kit/protocol/conformance'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createTestService, type TestService } from '../../testing/service.ts'

// These need services of their own; all else is in the conformance suites.

let running: TestService
const peers: Peer[] = []

async function start(
  engine: 'memory' | 'postgres',
  presenceVisibility: 'everyone' | 'contacts' | 'shared',
): Promise<Target> {
  running = await createTestService({ engine, presenceVisibility, limits: { presenceAudience: 3 } })
  const { url, limits } = running
  return connectTarget({ name: engine, transport: 'socket', url, limits })
}
afterEach(async () => {
  await Promise.all(peers.splice(0).map((each) => each.close()))
  await running?.close()
})

async function peerOf(target: Target): Promise<Peer> {
  const peer = await (await target.person()).connect()
  peers.push(peer)
  await peer.call('presence.setPresence', { state: 'dnd' })
  return peer
}

const stateOf = async (reader: Peer, { username }: Peer): Promise<Presence['state']> => {
  const { items } = await reader.call('presence.getPresence', { usernames: [username] })
  return items[0]!.state
}
const told = (reader: Peer, { username }: Peer) =>
  reader.items.filter(({ stream }) => stream === presenceStream(username)).map(({ data }) => data)

describe.each(['memory', 'postgres'] as const)('on %s', (engine) => {
  test('[PRES-21] only those in the list of a person may know of them', async () => {
    const target = await start(engine, 'contacts')
    const [ada, ben, cy] = [await peerOf(target), await peerOf(target), await peerOf(target)]
    await ben.call('contacts.addContact', { username: ada.username })
    expect(await stateOf(ada, ben)).toBe('dnd')
    expect(await stateOf(ben, ada)).toBe('offline')
    expect(await stateOf(ben, ben)).toBe('dnd')
    const usernames = [ada.username]
    const { items } = await ben.call('presence.subscribe', { usernames })
    expect(items).toEqual([{ username: ada.username, rev: 0, state: 'offline' }])
    const joining = ben.call('streams.join', { stream: presenceStream(ada.username) })
    await expect(joining).rejects.toMatchObject({ code: 'not_found' })
    await ada.call('presence.subscribe', { usernames: [ben.username, cy.username] })
    for (const each of [ada, cy, ben]) await each.call('presence.setPresence', { state: 'away' })
    await ada.until(({ stream }) => stream === presenceStream(ben.username))
    expect(told(ada, cy)).toEqual([])
    await ben.fence()
    expect(told(ben, ada)).toEqual([])
    const [listed] = (await ben.call('contacts.listContacts', {})).items
    expect(listed!.presence!.state).toBe('offline')
  })

  test('a crowd is counted as far as one may know of it', async () => {
    const target = await start(engine, 'contacts')
    const all = []
    for (let n = 0; n < 4; n++) all.push(await peerOf(target))
    const [ada, ben] = all
    const { chatId } = await ada!.call('chat.createChat', { kind: 'channel', visibility: 'public' })
    for (const each of all) await each.call('chat.joinChat', { chatId })
    await ben!.call('contacts.addContact', { username: ada!.username })
    const { audience } = await ada!.call('presence.subscribe', { chatId })
    expect(audience).toEqual({ chatId, online: 2, total: 4 })
    expect(await ada!.call('presence.listAudience', { chatId })).toMatchObject({ online: 2 })
  })

  test('[PRES-21] a crowd tells those outside of whom they know alone', async () => {
    const target = await start(engine, 'shared')
    const [ada, ben, cy] = [await peerOf(target), await peerOf(target), await peerOf(target)]
    const others = [ben, await peerOf(target), await peerOf(target)]
    const channel = { kind: 'channel', visibility: 'public' } as const
    const { chatId } = await ada.call('chat.createChat', channel)
    for (const each of others) await each.call('chat.joinChat', { chatId })
    const online = async (reader: Peer) => {
      const { audience } = await reader.call('presence.subscribe', { chatId })
      expect(await reader.call('presence.listAudience', { chatId })).toMatchObject({
        online: audience!.online,
        total: 4,
      })
      return audience!.online
    }
    expect(await online(ada)).toBe(4)
    expect(await online(cy)).toBe(0)
    const small = await cy.call('chat.createChat', channel)
    await ben.call('chat.joinChat', { chatId: small.chatId })
    expect(await online(cy)).toBe(1)
  })

  test.each(['everyone', 'contacts', 'shared'] as const)(
    '[PRES-18] whom one has blocked one does not count, where %s may know',
    async (visibility) => {
      const target = await start(engine, visibility)
      const [ada, eve] = [await peerOf(target), await peerOf(target)]
      const others = [eve, await peerOf(target), await peerOf(target)]
      const { chatId } = await ada.call('chat.createChat', {
        kind: 'channel',
        visibility: 'public',
      })
      for (const each of others) {
        await each.call('chat.joinChat', { chatId })
        await each.call('contacts.addContact', { username: ada.username })
      }
      expect(await ada.call('presence.listAudience', { chatId })).toMatchObject({ online: 4 })
      await ada.call('users.blockUser', { username: eve.username })
      const { audience } = await ada.call('presence.subscribe', { chatId })
      expect(audience).toEqual({ chatId, online: 3, total: 4 })
    },
  )

  test('[PRES-21] only those in the same chat may know of each other', async () => {
    const target = await start(engine, 'shared')
    const [ada, ben, cy] = [await peerOf(target), await peerOf(target), await peerOf(target)]
    const { chatId } = await ada.call('chat.createChat', { kind: 'channel', visibility: 'public' })
    expect(await stateOf(ada, ben)).toBe('offline')
    await ben.call('chat.joinChat', { chatId })
    expect(await stateOf(ada, ben)).toBe('dnd')
    expect(await stateOf(ben, ada)).toBe('dnd')
    expect(await stateOf(cy, ada)).toBe('offline')
    // Who reads a public channel without being in it shares nothing with those who are.
    const { items } = await cy.call('presence.subscribe', { chatId })
    expect(new Set(items.map(({ state }) => state))).toEqual(new Set(['offline']))
    await ada.call('presence.setPresence', { state: 'away' })
    await cy.fence()
    expect(told(cy, ada)).toEqual([])
  })

  test('[PRES-21] who may not be known any more is offline, and who may be again is told', async () => {
    const target = await start(engine, 'contacts')
    const [ada, ben] = [await peerOf(target), await peerOf(target)]
    await ada.call('contacts.addContact', { username: ben.username })
    await ben.call('contacts.addContact', { username: ada.username })
    await ada.call('presence.subscribe', { usernames: [ben.username] })
    await ada.call('presence.subscribe', { contacts: true })
    await follows(ada, ben, {
      end: () => ben.call('contacts.removeContact', { username: ada.username }),
      begin: () => ben.call('contacts.addContact', { username: ada.username }),
    })
  })

  test.each([{ usernames: true }, { contacts: true }] as const)(
    '[PRES-21] who shares nothing any more is offline, and who does again is told, following %o',
    async (by) => {
      const target = await start(engine, 'shared')
      const [ada, ben] = [await peerOf(target), await peerOf(target)]
      const channel = { kind: 'channel', visibility: 'public' } as const
      const { chatId } = await ada.call('chat.createChat', channel)
      await ben.call('chat.joinChat', { chatId })
      await ada.call('contacts.addContact', { username: ben.username })
      const usernames = [ben.username]
      await ada.call('presence.subscribe', 'usernames' in by ? { usernames } : by)
      for (const each of [ben, ada]) {
        await follows(ada, ben, {
          end: () => each.call('chat.leaveChat', { chatId }),
          begin: () => each.call('chat.joinChat', { chatId }),
        })
      }
      const board = { type: 'board', id: 'shared' }
      for (const each of [ada, ben]) await each.call('activities.joinActivity', board)
      await ben.call('chat.leaveChat', { chatId })
      await follows(ada, ben, {
        end: () => ben.call('activities.leaveActivity', board),
        begin: () => ben.call('activities.joinActivity', board),
      })
    },
  )
})

/** A right to know of somebody that ends and begins anew while they are followed. */
async function follows(
  reader: Peer,
  person: Peer,
  { end, begin }: Record<'begin' | 'end', () => Promise<unknown>>,
): Promise<void> {
  const { username } = person
  const unknown = { username, rev: 0, state: 'offline' }
  const status = { first: randomUUID(), second: randomUUID(), third: randomUUID() }
  const says = (of: keyof typeof status) =>
    person.call('presence.setPresence', { status: status[of] })
  const hears = (of: keyof typeof status) =>
    reader.until(({ data }) => (data as Presence).status === status[of])
  await says('first')
  await hears('first')
  await end()
  await vi.waitFor(() => expect(told(reader, person).at(-1)).toEqual(unknown))
  await says('second')
  await reader.fence()
  expect(told(reader, person).at(-1)).toEqual(unknown)
  await begin()
  await hears('second')
  await says('third')
  await hears('third')
}
