import type { ConnectionStatus } from '@collab-kit/client'
import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** Shorter losses are not told, milliseconds. */
export const BADGE_AFTER_MS = 1500
/** A lost connection takes this long to become a banner, milliseconds; being offline is told with the badge. */
export const BANNER_AFTER_MS = 5000
/** How long the banner says that all is well again, milliseconds. */
const RECOVERED_MS = 2000

export type Badge = 'live' | 'connecting' | 'reconnecting' | 'offline'
export type Banner = 'reconnecting' | 'offline' | 'recovered'

const PASSING: readonly ConnectionStatus[] = ['idle', 'connecting', 'reconnecting', 'offline']

/** What of the connection's ups and downs is worth showing. */
export class ConnectionView implements ReactiveController {
  readonly #host: ReactiveControllerHost
  #status: ConnectionStatus | undefined
  #wasLive = false
  #shown: Banner | undefined
  #away: number | undefined
  #recovered: number | undefined
  #timers: ReturnType<typeof setTimeout>[] = []

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  hostDisconnected(): void {
    this.#clear()
    this.#away = this.#recovered = undefined
  }

  /** @param since When the status began, milliseconds since the epoch. */
  follow(status: ConnectionStatus | undefined, since: number): void {
    if (status === this.#status) return
    this.#status = status
    if (status === undefined || !PASSING.includes(status)) {
      this.#arrived(status === 'live')
    } else if (this.#away === undefined) {
      this.#away = Math.min(since, Date.now())
      this.#recovered = undefined
      this.#wake(BADGE_AFTER_MS)
      this.#wake(BANNER_AFTER_MS)
    }
  }

  get badge(): Badge | undefined {
    if (this.#status === 'live') return 'live'
    if (!this.#awayFor(BADGE_AFTER_MS)) return this.#wasLive ? 'live' : undefined
    if (this.#status === 'offline') return 'offline'
    return this.#wasLive ? 'reconnecting' : 'connecting'
  }

  /** What the line says; asked for at every rendering. */
  get banner(): Banner | undefined {
    return (this.#shown = this.#current())
  }

  #current(): Banner | undefined {
    if (this.#recovered !== undefined) return 'recovered'
    if (this.#status === 'offline') return this.#awayFor(BADGE_AFTER_MS) ? 'offline' : undefined
    return this.#wasLive && this.#awayFor(BANNER_AFTER_MS) ? 'reconnecting' : undefined
  }

  #arrived(live: boolean): void {
    // Only what was seen to be lost is said to be well again.
    const told = live && this.#shown !== undefined && this.#shown !== 'recovered'
    this.#clear()
    this.#away = undefined
    this.#wasLive ||= live
    this.#recovered = told ? Date.now() : undefined
    if (told) {
      this.#timers.push(
        setTimeout(() => {
          this.#recovered = undefined
          this.#host.requestUpdate()
        }, RECOVERED_MS),
      )
    }
  }

  #awayFor(milliseconds: number): boolean {
    return this.#away !== undefined && Date.now() - this.#away >= milliseconds
  }

  #wake(after: number): void {
    const wait = Math.max((this.#away ?? 0) + after - Date.now(), 0) + 1
    this.#timers.push(setTimeout(() => this.#host.requestUpdate(), wait))
  }

  #clear(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers = []
  }
}
