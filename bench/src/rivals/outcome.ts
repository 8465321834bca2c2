import type { Built } from './build.ts'
import type { Manners, Shown } from './measure.ts'

/** What became of one kit. */
export interface Outcome {
  built: Built
  /** By count of messages, one for each round. */
  shown: Record<number, Shown[]>
  manners: Manners | undefined
  /** WebSockets that were opened where one is enough. */
  sockets: number | undefined
  /** What could not be done, and why. */
  failures: string[]
}
