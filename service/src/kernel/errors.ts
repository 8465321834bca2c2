import { CollabError, isCollabError, type ErrorDetails } from '@collab-kit/protocol'

/** Map what storage throws to what a caller may know: the code, and whether repeating helps. */
export function toStorageError(error: unknown): CollabError {
  if (isCollabError(error)) return error
  const unavailable = (reason: string, retryAfterMs: number) =>
    new CollabError('unavailable', { details: { reason }, retryAfterMs, cause: error })
  const { code, errcode } = error as { code?: string; errcode?: number }
  if (code === 'ERR_SQLITE_ERROR') {
    const primary = (errcode ?? 0) & 0xff
    if (primary === SQLITE_FULL) return unavailable('storage_full', 5000)
    if (primary === SQLITE_BUSY || primary === SQLITE_LOCKED) return unavailable('busy', 250)
    if (STORAGE_GONE.has(primary)) return unavailable('storage_unavailable', 5000)
  }
  if (typeof code === 'string' && POSTGRES_GONE.test(code))
    return unavailable('storage_unavailable', 1000)
  if (error instanceof Error && CONNECTION_GONE.test(error.message)) {
    return unavailable('storage_unavailable', 1000)
  }
  return new CollabError('internal', { cause: error })
}

const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6
const SQLITE_FULL = 13
/** readonly, ioerr, corrupt, cantopen, notadb */
const STORAGE_GONE = new Set([8, 10, 11, 14, 26])
/** Connection exceptions, insufficient resources, operator intervention, system errors, and refused sockets. */
const POSTGRES_GONE = /^(08|53|57|58)...$|^E(CONN|PIPE|TIMEDOUT|HOSTUNREACH)/
const CONNECTION_GONE =
  /Connection terminated|timeout exceeded when trying to connect|connection timeout/i

export const fail = (code: string, details?: ErrorDetails, options?: object): never => {
  throw new CollabError(code as never, { ...options, ...(details && { details }) })
}

/** Two writers locked each other out; the whole batch can simply run again. */
export const isSerialisationFailure = (error: unknown): boolean => {
  const { code } = error as { code?: string }
  return code === '40001' || code === '40P01'
}
