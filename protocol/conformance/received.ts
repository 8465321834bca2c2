import { EventItem, events } from '@collab-kit/protocol'
import { show } from './seen.ts'

/** How long to wait for an item that has to come, milliseconds: several times as long as what is asked for only in turns. */
const DEADLINE_MS = 15_000

interface Waiter {
  predicate: (item: EventItem) => boolean
  resolve: (item: EventItem) => void
  reject: (reason: Error) => void
}

/** What one connection has received: the items, who waits for one, and what came against the rules. */
export class Received {
  readonly items: EventItem[] = []
  readonly violations: string[] = []
  readonly #waiters = new Set<Waiter>()
  readonly #heads = new Map<string, number>()
  #ended = false

  /** Takes one argument of the `events` event. */
  take(batch: unknown): void {
    show({ kind: 'events', batch })
    if (!Array.isArray(batch) || batch.length === 0) {
      this.#violate('an array with at least one item', batch)
      return
    }
    const streams = new Set(batch.map((item: { stream?: unknown }) => item?.stream))
    const people = [...streams].every((each) => String(each).startsWith('presence:'))
    if (streams.size > 1 && !people) this.#violate('the items of one stream', batch)
    for (const item of batch) this.#takeItem(item)
  }

  until(predicate: (item: EventItem) => boolean): Promise<EventItem> {
    const known = this.items.find(predicate)
    if (known) return Promise.resolve(known)
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { predicate, resolve, reject }
      const deadline = setTimeout(() => this.#fail(waiter, `within ${DEADLINE_MS} ms`), DEADLINE_MS)
      waiter.resolve = (item) => {
        clearTimeout(deadline)
        resolve(item)
      }
      waiter.reject = (reason) => {
        clearTimeout(deadline)
        reject(reason)
      }
      this.#waiters.add(waiter)
      if (this.#ended) this.#fail(waiter, 'before the connection ended')
    })
  }

  /** Reading of a stream may begin anew at any position. */
  forget(stream: string): void {
    this.#heads.delete(stream)
  }

  /** Nothing more will come. */
  end(): void {
    this.#ended = true
    for (const waiter of this.#waiters) this.#fail(waiter, 'before the connection ended')
  }

  #fail(waiter: Waiter, when: string): void {
    this.#waiters.delete(waiter)
    const seen = this.items.map((item) => `  ${JSON.stringify(item).slice(0, 160)}`).join('\n')
    waiter.reject(new Error(`no item fits ${String(waiter.predicate)} ${when}; received:\n${seen}`))
  }

  #violate(expected: string, got: unknown): void {
    this.violations.push(`expected ${expected}, got ${JSON.stringify(got)}`)
  }

  #takeItem(raw: unknown): void {
    const { success, data: item, error } = EventItem.safeParse(raw)
    if (!success) {
      this.#violate(`an event item (${error.message})`, raw)
      return
    }
    if (this.items.length === 0 && item.name !== 'system.welcome')
      this.#violate('system.welcome first', raw)
    this.#checkData(item)
    this.#checkOrder(item)
    this.items.push(item)
    for (const waiter of this.#waiters) {
      if (!waiter.predicate(item)) continue
      this.#waiters.delete(waiter)
      waiter.resolve(item)
    }
  }

  #checkData(item: EventItem): void {
    const definition = events.get(item.name)
    const checked = definition?.payload.safeParse(item.data)
    if (!definition || !checked) this.#violate('an event of the contract', item)
    else if (!checked.success)
      this.#violate(`data of ${item.name} (${checked.error.message})`, item)
    else if (definition.durable === true && item.seq === undefined) this.#violate('a seq', item)
    else if (
      definition.durable === false &&
      item.seq !== undefined &&
      item.name !== 'streams.withheld'
    ) {
      this.#violate('no seq', item)
    }
    const ofStream = (definition && definition.stream !== null) || item.name === 'streams.withheld'
    if (ofStream && item.stream === undefined) this.#violate('a stream', item)
    if (!item.name.startsWith('streams.') && !ofStream && item.stream !== undefined)
      this.#violate('no stream', item)
  }

  /** Durable items of a stream rise by one; reading may begin anywhere, and anew after `streams.removed`. */
  #checkOrder(item: EventItem): void {
    if (item.name === 'streams.removed') {
      this.forget((item.data as { stream: string }).stream)
      return
    }
    if (item.stream === undefined || item.seq === undefined) return
    const last = this.#heads.get(item.stream)
    if (last !== undefined && item.seq !== last + 1)
      this.#violate(`seq ${last + 1} of ${item.stream}`, item)
    this.#heads.set(item.stream, item.seq)
  }
}
