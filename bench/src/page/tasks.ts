import type { Tab } from './browser.ts'

/** A task this long is felt, milliseconds. */
const LONG_MS = 50

interface TraceEvent {
  name: string
  ph: string
  pid: number
  tid: number
  /** Length on the clock and in processor time, microseconds. */
  dur?: number
  tdur?: number
}

export interface Tasks<T> {
  result: T
  /** Tasks of the main thread that computed for more than 50 ms: whatever else the machine did. */
  busyTasks: number
  /** The longest in processor time, milliseconds. */
  busiestMs: number
}

/** Runs something, and tells of the page's tasks how long each computed. */
export async function traced<T>({ page }: Tab, work: () => Promise<T>): Promise<Tasks<T>> {
  const browser = page.context().browser()
  if (!browser) throw new Error('the browser is gone')
  await browser.startTracing(page, { categories: ['toplevel'] })
  const result = await work()
  const trace = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[]
  }
  const tasks = ofMainThread(trace.traceEvents)
  const computed = tasks.map(({ tdur = 0 }) => tdur / 1000)
  return {
    result,
    busyTasks: computed.filter((ms) => ms > LONG_MS).length,
    // More than fit into the arguments of one call.
    busiestMs: computed.reduce((most, ms) => Math.max(most, ms), 0),
  }
}

/** The page is the busiest of the main threads. */
function ofMainThread(events: readonly TraceEvent[]): TraceEvent[] {
  const mains = new Set(
    (events as readonly (TraceEvent & { args?: { name?: string } })[])
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  const tasks = events.filter(
    ({ name, ph, pid, tid }) =>
      name === 'ThreadControllerImpl::RunTask' && ph === 'X' && mains.has(`${pid} ${tid}`),
  )
  const threads = Map.groupBy(tasks, ({ pid, tid }) => `${pid} ${tid}`)
  const spent = (thread: readonly TraceEvent[]) =>
    thread.reduce((sum, { tdur = 0 }) => sum + tdur, 0)
  return [...threads.values()].sort((a, b) => spent(b) - spent(a))[0] ?? []
}
