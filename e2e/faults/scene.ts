import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGuest } from '../rig/person.ts'
import {
  startService,
  type Exit,
  type ServiceOptions,
  type ServiceProcess,
} from '../rig/service-process.ts'
import { check } from './checker.ts'
import { assert, assertNothing } from './fault.ts'
import type { Send } from './history.ts'
import { Sender, type SenderOptions } from './sender.ts'
import { readByService, readNumbers, readStored } from './stored.ts'
import { Watcher } from './watcher.ts'

export const CHATS = ['lobby', 'hall'] as const

/** The load is what is tested here, not the limits on it. */
export const ROOMY = {
  COLLAB_LIMITS_OPS_PER_SECOND: '2000',
  COLLAB_LIMITS_OPS_BURST: '10000',
  COLLAB_LIMITS_SIGN_INS_PER_MINUTE: '10000',
  COLLAB_CHATS: JSON.stringify(CHATS.map((id) => ({ id }))),
}

export interface SceneOptions {
  senders: number
  watchers: number
  /** Default: a folder of its own, removed afterwards. */
  dataDir?: string
  service?: Omit<ServiceOptions, 'dataDir'>
}

/** A service on a folder that outlives it, with people who send and people who watch. */
export class Scene {
  readonly sends: Send[] = []
  readonly senders: Sender[] = []
  readonly watchers: Watcher[] = []
  readonly dataDir: string
  readonly #scratch: string
  readonly #options: SceneOptions
  #service: ServiceProcess | undefined
  acknowledged = 0
  /** Called with each message that is handed over. */
  onSent: SenderOptions['onSent']
  /** Called with each acknowledged message. */
  onAcknowledged: SenderOptions['onAcknowledged']

  constructor(options: SceneOptions) {
    this.#options = options
    this.#scratch = mkdtempSync(join(tmpdir(), 'collab-scene-'))
    this.dataDir = options.dataDir ?? join(this.#scratch, 'data')
  }

  get service(): ServiceProcess {
    if (!this.#service) throw new Error('the service is not started')
    return this.#service
  }

  /** Start the service, and the first time make the people. */
  async start(): Promise<void> {
    const { service, senders, watchers } = this.#options
    await this.#service?.close()
    this.#service = await startService({
      ...service,
      dataDir: this.dataDir,
      env: { ...ROOMY, ...service?.env },
    })
    for (; this.senders.length < senders;) {
      const person = await createGuest(this.service.url, `Sender ${this.senders.length}`)
      const onAcknowledged = (send: Send) => {
        this.acknowledged++
        this.onAcknowledged?.(send)
      }
      const onSent = (send: Send) => this.onSent?.(send)
      this.senders.push(
        new Sender({ person, chats: CHATS, sends: this.sends, onSent, onAcknowledged }),
      )
    }
    for (; this.watchers.length < watchers;) await this.addWatcher()
  }

  async addWatcher(): Promise<Watcher> {
    const watcher = new Watcher(
      await createGuest(this.service.url, `Watcher ${this.watchers.length}`),
      CHATS,
    )
    this.watchers.push(watcher)
    return watcher
  }

  async connect(): Promise<void> {
    const { url } = this.service
    await Promise.all(this.watchers.map((each) => each.connect(url)))
    await Promise.all(this.senders.map((each) => each.connect(url)))
  }

  /** End the service, and let everybody notice. */
  async end(signal: NodeJS.Signals): Promise<Exit> {
    const exit = await this.service.end(signal)
    assertNothing('rejections and exceptions in the log', this.service.slips())
    await Promise.all(this.senders.map((each) => each.stop()))
    return exit
  }

  /** Wait until everybody has seen everything, end the service, and hold the whole run against the promises. */
  async verify(): Promise<void> {
    const reader = this.senders[0]!
    const { heads, observations } = await readByService(reader.link, CHATS)
    await Promise.all(this.watchers.map((each) => each.sees(heads)))
    for (const chat of CHATS) {
      const numbers = await readNumbers(reader.link, chat)
      assertNothing(
        `numbers of messages in ${chat} that are not 1, 2, 3 …`,
        numbers.filter((n, index) => n !== index + 1),
      )
    }
    await this.end('SIGTERM')
    const { rows, integrity } = readStored(this.dataDir)
    assert(integrity === 'ok', `the database is damaged: ${integrity}`)
    const seen = [...observations, ...this.watchers.map(({ observation }) => observation)]
    const found = check({ sends: this.sends, stored: rows, heads, observations: seen })
    assertNothing('violations', [
      ...found,
      ...this.watchers.flatMap(({ violations }) => violations),
    ])
  }

  /** What the service has to say about a failure. */
  trouble(): string {
    const lines = this.#service?.log().filter(({ level }) => level >= 40) ?? []
    const shown = lines.slice(-10).map((line) => `  ${JSON.stringify(line)}`)
    return `the service ${this.#service?.alive ? 'runs' : 'has ended'}; its last warnings:\n${shown.join('\n')}`
  }

  async close(): Promise<void> {
    for (const each of [...this.senders, ...this.watchers]) each.close()
    await this.#service?.close()
    rmSync(this.#scratch, { recursive: true, force: true })
  }
}

/** Do something with a scene; what goes wrong is told with the service's own words. */
export async function withScene<T>(
  options: SceneOptions,
  work: (scene: Scene) => Promise<T>,
): Promise<T> {
  const scene = new Scene(options)
  try {
    return await work(scene)
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${scene.trouble()}`, { cause: error })
  } finally {
    await scene.close()
  }
}
