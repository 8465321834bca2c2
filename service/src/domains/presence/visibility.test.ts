import { presenceStream, type Presence } from '@collab-kit/protocol'
import { connectTarget, type Peer, type Target } from '@collab-kit/protocol/conformance'
import { afterEach, describe, expect, test } from 'vitest'
import { createTestService, type TestService } from '../../testing/service.ts'

// These need services of their own; all else is in the conformance suites.

let running: TestService
const peers: Peer[] = []

async function start(
  engine: 'memory' | 'postgres',
  presenceVisibility: 'contacts' | 'shared',
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
})
