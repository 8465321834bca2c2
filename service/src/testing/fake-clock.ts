import type { Clock } from '../kernel/clock.ts'

/** A clock that stands still until it is moved on. */
export interface FakeClock extends Clock {
  /** Move on, doing what falls due on the way, in order. */
  advance(ms: number): Promise<void>
}

export function createFakeClock(start = Date.now()): FakeClock {
  let now = start
  const tasks = new Set<{ at: number; task: () => void }>()
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return {
    now: () => now,
    after(ms, task) {
      const entry = { at: now + Math.max(0, ms), task }
      tasks.add(entry)
      return () => void tasks.delete(entry)
    },
    async advance(ms) {
      const end = now + ms
      for (;;) {
        const due = [...tasks].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
        if (!due) break
        now = Math.max(now, due.at)
        tasks.delete(due)
        due.task()
        await settle()
      }
      now = end
      await settle()
    },
  }
}
