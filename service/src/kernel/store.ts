import type { Kysely } from 'kysely'
import type { Database, Driver } from './schema.ts'

/** One open connection, inside a transaction or outside. */
export interface Session {
  db: Kysely<Database>
  driver: Driver
  /** Run a bare statement, such as a savepoint. */
  run(statement: string): Promise<void>
}

/** A database, whichever engine it is. */
export interface Store {
  engine: 'sqlite' | 'postgres'
  /** Durable when it resolves. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>
  /** All that is read in it is of one moment. */
  read<T>(work: (session: Session) => Promise<T>): Promise<T>
  close(): Promise<void>
}
