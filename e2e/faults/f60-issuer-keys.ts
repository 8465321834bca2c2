import { setTimeout as delay } from 'node:timers/promises'
import { byEc, ecKey, toJwk, toToken, type Jwk, type KeyPair } from '../rig/host-tokens.ts'
import { openKeyServer, publishes, type Answer, type KeyServer } from '../rig/key-server.ts'
import { connectLink, Refused, type Link } from '../rig/link.ts'
import { startService, type ServiceProcess } from '../rig/service-process.ts'
import { until } from '../rig/until.ts'
import { assert, assertNothing, type Fault, type Figures, type Size } from './fault.ts'
import { ROOMY } from './scene.ts'

const PEOPLE = 50
/** Each of them renews this often, milliseconds. */
const RENEW_MS = 5000
/** Somebody new comes this often, with a key that is known. */
const ARRIVE_MS = 400
/** Tokens of a new key are tried this often. */
const PROBE_MS = 1000
/** Between two fetches of one issuer's keys at least; what the way there takes does not count. */
const COOLDOWN_MS = 30_000 - 500
/** A fetch is given up after 5 s: whoever has a known key does not wait for that. */
const LONGEST_MS = 4000
/** The trouble begins, is met after the cooldown, and is over after another one. */
const WITHIN_MS = 50_000

interface Trouble {
  name: string
  /** Whether tokens of a new key are taken all the same. */
  harmless?: true
  begin(server: KeyServer, published: Answer): Promise<void> | void
}

const TEN_MB = JSON.stringify({ keys: [{ kty: 'EC', kid: 'x'.repeat(10_000_000) }] })

const TROUBLES: readonly Trouble[] = [
  { name: 'rotates', harmless: true, begin: (server, published) => server.answers(published) },
  { name: 'answers 500', begin: (server) => server.answers((to) => void to.writeHead(500).end()) },
  {
    name: 'never ends',
    begin: (server) => server.answers((to) => void to.writeHead(200).write('{"keys":[')),
  },
  { name: 'sends 10 MB', begin: (server) => server.answers((to) => void to.end(TEN_MB)) },
  {
    name: 'redirects',
    begin(server, published) {
      // To itself, where the next one to ask would find what is published.
      server.answers((to) => {
        server.answers(published)
        to.writeHead(302, { location: server.url }).end()
      })
    },
  },
  { name: 'is down', begin: (server) => server.stop() },
]

/** Issuers whose keys cannot be had, while their people are connected and others come. */
export const issuerKeys: Fault = {
  id: 'F60',
  name: 'issuer-keys',
  promise:
    'An issuer whose keys rotate, fail, stall, are huge, redirect or are gone takes nobody down; known keys go on, and new ones after the cooldown',
  cycles: { whole: 3, small: 1 },
  run: async (size) => {
    const issuers = await Promise.all(TROUBLES.map((_, n) => openIssuer(n)))
    const service = await startService({
      env: { ...ROOMY, COLLAB_ISSUERS: JSON.stringify(issuers.map(({ settings }) => settings)) },
    })
    const company = new Company(service, issuers)
    try {
      return await cycles(company, size)
    } finally {
      company.leave()
      await service.close()
      await Promise.all(issuers.map(({ server }) => server.close()))
    }
  },
}

async function cycles(company: Company, size: Size): Promise<Figures> {
  const { issuers } = company
  await company.come()
  const busy = company.keepBusy()
  const met: Record<string, string> = {}
  for (let cycle = 0; cycle < size.cycles; cycle++) {
    await Promise.all(
      issuers.map(async (issuer, n) => {
        const trouble = TROUBLES[(n + cycle) % TROUBLES.length]!
        const outcome = await befall(company, { issuer, trouble, heal: size.cycles > 1 })
        met[`a new key while the address ${trouble.name}`] = outcome
        size.say(`${issuer.settings.name} ${trouble.name}: ${outcome}`)
      }),
    )
  }
  await busy.stop()
  company.assertUndisturbed()
  const { signIns, renewals, longestMs } = company
  const perMinute = issuers.map((issuer) => {
    const times = issuer.server.fetches
    const soon = times.filter((at, n) => n > 0 && at - times[n - 1]! < COOLDOWN_MS)
    assertNothing(`fetches of ${issuer.settings.name} within 30 s of the one before`, soon)
    // The first one is not of the trouble.
    return (times.length - 1) / ((Date.now() - times[0]!) / 60_000)
  })
  assertNothing('rejections and exceptions in the log', company.service.slips())
  assert(longestMs < LONGEST_MS, `a sign-in with a known key took ${longestMs} ms`)
  return {
    'people connected': PEOPLE,
    'renewals with known keys': renewals,
    'sign-ins with known keys': signIns,
    'errors of either, connections that ended': 0,
    'longest sign-in with a known key, ms': Math.round(longestMs),
    'fetches a minute of one issuer (most)': Math.max(...perMinute).toFixed(1),
    ...met,
  }
}

interface Course {
  issuer: Issuer
  trouble: Trouble
  /** Whether the trouble ends within the course. */
  heal: boolean
}

/** One trouble of one issuer; answers what became of tokens of a new key. */
async function befall(company: Company, { issuer, trouble, heal }: Course): Promise<string> {
  const key = issuer.addKey()
  const published = publishes(...issuer.published)
  const codes = new Set<string>()
  const probe = async (until: string) => {
    const code = await company.probe(issuer, key)
    codes.add(code)
    if (code !== until) await delay(PROBE_MS)
    return code === until
  }
  await trouble.begin(issuer.server, published)
  const what = (then: string) => `${issuer.settings.name} ${trouble.name}: ${then}`
  if (!trouble.harmless) {
    await until(() => probe('unavailable'), { what: what('is met'), within: WITHIN_MS })
    assert(!codes.has('ok'), what('a key was taken that nobody could know'))
    if (!heal) return [...codes].join(', then ')
    if (trouble.name === 'is down') await issuer.server.start()
    issuer.server.answers(published)
  }
  await until(() => probe('ok'), { what: what('a new key is taken'), within: WITHIN_MS })
  return [...codes].join(', then ')
}

interface Issuer {
  settings: { issuer: string; name: string; audience: string; algorithm: string; jwksUrl: string }
  server: KeyServer
  /** Known from the beginning. */
  key: NamedKey
  /** All keys that there are. */
  published: Jwk[]
  addKey(): NamedKey
}

interface NamedKey {
  kid: string
  pair: KeyPair
}

async function openIssuer(n: number): Promise<Issuer> {
  const published: Jwk[] = []
  const addKey = () => {
    const key = { kid: `key-${published.length}`, pair: ecKey() }
    published.push(toJwk(key.pair, key.kid))
    return key
  }
  const key = addKey()
  const server = await openKeyServer(publishes(...published))
  const name = `host-${n}`
  const settings = { issuer: `https://${name}.example`, name, audience: 'collab' }
  return {
    settings: { ...settings, algorithm: 'ES256', jwksUrl: server.url },
    server,
    key,
    published,
    addKey,
  }
}

function tokenOf({ settings: { issuer, audience } }: Issuer, key: NamedKey, sub: string): string {
  const iat = Date.now() / 1000
  return toToken({
    header: { alg: 'ES256', typ: 'JWT', kid: key.kid },
    payload: { iss: issuer, aud: audience, sub, iat, exp: iat + 600 },
    signer: byEc(key.pair),
  })
}

interface Attendee {
  issuer: Issuer
  sub: string
  link: Link
}

/** Everybody with a known key: those who stay and renew, and those who come and go. */
class Company {
  readonly service: ServiceProcess
  readonly issuers: readonly Issuer[]
  readonly #people: Attendee[] = []
  readonly #errors: string[] = []
  renewals = 0
  signIns = 0
  longestMs = 0

  constructor(service: ServiceProcess, issuers: readonly Issuer[]) {
    this.service = service
    this.issuers = issuers
  }

  async come(): Promise<void> {
    for (let n = 0; n < PEOPLE; n++) {
      const issuer = this.issuers[n % this.issuers.length]!
      const sub = `person-${n}`
      this.#people.push({ issuer, sub, link: await this.#signIn(issuer, sub) })
    }
  }

  /** Renewals and arrivals until they are stopped. */
  keepBusy(): { stop(): Promise<void> } {
    let going = true
    const renewing = async () => {
      for (let n = 0; going; n++) {
        await this.#try(() => this.#renew(this.#people[n % PEOPLE]!))
        await delay(RENEW_MS / PEOPLE)
      }
    }
    const arriving = async () => {
      for (let n = 0; going; n++) {
        const issuer = this.issuers[n % this.issuers.length]!
        // Half of them have been here before.
        await this.#try(async () =>
          (await this.#signIn(issuer, n % 2 ? `guest-${n}` : `person-${n % PEOPLE}`)).close(),
        )
        await delay(ARRIVE_MS)
      }
    }
    const all = Promise.all([renewing(), arriving()])
    return {
      async stop() {
        going = false
        await all
      },
    }
  }

  /** What a request with a token of this key is answered. */
  async probe(issuer: Issuer, key: NamedKey): Promise<string> {
    const authorization = `Bearer ${tokenOf(issuer, key, 'newcomer')}`
    const answer = await fetch(`${this.service.url}/api/v1/me`, { headers: { authorization } })
    return answer.ok ? 'ok' : ((await answer.json()) as { code: string }).code
  }

  assertUndisturbed(): void {
    assertNothing('errors of people with known keys', this.#errors)
    assertNothing(
      'connections that ended',
      this.#people.filter(({ link }) => !link.connected).map(({ sub }) => sub),
    )
  }

  leave(): void {
    for (const { link } of this.#people) link.close()
  }

  async #signIn(issuer: Issuer, sub: string): Promise<Link> {
    const token = tokenOf(issuer, issuer.key, sub)
    const since = performance.now()
    const link = await connectLink(this.service.url, { token })
    this.longestMs = Math.max(this.longestMs, performance.now() - since)
    this.signIns++
    return link
  }

  async #renew({ issuer, sub, link }: Attendee): Promise<void> {
    await link.call('auth.renew', { token: tokenOf(issuer, issuer.key, sub) })
    this.renewals++
  }

  async #try(what: () => Promise<void>): Promise<void> {
    try {
      await what()
    } catch (error) {
      // Gathered: all of them are told at the end.
      this.#errors.push(error instanceof Refused ? error.message : String(error))
    }
  }
}
