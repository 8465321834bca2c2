import { performance } from 'node:perf_hooks'
import { firstSeq } from './frames.ts'
import type { Reading } from './meter.ts'
import { Histogram } from './statistics.ts'
import type { Person, Target } from './targets.ts'

/** How many connect at once. */
const ENTERING = 20

/** The members of one place, and what they receive. */
export class Crowd {
  readonly people: Person[] = []
  readonly #texts: readonly string[]
  /** Last `seq` that each of them has. */
  readonly #last: number[] = []
  readonly #log = new DeliveryLog()
  readonly #sentAt = new Map<number, number>()
  #sent = 0
  #head = 0
  #goal = 0
  #behind = 0
  #arrived: (() => void) | undefined

  private constructor(texts: readonly string[]) {
    this.#texts = texts
  }

  /** So many new people in the shared place of a target. */
  static async gather(target: Target, size: number, texts: readonly string[]): Promise<Crowd> {
    const crowd = new Crowd(texts)
    while (crowd.people.length < size) {
      const some = Math.min(ENTERING, size - crowd.people.length)
      crowd.people.push(
        ...(await Promise.all(Array.from({ length: some }, () => crowd.#enter(target)))),
      )
    }
    // The first message tells where the counting begins: joining may have moved the stream.
    const head = await new Promise<number>((resolve) => crowd.send(0, resolve))
    await crowd.received(head)
    return crowd
  }

  get head(): number {
    return this.#head
  }

  /** Let one of them say the next thing; told of its `seq` when the server has acknowledged it. */
  send(person: number, onReply: (seq: number) => void): void {
    const at = performance.now()
    const text = this.#texts[this.#sent++ % this.#texts.length]!
    this.people[person]!.send(text, (payload) => {
      const seq = firstSeq(payload)
      if (seq === undefined) throw new Error(`refused: ${payload.toString()}`)
      this.#sentAt.set(seq, at)
      this.#head = Math.max(this.#head, seq)
      onReply(seq)
    })
  }

  /** Resolves when everybody has everything up to here. */
  received(seq: number): Promise<void> {
    this.#goal = seq
    this.#behind = this.#last.filter((last) => last < seq).length
    return new Promise((resolve) => {
      this.#arrived = resolve
      if (this.#behind === 0) resolve()
    })
  }

  /** What was delivered within the bounds of a reading; forgets everything up to now. */
  collect({ from, to }: Pick<Reading, 'from' | 'to'>): { deliveries: number; latency: Histogram } {
    const latency = new Histogram()
    let deliveries = 0
    this.#log.forEach((at, first, last) => {
      if (at < from || at > to) return
      deliveries += last - first + 1
      for (let seq = first; seq <= last; seq++) latency.add(at - this.#sentAt.get(seq)!)
    })
    this.#log.clear()
    this.#sentAt.clear()
    return { deliveries, latency }
  }

  close(): void {
    for (const { connection } of this.people) connection.close()
  }

  #enter(target: Target): Promise<Person> {
    const index = this.#last.push(0) - 1
    return target.enter('shared', {
      // The first one counts, so that the others may trust the numbers.
      witness: index === 0,
      onMessages: (seq, count) => this.#receive(index, seq, count),
      onLost: (reason) => {
        throw new Error(`${target.name} closed a connection: ${reason}`)
      },
    })
  }

  #receive(index: number, seq: number, count: number | undefined): void {
    const last = this.#last[index]!
    if (seq <= last) throw new Error(`received ${seq} after ${last}`)
    if (count !== undefined && last > 0 && count !== seq - last) {
      throw new Error(`received ${count} messages from ${last} to ${seq}`)
    }
    this.#last[index] = seq
    this.#log.add(performance.now(), last + 1, seq)
    if (last < this.#goal && seq >= this.#goal && --this.#behind === 0) this.#arrived?.()
  }
}

/** Frames by time of arrival, with the first and the last `seq` in each: millions of deliveries in little room. */
class DeliveryLog {
  #at = new Float64Array(1 << 16)
  #first = new Int32Array(1 << 16)
  #last = new Int32Array(1 << 16)
  #size = 0

  add(at: number, first: number, last: number): void {
    if (this.#size === this.#at.length) this.#grow()
    this.#at[this.#size] = at
    this.#first[this.#size] = first
    this.#last[this.#size++] = last
  }

  forEach(visit: (at: number, first: number, last: number) => void): void {
    for (let index = 0; index < this.#size; index++) {
      visit(this.#at[index]!, this.#first[index]!, this.#last[index]!)
    }
  }

  clear(): void {
    this.#size = 0
  }

  #grow(): void {
    const wider = <A extends Float64Array | Int32Array>(from: A, to: A): A => {
      to.set(from)
      return to
    }
    this.#at = wider(this.#at, new Float64Array(this.#size * 2))
    this.#first = wider(this.#first, new Int32Array(this.#size * 2))
    this.#last = wider(this.#last, new Int32Array(this.#size * 2))
  }
}
