import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { text } from 'node:stream/consumers'
import { createCollab, type CollabClient, type TokenReason } from '@collab-kit/client'
import { bySecret, toToken } from '../rig/host-tokens.ts'
import { connectLink, type Link } from '../rig/link.ts'
import { createGuest } from '../rig/person.ts'
import { startService } from '../rig/service-process.ts'
import { until } from '../rig/until.ts'
import { assert, assertNothing, type Fault, type Figures, type Size } from './fault.ts'
import { ROOMY } from './scene.ts'

const SECRET = 'a secret of the host, long enough to be one'
const ISSUER = 'https://host.example'
const AUDIENCE = 'collab'
const STREAM = 'chat:lobby'
/** That many connect at once. */
const AT_ONCE = 25
/** Time for the service to start, and for one of them to connect, seconds: the warning finds everybody there. */
const START_S = 5
const CONNECT_S = 0.04
/** The service says that a token ends so long before it does. */
const WARNING_S = 60
/** What is said reaches this many a second at most: the herd is one process here, and not to be slowed by that. */
const HEARD_PER_SECOND = 400

/** Everybody has a token that ends at the same second. */
export const expiryHerd: Fault = {
  id: 'F45',
  name: 'expiry-herd',
  promise:
    'Tokens that all end at the same second are renewed one by one over seconds, on the connections that there are, and nobody misses anything',
  cycles: { whole: 2000, small: 200 },
  run: async (size) => {
    const herd = new Herd(size)
    try {
      return await herd.run()
    } finally {
      await herd.close()
    }
  },
}

interface Member {
  username: string
  client: CollabClient
  /** Every status it had. */
  statuses: string[]
  errors: string[]
  /** Whether its connection was given a newer token. */
  renewed: boolean
  /** Positions of the chat that it was told of. */
  seqs: number[]
}

class Herd {
  readonly #size: Size
  readonly #host: Host
  readonly #members: Member[] = []
  #closing: (() => Promise<void> | void)[] = []

  constructor(size: Size) {
    this.#size = size
    const shortest = START_S + size.cycles * CONNECT_S + WARNING_S
    // `--minutes` gives tokens a longer life; from some minutes on they are renewed by their age, before the warning.
    const life = size.minutes === undefined ? shortest : size.minutes * 60
    this.#host = new Host(Math.ceil(Date.now() / 1000 + life))
  }

  async run(): Promise<Figures> {
    const { cycles, say } = this.#size
    const hostUrl = await this.#host.open()
    this.#closing.push(() => this.#host.close())
    const issuer = { issuer: ISSUER, audience: AUDIENCE, algorithm: 'HS256', primary: true }
    const service = await startService({
      env: { ...ROOMY, COLLAB_ISSUERS: JSON.stringify([{ ...issuer, secret: SECRET }]) },
    })
    this.#closing.push(() => service.close())
    const talker = await connectLink(service.url, await createGuest(service.url))
    await talker.call('chat.joinChat', { chatId: 'lobby' })
    for (let n = 0; n < cycles; n += AT_ONCE) {
      const names = Array.from({ length: Math.min(AT_ONCE, cycles - n) }, (_, at) => `m${n + at}`)
      await Promise.all(names.map((name) => this.#connect(name, service.url, hostUrl)))
    }
    say(`${cycles} clients are connected`)
    const talk = startTalk(talker, Math.max(500, (cycles / HEARD_PER_SECOND) * 1000))
    const lag = monitorEventLoopDelay()
    lag.enable()
    await until(() => this.#members.every(({ renewed }) => renewed), {
      what: 'every connection has a newer token',
      within: this.#host.leftMs + 60_000,
      every: 100,
    })
    lag.disable()
    const head = await talk.stop()
    await until(() => this.#members.every(({ seqs }) => seqs.at(-1) === head), {
      what: 'everybody has heard everything',
      every: 100,
    })
    this.#assertUndisturbed(talk.said)
    assertNothing('rejections and exceptions in the log', service.slips())
    return {
      clients: cycles,
      'messages heard by each': talk.said,
      ...this.#host.figures(cycles, lag.max / 1e9),
    }
  }

  async #connect(username: string, serviceUrl: string, hostUrl: string): Promise<void> {
    const getToken = async (reason: TokenReason, signal: AbortSignal) => {
      const init = { method: 'POST', body: JSON.stringify({ username, reason }), signal }
      return (await fetch(hostUrl, init)).text()
    }
    const options = { serviceUrl, account: username, getToken, storage: 'memory' } as const
    const client = createCollab(options)
    const member: Member = {
      username,
      client,
      statuses: [],
      errors: [],
      renewed: false,
      seqs: [],
    }
    this.#members.push(member)
    client.on('status', (status) => member.statuses.push(status))
    client.on('error', ({ code }) => member.errors.push(code))
    client.on('call:auth.renew', ({ error }) => {
      if (error) member.errors.push(error.code)
      else member.renewed = true
    })
    client.on('chat.messageSent', ({ seq = -1 }) => member.seqs.push(seq))
    client.connect()
    await client.api.streams.join({ stream: STREAM })
  }

  #assertUndisturbed(said: number): void {
    assertNothing(
      'clients that were not live on their first connection all the time',
      this.#members
        .filter(
          ({ client, statuses }) =>
            client.status !== 'live' || statuses.indexOf('live') !== statuses.length - 1,
        )
        .map(
          ({ username, statuses, client }) => `${username}: ${statuses.join()} ${client.status}`,
        ),
    )
    assertNothing(
      'clients with errors',
      this.#members
        .filter(({ errors }) => errors.length > 0)
        .map(({ username, errors }) => `${username}: ${errors.join()}`),
    )
    assertNothing(
      'clients that missed something',
      this.#members
        .filter(
          ({ seqs }) =>
            seqs.length !== said || seqs.some((seq, n) => n > 0 && seq !== seqs[n - 1]! + 1),
        )
        .map(({ username, seqs }) => `${username}: ${seqs.join()}`),
    )
  }

  async close(): Promise<void> {
    for (const { client } of this.#members) client.close()
    for (const each of this.#closing.reverse()) await each()
  }
}

/** The backend of the page: signs tokens for whoever asks, and counts. */
class Host {
  /** When newer tokens were asked for, milliseconds as of `performance.now()`. */
  readonly refreshes: number[] = []
  /** Requests for another reason than the first token and a newer one. */
  readonly #others: string[] = []
  readonly #expiresAt: number
  readonly #server = createServer((request, response) => {
    void text(request).then((body) => response.end(this.#answer(JSON.parse(body) as Wish)))
  })

  /** @param expiresAt when everybody's first token ends, seconds since 1970 */
  constructor(expiresAt: number) {
    this.#expiresAt = expiresAt
  }

  get leftMs(): number {
    return this.#expiresAt * 1000 - Date.now()
  }

  async open(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await once(this.#server.close(), 'close')
  }

  #answer({ username, reason }: Wish): string {
    if (reason === 'refresh') this.refreshes.push(performance.now())
    else if (reason !== 'initial') this.#others.push(`${username}: ${reason}`)
    // The next ones outlive the run.
    const exp = this.#expiresAt + (reason === 'initial' ? 0 : 3600)
    const payload = { iss: ISSUER, aud: AUDIENCE, sub: username, iat: Date.now() / 1000, exp }
    return toToken({ header: { alg: 'HS256', typ: 'JWT' }, payload, signer: bySecret(SECRET) })
  }

  /** @param lag longest time for which the process of all clients did nothing, seconds */
  figures(clients: number, lag: number): Figures {
    assertNothing('tokens that were refused', this.#others)
    assert(this.refreshes.length === clients, `${this.refreshes.length} refreshes of ${clients}`)
    const [first, last] = [this.refreshes[0]!, this.refreshes.at(-1)!]
    const seconds = (last - first) / 1000
    const mean = clients / seconds
    const peak = Math.max(...this.refreshes.map((from) => countWithin(this.refreshes, from)))
    assert(seconds > 6, `all of them were renewed within ${seconds} s`)
    // Chance, and what is made up for after a standstill of this process, which is no haste of the clients.
    const allowed = (mean + 6 * Math.sqrt(mean)) * (1 + lag)
    assert(peak < allowed, `${peak} refreshes in one second, ${mean} on average, lag ${lag} s`)
    return {
      'tokens renewed': clients,
      'spread over, s': seconds.toFixed(1),
      'refreshes a second at the host (mean)': mean.toFixed(1),
      'refreshes a second at the host (peak)': peak,
      'peak to mean': (peak / mean).toFixed(2),
      'standstill of the process of all clients, ms (longest)': Math.round(lag * 1000),
      'connections that ended': 0,
      'events missed': 0,
    }
  }
}

interface Wish {
  username: string
  reason: TokenReason
}

/** How many of rising times are in the second that begins with one of them. */
const countWithin = (times: readonly number[], from: number): number =>
  times.filter((at) => at >= from && at < from + 1000).length

interface Talk {
  readonly said: number
  /** Answers the position of the last word. */
  stop(): Promise<number>
}

/** Somebody says something every so many milliseconds. */
function startTalk(talker: Link, everyMs: number): Talk {
  let said = 0
  let last = 0
  let speaking: Promise<void> = Promise.resolve()
  const say = async () => {
    const clientMessageId = `word-${++said}`
    last = (await talker.call('chat.sendMessage', { chatId: 'lobby', clientMessageId, body: 'x' }))
      .seq
  }
  const timer = setInterval(() => void (speaking = speaking.then(say)), everyMs)
  return {
    get said() {
      return said
    },
    async stop() {
      clearInterval(timer)
      await speaking
      await say()
      talker.close()
      return last
    },
  }
}
