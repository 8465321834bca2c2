import { cpus } from 'node:os'
import { performance } from 'node:perf_hooks'
import type { ServerProcess, Usage } from './processes.ts'

/** What a stretch of time cost. CPU in percent of one core; nothing where the system does not tell. */
export interface Reading {
  /** Bounds on the clock of `performance.now()`. */
  from: number
  to: number
  generatorCpu: number
  serverCpu: number | undefined
  /** What everything else on this machine used. */
  elsewhereCpu: number | undefined
  /** The threads of the server by name, the busiest first. */
  threads: Record<string, number>
}

/** Start measuring; the returned function ends it. */
export function startMeter(server: ServerProcess): () => Reading {
  const from = performance.now()
  const own = process.cpuUsage()
  const before = server.usage()
  const machine = machineMs()
  return () => {
    const to = performance.now()
    const percent = (ms: number) => (100 * ms) / (to - from)
    const { user, system } = process.cpuUsage(own)
    const after = server.usage()
    const generatorCpu = percent((user + system) / 1000)
    const serverCpu = before && after && percent(after.total - before.total)
    const elsewhere = percent(machineMs() - machine) - generatorCpu - (serverCpu ?? 0)
    return {
      from,
      to,
      generatorCpu,
      serverCpu,
      elsewhereCpu: serverCpu === undefined ? undefined : Math.max(0, elsewhere),
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

/** CPU time of all processes since the start of the machine, milliseconds. */
const machineMs = (): number =>
  cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0)
