import { createCollab } from '@collab-kit/client'
import type { Presence } from '@collab-kit/protocol'
import { Cluster, whyNoCluster } from '../rig/cluster.ts'
import { createHttpProxy } from '../rig/http-proxy.ts'
import { connectLink, type Link } from '../rig/link.ts'
import { createGuest, type Person } from '../rig/person.ts'
import { createTcpProxy } from '../rig/tcp-proxy.ts'
import { until } from '../rig/until.ts'
import { assert, goesOn, type Fault } from './fault.ts'
import { ROOMY } from './scene.ts'

/** What is promised, milliseconds; on top of it comes what a busy machine takes. */
const PROMISED = {
  'came, same node': 500,
  'came, other node': 1000,
  'said goodbye': 1000,
  'closed tab': 6000,
  'silent socket': 20_000,
  'silent event stream': 20_000,
  'killed node': 15_000,
} as const
const MARGIN_MS = 2000

type Step = keyof typeof PROMISED
type Times = Record<Step, number[]>

/** People come, reload, close tabs, fall silent and lose their node, and others watch from both nodes. */
export const presence: Fault = {
  id: 'F30',
  name: 'presence',
  promise:
    'Who is here is right in time on every node: after goodbyes, closed tabs, silent networks and a killed node, and a reload is not seen at all',
  cycles: { whole: 5, small: 1 },
  whyNot: whyNoCluster,
  async run(size) {
    const cluster = await Cluster.start({ env: ROOMY })
    const times = Object.fromEntries(
      Object.keys(PROMISED).map((step) => [step, [] as number[]]),
    ) as Times
    const since = performance.now()
    try {
      for (let cycle = 0; goesOn(size, cycle, since); cycle++) {
        const stage = await Stage.create(cluster, times)
        await stage.comesAndGoes()
        await stage.reloads()
        await stage.closesTabs()
        await Promise.all([stage.fallsSilent(), stage.streamFallsSilent()])
        await stage.losesTheNode()
        stage.close()
        size.say(JSON.stringify(times))
      }
    } finally {
      await cluster.close()
    }
    for (const [step, promised] of Object.entries(PROMISED)) {
      const longest = Math.max(...times[step as Step])
      assert(longest <= promised + MARGIN_MS, `${step}: ${Math.round(longest)} ms`)
    }
    return Object.fromEntries(
      Object.entries(times).map(([step, all]) => [`${step}, ms`, all.map(Math.round).join(', ')]),
    )
  },
}

/** One who is watched from both nodes. */
class Stage {
  readonly #cluster: Cluster
  readonly #times: Times
  readonly #near: Link
  readonly #far: Link

  private constructor(cluster: Cluster, { times, near, far }: Omit<Parts, 'cluster'>) {
    this.#cluster = cluster
    this.#times = times
    this.#near = near
    this.#far = far
  }

  static async create(cluster: Cluster, times: Times): Promise<Stage> {
    const [near, far] = await Promise.all(
      cluster.urls.map(async (url) => connectLink(url, await createGuest(url, 'Watcher'))),
    )
    return new Stage(cluster, { times, near: near!, far: far! })
  }

  get #url(): string {
    return this.#cluster.nodes[0]!.service.url
  }

  async #person(url = this.#url): Promise<Person> {
    const person = await createGuest(url, 'Watched')
    for (const link of [this.#near, this.#far])
      await link.call('presence.subscribe', { usernames: [person.username] })
    return person
  }

  /** Resolves with the time until this watcher is told so. */
  async #seen(link: Link, { username }: Person, state: Presence['state']): Promise<number> {
    const since = performance.now()
    await until(() => last(link, username)?.state === state, {
      what: `${username} is ${state}`,
      within: 40_000,
      every: 5,
    })
    return performance.now() - since
  }

  async #both(person: Person, state: Presence['state']): Promise<number> {
    return Math.max(
      ...(await Promise.all(
        [this.#near, this.#far].map((link) => this.#seen(link, person, state)),
      )),
    )
  }

  async comesAndGoes(): Promise<void> {
    const person = await this.#person()
    const link = connectLink(this.#url, person)
    const [near, far] = [
      this.#seen(this.#near, person, 'available'),
      this.#seen(this.#far, person, 'available'),
    ]
    this.#times['came, same node'].push(await near)
    this.#times['came, other node'].push(await far)
    ;(await link).close()
    this.#times['said goodbye'].push(await this.#both(person, 'offline'))
  }

  /** The connection goes without a word and another one comes: nobody is told anything. */
  async reloads(): Promise<void> {
    const person = await this.#person()
    const first = await connectLink(this.#url, person)
    await this.#both(person, 'available')
    const told = () => [this.#near, this.#far].map((link) => changes(link, person.username).length)
    const before = told()
    first.drop()
    await first.ended
    const again = await connectLink(this.#url, person)
    // A change that is told shows that nothing was told before it.
    await again.call('presence.setPresence', { state: 'dnd' })
    await this.#both(person, 'dnd')
    assert(
      told().every((count, index) => count === before[index]! + 1),
      'a reload was seen',
    )
    again.close()
    await this.#both(person, 'offline')
  }

  /** Three tabs are one person, whichever closes first. */
  async closesTabs(): Promise<void> {
    const person = await this.#person()
    const [first, second] = this.#cluster.urls
    const tabs = await Promise.all([first!, second!, first!].map((url) => connectLink(url, person)))
    await this.#both(person, 'available')
    const before = changes(this.#far, person.username).length
    tabs[1]!.close()
    tabs[0]!.drop()
    await Promise.all([tabs[0]!.ended, tabs[1]!.ended])
    await tabs[2]!.call('presence.setPresence', { state: 'dnd' })
    await this.#both(person, 'dnd')
    assert(changes(this.#far, person.username).length === before + 1, 'a tab that closed was seen')
    tabs[2]!.drop()
    this.#times['closed tab'].push(await this.#both(person, 'offline'))
  }

  /** The network swallows everything and tells nobody. */
  async fallsSilent(): Promise<void> {
    const person = await this.#person()
    const proxy = await createTcpProxy(this.#cluster.nodes[0]!.service.port)
    try {
      const link = await connectLink(`http://127.0.0.1:${proxy.port}`, person)
      await this.#both(person, 'available')
      proxy.freeze()
      this.#times['silent socket'].push(await this.#both(person, 'offline'))
      link.close()
    } finally {
      await proxy.close()
    }
  }

  /** The same for a page whose network lets no WebSocket through. */
  async streamFallsSilent(): Promise<void> {
    const person = await this.#person()
    const http = await createHttpProxy(this.#cluster.nodes[0]!.service.port)
    const proxy = await createTcpProxy(Number(new URL(http.url).port))
    const serviceUrl = `http://127.0.0.1:${proxy.port}`
    const client = createCollab({ serviceUrl, token: person.token, storage: 'memory' })
    try {
      // Who watches takes part.
      client.presence.watch({ usernames: [person.username] })
      await until(() => client.status === 'live', { what: 'they are live' })
      await this.#both(person, 'available')
      await until(() => http.refused.length > 0, { what: 'no WebSocket' })
      proxy.freeze()
      this.#times['silent event stream'].push(await this.#both(person, 'offline'))
    } finally {
      client.close()
      await proxy.close()
      await http.close()
    }
  }

  async losesTheNode(): Promise<void> {
    const [, node] = this.#cluster.nodes
    const person = await this.#person(node!.service.url)
    const link = await connectLink(node!.service.url, person)
    await this.#both(person, 'available')
    await this.#cluster.killNode(node!)
    this.#times['killed node'].push(await this.#seen(this.#near, person, 'offline'))
    link.close()
    await this.#cluster.restartNode(node!)
  }

  close(): void {
    this.#near.close()
    this.#far.close()
  }
}

interface Parts {
  cluster: Cluster
  times: Times
  near: Link
  far: Link
}

/** What a watcher was told of a person, in order. */
const changes = ({ items }: Link, username: string): Presence[] =>
  items
    .filter(({ name }) => name === 'presence.presenceChanged')
    .map(({ data }) => data as Presence)
    .filter((each) => each.username === username)

const last = (link: Link, username: string): Presence | undefined => changes(link, username).at(-1)
