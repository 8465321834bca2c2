import { CollabError, type ActivityPermission } from '@collab-kit/protocol'
import type { ReadContext, Resource } from '../../kernel/context.ts'
import { permissionsOf } from './grants.ts'
import { missingRight } from './rules.ts'
import { findActivity, isIn, toName, type ActivityRow, type Name } from './store.ts'

/** The activity that access was granted on. */
export interface ActivityResource extends Resource {
  permissions: ReadonlySet<ActivityPermission>
  row: ActivityRow
}

/** An activity as the caller may know it; nothing when it is absent or not theirs to know of, which look the same. */
export async function visibleActivity(
  ctx: Pick<ReadContext, 'db' | 'caller'>,
  name: Name,
): Promise<ActivityResource | undefined> {
  const row = await findActivity(ctx.db, name)
  const permissions = row && (await permissionsOf(ctx, row, ctx.caller))
  return row && permissions && permissions.size > 0
    ? { permissions, member: false, row }
    : undefined
}

/** @throws CollabError `not_found` naming both parts */
export async function activityAccess(ctx: ReadContext, name: string): Promise<ActivityResource> {
  const found = await visibleActivity(ctx, toName(name))
  if (!found) throw new CollabError('not_found', { details: { ...toName(name) } })
  return found
}

/** The activity that the operation was allowed on. */
export function granted({ resource }: Pick<ReadContext, 'resource'>): ActivityResource {
  if (!resource) throw new Error('no activity was authorised')
  return resource as ActivityResource
}

/**
 * Whether the caller may read an activity's stream: those who are in it with some connection, and those who may lurk,
 * which reading by hand is.
 */
export async function readableActivity(
  ctx: Pick<ReadContext, 'db' | 'caller'>,
  name: Name,
): Promise<{ from: number } | undefined> {
  const found = await visibleActivity(ctx, name)
  if (!found || missingRight(found.permissions, false)) return undefined
  const allowed = found.permissions.has('lurk') || (await isIn(ctx.db, name, ctx.caller.username))
  return allowed ? { from: 0 } : undefined
}
