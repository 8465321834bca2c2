import type { ReadContext, Refusing } from '../../kernel/context.ts'
import { decodeCursor, encodeCursor } from '../../kernel/pages.ts'

/** A page of a list whose latest entries come first. */
export interface LatestPage {
  /** It begins after the entry of this time and id; nothing for the first page. */
  before: { at: string; id: string } | undefined
  limit: number
}

type Asked = Pick<ReadContext, 'policy'> & Refusing

/** The page that is asked for; refuses a cursor that is none of such a list. */
export function latestPage(
  ctx: Asked,
  { cursor, limit: wanted }: { cursor?: string | undefined; limit: number },
): LatestPage {
  const limit = Math.min(wanted, ctx.policy.limits.pageItems)
  if (cursor === undefined) return { before: undefined, limit }
  const position = decodeCursor(cursor)
  const [at, id] = Array.isArray(position) ? (position as unknown[]) : []
  if (typeof at !== 'string' || typeof id !== 'string')
    return ctx.fail('invalid_cursor', { reason: 'invalid_cursor', path: 'cursor' })
  return { before: { at, id }, limit }
}

/** The rows of the page, out of one more than it holds. */
export function toLatest<R extends { id: string }>(
  rows: readonly R[],
  { limit }: LatestPage,
  atOf: (row: R) => string,
): { rows: R[]; next: { nextCursor?: string } } {
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    rows: rows.slice(0, limit),
    next: last ? { nextCursor: encodeCursor([atOf(last), last.id]) } : {},
  }
}
