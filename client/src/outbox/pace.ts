import type { Clock } from '../clock.ts'

/** Lets so many through at once and so many a second after that: below the service's own limit, so as not to meet it. */
export interface Pace {
  /** 0 when one may go now (it is counted), else how long to wait, milliseconds. */
  take(): number
  limit(limits: { opsBurst: number; opsPerSecond: number }): void
}

/** The part of the service's limit that sending takes; the rest is for all other calls. */
const SHARE = 0.8

export function createPace(clock: Clock, limits: { opsBurst: number; opsPerSecond: number }): Pace {
  let { burst, perMs } = toRate(limits)
  let tokens = burst
  let at = clock.now()

  return {
    take() {
      const now = clock.now()
      // A clock that was set back gives nothing, and takes nothing.
      tokens = Math.min(burst, tokens + Math.max(0, now - at) * perMs)
      at = now
      if (tokens < 1) return Math.ceil((1 - tokens) / perMs)
      tokens--
      return 0
    },
    limit(next) {
      ;({ burst, perMs } = toRate(next))
      tokens = Math.min(tokens, burst)
    },
  }
}

const toRate = ({ opsBurst, opsPerSecond }: { opsBurst: number; opsPerSecond: number }) => ({
  burst: Math.max(1, Math.floor(opsBurst * SHARE)),
  perMs: (opsPerSecond * SHARE) / 1000,
})
