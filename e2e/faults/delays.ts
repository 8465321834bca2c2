import type { ClusterScene } from './cluster-scene.ts'
import { percentile, type Figures } from './fault.ts'

/** How long messages take from their sending until they are seen: on the node that took them, and on the others. */
export class Delays {
  readonly #sent = new Map<string, { at: number; place: number }>()
  #local: number[] = []
  #across: number[] = []

  /** Everybody stays where they are: the n-th speaker and the n-th listener on the n-th node, and so on round. */
  constructor(scene: ClusterScene) {
    const nodes = scene.cluster.nodes.length
    const places = new Map(
      scene.speakers.map(({ sender }, n) => [sender.person.username, n % nodes]),
    )
    scene.onSent = ({ id, author }) =>
      void this.#sent.set(id, { at: performance.now(), place: places.get(author)! })
    scene.onSeen = (listener, { id }) => {
      const sent = id === undefined ? undefined : this.#sent.get(id)
      if (!sent) return
      const list = sent.place === listener % nodes ? this.#local : this.#across
      list.push(performance.now() - sent.at)
    }
  }

  /** All since the last time, milliseconds; messages that are still on their way count from now on. */
  take(): { local: Delay; across: Delay } {
    const taken = { local: toDelay(this.#local), across: toDelay(this.#across) }
    this.#local = []
    this.#across = []
    return taken
  }
}

export interface Delay {
  count: number
  median: number
  p99: number
  longest: number
}

const toDelay = (list: readonly number[]): Delay => ({
  count: list.length,
  median: percentile(list, 0.5),
  p99: percentile(list, 0.99),
  longest: percentile(list, 1),
})

/** Figures under one name. */
export function tell(what: string, { local, across }: ReturnType<Delays['take']>): Figures {
  const words = ({ median, p99, longest, count }: Delay) =>
    `median ${Math.round(median)}, p99 ${Math.round(p99)}, longest ${Math.round(longest)} (of ${count})`
  return {
    [`on the same node, ${what}, ms`]: words(local),
    [`across nodes, ${what}, ms`]: words(across),
  }
}
