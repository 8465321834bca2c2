import { CollabError, isCollabError, type ErrorDetails } from '@collab-kit/protocol'

/** A storage that cannot be used now, in the storage's own words; its cause is for the log. */
export class StorageTrouble extends Error {
  override readonly name = 'StorageTrouble'
  readonly reason: 'storage_unavailable' | 'busy'
  constructor(reason: StorageTrouble['reason'], options: { cause: unknown }) {
    super(reason, options)
    this.reason = reason
  }
}

/** Map what storage throws to what a caller may know: the code, and whether repeating helps. */
export function toStorageError(error: unknown): CollabError {
  if (isCollabError(error)) return error
  const unavailable = (reason: string, retryAfterMs: number) =>
    new CollabError('unavailable', { details: { reason }, retryAfterMs, cause: error })
  if (error instanceof StorageTrouble) {
    return unavailable(error.reason, error.reason === 'busy' ? 250 : 1000)
  }
  const { code, errcode } = error as { code?: string; errcode?: number }
  if (code === 'ERR_SQLITE_ERROR') {
    const primary = (errcode ?? 0) & 0xff
    if (primary === SQLITE_FULL) return unavailable('storage_full', 5000)
    if (primary === SQLITE_BUSY || primary === SQLITE_LOCKED) return unavailable('busy', 250)
    if (STORAGE_GONE.has(primary)) return unavailable('storage_unavailable', 5000)
  }
  if (typeof code === 'string') {
    if (POSTGRES_BUSY.test(code)) return unavailable('busy', 250)
    if (code === POSTGRES_FULL) return unavailable('storage_full', 5000)
    if (POSTGRES_GONE.test(code)) return unavailable('storage_unavailable', 1000)
  }
  return new CollabError('internal', { cause: error })
}

const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6
const SQLITE_FULL = 13
/** readonly, ioerr, corrupt, cantopen, notadb */
const STORAGE_GONE = new Set([8, 10, 11, 14, 26])
/** A lock that somebody holds too long, a statement that takes too long. */
const POSTGRES_BUSY = /^(55P03|57014)$/
const POSTGRES_FULL = '53100'
/**
 * Connection exceptions, insufficient resources, operator intervention, system errors, a transaction that the server
 * gave up, and a server that has become a standby.
 */
const POSTGRES_GONE = /^((08|53|57|58)...|25P0[34]|25006)$/

export const fail = (code: string, details?: ErrorDetails, options?: object): never => {
  throw new CollabError(code as never, { ...options, ...(details && { details }) })
}

/**
 * Two writers were in each other's way: they locked each other out, or wrote the same row first. The whole batch can simply
 * run again, and then sees what the other did.
 */
export const isSerialisationFailure = (error: unknown): boolean => {
  const { code } = error as { code?: string }
  return code === '40001' || code === '40P01' || code === '23505'
}
