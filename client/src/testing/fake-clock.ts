import type { Clock } from '../clock.ts'
import { seededRandom } from './random.ts'

/** A clock that stands until it is moved. */
export interface FakeClock extends Clock {
  /** Moves on, running what is due in its order and letting promises settle between. */
  advance(ms: number): Promise<void>
  /** Moves on until something is so. @throws Error when it is not so after `withinMs` of the clock */
  until(isSo: () => boolean, withinMs?: number): Promise<void>
  /** Timers that wait. */
  readonly waiting: number
}

export interface FakeClockOptions {
  /** Milliseconds since the epoch. */
  now?: number
  seed?: number
}

const START = Date.UTC(2026, 0, 1)

export function fakeClock({ now = START, seed = 1 }: FakeClockOptions = {}): FakeClock {
  const timers = new Map<number, { at: number; run: () => void }>()
  let time = now
  let lastId = 0

  function next(until: number) {
    let earliest: { id: number; at: number } | undefined
    for (const [id, { at }] of timers)
      if (at <= until && (!earliest || at < earliest.at)) earliest = { id, at }
    return earliest
  }

  async function advance(ms: number) {
    const end = time + ms
    await settled()
    for (let due = next(end); due; due = next(end)) {
      const timer = timers.get(due.id)
      timers.delete(due.id)
      time = Math.max(time, due.at)
      timer?.run()
      await settled()
    }
    time = end
  }

  return {
    now: () => time,
    random: seededRandom(seed),
    setTimeout(run, ms) {
      timers.set(++lastId, { at: time + Math.max(0, ms), run })
      return lastId
    },
    clearTimeout: (id) => void timers.delete(id as number),
    advance,
    async until(isSo, withinMs = 120_000) {
      const end = time + withinMs
      await settled()
      while (!isSo()) {
        const due = next(end)
        if (!due) throw new Error(`Not so within ${withinMs} ms: ${isSo.toString()}`)
        await advance(due.at - time)
      }
    },
    get waiting() {
      return timers.size
    },
  }
}

/** Lets everything run that needs no time: promises, and what the platform answers by itself. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 2; round++) {
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => {
        port1.close()
        resolve()
      }
      port2.postMessage(undefined)
    })
  }
}
