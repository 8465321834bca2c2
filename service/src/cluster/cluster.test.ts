import {
  callByRest,
  connectPeer,
  connectTarget,
  PASSWORD,
  type Peer,
} from '@collab-kit/protocol/conformance'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createMemoryNetwork, type MemoryNetwork } from '../bus/memory.ts'
import { createTestService, type TestService } from '../testing/service.ts'

// Two nodes on one PostgreSQL. What each rule promises on one node is in the conformance suites, which run here as well;
// this is about one person, or one chat, on both.

let running: TestService
let network: MemoryNetwork | undefined
const peers: Peer[] = []

async function start(options: { network?: MemoryNetwork; limits?: object } = {}) {
  network = options.network
  running = await createTestService({
    engine: 'cluster',
    ...(options.limits && { limits: options.limits }),
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
  const peer = await connectPeer(
    { url: running.nodes()[node]!, transport: 'socket' },
    person.accessToken,
  )
  peers.push(peer)
  return peer
}

/** Ends a connection, and resolves when its node knows that. */
async function leave(person: { accessToken: string }, peer: Peer, node: 0 | 1): Promise<void> {
  await peer.close()
  const { accessToken: token } = person
  const { connectionId } = peer
  await vi.waitFor(() =>
    expect(
      callByRest({ url: running.nodes()[node]!, token, connectionId }, 'streams.leave', {
        stream: 'user:nobody',
      }),
    ).rejects.toMatchObject({ code: 'connection_required' }),
  )
}

async function channel(owner: Peer, ...members: Peer[]): Promise<string> {
  const { chatId } = await owner.call('chat.createChat', { kind: 'channel', visibility: 'public' })
  for (const member of members) await member.call('chat.joinChat', { chatId })
  return chatId
}

const say = (peer: Peer, chatId: string, body: string) =>
  peer.call('chat.sendMessage', { chatId, body, clientMessageId: body.replaceAll(' ', '-') })
const bodies = (peer: Peer, chatId: string) =>
  peer.items
    .filter((item) => item.name === 'chat.messageSent' && item.stream === `chat:${chatId}`)
    .map(({ data }) => (data as { body: string }).body)
const heard = (peer: Peer, body: string) =>
  peer.until(({ data }) => (data as { body?: string }).body === body)

describe('over Redis', () => {
  beforeEach(() => start())

  test('[NODE-1] a token of one node is good on the other', async () => {
    const ada = await target.person()
    expect((await connect(ada, 1)).username).toBe(ada.username)
  })

  test('[NODE-2] both devices of a person get the same', async () => {
    const [ada, ben] = [await target.person(), await target.person()]
    const [phone, desk, other] = [
      await connect(ada, 0),
      await connect(ada, 1),
      await connect(ben, 1),
    ]
    const chatId = await channel(phone, other)
    for (let index = 0; index < 20; index++) {
      await say(index % 2 === 0 ? phone : other, chatId, `${index}`)
    }
    await Promise.all([heard(phone, '19'), heard(desk, '19')])
    expect(bodies(phone, chatId)).toEqual(Array.from({ length: 20 }, (_, index) => `${index}`))
    expect(bodies(desk, chatId)).toEqual(bodies(phone, chatId))
    expect(desk.violations).toEqual([])
  })

  test('[NODE-3] who is made a member reads on every device from the event that made them one', async () => {
    const [ada, ben] = [await target.person(), await target.person()]
    const [owner, phone, desk] = [
      await connect(ada, 0),
      await connect(ben, 0),
      await connect(ben, 1),
    ]
    const { chatId } = await owner.call('chat.openDirect', { usernames: [ben.username] })
    await say(owner, chatId, 'to both')
    for (const device of [phone, desk]) {
      await heard(device, 'to both')
      const seqs = device.items
        .filter(({ stream, seq }) => stream === `chat:${chatId}` && seq !== undefined)
        .map(({ seq }) => seq)
      expect(seqs).toEqual([2, 3])
    }
  })

  test('[NODE-4] one who left gets nothing more, on any device', async () => {
    const [ada, ben] = [await target.person(), await target.person()]
    const [owner, phone, desk] = [
      await connect(ada, 0),
      await connect(ben, 0),
      await connect(ben, 1),
    ]
    const chatId = await channel(owner, phone)
    await say(owner, chatId, 'before')
    await heard(desk, 'before')
    await phone.call('chat.leaveChat', { chatId })
    await desk.until(({ name }) => name === 'streams.removed')
    await say(owner, chatId, 'after')
    await running.settle()
    await desk.fence()
    expect(bodies(desk, chatId)).toEqual(['before'])
  })

  test('[NODE-5] who writes is shown on the other node', async () => {
    const [ada, ben] = [await target.person(), await target.person()]
    const [one, two] = [await connect(ada, 0), await connect(ben, 1)]
    const chatId = await channel(one, two)
    await one.call('chat.setTyping', { chatId, typing: true })
    await two.until(({ name }) => name === 'chat.typingChanged')
  })

  test('[NODE-6] a sign-out ends the connections on every node, and the token is good nowhere', async () => {
    const ada = await target.person()
    const [one, two] = [await connect(ada, 0), await connect(ada, 1)]
    await one.call('auth.signOut', {})
    await two.until(
      ({ name, data }) =>
        name === 'system.closing' && (data as { code: string }).code === 'signed_out',
    )
    await two.ended
    await expect(connect(ada, 1)).rejects.toMatchObject({ code: 'token_revoked' })
  })

  test('regression: calls about one chat from both nodes are in nobody’s way', async () => {
    const [ada, ben] = [await target.person(), await target.person()]
    const [one, two] = [await connect(ada, 0), await connect(ben, 1)]
    for (let round = 0; round < 8; round++) {
      const chatId = await channel(one, two)
      const input = { chatId, clientMessageId: 'once', body: 'once' }
      const replies = await Promise.all([
        one.raw('chat.sendMessage', input),
        one.raw('chat.markRead', { chatId, seq: 0 }),
        two.raw('chat.sendMessage', input),
        one.raw('chat.joinChat', { chatId }),
        one.raw('chat.sendMessage', input),
      ])
      for (const reply of replies) expect(reply).toMatchObject({ ok: true })
    }
  })

  test('[NODE-7] one is in a room while a device on either node is', async () => {
    const [ada, ben] = [await target.person(), await target.person()]
    const [watch, phone, desk] = [
      await connect(ada, 0),
      await connect(ben, 0),
      await connect(ben, 1),
    ]
    const { chatId } = await watch.call('chat.createChat', { kind: 'room', visibility: 'public' })
    for (const peer of [watch, phone, desk]) await peer.call('chat.joinChat', { chatId })
    await leave(ben, phone, 0)
    await running.clock!.advance(20_000)
    await running.settle()
    const present = async () => (await watch.call('chat.listMembers', { chatId })).items.length
    expect(await present()).toBe(2)
    await leave(ben, desk, 1)
    await running.clock!.advance(20_000)
    await watch.until(
      ({ name, data }) =>
        name === 'chat.memberLeft' && (data as { username: string }).username === ben.username,
    )
    expect(await present()).toBe(1)
  })
})

describe('while the bus is away', () => {
  beforeEach(() => start({ network: createMemoryNetwork() }))

  test('[NODE-8] messages are acknowledged, delivered on the same node at once and on the other soon', async () => {
    const [ada, ben, cy] = [await target.person(), await target.person(), await target.person()]
    const [one, same, other] = [await connect(ada, 0), await connect(ben, 0), await connect(cy, 1)]
    const chatId = await channel(one, same, other)
    network!.cut()
    await say(one, chatId, 'without a bus')
    await same.fence()
    expect(bodies(same, chatId)).toEqual(['without a bus'])
    await heard(other, 'without a bus')
    network!.mend()
    await say(one, chatId, 'with one')
    await heard(other, 'with one')
    expect(bodies(other, chatId)).toEqual(['without a bus', 'with one'])
  })

  test('[NODE-8] a sign-out reaches the other node', async () => {
    const ada = await target.person()
    const [one, two] = [await connect(ada, 0), await connect(ada, 1)]
    network!.cut()
    await one.call('auth.signOut', {})
    await two.ended
    expect(two.items.at(-1)).toMatchObject({ name: 'system.closing', data: { code: 'revoked' } })
  })

  test('[NODE-8] who becomes a member and who leaves is seen on every device', async () => {
    const [ada, ben] = [await target.person(), await target.person()]
    const [owner, phone, desk] = [
      await connect(ada, 0),
      await connect(ben, 0),
      await connect(ben, 1),
    ]
    network!.cut()
    const chatId = await channel(owner, phone)
    // The other node lets them in when it compares memberships, with what is said from then on.
    let count = 0
    await vi.waitFor(
      async () => {
        await say(owner, chatId, `welcome ${++count}`)
        await desk.fence()
        expect(bodies(desk, chatId).length).toBeGreaterThan(0)
      },
      { timeout: 15_000, interval: 500 },
    )
    await phone.call('chat.leaveChat', { chatId })
    await desk.until(({ name }) => name === 'streams.removed')
    await say(owner, chatId, 'after')
    await desk.fence()
    expect(bodies(desk, chatId)).not.toContain('after')
  })

  test('[NODE-8] rights that end by a removal, a grant or a block end on the other node', async () => {
    const [ada, ben, cy] = [await target.person(), await target.person(), await target.person()]
    const owner = await connect(ada, 0)
    const [member, reader, phone] = [
      await connect(ben, 1),
      await connect(cy, 1),
      await connect(cy, 0),
    ]
    const chatId = await channel(owner, member)
    const stream = `chat:${chatId}`
    await reader.call('streams.join', { stream })
    const next = await channel(owner, phone)
    await reader.until(({ stream: of }) => of === `chat:${next}`)
    network!.cut()
    const removed = async (peer: Peer, reason: string) =>
      peer.until(({ name, data }) => {
        const end = data as { stream: string; reason: string }
        return name === 'streams.removed' && end.stream === stream && end.reason === reason
      })
    await owner.call('chat.removeMember', { chatId, username: ben.username })
    await removed(member, 'removed')
    await owner.call('chat.removePermissions', { chatId, subject: 'world' })
    await say(owner, chatId, 'after')
    await removed(reader, 'permission')
    await Promise.all([member.fence(), reader.fence()])
    for (const each of [member, reader]) expect(bodies(each, chatId)).not.toContain('after')

    await phone.call('users.blockUser', { username: ada.username })
    await reader.until(({ name }) => name === 'users.blockedChanged')
    await say(owner, next, 'unheard')
    await reader.until(
      ({ name, stream: of }) => name === 'streams.withheld' && of === `chat:${next}`,
    )
    expect(bodies(reader, next)).not.toContain('unheard')
  })

  test('[NODE-8] who watches a place without reading it is told who comes, and nothing without the right', async () => {
    const [ada, ben, cy] = [await target.person(), await target.person(), await target.person()]
    const [owner, member] = [await connect(ada, 0), await connect(ben, 0)]
    const watcher = await connect(cy, 1)
    const chatId = await channel(owner)
    await watcher.call('presence.subscribe', { chatId })
    network!.cut()
    await member.call('chat.joinChat', { chatId })
    let count = 0
    /** Whether the watcher hears of what the new member says of themselves on the same node. */
    const hears = async () => {
      const status = `for the ${++count}th time`
      const { accessToken: token } = ben
      await running.clock!.advance(1000)
      await callByRest({ url: running.nodes()[1]!, token }, 'presence.setPresence', { status })
      await watcher.fence()
      return watcher.items.some(({ data }) => (data as { status?: string }).status === status)
    }
    const patience = { timeout: 10_000, interval: 100 }
    await vi.waitFor(async () => expect(await hears()).toBe(true), patience)
    await owner.call('chat.removePermissions', { chatId, subject: 'world' })
    await vi.waitFor(async () => expect(await hears()).toBe(false), patience)
    expect(await hears()).toBe(false)
  })
})

test('an account of one node signs in on the other', async () => {
  await start()
  const ada = await target.person()
  const answer = await fetch(`${running.nodes()[1]}/api/v1/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: ada.username, password: PASSWORD }),
  })
  expect(answer.status).toBe(200)
})
