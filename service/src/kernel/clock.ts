/** Time as the service knows it; tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Do something later; the returned function calls it off. */
  after(ms: number, task: () => void): () => void
}

/** Longest wait that timers take, 24.8 days. */
const LONGEST = 2 ** 31 - 1

export const systemClock: Clock = {
  now: Date.now,
  after(ms, task) {
    const timer = setTimeout(task, Math.min(Math.max(0, ms), LONGEST))
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** Do something again and again, the first time after `ms`; the returned function calls it off. */
export function every(clock: Clock, ms: number, task: () => void): () => void {
  let cancel = clock.after(ms, function again() {
    task()
    cancel = clock.after(ms, again)
  })
  return () => cancel()
}
