import type { Commit, Executor, Job, JobResult } from './executor.ts'
import type { Published } from './outbox.ts'

/** Where jobs are run: on this thread or on others. */
export interface Host {
  /** Resolves after the durable commit. */
  write(job: Job): Promise<JobResult>
  read(job: Job): Promise<JobResult>
  close(): Promise<void>
}

/** Told of every commit before its callers are answered. */
export type Publish = (items: readonly Published[]) => void

/** Most jobs of one commit. */
const BATCH = 256
/** Most text of one commit: its events are one frame to each reader, who has to take it whole. */
const BATCH_CHARACTERS = 128 * 1024
/** Most jobs waiting; more are refused as busy. */
const BOUND = 20_000

export interface BatcherOptions<T> {
  commit(jobs: Job[]): Promise<Commit>
  /** The next commit waits for it. */
  deliver(tickets: readonly T[], commit: Commit): void | Promise<void>
  /** Fetch what has arrived meanwhile; called before each batch. */
  gather?(): void
}

/**
 * Collects calls while a commit is under way and commits them together with the next one: no call waits for a window,
 * and under load the groups grow by themselves.
 */
export class Batcher<T> {
  readonly #options: BatcherOptions<T>
  #jobs: Job[] = []
  #tickets: T[] = []
  #running: Promise<void> | undefined

  constructor(options: BatcherOptions<T>) {
    this.#options = options
  }

  get full(): boolean {
    return this.#jobs.length >= BOUND
  }

  add(job: Job, ticket: T): void {
    this.#jobs.push(job)
    this.#tickets.push(ticket)
    this.#running ??= this.#run()
  }

  /** Resolves when everything added so far is answered. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    // Let the rest of this tick join the first batch.
    await Promise.resolve()
    try {
      for (;;) {
        this.#options.gather?.()
        if (this.#jobs.length === 0) return
        const size = batchSize(this.#jobs)
        const jobs = this.#jobs.splice(0, size)
        const tickets = this.#tickets.splice(0, size)
        const commit = await this.#options.commit(jobs)
        await this.#options.deliver(tickets, commit)
      }
    } finally {
      // With the look that found nothing, not a moment later: a job added in between would wait for ever.
      this.#running = undefined
    }
  }
}

/** How many of these jobs make the next commit. */
function batchSize(jobs: readonly Job[]): number {
  let characters = 0
  const most = Math.min(jobs.length, BATCH)
  for (let index = 0; index < most; index++) {
    const { body } = jobs[index]!.input
    if (typeof body === 'string') characters += body.length
    if (characters > BATCH_CHARACTERS) return Math.max(1, index)
  }
  return most
}

export const busy: JobResult = {
  error: {
    code: 'unavailable',
    message: 'The service is busy.',
    details: { reason: 'busy' },
    retryAfterMs: 500,
  },
}

export interface InlineOptions {
  executor: Executor
  publish: Publish
  /** Give the sockets their turn after each commit: needed where the database never waits for anything by itself. */
  yields?: boolean
  /** How many commits may be under way at once. Default 1: an engine with one writer has no use for more. */
  lanes?: number
  /** What jobs have in common that must keep their order: they take one lane. */
  keyOf?(job: Job): string
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Runs everything on this thread: PostgreSQL (its I/O does not block), and SQLite in memory. */
export function createInlineHost(options: InlineOptions): Host {
  const { executor, publish, yields = false, lanes = 1, keyOf = () => '' } = options
  const batchers = Array.from(
    { length: lanes },
    () =>
      new Batcher<(result: JobResult) => void>({
        commit: (jobs) => executor.commit(jobs),
        deliver(tickets, { results, published }) {
          publish(published)
          for (const [index, resolve] of tickets.entries()) resolve(results[index]!)
          return yields ? turn() : undefined
        },
      }),
  )
  const laneOf = (job: Job) => batchers[lanes === 1 ? 0 : hash(keyOf(job)) % lanes]!
  return {
    write(job) {
      const lane = laneOf(job)
      if (lane.full) return Promise.resolve(busy)
      return new Promise((resolve) => lane.add(job, resolve))
    },
    async read(job) {
      const result = await executor.query(job)
      if (yields) await turn()
      return result
    },
    close: async () => {
      await Promise.all(batchers.map((each) => each.idle()))
    },
  }
}

/** FNV-1a of a short text. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  return value >>> 0
}
