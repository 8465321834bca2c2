import type { auth, Output, Parsed } from '@collab-kit/protocol'
import type { Context } from '../../kernel/context.ts'
import { latestPage, toLatest } from './latest.ts'

type ListAudit = typeof auth.operations.listAudit

/** Security events, the latest first. */
export async function listAudit(
  ctx: Context<ListAudit>,
  { subject, ...input }: Parsed<ListAudit>,
): Promise<Output<ListAudit>> {
  const page = latestPage(ctx, input)
  const { before } = page
  let entries = ctx.db.selectFrom('audit').selectAll()
  if (subject !== undefined) entries = entries.where('subject', '=', subject)
  if (before)
    entries = entries.where(({ or, and, eb }) =>
      or([eb('at', '<', before.at), and([eb('at', '=', before.at), eb('id', '<', before.id)])]),
    )
  const found = await entries
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()
  const { rows, next } = toLatest(found, page, ({ at }) => at)
  return {
    items: rows.map((row) => ({
      id: row.id,
      at: row.at,
      ...(row.actor !== null && { actor: row.actor }),
      action: row.action,
      ...(row.subject !== null && { subject: row.subject }),
      ...(row.details !== null && { details: JSON.parse(row.details) as Record<string, unknown> }),
    })),
    ...next,
  }
}
