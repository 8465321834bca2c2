import { z } from 'zod'
import { errorCatalogue, type ErrorCode } from './error-catalogue.ts'
import { CollabError, type ErrorShape } from './errors.ts'
import { Timestamp } from './ids.ts'

export const WireError = z
  .object({
    code: z.enum(Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
    retryable: z.boolean(),
    retryAfterMs: z.number().optional(),
    requestId: z.string(),
  })
  .meta({ id: 'Error', description: 'Every refusal, on every transport.' })

/** Answer to an operation over a socket. */
export type Reply<T = unknown> = { ok: true; data: T } | { ok: false; error: ErrorShape }

export const Actor = z
  .object({ username: z.string(), connectionId: z.string().optional() })
  .meta({ id: 'Actor' })
export type Actor = z.output<typeof Actor>

/** One item of the server's `events` array. */
export const EventItem = z
  .object({
    name: z.string(),
    stream: z.string().optional(),
    seq: z.int().optional(),
    rev: z.int().optional(),
    at: Timestamp,
    actor: Actor.optional(),
    commandId: z.string().optional(),
    data: z.unknown(),
  })
  .meta({ id: 'EventItem' })
export interface EventItem<D = unknown> {
  name: string
  stream?: string
  seq?: number
  rev?: number
  at: string
  actor?: Actor
  commandId?: string
  data: D
}

/** The one event that the server speaks through. */
export const EVENTS = 'events'

/** A refusal as it is answered: with an id by which a log names it, and what its code means where it says nothing. */
export function toAnswer(error: CollabError, requestId: string): CollabError {
  const { code, details, retryAfterMs, cause } = error
  return new CollabError(code, {
    message: error.message === code ? errorCatalogue[code].meaning : error.message,
    ...(details && { details }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    cause,
    requestId,
  })
}
