import type { Limits } from '@collab-kit/protocol'
import type { Clock } from '../clock.ts'

/** Lets so many through at once and so many a second after that: below the service's own limit, so as not to meet it. */
export interface Pace {
  /** 0 when one may go now (it is counted), else how long to wait, milliseconds. */
  take(): number
}

export type PaceLimits = Pick<Limits, 'opsBurst' | 'opsPerSecond'>

/** The part of the service's limit that sending takes; the rest is for all other calls. */
const SHARE = 0.8

/** @param limits Those of the service, as far as they are known by then */
export function createPace(clock: Clock, limits: () => PaceLimits): Pace {
  let tokens = toRate(limits()).burst
  let at = clock.now()

  return {
    take() {
      const { burst, perMs } = toRate(limits())
      const now = clock.now()
      // A clock that was set back gives nothing, and takes nothing.
      tokens = Math.min(burst, tokens + Math.max(0, now - at) * perMs)
      at = now
      if (tokens < 1) return Math.ceil((1 - tokens) / perMs)
      tokens--
      return 0
    },
  }
}

const toRate = ({ opsBurst, opsPerSecond }: PaceLimits) => ({
  burst: Math.max(1, Math.floor(opsBurst * SHARE)),
  perMs: (opsPerSecond * SHARE) / 1000,
})
