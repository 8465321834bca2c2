import { PRESSED, type Outlet } from './outlet.ts'

/** A reply that waits for the reader to take what is before it waits so long at most, milliseconds. */
const PATIENCE_MS = 5000

interface Item {
  bytes: number
  send(): void
  /** Beyond the budget: a reply that waits on its own account. */
  beyond?: boolean
}

export interface BacklogOptions {
  outlet: Outlet
  /** Told when a reply waited in vain. */
  onSlow(): void
  /** Told when nothing waits any more. */
  onPassed(): void
}

/**
 * What waits behind a reply that is too large to be queued with the rest: it goes when the reader has taken what was
 * before it, and what comes after it goes when the reader has taken it. So a state that is as large as it may be locks
 * nobody out, and what a reader is told keeps its order.
 */
export class Backlog {
  readonly #options: BacklogOptions
  #items: Item[] = []
  #bytes = 0
  /** Whether a reply beyond the budget waits. */
  #beyond = false
  /** Whether a large reply is being taken. */
  #taking = false
  #active = false

  constructor(options: BacklogOptions) {
    this.#options = options
  }

  /** Whether what comes now has to wait. */
  get active(): boolean {
    return this.#active
  }

  /** Whether so much waits that what does not matter is left out. */
  get pressed(): boolean {
    return this.#bytes > this.#options.outlet.budget * PRESSED
  }

  /** Whether a reply may be sent past this queue, as most are. */
  isPassable(bytes: number): boolean {
    return !this.#active && !this.#isLarge(bytes) && this.#options.outlet.fits(bytes)
  }

  /** Takes a reply; `false` when one that does not fit waits already. */
  addReply(bytes: number, send: () => void): boolean {
    const beyond = !this.#fits(bytes)
    if (beyond && this.#beyond) return false
    this.#beyond ||= beyond
    this.#add({ bytes, send, beyond })
    return true
  }

  /** Takes something that comes after a large reply; `false` when it does not fit. */
  addAfter(bytes: number, send: () => void): boolean {
    if (!this.#fits(bytes)) return false
    this.#add({ bytes, send })
    return true
  }

  /** Forget everything: nobody is there to take it. */
  clear(): void {
    this.#items = []
    this.#bytes = 0
    this.#beyond = false
  }

  #isLarge(bytes: number): boolean {
    return bytes > this.#options.outlet.budget / 2
  }

  #fits(bytes: number): boolean {
    const { outlet } = this.#options
    return (this.#taking ? 0 : outlet.bytes) + this.#bytes + bytes <= outlet.budget
  }

  #add(item: Item): void {
    this.#items.push(item)
    if (!item.beyond) this.#bytes += item.bytes
    if (!this.#active) void this.#pass()
  }

  async #pass(): Promise<void> {
    const { outlet, onPassed } = this.#options
    this.#active = true
    for (let item = this.#items[0]; item; item = this.#items[0]) {
      if (!outlet.fits(item.bytes)) await this.#taken(PATIENCE_MS)
      // Cleared meanwhile.
      if (this.#items[0] !== item) continue
      this.#items.shift()
      if (item.beyond) this.#beyond = false
      else this.#bytes -= item.bytes
      item.send()
      if (!this.#isLarge(item.bytes)) continue
      this.#taking = true
      await this.#taken()
      this.#taking = false
    }
    this.#active = false
    onPassed()
  }

  /** Resolves when the reader has taken everything; with a deadline, at that, when it is told to be slow. */
  #taken(ms?: number): Promise<void> {
    const { outlet, onSlow } = this.#options
    return new Promise((resolve) => {
      const timer =
        ms === undefined
          ? undefined
          : setTimeout(() => {
              onSlow()
              resolve()
            }, ms).unref()
      outlet.whenEmpty(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}
