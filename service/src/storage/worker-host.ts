import { Worker } from 'node:worker_threads'
import type { Job, JobError, JobResult } from '../kernel/executor.ts'
import { busy, type Host, type Publish } from '../kernel/host.ts'
import type { Published } from '../kernel/outbox.ts'

/** What goes to a database thread: jobs of one tick, as JSON, which costs the sockets' thread less than a copy. */
export type ToWorker = string
export type Jobs = [ticket: number, job: Job][]
/** What comes back: one commit, or the answer to a query. */
export interface FromWorker {
  tickets: readonly number[]
  /** For each ticket the reply as JSON, or the error. */
  results: (string | JobError)[]
  published: Published[]
}

/** A thread takes this as the last message. */
export const CLOSE = 'close'

export interface WorkerHostOptions {
  /** Module that runs on the threads. */
  entry: URL
  /** Given to both threads beside their role. */
  data: Record<string, unknown>
  publish: Publish
  onThreadLost(role: string, error: Error): void
}

/** Runs commands on one thread and queries on another, so that the sockets never wait for the disk. */
export async function createWorkerHost(options: WorkerHostOptions): Promise<Host> {
  const writer = new DatabaseThread('writer', options)
  await writer.ready
  const reader = new DatabaseThread('reader', options)
  await reader.ready
  return {
    write: (job) => writer.run(job),
    read: (job) => reader.run(job),
    async close() {
      await writer.close()
      await reader.close()
    },
  }
}

const BOUND = 20_000

class DatabaseThread {
  readonly #role: string
  readonly #options: WorkerHostOptions
  readonly #waiting = new Map<number, (result: JobResult) => void>()
  #worker!: Worker
  #next = 0
  #outgoing: Jobs = []
  #closing = false
  ready: Promise<void>

  constructor(role: string, options: WorkerHostOptions) {
    this.#role = role
    this.#options = options
    this.ready = this.#start()
  }

  run(job: Job): Promise<JobResult> {
    if (this.#waiting.size >= BOUND) return Promise.resolve(busy)
    return new Promise((resolve) => {
      const ticket = this.#next++
      this.#waiting.set(ticket, resolve)
      if (this.#outgoing.push([ticket, job]) === 1) setImmediate(() => this.#send())
    })
  }

  async close(): Promise<void> {
    this.#closing = true
    this.#send()
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve))
    this.#worker.postMessage(CLOSE)
    await ended
  }

  #send(): void {
    if (this.#outgoing.length === 0) return
    this.#worker.postMessage(JSON.stringify(this.#outgoing) satisfies ToWorker)
    this.#outgoing = []
  }

  #start(): Promise<void> {
    const { entry, data } = this.#options
    this.#worker = new Worker(entry, {
      name: this.#role,
      workerData: { ...data, role: this.#role },
      // Run from source, a thread finds the other packages' sources as its parent does.
      ...(entry.pathname.endsWith('.ts') && { execArgv: ['--conditions=collab-kit-source'] }),
    })
    return new Promise((resolve, reject) => {
      this.#worker.once('message', () => {
        this.#worker.on('message', (message: FromWorker) => this.#receive(message))
        resolve()
      })
      this.#worker.once('error', reject)
      this.#worker.on('error', (error) => this.#lost(error as Error))
    })
  }

  #receive({ tickets, results, published }: FromWorker): void {
    if (published.length > 0) this.#options.publish(published)
    for (const [index, ticket] of tickets.entries()) {
      const result = results[index]!
      this.#waiting.get(ticket)?.(typeof result === 'string' ? { json: result } : { error: result })
      this.#waiting.delete(ticket)
    }
  }

  /** A thread that died may have committed: its callers are told so, and another takes its place. */
  #lost(error: Error): void {
    if (this.#closing) return
    this.#options.onThreadLost(this.#role, error)
    const lost: JobResult = {
      error: { code: 'outcome_unknown', message: 'The outcome is not known.' },
    }
    for (const resolve of this.#waiting.values()) resolve(lost)
    this.#waiting.clear()
    this.#outgoing = []
    this.ready = this.#start()
    // A thread that cannot start at all is told to the operator by the first call that fails.
    this.ready.catch((reason: Error) => this.#options.onThreadLost(this.#role, reason))
  }
}
