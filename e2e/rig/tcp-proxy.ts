import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Stands between a node and a server of its, and does what networks do on bad days. */
export interface TcpProxy {
  readonly port: number
  /** End all connections and refuse new ones, until `mend`. */
  sever(): Promise<void>
  mend(): Promise<void>
  /** Nothing gets through, in both directions or in one, and nothing is closed, until `thaw`. */
  freeze(direction?: Direction): void
  thaw(): void
  /** Let the next bytes with this text through to the server, and end that connection before it answers. */
  cutAfter(text: string): Promise<void>
  /**
   * From the next bytes of the server's with this text on, let nothing more of that connection through to the client;
   * it stays open, and what the client says is passed on.
   */
  swallowFrom(text: string): Promise<void>
  close(): Promise<void>
}

/** What somebody says is read from their socket. */
type Pair = readonly [near: Socket, far: Socket]
export type Direction = 'to the server' | 'to the client'

/** Something that happens to the first connection with a text. */
interface Trap {
  text: string
  done(): void
}

interface Weather {
  frozen: readonly Direction[]
  cut: Trap | undefined
  swallow: Trap | undefined
  pairs: Set<Pair>
}

/** Listens on a free port, and passes everything to this one. */
export async function createTcpProxy(target: number): Promise<TcpProxy> {
  const weather: Weather = { frozen: [], cut: undefined, swallow: undefined, pairs: new Set() }
  const server = createServer((near) => join(near, connect(target, '127.0.0.1'), weather))
  const forAll = (work: (each: Socket) => void) => {
    for (const pair of weather.pairs) pair.forEach(work)
  }
  const listen = async (at: number) => {
    server.listen(at, '127.0.0.1')
    await once(server, 'listening')
  }
  const sever = async () => {
    forAll((each) => each.destroy())
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    port,
    sever,
    mend: () => listen(port),
    close: sever,
    freeze(direction) {
      weather.frozen = direction ? [direction] : ['to the server', 'to the client']
      for (const pair of weather.pairs) hold(pair, weather)
    },
    thaw() {
      weather.frozen = []
      forAll((each) => each.resume())
    },
    cutAfter: (text) => new Promise((done) => (weather.cut = { text, done })),
    swallowFrom: (text) => new Promise((done) => (weather.swallow = { text, done })),
  }
}

function hold([near, far]: Pair, { frozen }: Weather): void {
  if (frozen.includes('to the server')) near.pause()
  if (frozen.includes('to the client')) far.pause()
}

function join(near: Socket, far: Socket, weather: Weather): void {
  const pair = [near, far] as const
  weather.pairs.add(pair)
  hold(pair, weather)
  let cut: (() => void) | undefined
  near.on('data', (data: Buffer) => {
    if (weather.cut && data.includes(weather.cut.text)) {
      cut = weather.cut.done
      weather.cut = undefined
    }
    far.write(data)
  })
  let swallowed = false
  far.on('data', (data: Buffer) => {
    if (weather.swallow && data.includes(weather.swallow.text)) {
      swallowed = true
      weather.swallow.done()
      weather.swallow = undefined
    }
    if (swallowed) return
    if (!cut) return void near.write(data)
    near.destroy()
    cut()
  })
  for (const [one, other] of [pair, [far, near]] as const) {
    // What breaks on one side ends the other.
    one.on('error', () => {})
    one.on('close', () => {
      other.destroy()
      weather.pairs.delete(pair)
    })
  }
}
