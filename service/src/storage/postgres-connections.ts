import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { StorageTrouble } from '../kernel/errors.ts'
import type { Database, Driver } from '../kernel/schema.ts'
import type { Session } from '../kernel/store.ts'

/** How long the database is waited for, milliseconds. */
export interface Patience {
  /** For one statement. */
  statement: number
  /** For a lock that somebody else holds. */
  lock: number
}

export interface ConnectionsOptions {
  url: string
  /** Largest number of connections. */
  connections: number
  patience: Patience
  onConnectionLost?: ((error: Error) => void) | undefined
}

/** How long a connection is waited for, whether it is to be made or given back by somebody. */
const CONNECT_MS = 2000
/** A server that was lost is asked again this often; whoever comes in between is refused at once. */
const AGAIN_MS = 500

/**
 * The connections to a PostgreSQL server. Whatever becomes of the server, who asks for something is answered: a
 * statement is waited for so long and no longer, and while the server is lost nobody waits but the one who tries.
 */
export class Connections {
  readonly #options: ConnectionsOptions
  readonly #known = new WeakMap<pg.PoolClient, Connection>()
  #pool: pg.Pool
  #lost: { error: Error; again: number } | undefined
  #trying = false
  /** When a server last answered anything. */
  #answered = performance.now()

  constructor(options: ConnectionsOptions) {
    this.#options = options
    this.#pool = this.#open()
  }

  /** Work on one connection; throws `StorageTrouble` where there is none to be had. */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const lost = this.#lost
    if (!lost) return await this.#use(work)
    if (this.#trying || performance.now() < lost.again) throw gone(lost.error)
    this.#trying = true
    try {
      return await this.#use(work)
    } finally {
      this.#trying = false
      // Where the server is there after all, it has said so.
      if (this.#lost) this.#lost.again = performance.now() + AGAIN_MS
    }
  }

  async close(): Promise<void> {
    // A server that does not answer does not say goodbye either.
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, CONNECT_MS)))
    await Promise.race([this.#pool.end(), patience])
    clearTimeout(timer)
  }

  async #use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.#connect()
    try {
      return await work(connection)
    } finally {
      connection.release()
    }
  }

  async #connect(): Promise<Connection> {
    let client: pg.PoolClient
    try {
      client = await this.#pool.connect()
    } catch (error) {
      const { message } = error as Error
      // All connections are in use: that is no news of the server.
      if (message === EXHAUSTED) throw new StorageTrouble('busy', { cause: error })
      this.#lose(error as Error)
      throw gone(error as Error)
    }
    let connection = this.#known.get(client)
    if (!connection) {
      connection = new Connection(client, {
        patience: this.#options.patience.statement,
        onAnswer: () => this.#answer(),
        onSilence: (error) => this.#silence(error),
      })
      this.#known.set(client, connection)
    }
    return connection
  }

  #open(): pg.Pool {
    const { url, connections, patience, onConnectionLost } = this.#options
    const types = new pg.TypeOverrides()
    types.setTypeParser(INT8, Number)
    const pool = new pg.Pool({
      connectionString: url,
      max: connections,
      connectionTimeoutMillis: CONNECT_MS,
      lock_timeout: patience.lock,
      // The server outlives our patience a little, so that it is never the one who cuts a commit short: cancelled while
      // it waits for a standby, a commit is reported as done.
      statement_timeout: patience.statement + 1000,
      // A node that froze in the middle of a transaction does not keep its locks from the others.
      idle_in_transaction_session_timeout: patience.statement + 3000,
      keepAlive: true,
      types,
    })
    // Without listeners a broken connection would end the process: while somebody works on it, and while it lies idle.
    pool.on('connect', (client) => client.on('error', (error: Error) => onConnectionLost?.(error)))
    pool.on('error', () => {})
    return pool
  }

  #answer(): void {
    this.#answered = performance.now()
    this.#lost = undefined
  }

  /** One statement took too long; that the server is lost is another matter. */
  #silence(error: Error): void {
    if (performance.now() - this.#answered >= this.#options.patience.statement) this.#lose(error)
  }

  #lose(error: Error): void {
    if (!this.#lost) {
      // The connections that lie idle lead to a server that is no more, or may.
      void this.#pool.end().catch(() => {
        // They are of no use, whatever becomes of them.
      })
      this.#pool = this.#open()
      this.#options.onConnectionLost?.(error)
    }
    this.#lost = { error, again: performance.now() + AGAIN_MS }
  }
}

/** What the pool says when nobody gave a connection back in time. */
const EXHAUSTED = 'timeout exceeded when trying to connect'
const INT8 = 20

const gone = (cause: Error): StorageTrouble => new StorageTrouble('storage_unavailable', { cause })

interface ConnectionEvents {
  /** For one statement, milliseconds. */
  patience: number
  onAnswer(): void
  onSilence(error: Error): void
}

/** One connection, for one piece of work at a time. */
export class Connection {
  readonly session: Session
  readonly #client: pg.PoolClient
  readonly #events: ConnectionEvents
  #broken: Error | undefined
  #warned: string | undefined

  constructor(client: pg.PoolClient, events: ConnectionEvents) {
    this.#client = client
    this.#events = events
    client.on('notice', (notice) => {
      if (notice.code?.startsWith(WARNING)) this.#warned = notice.message ?? notice.code
    })
    this.session = this.#session()
  }

  /** Durable when it resolves. */
  async commit(): Promise<void> {
    this.#warned = undefined
    const { command } = await this.query('commit')
    // A transaction that a statement broke is rolled back by its commit, without an error.
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back by an earlier error')
    // Such as a commit that stopped waiting for its standby: it may be lost with this server.
    if (this.#warned !== undefined) throw gone(new Error(this.#warned))
  }

  async rollback(): Promise<void> {
    if (this.#broken) return
    try {
      await this.query('rollback')
    } catch (error) {
      // Then it ends with its connection.
      this.#broken ??= error as Error
    }
  }

  /** Give it back, or up. */
  release(): void {
    this.#client.release(this.#broken ?? false)
  }

  query(text: string, values?: readonly unknown[]): Promise<pg.QueryResult<Row>> {
    if (this.#broken) return Promise.reject(gone(this.#broken))
    return new Promise((resolve, reject) => {
      let pending = true
      const timer = setTimeout(() => {
        // Should this process have slept, the answer is there and has only not been read.
        setImmediate(() => {
          if (pending) reject(this.#giveUp(text))
        })
      }, this.#events.patience)
      const settle = () => {
        pending = false
        clearTimeout(timer)
      }
      this.#client.query<Row>(text, values as unknown[]).then(
        (result) => {
          settle()
          this.#events.onAnswer()
          resolve(result)
        },
        (error: Error) => {
          settle()
          reject(this.#understand(error))
        },
      )
    })
  }

  #giveUp(text: string): Error {
    const error = gone(new Error(`no answer within ${this.#events.patience} ms: ${text}`))
    this.#broken = error
    this.#events.onSilence(error)
    return error
  }

  #understand(error: Error): Error {
    if (!(error instanceof pg.DatabaseError)) {
      // The connection itself broke: nothing of the server's comes without being named.
      this.#broken ??= error
      return gone(error)
    }
    if (ENDS.test(error.code ?? '')) this.#broken ??= error
    else this.#events.onAnswer()
    return error
  }

  #session(): Session {
    const facade = {
      query: (text: string, values: readonly unknown[]) => this.query(text, values),
      release: () => {},
    }
    const pool = { connect: () => Promise.resolve(facade), end: () => Promise.resolve() }
    const driver: Driver = {
      kind: 'postgres',
      query: async (text, values) => (await this.query(text, values)).rows,
    }
    return {
      db: new Kysely<Database>({
        dialect: new PostgresDialect({ pool: pool as never }),
      }),
      driver,
      run: async (statement) => {
        await this.query(statement)
      },
    }
  }
}

type Row = Record<string, unknown>

/** Class of SQLSTATE. */
const WARNING = '01'
/** After these a connection is of no use: it ends by itself, or leads to a server that has become a standby. */
const ENDS = /^(08...|57P0.|58...|25006|25P0[34])$/
