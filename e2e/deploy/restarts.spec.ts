import { createCollab, selectMessages, selectPending, type CollabClient } from '@collab-kit/client'
import { expect, test } from '@playwright/test'
import { createGuest, type Person } from '../rig/person.ts'
import { readAll } from '../rig/rest.ts'
import { until } from '../rig/until.ts'
import { proxies } from './proxies.ts'
import { connectionsOf, setStage, type Stage } from './stage.ts'

const PEOPLE = ['Ann', 'Ben', 'Cem', 'Dee']
/** Milliseconds between two messages of one person. */
const EVERY = 250

/** People who talk all the time, each with the SDK as in a page. */
interface Crowd {
  readonly people: readonly Person[]
  readonly clients: readonly CollabClient[]
  /** Everything handed over so far. */
  readonly said: readonly string[]
  /** How much of it nobody has acknowledged yet. */
  pending(): number
  stop(): void
  close(): void
}

async function gather(url: string): Promise<Crowd> {
  const people = await Promise.all(PEOPLE.map((name) => createGuest(url, name)))
  const clients = people.map(({ token, username }) =>
    createCollab({ serviceUrl: url, token, account: username, storage: 'memory' }),
  )
  const said: string[] = []
  const chats = clients.map((client) => client.chat('lobby'))
  const closings = chats.map((chat) => chat.open())
  await until(() => clients.every((client) => client.status === 'live'), { what: 'all are in' })
  const timer = setInterval(() => {
    for (const [index, chat] of chats.entries()) {
      const body = `${PEOPLE[index]} ${said.length}`
      chat.send(body)
      said.push(body)
    }
  }, EVERY)
  const stop = () => clearInterval(timer)
  return {
    people,
    clients,
    said,
    pending: () =>
      clients.reduce((sum, { store }) => sum + selectPending(store.getState(), 'lobby').length, 0),
    stop,
    close() {
      stop()
      for (const close of closings) close()
      for (const client of clients) client.close()
    },
  }
}

/** Resolves when this many more have been said and none of what was said before waits for its answer. */
async function goesOn(crowd: Crowd, more = 16): Promise<void> {
  const enough = crowd.said.length + more
  await until(() => crowd.said.length >= enough && crowd.pending() < PEOPLE.length * 2, {
    what: 'people talk and are answered',
  })
}

/** Everybody stops; then everybody has everything once, and all have the same order. */
async function verify(crowd: Crowd, url: string): Promise<void> {
  crowd.stop()
  await until(() => crowd.pending() === 0, { what: 'all is acknowledged' })
  const history = await readAll(url, crowd.people[0]!, 'lobby')
  expect(history.map(({ body }) => body).sort()).toEqual([...crowd.said].sort())
  for (const { store } of crowd.clients) {
    const last = history.at(-1)!.seq
    await until(() => selectMessages(store.getState(), 'lobby').at(-1)?.seq === last, {
      what: 'everybody has the last message',
    })
    expect(selectMessages(store.getState(), 'lobby').map(({ body }) => body)).toEqual(
      history.map(({ body }) => body),
    )
  }
}

for (const kind of proxies) {
  test.describe(`behind ${kind.name}`, () => {
    let stage: Stage
    let crowd: Crowd

    test.beforeEach(async () => {
      stage = await setStage(kind)
      crowd = await gather(stage.url)
    })
    test.afterEach(async () => {
      crowd?.close()
      await stage?.close()
    })

    test('nodes are restarted one after the other while people talk, and nothing is lost', async () => {
      // Those that arrive together may find the same node the emptier one.
      const counts = await Promise.all(stage.nodes.map(connectionsOf))
      expect(counts.reduce((sum, count) => sum + count)).toBe(4)
      expect(Math.min(...counts)).toBeGreaterThan(0)
      await goesOn(crowd)
      for (const [index, other] of [
        [0, 1],
        [1, 0],
      ] as const) {
        const { code } = await stage.nodes[index]!.end('SIGTERM')
        expect(code).toBe(0)
        await until(async () => (await connectionsOf(stage.nodes[other]!)) === PEOPLE.length, {
          what: 'all are on the other node',
          // They are sent off over 2 s; a proxy that lets them in one by one is found out.
          within: 10_000,
          every: 50,
        })
        await goesOn(crowd)
        await stage.restart(index)
      }
      await verify(crowd, stage.url)
    })

    test('a node is killed while people talk, and nothing is lost', async () => {
      await goesOn(crowd)
      await stage.nodes[0]!.end('SIGKILL')
      await until(async () => (await connectionsOf(stage.nodes[1]!)) === PEOPLE.length, {
        what: 'all are on the other node',
        every: 50,
      })
      await goesOn(crowd)
      await verify(crowd, stage.url)
    })

    test('the proxy reads its configuration anew while people talk, and nothing is lost', async () => {
      await goesOn(crowd)
      await stage.proxy.reload()
      await goesOn(crowd)
      await verify(crowd, stage.url)
    })
  })
}
