import {
  CollabError,
  isCollabError,
  type ErrorShape,
  type EventDefinition,
} from '@collab-kit/protocol'
import { authorise, streamsOf } from './access.ts'
import { effectOf } from './effects.ts'
import type { Caller, Policy, ReadContext, Traces, WriteContext } from './context.ts'
import { erasePerson, exportPerson, writeAudit } from './traces.ts'
import { fail, isSerialisationFailure, toStorageError } from './errors.ts'
import { newId } from './ids.ts'
import { hashInput, recall, remember, type CommandKey } from './idempotency.ts'
import type { SetAnswer } from './module.ts'
import { actorOf, Outbox, toTold, type Published } from './outbox.ts'
import type { Operation, Registry } from './registry.ts'
import type { Session, Store } from './store.ts'

/** One call on its way into the database; plain data, for it may cross a thread. */
export interface Job {
  /** `domain.verbNoun`, or `domain.$name` of an internal command. */
  operation: string
  input: Record<string, unknown>
  caller: Caller
  commandId?: string | undefined
  prepared?: unknown
}

export type JobResult = { json: string; error?: undefined } | { json?: undefined; error: JobError }

export interface JobError extends Omit<ErrorShape, 'requestId' | 'retryable'> {
  /** What really happened, for the log alone. */
  cause?: string
}

export interface Commit {
  results: JobResult[]
  published: Published[]
}

export interface ExecutorOptions {
  store: Store
  registry: Registry
  policy: Policy
  /** Milliseconds since 1970. */
  now(): number
}

/** A batch is begun this often when other writers are in its way. */
const ATTEMPTS = 4

interface Batch {
  session: Session
  outbox: Outbox
  /** Whether the whole batch may be run again. */
  again: boolean
}

/** Runs jobs against a database: commands in batches of one durable commit, queries one by one. */
export class Executor {
  readonly #options: ExecutorOptions

  constructor(options: ExecutorOptions) {
    this.#options = options
  }

  /** All jobs of a batch in turn, in one transaction; one that fails leaves no trace and harms no other. */
  async commit(jobs: readonly Job[], attempt = 1): Promise<Commit> {
    let committing = false
    try {
      return await this.#options.store.transaction(async (session) => {
        const outbox = new Outbox(session)
        const results = await this.#run({ session, outbox, again: attempt < ATTEMPTS }, jobs)
        const published = await outbox.flush()
        committing = true
        return { results, published }
      })
    } catch (error) {
      if (isSerialisationFailure(error) && attempt < ATTEMPTS) return this.commit(jobs, attempt + 1)
      const refusal = toStorageError(error)
      const lost =
        committing &&
        refusal.code === 'unavailable' &&
        refusal.details?.['reason'] === 'storage_unavailable'
      const answer = toJobError(
        lost ? new CollabError('outcome_unknown', { cause: error }) : refusal,
      )
      return { results: jobs.map(() => ({ error: answer })), published: [] }
    }
  }

  /** A query outside any transaction. */
  async query(job: Job): Promise<JobResult> {
    try {
      return await this.#options.store.read(async (session) => {
        const ctx = this.#readContext(session, job)
        const lookup = this.#options.registry.lookups.get(job.operation)
        if (lookup) return { json: JSON.stringify((await lookup(ctx, job.input)) ?? {}) }
        const operation = this.#operation(job.operation)
        ctx.resource = await authorise(this.#options.registry, operation, { ctx, input: job.input })
        const output = await operation.handler.handle(
          Object.assign(ctx, { fail }),
          job.input,
          job.prepared,
        )
        return { json: JSON.stringify(output ?? {}) }
      })
    } catch (error) {
      return { error: toJobError(toStorageError(error)) }
    }
  }

  async #run(batch: Batch, jobs: readonly Job[]): Promise<JobResult[]> {
    const { outbox } = batch
    const { registry } = this.#options
    await outbox.lock(
      jobs.flatMap((job) => {
        const operation = registry.operations.get(job.operation)
        return operation ? streamsOf(operation, job.input, job) : []
      }),
    )
    const results: JobResult[] = []
    for (let index = 0; index < jobs.length;) {
      // What comes next reads what came before.
      await outbox.write()
      const run = this.#setRun(jobs, index)
      if (run) {
        results.push(...(await this.#runSet(batch, run)))
        index += run.length
      } else {
        results.push(await this.#runOne(batch, jobs[index]!))
        index++
      }
    }
    return results
  }

  /** The longest run of jobs from here that one set handler takes. */
  #setRun(jobs: readonly Job[], from: number): readonly Job[] | undefined {
    const first = jobs[from]!
    const operation = this.#options.registry.operations.get(first.operation)
    if (!operation?.module.sets[operation.key]) return undefined
    // A command id asks for the remembered reply, an API key for its scopes: both take the ordinary way.
    const fits = (job: Job | undefined) =>
      job?.operation === first.operation && job.commandId === undefined && !job.caller.scopes
    let to = from
    while (fits(jobs[to])) to++
    return to > from ? jobs.slice(from, to) : undefined
  }

  async #runSet(batch: Batch, jobs: readonly Job[]): Promise<JobResult[]> {
    const { session, outbox } = batch
    const operation = this.#operation(jobs[0]!.operation)
    const handle = operation.module.sets[operation.key]!
    const ctx = this.#writeContext(session, outbox, {
      caller: SYSTEM,
      operation: jobs[0]!.operation,
      input: {},
    })
    const answers = await handle(
      ctx,
      jobs.map(({ caller, input }) => ({ caller, input, now: ctx.now })),
    )
    const results: JobResult[] = []
    for (const [index, answer] of answers.entries()) {
      if (answer === 'one_by_one') {
        await outbox.write()
        results.push(await this.#runOne(batch, jobs[index]!))
      } else results.push(toResult(answer))
    }
    return results
  }

  async #runOne(batch: Batch, job: Job): Promise<JobResult> {
    const { session, outbox } = batch
    const mark = outbox.mark()
    await session.run('savepoint job')
    try {
      const json = await this.#apply(session, outbox, job)
      await session.run('release savepoint job')
      return { json }
    } catch (error) {
      if (batch.again && isSerialisationFailure(error)) throw error
      const refusal = toStorageError(error)
      // What broke the storage breaks the batch; what broke the rules breaks this job alone.
      if (refusal.code === 'unavailable' && !isCollabError(error)) throw error
      await session.run('rollback to savepoint job')
      await session.run('release savepoint job')
      outbox.reset(mark)
      return { error: toJobError(refusal) }
    }
  }

  async #apply(session: Session, outbox: Outbox, job: Job): Promise<string> {
    const { registry } = this.#options
    const ctx = this.#writeContext(session, outbox, job)
    const internal = registry.internal.get(job.operation)
    if (internal) return JSON.stringify((await internal(ctx, job.input)) ?? {})
    const operation = this.#operation(job.operation)
    const key = this.#commandKey(operation, job)
    const inputHash = key ? hashInput(job.input) : ''
    const known = key && (await recall(session, key, inputHash))
    if (known !== undefined) return known
    ctx.resource = await authorise(registry, operation, { ctx, input: job.input })
    const output = await operation.handler.handle(
      Object.assign(ctx, { fail }),
      job.input,
      job.prepared,
    )
    const json = JSON.stringify(output ?? {})
    if (key) await remember(session, key, { inputHash, reply: json, at: ctx.now })
    return json
  }

  #commandKey({ definition }: Operation, { commandId, caller }: Job): CommandKey | undefined {
    // What is bound to a connection is said anew on the next.
    if (!commandId || definition.secret || definition.connection || definition.kind === 'query')
      return undefined
    return { actor: caller.username, operation: definition.name, commandId }
  }

  #operation(name: string): Operation {
    const operation = this.#options.registry.operations.get(name)
    if (!operation) throw new CollabError('unknown_operation', { details: { operation: name } })
    return operation
  }

  #readContext(session: Session, { caller, commandId }: Job): ReadContext {
    return {
      caller,
      commandId,
      db: session.db,
      driver: session.driver,
      policy: this.#options.policy,
      now: new Date(this.#options.now()).toISOString(),
      resource: undefined,
      newId,
      head: async (stream) => {
        const row = await session.db
          .selectFrom('streams')
          .select('head')
          .where('key', '=', stream)
          .executeTakeFirst()
        return row?.head ?? 0
      },
      export: (username) =>
        exportPerson(this.#options.registry, this.#readContext(session, SYSTEM_JOB), username),
    }
  }

  #writeContext(session: Session, outbox: Outbox, job: Job): WriteContext {
    const ctx = this.#readContext(session, job)
    const streamOf = (event: EventDefinition, id: string) => {
      if (!event.stream) throw new Error(`${event.name} belongs to one connection`)
      return event.stream(id)
    }
    return Object.assign(ctx, {
      log: outbox,
      audit: (...entry: Parameters<Traces['audit']>) => writeAudit(ctx, entry),
      erase: (username: string) =>
        erasePerson(this.#options.registry, ctx as WriteContext, username),
      as: (caller: Caller, now: string) =>
        Object.assign(this.#writeContext(session, outbox, { ...job, caller }), { now }),
      head: (stream: string) => outbox.head(stream),
      lock: (streams: Iterable<string>) => outbox.lock(streams),
      append: async (event: EventDefinition, id: string, data: unknown) => {
        const stream = streamOf(event, id)
        const seq = await outbox.take(stream)
        const payload = typeof data === 'function' ? (data as (seq: number) => unknown)(seq) : data
        outbox.append(
          {
            event: event.name,
            stream,
            seq,
            caller: job.caller,
            commandId: job.commandId,
            at: ctx.now,
            json: JSON.stringify(payload),
          },
          effectOf(event, payload, actorOf(job.caller)),
        )
        return seq
      },
      tell: (event: EventDefinition, id: string, data: unknown) => {
        const stream = streamOf(event, id)
        outbox.tell(toTold(event, stream, { at: ctx.now, caller: job.caller, data }))
      },
    }) as WriteContext
  }
}

const SYSTEM: Caller = Object.freeze({ username: 'system', role: 'system' })
const SYSTEM_JOB: Job = Object.freeze({ operation: '', input: {}, caller: SYSTEM })

const toResult = (answer: Exclude<SetAnswer, 'one_by_one'>): JobResult =>
  'json' in answer ? answer : { error: toJobError(toStorageError(answer.error)) }

function toJobError(error: CollabError): JobError {
  const { code, message, details, retryAfterMs, cause } = error
  return {
    code,
    message,
    ...(details && { details }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(cause !== undefined && {
      cause: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
    }),
  }
}
