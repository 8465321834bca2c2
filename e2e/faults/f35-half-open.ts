import { createCollab } from '@collab-kit/client'
import { createGuest } from '../rig/person.ts'
import { connectLink } from '../rig/link.ts'
import { startService } from '../rig/service-process.ts'
import { createTcpProxy, type Direction } from '../rig/tcp-proxy.ts'
import { until } from '../rig/until.ts'
import { assert, type Fault, type Figures, type Size } from './fault.ts'
import { ROOMY } from './scene.ts'

/** Ping 10 s, pong 8 s, and a margin for a busy machine. */
const NOTICED_MS = 23_000

/** The network swallows everything in both directions and tells nobody. */
export const halfOpen: Fault = {
  id: 'F35',
  name: 'half-open',
  promise:
    'A connection that the network swallowed is noticed on both sides, and what was written meanwhile arrives once',
  cycles: { whole: 3, small: 1 },
  run: (size) => swallow(size, [undefined]),
}

/** What one side says is swallowed; what the other says goes on arriving, acknowledgements and pings too. */
export const oneWay: Fault = {
  id: 'F36',
  name: 'one-way',
  promise:
    'A connection of which one direction was swallowed is noticed on both sides, and what was written meanwhile is stored once',
  cycles: { whole: 4, small: 1 },
  run: (size) => swallow(size, ['to the client', 'to the server']),
}

/** @param directions what is swallowed, one after the other */
async function swallow(size: Size, directions: Ways['directions']): Promise<Figures> {
  const service = await startService({ env: ROOMY })
  const proxy = await createTcpProxy(service.port)
  try {
    return await cycles(size, { url: service.url, proxy, directions })
  } finally {
    await proxy.close()
    await service.close()
  }
}

interface Ways {
  /** The service itself. */
  url: string
  proxy: Awaited<ReturnType<typeof createTcpProxy>>
  directions: readonly (Direction | undefined)[]
}

async function cycles(size: Size, { url, proxy, directions }: Ways): Promise<Figures> {
  const [person, reader] = [await createGuest(url, 'Ann'), await createGuest(url, 'Reader')]
  const serviceUrl = `http://127.0.0.1:${proxy.port}`
  const client = createCollab({ serviceUrl, token: person.token, storage: 'memory' })
  const noticed: { there: number[]; here: number[]; back: number[] } = {
    there: [],
    here: [],
    back: [],
  }
  try {
    const chat = client.chat('lobby')
    chat.open()
    await until(() => client.status === 'live', { what: 'the client is there' })
    await client.api.chat.joinChat({ chatId: 'lobby' })
    const link = await connectLink(url, reader)
    await link.call('chat.joinChat', { chatId: 'lobby' })
    const bodies: string[] = []
    for (let cycle = 0; cycle < size.cycles; cycle++) {
      const since = performance.now()
      const direction = directions[cycle % directions.length]
      proxy.freeze(direction)
      for (const word of ['one', 'two', 'three']) {
        bodies.push(`${cycle} ${word}`)
        chat.send(`${cycle} ${word}`)
      }
      await Promise.all([
        // Where one direction goes on, the client's next attempt reaches the service before it has left the first.
        direction ??
          until(async () => (await connections(url)) === 1, {
            what: 'the service has noticed',
            within: NOTICED_MS,
          }).then(() => noticed.there.push(performance.now() - since)),
        until(() => client.status !== 'live', {
          what: 'the client has noticed',
          within: NOTICED_MS,
        }).then(() => noticed.here.push(performance.now() - since)),
      ])
      const mended = performance.now()
      proxy.thaw()
      const { items } = await until(
        async () => {
          const page = await link.call('chat.readHistory', { chatId: 'lobby' })
          return page.items.length >= bodies.length && page
        },
        { what: 'what was written meanwhile arrives', within: 60_000 },
      )
      noticed.back.push(performance.now() - mended)
      const said = items.map(({ body }) => body)
      assert(
        JSON.stringify(said) === JSON.stringify(bodies),
        `stored: ${said.join(', ')}; written: ${bodies.join(', ')}`,
      )
      await until(() => client.status === 'live', { what: 'the client is back' })
      await until(async () => (await connections(url)) === 2, {
        what: 'the service holds no connection but the two that are used',
        within: NOTICED_MS,
      })
    }
    link.close()
  } finally {
    client.close()
  }
  const longest = (values: number[]) => Math.round(Math.max(...values))
  return {
    cycles: size.cycles,
    ...(noticed.there.length > 0 && {
      'noticed by the service after, ms (longest)': longest(noticed.there),
    }),
    'noticed by the client after, ms (longest)': longest(noticed.here),
    'all there after the network was back, ms (longest)': longest(noticed.back),
    'lost, doubled, out of order': 0,
  }
}

async function connections(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^collab_connections (\d+)/m.exec(text)?.[1] ?? -1)
}
