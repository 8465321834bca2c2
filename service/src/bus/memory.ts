import type { Bus, BusListener, OpenBus } from './bus.ts'

/** The nodes of one process, for tests. */
export interface MemoryNetwork {
  open: OpenBus
  /** No message arrives anywhere until it is mended. */
  cut(): void
  mend(): void
}

export function createMemoryNetwork(): MemoryNetwork {
  const nodes = new Map<BusListener, Set<string>>()
  let whole = true
  const tellAll = (tell: (listener: BusListener) => void) => {
    for (const listener of nodes.keys()) tell(listener)
  }
  return {
    async open(listener) {
      const channels = new Set<string>()
      nodes.set(listener, channels)
      const bus: Bus = {
        get up() {
          return whole
        },
        publish(channel, message) {
          if (!whole) return
          for (const [other, heard] of nodes) {
            if (other === listener || !heard.has(channel)) continue
            setImmediate(() => whole && other.message(channel, message))
          }
        },
        async subscribe(wanted) {
          for (const channel of wanted) channels.add(channel)
          if (!whole) throw new Error('the network is cut')
        },
        unsubscribe(unwanted) {
          for (const channel of unwanted) channels.delete(channel)
        },
        async close() {
          nodes.delete(listener)
        },
      }
      if (whole) listener.up()
      return bus
    },
    cut() {
      whole = false
      tellAll((listener) => listener.down())
    },
    mend() {
      whole = true
      tellAll((listener) => listener.up())
    },
  }
}
