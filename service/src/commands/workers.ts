import cluster, { type Worker } from 'node:cluster'
import type { Log } from '../log.ts'

export interface SupervisorOptions {
  /** How many workers there are to be. */
  count: number
  log: Log
  /** Resolves when a worker listens. */
  ready(worker: Worker): Promise<void>
}

/** One that ends sooner than this did not work at all, milliseconds. */
const SHORT_LIFE_MS = 5000
/** It is started again after this long, and each time after twice as long. */
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 30_000
/** Everything is over by then, come what may: a little later than a worker's own deadline. */
const DEADLINE_MS = 19_000

/**
 * Keeps workers on one port: starts again what ends, exchanges all one by one on SIGHUP, and ends them all on SIGTERM and
 * SIGINT. Resolves to the exit code when the last has gone.
 */
export async function supervise({ count, log, ready }: SupervisorOptions): Promise<number> {
  let started = false
  let stopping = false
  let wait = FIRST_WAIT_MS
  const start = async (): Promise<Worker> => {
    const worker = cluster.fork()
    const since = performance.now()
    worker.once('exit', (code, signal) => {
      if (stopping || worker.exitedAfterDisconnect || !started) return
      const failed = performance.now() - since < SHORT_LIFE_MS
      wait = failed ? Math.min(wait * 2, LONGEST_WAIT_MS) : FIRST_WAIT_MS
      log.error({ pid: worker.process.pid, code, signal, afterMs: wait }, 'a worker ended')
      setTimeout(() => {
        if (!stopping) void start()
      }, wait)
    })
    await Promise.race([ready(worker), gone(worker)])
    return worker
  }
  const ended = new Promise<number>((resolve) => {
    const stop = (signal: NodeJS.Signals) => {
      if (stopping) return
      stopping = true
      log.info({ signal }, 'stopping all workers')
      const left = workers()
      for (const worker of left) worker.process.kill(signal)
      setTimeout(() => process.exit(1), DEADLINE_MS).unref()
      void Promise.all(left.map(gone)).then(() => resolve(0))
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  })
  // The first prepares the database and the admin; the others find everything made.
  if ((await start()).isDead()) return 1
  started = true
  await Promise.all(Array.from({ length: count - 1 }, start))
  let turn = Promise.resolve()
  process.on('SIGHUP', () => {
    turn = turn.then(async () => {
      for (const old of workers()) {
        if (stopping) return
        await start()
        await retire(old)
      }
      log.info('all workers were exchanged')
    })
  })
  return ended
}

const workers = (): Worker[] =>
  Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)

const gone = (worker: Worker): Promise<void> =>
  new Promise((resolve) => {
    if (worker.isDead()) resolve()
    else worker.once('exit', () => resolve())
  })

/** Ends a worker that another has taken the place of. */
async function retire(worker: Worker): Promise<void> {
  worker.exitedAfterDisconnect = true
  worker.process.kill('SIGTERM')
  await gone(worker)
}
