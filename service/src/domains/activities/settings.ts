import { activities, type Activity, type Output } from '@collab-kit/protocol'
import type { ReadContext } from '../../kernel/context.ts'
import { ordered, subjectsOf } from '../../kernel/grants.ts'
import type { Handler } from '../../kernel/module.ts'
import { encodeCursor, firstFitting, jsonBytes, pairAfter } from '../../kernel/pages.ts'
import { granted } from './access.ts'
import { grantsOf } from './grants.ts'
import { endActivity } from './leaving.ts'
import { permissionsIn, vocabulary } from './rules.ts'
import { assertMetadataFits } from './sizes.ts'
import {
  activityPage,
  changeActivity,
  nameOf,
  peopleIn,
  streamOf,
  type ActivityRow,
} from './store.ts'
import { activityView, toFacts } from './views.ts'

type Operations = typeof activities.operations
const { activityUpdated } = activities.events

export const getActivity: Handler<Operations['getActivity']> = (ctx) => {
  const { row, permissions } = granted(ctx)
  return activityView(ctx, row, permissions)
}

export const updateActivity: Handler<Operations['updateActivity']> = async (ctx, input) => {
  const { row, permissions } = granted(ctx)
  const { title, metadata, capacity } = input
  if (metadata) assertMetadataFits(ctx.policy.limits, metadata)
  const change = {
    ...(title !== undefined && { title }),
    ...(metadata !== undefined && {
      metadata: metadata === null ? null : JSON.stringify(metadata),
    }),
    ...(capacity !== undefined && { capacity }),
  }
  const keys = Object.keys(change) as (keyof typeof change)[]
  if (keys.every((key) => change[key] === row[key])) return activityView(ctx, row, permissions)
  const after = await changeActivity(ctx.db, row, change)
  await ctx.append(activityUpdated, nameOf(row), toFacts(after))
  return activityView(ctx, after, permissions)
}

export const removeActivity: Handler<Operations['removeActivity']> = async (ctx) => {
  const { row } = granted(ctx)
  await endActivity(ctx, row)
  await ctx.audit('activities.remove_activity', nameOf(row))
  return {}
}

export const listActivities: Handler<Operations['listActivities']> = async (ctx, input) => {
  const after = pairAfter(input.cursor)
  if (!after) return ctx.fail('invalid_cursor', { reason: 'invalid_cursor', path: 'cursor' })
  const limit = Math.min(input.limit, ctx.policy.limits.pageItems)
  const { username, role } = ctx.caller
  const subjects = await subjectsOf(ctx.db, username)
  const rows = await activityPage(ctx.db, {
    ...(role !== 'admin' && { knowing: { username, owns: role !== 'guest', subjects } }),
    type: input.type,
    after,
    limit: limit + 1,
  })
  const views = await viewsOf(ctx, rows.slice(0, limit), subjects)
  const items = firstFitting(views, ctx.policy.limits.pageBytes, jsonBytes)
  const last = items.at(-1)
  return {
    items,
    ...(last && items.length < rows.length && { nextCursor: encodeCursor([last.type, last.id]) }),
  } satisfies Output<Operations['listActivities']>
}

/** Many activities at once, as the caller sees them. */
async function viewsOf(
  ctx: Pick<ReadContext, 'db' | 'caller'>,
  rows: readonly ActivityRow[],
  subjects: readonly string[],
): Promise<Activity[]> {
  if (rows.length === 0) return []
  const { db, caller } = ctx
  const grants = await grantsOf(db, rows)
  const people = await peopleIn(ctx, rows)
  const found = await db
    .selectFrom('streams')
    .selectAll()
    .where('key', 'in', rows.map(streamOf))
    .execute()
  const heads = new Map(found.map(({ key, head }) => [key, head]))
  return rows.map((row) => ({
    ...toFacts(row),
    people: people.get(nameOf(row)) ?? 0,
    head: heads.get(streamOf(row)) ?? 0,
    permissions: ordered(
      vocabulary,
      permissionsIn(row, { caller, grants: grants.get(nameOf(row))!, subjects }),
    ),
  }))
}
