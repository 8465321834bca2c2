import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { modules } from './domains/index.ts'
import type { Policy } from './kernel/context.ts'
import { Executor, type JobResult } from './kernel/executor.ts'
import { Batcher } from './kernel/host.ts'
import { createRegistry } from './kernel/registry.ts'
import { openSqlite } from './storage/sqlite.ts'
import { CLOSE, type FromWorker, type Jobs, type ToWorker } from './storage/worker-host.ts'

/** Entry of a database thread: the writer owns the one connection that writes, the reader has its own. */
const { role, file, policy } = workerData as {
  role: 'writer' | 'reader'
  file: string
  policy: Policy
}
const port = parentPort!
const store = openSqlite({ file, readOnly: role === 'reader' })
const executor = new Executor({ store, policy, registry: createRegistry(modules), now: Date.now })
const answer = (message: FromWorker) => port.postMessage(message)
const flat = ({ json, error }: JobResult) => json ?? error

const batcher = new Batcher<number>({
  commit: (jobs) => executor.commit(jobs),
  deliver: (tickets, { results, published }) =>
    answer({ tickets, results: results.map(flat), published }),
  // A commit holds this thread: take in all that was sent meanwhile, so that it shares the next one.
  gather() {
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
      take(next.message as ToWorker)
  },
})

function take(message: ToWorker): void {
  if (message === CLOSE) {
    void batcher
      .idle()
      .then(() => store.close())
      .then(() => port.close())
    return
  }
  for (const [ticket, job] of JSON.parse(message) as Jobs) {
    if (role === 'writer') batcher.add(job, ticket)
    else
      void executor
        .query(job)
        .then((result) => answer({ tickets: [ticket], results: [flat(result)], published: [] }))
  }
}

port.on('message', take)
port.postMessage('ready')
