import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Figures of the service, in Prometheus' terms. Labels are operations and codes: a closed set. */
export interface Metrics {
  registry: Registry
  call(call: { operation: string; code: string; ms: number }): void
  closed(code: string): void
}

/** What is live right now, asked for when somebody looks. */
export interface Live {
  connections(): number
  /** Bytes that each reader has not taken yet. */
  queues(): Iterable<number>
}

export function createMetrics(live: Live): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 })
  const calls = new Counter({
    name: 'collab_calls_total',
    help: 'Calls by operation and answer.',
    labelNames: ['operation', 'code'],
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'collab_call_seconds',
    help: 'Time from a call to its answer.',
    labelNames: ['operation'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  })
  const closings = new Counter({
    name: 'collab_closings_total',
    help: 'Connections that the service closed, by reason.',
    labelNames: ['code'],
    registers: [registry],
  })
  new Gauge({
    name: 'collab_connections',
    help: 'Live connections.',
    registers: [registry],
    collect() {
      this.set(live.connections())
    },
  })
  new Gauge({
    name: 'collab_queued_bytes',
    help: 'Bytes that readers have not taken yet: of all of them together, and of the slowest.',
    labelNames: ['of'],
    registers: [registry],
    collect() {
      let [all, slowest] = [0, 0]
      for (const bytes of live.queues()) {
        all += bytes
        slowest = Math.max(slowest, bytes)
      }
      this.set({ of: 'all' }, all)
      this.set({ of: 'slowest' }, slowest)
    },
  })
  return {
    registry,
    call({ operation, code, ms }) {
      calls.inc({ operation, code })
      seconds.observe({ operation }, ms / 1000)
    },
    closed: (code) => closings.inc({ code }),
  }
}
