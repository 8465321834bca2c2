import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** Stands between a service and its PostgreSQL, and does what networks and servers do on bad days. */
export interface PostgresProxy {
  /** The database by way of here. */
  readonly url: string
  /** From now on nothing gets through in either direction, and nothing is closed: a server that was stopped. */
  freeze(): void
  thaw(): void
  /** End all connections and refuse new ones, until `accept`. */
  refuse(): Promise<void>
  accept(): Promise<void>
  /**
   * Let the commit of the next transaction that says `text` through, and end its connection before the reply; resolves
   * when that has happened. The service has commits of its own in between (leases, jobs), which are left alone.
   */
  cutCommitOf(text: string): Promise<void>
  close(): Promise<void>
}

interface Weather {
  frozen: boolean
  /** Whose commit is to be cut, and what is called when it was. */
  cut: { text: string; done: () => void } | undefined
  pairs: Set<Pair>
}
type Pair = readonly [near: Socket, far: Socket]

/** A proxy before the server of this URL. */
export async function createPostgresProxy(target: string): Promise<PostgresProxy> {
  const weather: Weather = { frozen: false, cut: undefined, pairs: new Set() }
  const { pairs } = weather
  const server = createServer((near) => join([near, connectTo(target)], weather))
  await listen(server, 0)
  const { port } = server.address() as AddressInfo
  const forAll = (work: (each: Socket) => void) => {
    for (const pair of pairs) pair.forEach(work)
  }
  const end = async () => {
    forAll((each) => each.destroy())
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  return {
    url: throughPort(target, port),
    freeze() {
      weather.frozen = true
      forAll((each) => each.pause())
    },
    thaw() {
      weather.frozen = false
      forAll((each) => each.resume())
    },
    refuse: end,
    accept: () => listen(server, port),
    cutCommitOf: (text) => new Promise((done) => (weather.cut = { text, done })),
    close: end,
  }
}

function join(pair: Pair, weather: Weather): void {
  const [near, far] = pair
  weather.pairs.add(pair)
  if (weather.frozen) for (const each of pair) each.pause()
  let said = false
  let cut: (() => void) | undefined
  near.on('data', (data) => {
    if (weather.cut && data.includes(weather.cut.text)) said = true
    if (data.includes('rollback')) said = false
    if (data.includes('commit')) {
      if (said && weather.cut) {
        cut = weather.cut.done
        weather.cut = undefined
      }
      said = false
    }
    far.write(data)
  })
  far.on('data', (data) => {
    if (!cut) return near.write(data)
    near.destroy()
    return cut()
  })
  for (const [one, other] of [pair, pair.toReversed() as [Socket, Socket]] as const) {
    // What breaks on one side ends the other.
    one.on('error', () => {})
    one.on('close', () => {
      other.destroy()
      weather.pairs.delete(pair)
    })
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
}

/** The address of a server, which may be a socket in a folder. */
function connectTo(target: string): Socket {
  const url = new URL(target)
  const host = url.searchParams.get('host') ?? (url.hostname || 'localhost')
  const port = Number(url.port || 5432)
  return host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
}

function throughPort(target: string, port: number): string {
  const url = new URL(target)
  url.searchParams.delete('host')
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return url.href
}
