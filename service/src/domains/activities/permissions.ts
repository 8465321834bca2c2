import { activities, type ActivityPermission } from '@collab-kit/protocol'
import type { Emitter, ReadContext, Refusing, Traces } from '../../kernel/context.ts'
import {
  ordered,
  regranted,
  shownGrants,
  subjectsOf,
  subjectsOfPeople,
  type Regrant,
} from '../../kernel/grants.ts'
import type { Handler } from '../../kernel/module.ts'
import { findUsers } from '../users/index.ts'
import { granted } from './access.ts'
import { grantOf, grantsIn, grantsTo, saveGrant } from './grants.ts'
import { endIfEmpty, putOut, type PutOutContext } from './leaving.ts'
import { missingRight, permissionsIn, vocabulary } from './rules.ts'
import { findActivity, nameOf, participantsIn, streamOf, type ActivityRow } from './store.ts'

type Operations = typeof activities.operations
const { permissionsChanged } = activities.events
type TellContext = PutOutContext & Pick<Emitter<typeof permissionsChanged>, 'append'>
type DecidingContext = TellContext &
  Pick<ReadContext, 'resource'> &
  Pick<Traces, 'audit'> &
  Refusing

/** What each of these people may do in an activity. */
export async function permissionsOfPeople(
  { db }: Pick<ReadContext, 'db'>,
  activity: ActivityRow,
  usernames: readonly string[],
): Promise<Map<string, ReadonlySet<ActivityPermission>>> {
  const grants = await grantsIn(db, activity)
  const people = await findUsers(db, usernames)
  const subjects = await subjectsOfPeople(db, usernames, grants)
  return new Map(
    people.map((caller) => {
      const own = subjects.get(caller.username) ?? []
      return [caller.username, permissionsIn(activity, { caller, grants, subjects: own })]
    }),
  )
}

/** Puts out who may not be in an activity any more, or not in the way they are. */
async function putOutLosers(ctx: PutOutContext, activity: ActivityRow): Promise<void> {
  const rows = await participantsIn(ctx.db, activity)
  const people = [...new Set(rows.map(({ username }) => username))]
  const permissions = await permissionsOfPeople(ctx, activity, people)
  for (const own of Map.groupBy(rows, ({ username }) => username).values()) {
    const held = permissions.get(own[0]!.username) ?? new Set()
    const lost = own.filter(({ lurking }) => missingRight(held, lurking === 1))
    if (lost.length > 0)
      await putOut(ctx, lost, { permission: true, each: lost.length < own.length })
  }
}

/**
 * What is granted to a subject changed. First those are put out who may not be here any more: it is the last that they
 * hear; then it is told.
 */
async function applyChange(
  ctx: TellContext,
  activity: ActivityRow,
  subject: string,
): Promise<void> {
  const { type, id } = activity
  await putOutLosers(ctx, activity)
  const permissions = [...grantOf(await grantsIn(ctx.db, activity), subject)]
  await ctx.append(permissionsChanged, nameOf(activity), { type, id, subject, permissions })
  await endIfEmpty(ctx, activity)
}

export const getPermissions: Handler<Operations['getPermissions']> = async (ctx, { subject }) => {
  const { row, permissions: held } = granted(ctx)
  const { username } = ctx.caller
  const grants = await grantsIn(ctx.db, row)
  const permissions = shownGrants(ctx, {
    subject,
    always: ['world'],
    own: await subjectsOf(ctx.db, username),
    held,
    grants,
    grantOf: (each) => grantOf(grants, each),
  })
  return { permissions, mine: ordered(vocabulary, held) }
}

export const setPermissions: Handler<Operations['setPermissions']> = async (ctx, input) => {
  const { subject, permissions, replace } = input
  const before = grantOf(await grantsIn(ctx.db, granted(ctx).row), subject)
  const after = replace ? permissions : [...before, ...permissions]
  return regrant(ctx, { subject, before, after })
}

export const removePermissions: Handler<Operations['removePermissions']> = async (
  ctx,
  { subject, permissions },
) => {
  const before = grantOf(await grantsIn(ctx.db, granted(ctx).row), subject)
  const after = permissions ? before.filter((each) => !permissions.includes(each)) : []
  return regrant(ctx, { subject, before, after })
}

async function regrant(
  ctx: DecidingContext,
  { subject, ...change }: Omit<Regrant<ActivityPermission>, 'held'> & { subject: string },
): Promise<{ subject: string; permissions: ActivityPermission[] }> {
  const { row, permissions: held } = granted(ctx)
  const { permissions, isNew } = regranted(ctx, vocabulary, { ...change, held })
  if (isNew) {
    await saveGrant(ctx.db, row, { subject, permissions })
    await applyChange(ctx, row, subject)
    await ctx.audit('activities.set_permissions', nameOf(row), { subject, permissions })
  }
  return { subject, permissions }
}

/**
 * Who is in a group changed, or with `gone` the group is no more: whatever is granted to it is told, and whoever was in
 * an activity by it alone is put out.
 */
export async function groupChanged(
  ctx: TellContext,
  group: string,
  { gone = false }: { gone?: boolean } = {},
): Promise<void> {
  const subject = `group:${group}`
  for (const name of await grantsTo(ctx.db, subject)) {
    await ctx.lock([streamOf(name)])
    const activity = await findActivity(ctx.db, name)
    if (!activity) continue
    if (gone) await saveGrant(ctx.db, activity, { subject, permissions: [] })
    await applyChange(ctx, activity, subject)
  }
}
