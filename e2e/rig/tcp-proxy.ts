import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Stands between a node and a server of its, and does what networks do on bad days. */
export interface TcpProxy {
  readonly port: number
  /** End all connections and refuse new ones, until `mend`. */
  sever(): Promise<void>
  mend(): Promise<void>
  /** Nothing gets through in either direction and nothing is closed, until `thaw`. */
  freeze(): void
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

/** Something that happens to the first connection with a text. */
interface Trap {
  text: string
  done(): void
}

interface Weather {
  frozen: boolean
  cut: Trap | undefined
  swallow: Trap | undefined
  pairs: Set<readonly [near: Socket, far: Socket]>
}

/** Listens on a free port, and passes everything to this one. */
export async function createTcpProxy(target: number): Promise<TcpProxy> {
  const weather: Weather = { frozen: false, cut: undefined, swallow: undefined, pairs: new Set() }
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
    freeze() {
      weather.frozen = true
      forAll((each) => each.pause())
    },
    thaw() {
      weather.frozen = false
      forAll((each) => each.resume())
    },
    cutAfter: (text) => new Promise((done) => (weather.cut = { text, done })),
    swallowFrom: (text) => new Promise((done) => (weather.swallow = { text, done })),
  }
}

function join(near: Socket, far: Socket, weather: Weather): void {
  const pair = [near, far] as const
  weather.pairs.add(pair)
  if (weather.frozen) for (const each of pair) each.pause()
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
