import type { ActivityPermission } from '@collab-kit/protocol'
import type { ReadContext } from '../../kernel/context.ts'
import { areSame, subjectsOf, type Grants } from '../../kernel/grants.ts'
import { defaultGrant, permissionsIn, type Person } from './rules.ts'
import { nameOf, type ActivityRow, type Db, type Name } from './store.ts'

/** What is granted in these activities in place of the default, by activity and subject. */
export async function grantsOf(
  db: Db,
  names: readonly Name[],
): Promise<Map<string, Grants<ActivityPermission>>> {
  const all = new Map<string, Map<string, ActivityPermission[]>>(
    names.map((name) => [nameOf(name), new Map()]),
  )
  if (names.length === 0) return all
  const rows = await db
    .selectFrom('activity_grants')
    .selectAll()
    .where(({ or, and, eb }) =>
      or(names.map(({ type, id }) => and([eb('type', '=', type), eb('id', '=', id)]))),
    )
    .orderBy('subject')
    .execute()
  for (const row of rows)
    all.get(nameOf(row))?.set(row.subject, JSON.parse(row.permissions) as ActivityPermission[])
  return all
}

export const grantsIn = async (db: Db, name: Name): Promise<Grants<ActivityPermission>> =>
  (await grantsOf(db, [name])).get(nameOf(name))!

/** What a subject may do: what is granted to it, or the default. */
export const grantOf = (
  grants: Grants<ActivityPermission>,
  subject: string,
): readonly ActivityPermission[] => grants.get(subject) ?? defaultGrant(subject)

/** What a person may do in an activity; one with nothing but its default asks for no groups. */
export async function permissionsOf(
  { db }: Pick<ReadContext, 'db'>,
  activity: ActivityRow,
  caller: Person['caller'],
): Promise<ReadonlySet<ActivityPermission>> {
  const grants = await grantsIn(db, activity)
  const subjects = await subjectsOf(db, caller.username, grants)
  return permissionsIn(activity, { caller, grants, subjects })
}

/** Keeps what is granted to a subject; what is its default anyway is not kept. */
export async function saveGrant(
  db: Db,
  { type, id }: Name,
  { subject, permissions }: { subject: string; permissions: readonly ActivityPermission[] },
): Promise<void> {
  if (areSame(permissions, defaultGrant(subject))) {
    await db
      .deleteFrom('activity_grants')
      .where('type', '=', type)
      .where('id', '=', id)
      .where('subject', '=', subject)
      .execute()
    return
  }
  const json = JSON.stringify(permissions)
  await db
    .insertInto('activity_grants')
    .values({ type, id, subject, permissions: json })
    .onConflict((conflict) =>
      conflict.columns(['type', 'id', 'subject']).doUpdateSet({ permissions: json }),
    )
    .execute()
}

/** The activities in which something is granted to a subject, and what. */
export async function grantsTo(
  db: Db,
  subject: string,
): Promise<(Name & { permissions: ActivityPermission[] })[]> {
  const rows = await db
    .selectFrom('activity_grants')
    .select(['type', 'id', 'permissions'])
    .where('subject', '=', subject)
    .orderBy('type')
    .orderBy('id')
    .execute()
  return rows.map(({ type, id, permissions }) => ({
    type,
    id,
    permissions: JSON.parse(permissions) as ActivityPermission[],
  }))
}
