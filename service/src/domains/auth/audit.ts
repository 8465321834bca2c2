import type { auth, Output, Parsed } from '@collab-kit/protocol'
import type { Context } from '../../kernel/context.ts'
import { decodeCursor, encodeCursor } from '../../kernel/pages.ts'

type ListAudit = typeof auth.operations.listAudit

/** Security events, the latest first. */
export async function listAudit(
  ctx: Context<ListAudit>,
  { subject, cursor, limit: wanted }: Parsed<ListAudit>,
): Promise<Output<ListAudit>> {
  const limit = Math.min(wanted, ctx.policy.limits.pageItems)
  const position = cursor === undefined ? undefined : decodeCursor(cursor)
  let entries = ctx.db.selectFrom('audit').selectAll()
  if (subject !== undefined) entries = entries.where('subject', '=', subject)
  if (position !== undefined) {
    const [at, id] = Array.isArray(position) ? (position as unknown[]) : []
    if (typeof at !== 'string' || typeof id !== 'string')
      return ctx.fail('invalid_cursor', { reason: 'invalid_cursor', path: 'cursor' })
    entries = entries.where(({ or, and, eb }) =>
      or([eb('at', '<', at), and([eb('at', '=', at), eb('id', '<', id)])]),
    )
  }
  const rows = await entries
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    items: rows.slice(0, limit).map((row) => ({
      id: row.id,
      at: row.at,
      ...(row.actor !== null && { actor: row.actor }),
      action: row.action,
      ...(row.subject !== null && { subject: row.subject }),
      ...(row.details !== null && { details: JSON.parse(row.details) as Record<string, unknown> }),
    })),
    ...(last && { nextCursor: encodeCursor([last.at, last.id]) }),
  }
}
