import type { Store } from '../kernel/store.ts'
import { Connections, type Patience } from './postgres-connections.ts'

export interface PostgresOptions {
  url: string
  /** Largest number of connections. Default 10. */
  connections?: number
  /** Default: what somebody who waits for an answer may be asked to wait. */
  patience?: Patience
  /** Called when a connection breaks, or the server is lost; both are made anew. */
  onConnectionLost?(error: Error): void
}

/** Statements that somebody waits for. */
const ANSWERING: Patience = { statement: 2000, lock: 500 }
/** Statements over whole tables, by the operator's wish. */
export const WORKING: Patience = { statement: 3_600_000, lock: 60_000 }

/** Open PostgreSQL. Nothing is asked of the server yet. */
export function openPostgres(options: PostgresOptions): Store {
  const { url, connections = 10, patience = ANSWERING, onConnectionLost } = options
  const pool = new Connections({ url, connections, patience, onConnectionLost })
  return {
    engine: 'postgres',
    transaction: (work) =>
      pool.use(async (connection) => {
        await connection.query('begin')
        try {
          const result = await work(connection.session)
          await connection.commit()
          return result
        } catch (error) {
          await connection.rollback()
          throw error
        }
      }),
    read: (work) =>
      pool.use(async (connection) => {
        await connection.query('begin isolation level repeatable read read only')
        try {
          return await work(connection.session)
        } finally {
          await connection.rollback()
        }
      }),
    close: () => pool.close(),
  }
}
