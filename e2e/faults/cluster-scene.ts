import { chatStream, parseStreamKey, type EventItem } from '@collab-kit/protocol'
import { Cluster, type ClusterNode } from '../rig/cluster.ts'
import { connectLink } from '../rig/link.ts'
import { createGuest } from '../rig/person.ts'
import { createRandom, type Random } from '../rig/random.ts'
import { until } from '../rig/until.ts'
import { check } from './checker.ts'
import { day } from './day.ts'
import { assertNothing } from './fault.ts'
import { verdictOf, type Send, type Sighting } from './history.ts'
import { Keeper } from './keeper.ts'
import { CHATS, ROOMY } from './scene.ts'
import { Sender } from './sender.ts'
import { readByService, readNumbers } from './stored.ts'
import { toSighting, Watcher } from './watcher.ts'

export interface ClusterSceneOptions {
  senders: number
  /** Of these every other is on every other node. */
  watchers: number
  nodes?: number
  /** Of everything that is left to chance. */
  random: Random
}

/** One who sends, and is kept connected. */
export interface Speaker {
  sender: Sender
  keeper: Keeper
  speaks: boolean
  /** When their last message was acknowledged, or they began to speak. */
  lastAt: number
}

/** One who watches, and is kept connected. */
export interface Listener {
  watcher: Watcher
  keeper: Keeper
}

const QUIET_MS = 30_000

/** A cluster with people on all its nodes, who replay a real day's talk and come back by themselves. */
export class ClusterScene {
  readonly cluster: Cluster
  readonly sends: Send[] = []
  readonly speakers: Speaker[] = []
  readonly listeners: Listener[] = []
  readonly #random: Random
  readonly #kept: Keeper[] = []
  #perSecond = 0
  acknowledged = 0
  /** Longest time since the last reset that somebody who wanted to speak got no acknowledgement, milliseconds. */
  longestPause = 0
  /** Called with each message that is handed over. */
  onSent: ((send: Send) => void) | undefined
  /** Called with each event that somebody sees for the first time. */
  onSeen: ((listener: number, sighting: Sighting) => void) | undefined

  private constructor(cluster: Cluster, random: Random) {
    this.cluster = cluster
    this.#random = random
  }

  static async start(options: ClusterSceneOptions): Promise<ClusterScene> {
    const { senders, watchers, nodes = 2, random } = options
    const cluster = await Cluster.start({
      nodes,
      env: { ...ROOMY, COLLAB_LIMITS_IN_FLIGHT: '1000' },
    })
    const scene = new ClusterScene(cluster, createRandom(random.whole(0, 2 ** 30)))
    try {
      for (let n = 0; n < senders; n++) await scene.#addSpeaker(n, senders)
      for (let n = 0; n < watchers; n++) await scene.#addListener(n)
      await scene.ready()
      return scene
    } catch (error) {
      await scene.close()
      throw error
    }
  }

  node(n: number): ClusterNode {
    return this.cluster.nodes[n - 1]!
  }

  /** Everybody is connected. */
  async ready(): Promise<void> {
    await Promise.all(this.#kept.map((keeper) => keeper.ready()))
  }

  /** Everybody is where they began: the nodes share them again. */
  async settle(): Promise<void> {
    await Promise.all(this.#kept.map((keeper) => keeper.settle()))
  }

  /** Keep somebody connected until the end. */
  keep(keeper: Keeper): void {
    this.#kept.push(keeper)
    keeper.start()
  }

  /**
   * Everybody speaks so many times a second from now on, whenever they are connected; or only those who began on this
   * node.
   */
  speak(perSecond: number, node?: number): void {
    this.#perSecond = perSecond
    this.longestPause = 0
    const nodes = this.cluster.nodes.length
    for (const [n, speaker] of this.speakers.entries()) {
      speaker.speaks = node === undefined || n % nodes === node - 1
      speaker.lastAt = performance.now()
      if (speaker.speaks && speaker.keeper.connected) speaker.sender.start(perSecond)
    }
  }

  /** Resolves when so many more are acknowledged, to each who speaks this many. */
  async acknowledges(each: number): Promise<void> {
    const speakers = this.speakers.filter(({ speaks }) => speaks)
    const enough = speakers.map(({ sender }) => sender.acknowledged + each)
    await until(
      () => speakers.every(({ sender }, index) => sender.acknowledged >= enough[index]!),
      { what: `each is acknowledged ${each} more`, within: 60_000 },
    )
  }

  /**
   * Nobody speaks any more, all is known of what was said except for what stays unknown on purpose, and everybody has
   * seen everything.
   */
  async quiet(): Promise<Record<string, number>> {
    this.#notePauses()
    this.#perSecond = 0
    await this.ready()
    for (const { sender } of this.speakers) await answered(sender)
    const given = new Set(
      this.sends.filter((send) => verdictOf(send) === 'unknown' && this.#random.chance(0.2)),
    )
    const open = (send: Send) => verdictOf(send) === 'unknown' && !given.has(send)
    await until(
      async () => {
        for (const { sender, keeper } of this.speakers)
          if (keeper.connected) await sender.resend(open)
        return !this.sends.some(open)
      },
      { what: 'every outcome is known', within: QUIET_MS, every: 200 },
    )
    const heads = await this.heads()
    await Promise.all(this.listeners.map(({ watcher }) => watcher.sees(heads)))
    return heads
  }

  /** Where the chats stand in the database. */
  async heads(): Promise<Record<string, number>> {
    const rows = await this.cluster.postgres.query<{ key: string; head: string }>(
      'select key, head from streams where key = any($1)',
      [CHATS.map(chatStream)],
    )
    return Object.fromEntries(rows.map(({ key, head }) => [chatOf(key), Number(head)]))
  }

  /** Hold all that happened so far against the promises. */
  async verify(): Promise<void> {
    await this.quiet()
    const told = await Promise.all(this.cluster.urls.map((url) => this.#readAt(url)))
    const stored = await this.#stored()
    const seen = this.listeners.map(({ watcher }) => watcher)
    const found = check({
      sends: this.sends,
      stored,
      heads: told[0]!.heads,
      observations: [
        ...told.flatMap(({ observations }) => observations),
        ...seen.map(({ observation }) => observation),
      ],
    })
    assertNothing('violations', [...found, ...seen.flatMap(({ violations }) => violations)])
    assertNothing('rejections and exceptions in the log', this.cluster.slips())
  }

  /** What became of all that was sent. */
  figures(): Record<string, string | number> {
    const verdicts = this.sends.map(verdictOf)
    const count = (wanted: string) => verdicts.filter((each) => each === wanted).length
    return {
      sent: this.sends.length,
      acknowledged: count('ok'),
      refused: count('refused'),
      'sent more than once': this.sends.filter(({ attempts }) => attempts.length > 1).length,
      'left unknown': count('unknown'),
      'lost, doubled, out of order': 0,
    }
  }

  /** How often people had to come back. */
  get returns(): number {
    return this.#kept.reduce((sum, { returns }) => sum + returns, 0)
  }

  async close(): Promise<void> {
    for (const { sender } of this.speakers) sender.close()
    await Promise.all(this.#kept.map((keeper) => keeper.close()))
    await this.cluster.close()
  }

  async #addSpeaker(n: number, of: number): Promise<void> {
    const { urls } = this.cluster
    const person = await createGuest(urls[n % urls.length]!, `Speaker ${n}`)
    const sender = new Sender({
      person,
      chats: CHATS,
      sends: this.sends,
      bodyOf: (k) => day[(n + k * of) % day.length]!,
      retries: () => this.#random.chance(0.7),
      onSent: (send) => this.onSent?.(send),
      onAcknowledged: () => {
        this.acknowledged++
        this.#notePause(speaker)
      },
    })
    const connect = async (url: string) => {
      await sender.connect(url)
      void sender.link.ended.then(() => sender.stop())
      if (this.#perSecond === 0 || !speaker.speaks) return
      await sender.resend(() => this.#random.chance(0.8))
      if (this.#perSecond > 0) sender.start(this.#perSecond)
    }
    const keeper = this.#keeper(n, connect, sender)
    const speaker: Speaker = { sender, keeper, speaks: true, lastAt: 0 }
    this.speakers.push(speaker)
    this.keep(keeper)
  }

  async #addListener(n: number): Promise<void> {
    const { urls } = this.cluster
    const person = await createGuest(urls[n % urls.length]!, `Listener ${n}`)
    const watcher = new Watcher(person, CHATS)
    watcher.onSeen = (sighting) => this.onSeen?.(n, sighting)
    const keeper = this.#keeper(n, (url) => watcher.connect(url), watcher)
    this.listeners.push({ watcher, keeper })
    this.keep(keeper)
  }

  #keeper(
    place: number,
    connect: (url: string) => Promise<void>,
    one: Pick<Sender | Watcher, 'link' | 'close'>,
  ): Keeper {
    return new Keeper({
      place,
      connect,
      urls: () => this.cluster.urls,
      link: () => one.link,
      leave: () => one.close(),
      chance: () => this.#random.next(),
    })
  }

  #notePause(speaker: Speaker): void {
    if (this.#perSecond === 0 || !speaker.speaks) return
    const now = performance.now()
    this.longestPause = Math.max(this.longestPause, now - speaker.lastAt)
    speaker.lastAt = now
  }

  #notePauses(): void {
    for (const speaker of this.speakers) this.#notePause(speaker)
  }

  async #readAt(url: string): ReturnType<typeof readByService> {
    const link = await connectLink(url, this.speakers[0]!.sender.person)
    try {
      for (const chat of CHATS) {
        const numbers = await readNumbers(link, chat)
        assertNothing(
          `numbers of messages in ${chat} that are not 1, 2, 3 …`,
          numbers.filter((n, index) => n !== index + 1),
        )
      }
      return await readByService(link, CHATS)
    } finally {
      link.close()
    }
  }

  async #stored(): Promise<Sighting[]> {
    const rows = await this.cluster.postgres.query<StoredRow>(
      'select stream, seq, name, data from log where stream = any($1) order by stream, seq',
      [CHATS.map(chatStream)],
    )
    return rows.map(({ stream, seq, name, data }) =>
      toSighting(chatOf(stream), {
        name,
        seq: Number(seq),
        data: JSON.parse(data) as unknown,
      } as EventItem),
    )
  }
}

interface StoredRow {
  stream: string
  seq: string
  name: string
  data: string
}

const chatOf = (stream: string): string => parseStreamKey(stream)?.id[0] ?? ''

/** Every call of theirs is answered in time: no promise hangs. */
async function answered(sender: Sender): Promise<void> {
  const stopped = sender.stop().then(() => true)
  let done = false
  void stopped.then(() => (done = true))
  await until(() => done, {
    what: `every call is answered; ${sender.underWay} are not`,
    within: QUIET_MS,
  })
}

/** Do something with a cluster and its people; what goes wrong is told with the nodes' own words. */
export async function withCluster<T>(
  options: ClusterSceneOptions,
  work: (scene: ClusterScene) => Promise<T>,
): Promise<T> {
  const scene = await ClusterScene.start(options)
  try {
    return await work(scene)
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${scene.cluster.trouble()}`, { cause: error })
  } finally {
    await scene.close()
  }
}
