import { connectPeer, connectTarget, type Peer } from '@collab-kit/protocol/conformance'
import { afterEach, expect, test, vi } from 'vitest'
import { createMemoryNetwork, type MemoryNetwork } from '../bus/memory.ts'
import { createTestService, type TestService } from '../testing/service.ts'

// Who is here and who is in an activity, on two nodes.

let running: TestService
let network: MemoryNetwork | undefined
const peers: Peer[] = []

interface StartOptions {
  network?: MemoryNetwork
  presenceVisibility?: 'contacts'
}

async function start({ presenceVisibility, ...options }: StartOptions = {}) {
  network = options.network
  running = await createTestService({
    engine: 'cluster',
    ...(presenceVisibility && { presenceVisibility }),
    ...(network && { openBus: network.open }),
  })
}
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()))
  await running.close()
})

const target = connectTarget({
  name: 'cluster',
  transport: 'socket',
  get url() {
    return running.url
  },
  get limits() {
    return running.limits
  },
})

/** A person's connection to this node. */
async function connect(person: { accessToken: string }, node: 0 | 1): Promise<Peer> {
  const place = { url: running.nodes()[node]!, transport: 'socket' } as const
  const peer = await connectPeer(place, person.accessToken)
  peers.push(peer)
  return peer
}

const board = { type: 'board', id: 'shared' }
const ofPerson = (name: string, { username }: { username: string }, what: object = {}) =>
  expect.objectContaining({
    name,
    data: expect.objectContaining({ username, ...what }) as object,
  }) as object
const shown = async (peer: Peer, fits: object) =>
  vi.waitFor(() => expect(peer.items).toContainEqual(fits), { timeout: 10_000 })

test('[NODE-9] how somebody is, is told on the other node and told once', async () => {
  await start({ network: createMemoryNetwork() })
  const [ada, ben] = [await target.person(), await target.person()]
  const [reader, other] = [await connect(ada, 0), await connect(ben, 1)]
  await reader.call('presence.subscribe', { usernames: [ben.username] })
  await shown(reader, ofPerson('presence.presenceChanged', ben, { state: 'available' }))
  network!.cut()
  await other.call('presence.setPresence', { state: 'dnd' })
  const told = ofPerson('presence.presenceChanged', ben, { state: 'dnd' })
  await shown(reader, told)
  network!.mend()
  await other.call('presence.setPresence', { state: 'away' })
  await shown(reader, ofPerson('presence.presenceChanged', ben, { state: 'away' }))
  const revs = reader.items
    .filter(({ name }) => name === 'presence.presenceChanged')
    .map(({ rev }) => rev)
  expect(new Set(revs).size).toBe(revs.length)
})

test('[NODE-9] who may not be known any more is offline for those on the other node, until they may be again', async () => {
  await start({ network: createMemoryNetwork(), presenceVisibility: 'contacts' })
  const [ada, ben] = [await target.person(), await target.person()]
  const [reader, other] = [await connect(ada, 0), await connect(ben, 1)]
  const { username } = ada
  await other.call('contacts.addContact', { username })
  await reader.call('presence.subscribe', { usernames: [ben.username] })
  network!.cut()
  const passing = (what: object) =>
    vi.waitFor(
      async () => {
        await running.clock!.advance(1000)
        const last = reader.items.findLast(({ name }) => name === 'presence.presenceChanged')
        expect(last?.data).toMatchObject(what)
      },
      { timeout: 10_000, interval: 100 },
    )
  await other.call('contacts.removeContact', { username })
  await passing({ username: ben.username, rev: 0, state: 'offline' })
  await other.call('presence.setPresence', { state: 'dnd' })
  await other.call('contacts.addContact', { username })
  await passing({ username: ben.username, state: 'dnd' })
})

test('[NODE-9] who comes, what they show and who goes is told on the other node', async () => {
  await start({ network: createMemoryNetwork() })
  const [ada, ben] = [await target.person(), await target.person()]
  const [reader, other] = [await connect(ada, 0), await connect(ben, 1)]
  await reader.call('activities.joinActivity', board)
  network!.cut()
  await other.call('activities.joinActivity', { ...board, state: { colour: 'red' } })
  await reader.until(
    ({ name, data }) =>
      name === 'activities.participantJoined' &&
      (data as { participant: { username: string } }).participant.username === ben.username,
  )
  await other.call('activities.setState', { ...board, values: { colour: 'blue' } })
  // Who came a moment ago is told with what they show now.
  await reader.until(({ data }) => JSON.stringify(data).includes('blue'))
  await other.call('activities.leaveActivity', board)
  await shown(reader, ofPerson('activities.participantLeft', ben))
  expect((await reader.call('activities.listParticipants', board)).items).toHaveLength(1)
})

test('[NODE-10] those whose node is gone are gone for those on another', async () => {
  await start()
  const [ada, ben] = [await target.person(), await target.person()]
  const [reader, other] = [await connect(ada, 0), await connect(ben, 1)]
  for (const each of [reader, other]) await each.call('activities.joinActivity', board)
  await reader.call('presence.subscribe', { usernames: [ben.username] })
  await shown(reader, ofPerson('presence.presenceChanged', ben, { state: 'available' }))
  const { dispatcher } = running.service
  const [, gone] = running.services()
  // The node lives on and takes its lease again: it is looked when it has none.
  await vi.waitFor(
    async () => {
      await gone!.dispatcher.internal('system.$endNode', {})
      await dispatcher.internal('presence.$sweep', { ms: 1 })
      await dispatcher.internal('activities.$sweep', { ms: 1 })
      expect(reader.items).toContainEqual(ofPerson('activities.participantLeft', ben))
      expect(reader.items).toContainEqual(
        ofPerson('presence.presenceChanged', ben, { state: 'offline' }),
      )
    },
    { timeout: 10_000, interval: 200 },
  )
  expect((await reader.call('activities.listParticipants', board)).items).toHaveLength(1)
})

test('[NODE-10] nobody is gone because no node could say that it lives', async () => {
  await start()
  const [ada, ben] = [await target.person(), await target.person()]
  const [reader, other] = [await connect(ada, 0), await connect(ben, 1)]
  const { chatId } = await reader.call('chat.createChat', { kind: 'room', visibility: 'public' })
  for (const each of [reader, other]) {
    await each.call('activities.joinActivity', board)
    await each.call('chat.joinChat', { chatId })
  }
  await reader.call('presence.subscribe', { usernames: [ben.username] })
  await shown(reader, ofPerson('presence.presenceChanged', ben, { state: 'available' }))
  const all = running.services().map(({ dispatcher }) => dispatcher)
  for (let round = 0; round < 3; round++) {
    // As after ten seconds without a database: whoever comes first finds no lease but their own, or none at all.
    for (const each of all) await each.internal('system.$endNode', {})
    for (const job of ['presence.$sweep', 'activities.$sweep', 'chat.$sweepRooms'])
      await all[0]!.internal(job, { ms: 1 })
  }
  await reader.fence()
  const left = ['activities.participantLeft', 'chat.memberLeft']
  expect(reader.items.filter(({ name }) => left.includes(name))).toEqual([])
  expect(reader.items).not.toContainEqual(
    ofPerson('presence.presenceChanged', ben, { state: 'offline' }),
  )
})
