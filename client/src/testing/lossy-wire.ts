import type { Clock } from '../clock.ts'
import type { Wire } from '../connection/memory.ts'

export interface Faults {
  /** Chance of a frame to be lost, to come twice, and to come late, from 0 to 1. */
  lose: number
  double: number
  delay: number
  /** The longest delay, milliseconds. */
  delayMs: number
}

/** A wire that loses, doubles and reorders frames, as chance has it; `faults` may be changed at any time. */
export function lossyWire(clock: Clock, random: () => number, faults: Faults): Wire {
  return (deliver) => {
    if (random() < faults.lose) return
    const copies = random() < faults.double ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const late = random() < faults.delay
      if (late) clock.setTimeout(deliver, Math.ceil(random() * faults.delayMs))
      else queueMicrotask(deliver)
    }
  }
}
