import { performance } from 'node:perf_hooks'
import type { ServerProcess, Usage } from './processes.ts'

/** What a stretch of time cost. CPU in percent of one core; nothing where the system does not tell. */
export interface Reading {
  /** Bounds on the clock of `performance.now()`. */
  from: number
  to: number
  generatorCpu: number
  serverCpu: number | undefined
  /** The threads of the server by name, the busiest first. */
  threads: Record<string, number>
}

/** Start measuring; the returned function ends it. */
export function startMeter(server: ServerProcess): () => Reading {
  const from = performance.now()
  const own = process.cpuUsage()
  const before = server.usage()
  return () => {
    const to = performance.now()
    const percent = (ms: number) => (100 * ms) / (to - from)
    const { user, system } = process.cpuUsage(own)
    const after = server.usage()
    return {
      from,
      to,
      generatorCpu: percent((user + system) / 1000),
      serverCpu: before && after && percent(after.total - before.total),
      threads: before && after ? threadsOf(before, after, percent) : {},
    }
  }
}

function threadsOf(
  before: Usage,
  after: Usage,
  percent: (ms: number) => number,
): Record<string, number> {
  const used = [...after.threads].map(
    ([name, ms]) => [name, percent(ms - (before.threads.get(name) ?? 0))] as const,
  )
  return Object.fromEntries(used.filter(([, share]) => share >= 1).sort(([, a], [, b]) => b - a))
}
