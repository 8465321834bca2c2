import { setTimeout as delay } from 'node:timers/promises'
import type { Link } from '../rig/link.ts'
import { until } from '../rig/until.ts'

export interface KeeperOptions {
  /** Addresses of the nodes that take connections now, as a load balancer knows them. */
  urls(): readonly string[]
  /** Which of them comes first for this person. */
  place: number
  /** Connect, and be up to date when it resolves. */
  connect(url: string): Promise<void>
  /** The connection of the last `connect`. */
  link(): Link
  /** Leave what is left of a connection. */
  leave(): void
  /** In [0, 1). */
  chance(): number
}

const FIRST_MS = 100
const LONGEST_MS = 1000

/** Keeps somebody connected as a page does: on another node when one is lost, after the wait that was asked for. */
export class Keeper {
  readonly #options: KeeperOptions
  #connected = false
  #ended = false
  #running: Promise<void> | undefined
  #turn: number
  #url = ''
  /** How often it came back. */
  returns = 0

  constructor(options: KeeperOptions) {
    this.#options = options
    this.#turn = options.place
  }

  get connected(): boolean {
    return this.#connected && this.#options.link().connected
  }

  start(): void {
    this.#running ??= this.#run()
  }

  async ready(): Promise<void> {
    await until(() => this.connected, { what: 'everybody is connected', within: 60_000 })
  }

  /** Back to the node that comes first for them, where they are not there. */
  async settle(): Promise<void> {
    const { urls, place, leave } = this.#options
    const all = urls()
    if (this.#url !== all[place % all.length]) {
      const before = this.returns
      this.#turn = place - 1
      leave()
      await until(() => this.returns > before, { what: 'one who left notices it' })
    }
    await this.ready()
  }

  /** Leave for good. */
  async close(): Promise<void> {
    this.#ended = true
    this.#options.leave()
    await this.#running
  }

  async #run(): Promise<void> {
    const { link, leave } = this.#options
    for (let failures = 0; !this.#ended;) {
      if (!(await this.#connect())) {
        leave()
        this.#turn++
        const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures++)
        await delay(longest * (0.5 + this.#options.chance() / 2))
        continue
      }
      failures = 0
      const { ended, closing } = link()
      const goodbye = await Promise.race([closing, ended.then(() => undefined)])
      this.#connected = false
      this.#turn++
      this.returns++
      if (!goodbye || this.#ended) continue
      // Whatever is under way is sent again: who is told to go goes at once.
      leave()
      await delay(goodbye.afterMs)
    }
  }

  async #connect(): Promise<boolean> {
    const urls = this.#options.urls()
    if (urls.length === 0) return false
    try {
      this.#url = urls[this.#turn % urls.length]!
      await this.#options.connect(this.#url)
      this.#connected = true
      return true
    } catch {
      // Refused, or gone in the middle of it: whoever wants to be connected tries again.
      return false
    }
  }
}
