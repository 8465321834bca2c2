import { createCollab, type CollabClient } from '@collab-kit/client'
import { expect, test } from 'vitest'
import { createHttpProxy } from '../rig/http-proxy.ts'
import { createAccount } from '../rig/person.ts'
import { createRandom } from '../rig/random.ts'
import { readAll } from '../rig/rest.ts'
import { Cluster } from '../rig/cluster.ts'
import { startService } from '../rig/service-process.ts'
import { createTcpProxy } from '../rig/tcp-proxy.ts'
import { until } from '../rig/until.ts'

// Two people write by event streams and requests over a network that lets no WebSocket through and breaks connections,
// at best between two words, at worst between a request and its answer.

const STEPS = 60
const CHAT = 'lobby'

const chatOf = (client: CollabClient) => client.store.getState().chats[CHAT]

/** Never broken, not even for a moment: numbers without a hole, and nothing both confirmed and on its way. */
function check(client: CollabClient): string | undefined {
  const { messages = [], pending = [] } = chatOf(client) ?? {}
  const first = messages[0]?.number ?? 0
  if (messages.some(({ number }, index) => number !== first + index)) return 'a hole'
  const confirmed = new Set(messages.map(({ clientMessageId }) => clientMessageId))
  return pending.some(({ clientMessageId }) => confirmed.has(clientMessageId)) ? 'twice' : undefined
}

const ROOMY = { COLLAB_LIMITS_OPS_PER_SECOND: '10000', COLLAB_LIMITS_OPS_BURST: '10000' }

interface Scene {
  /** Of the nodes. */
  ports: readonly number[]
  /** One of them, to look at what is true. */
  url: string
  /** Whether connections break. */
  bad: boolean
}

/** Two people talk; when it is quiet both have what the service has, each message once and in its writer's order. */
async function talk({ ports, url, bad }: Scene): Promise<{ passed: readonly string[] }> {
  const random = createRandom()
  const seed = `seed ${random.seed}`
  const between = await createHttpProxy(...ports)
  const network = await createTcpProxy(Number(new URL(between.url).port))
  const people = await Promise.all(['ann', 'ben'].map((name) => createAccount(url, name)))
  const clients = people.map(({ token }) =>
    createCollab({
      serviceUrl: `http://127.0.0.1:${network.port}`,
      token,
      storage: 'memory',
      backoffMinMs: 20,
      backoffMaxMs: 100,
    }),
  )
  const broken: string[] = []
  for (const client of clients) {
    client.chat(CHAT).open()
    client.store.subscribe(() => {
      const problem = check(client)
      if (problem) broken.push(problem)
    })
  }
  // Who is not in the chat yet may say nothing there.
  const ready = () =>
    clients.every((client) => client.status === 'live' && chatOf(client)?.status === 'ready')
  const sent: string[][] = [[], []]
  const say = (who: number) => {
    const body = `${who} says ${sent[who]!.length}`
    sent[who]!.push(body)
    clients[who]!.chat(CHAT).send(body)
  }
  // Each needs the node that has its connection.
  const typing: Promise<unknown>[] = []
  const breaks = [
    async () => {
      await network.sever()
      await network.mend()
    },
    // It arrives, and nobody is told.
    () => void network.cutAfter('/messages HTTP'),
    () => void network.cutAfter('/events HTTP'),
  ]
  try {
    await until(ready, { what: 'both are in the chat' })
    for (let step = 0; step < STEPS; step++) {
      for (let count = random.whole(0, 3); count > 0; count--) say(random.whole(0, 1))
      const call = { chatId: CHAT, typing: random.chance(0.5) }
      if (step % 5 === 0) typing.push(random.pick(clients).api.chat.setTyping(call))
      if (bad && random.chance(0.25)) await random.pick(breaks)()
      await new Promise((resolve) => setTimeout(resolve, random.whole(0, 60)))
    }
    await Promise.all(typing)
    const total = sent.flat().length
    const isThere = (client: CollabClient) =>
      client.status === 'live' &&
      chatOf(client)?.pending.length === 0 &&
      chatOf(client)?.messages.length === total
    await until(() => clients.every(isThere), {
      what: `everything is everywhere (${seed}): ${total}`,
      within: 60_000,
    })
    const bodies = (await readAll(url, people[0]!, CHAT)).map(({ body }) => body)
    for (const client of clients)
      expect(chatOf(client)?.messages.map(({ body }) => body)).toEqual(bodies)
    for (const [who, own] of sent.entries())
      expect(
        bodies.filter((body) => body.startsWith(`${who} `)),
        seed,
      ).toEqual(own)
    expect(broken, seed).toEqual([])
    expect(between.refused.length).toBeGreaterThan(0)
    return between
  } finally {
    for (const client of clients) client.close()
    await network.close()
    await between.close()
  }
}

const streamsIn = (passed: readonly string[]) =>
  passed.filter((each) => each === 'GET /api/v1/events').length

test('[SEQ-1] [IDEM-8] [P4] two clients on event streams that break show the same when it is quiet', async () => {
  const service = await startService({ env: ROOMY })
  try {
    const { passed } = await talk({ ports: [service.port], url: service.url, bad: true })
    expect(streamsIn(passed)).toBeGreaterThan(4)
  } finally {
    await service.close()
  }
})

test('[P4] they need no sticky sessions: their requests come to whichever of two nodes', async () => {
  const cluster = await Cluster.start({ env: ROOMY })
  try {
    const ports = cluster.nodes.map(({ service }) => service.port)
    const { passed } = await talk({ ports, url: cluster.urls[0]!, bad: false })
    // Nobody had to begin again.
    expect(streamsIn(passed)).toBe(2)
    const typing = passed.filter((each) => each === `PUT /api/v1/chats/${CHAT}/typing`)
    expect(typing.length).toBeGreaterThan(STEPS / 5)
  } finally {
    await cluster.close()
  }
})
