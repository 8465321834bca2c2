import type { Group } from '@collab-kit/protocol'
import type { Kysely, Selectable } from 'kysely'
import type { Database } from '../../kernel/schema.ts'

export type GroupRow = Selectable<Database['groups']>
type Db = Kysely<Database>

export const findGroup = (db: Db, name: string): Promise<GroupRow | undefined> =>
  db.selectFrom('groups').selectAll().where('name', '=', name).executeTakeFirst()

/** Adds a group; answers whether the name was free. */
export async function insertGroup(db: Db, group: GroupRow): Promise<boolean> {
  const result = await db
    .insertInto('groups')
    .values(group)
    .onConflict((conflict) => conflict.column('name').doNothing())
    .executeTakeFirst()
  return Number(result.numInsertedOrUpdatedRows ?? 0) > 0
}

export async function isInGroup(db: Db, name: string, username: string): Promise<boolean> {
  const row = await db
    .selectFrom('group_members')
    .select('username')
    .where('group_name', '=', name)
    .where('username', '=', username)
    .executeTakeFirst()
  return row !== undefined
}

/** Puts people into a group; what tokens say does not take over who was put there by hand. */
export async function insertMembers(
  db: Db,
  name: string,
  { usernames, byToken }: { usernames: readonly string[]; byToken: boolean },
): Promise<void> {
  if (usernames.length === 0) return
  const rows = [...new Set(usernames)].map((username) => ({
    group_name: name,
    username,
    by_token: byToken ? 1 : 0,
  }))
  await db
    .insertInto('group_members')
    .values(rows)
    .onConflict((conflict) =>
      byToken
        ? conflict.columns(['group_name', 'username']).doNothing()
        : conflict.columns(['group_name', 'username']).doUpdateSet({ by_token: 0 }),
    )
    .execute()
}

export async function deleteMembers(
  db: Db,
  name: string,
  usernames: readonly string[],
): Promise<void> {
  await db
    .deleteFrom('group_members')
    .where('group_name', '=', name)
    .where('username', 'in', usernames)
    .execute()
}

/** Names of the groups that tokens put a person into. */
export async function tokenGroupsOf(db: Db, username: string): Promise<string[]> {
  const rows = await db
    .selectFrom('group_members')
    .select('group_name')
    .where('username', '=', username)
    .where('by_token', '=', 1)
    .execute()
  return rows.map((row) => row.group_name)
}

export async function memberPage(
  db: Db,
  { name, after, limit }: { name: string; after: string; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('group_members')
    .select('username')
    .where('group_name', '=', name)
    .where('username', '>', after)
    .orderBy('username')
    .limit(limit)
    .execute()
  return rows.map(({ username }) => username)
}

/** A page of groups by name: all of them, or those of one person, or those of one that another shares. */
export async function groupPage(
  db: Db,
  page: { of?: string; sharedWith?: string; after: string; limit: number },
): Promise<GroupRow[]> {
  let found = db.selectFrom('groups').selectAll('groups').where('name', '>', page.after)
  for (const username of [page.of, page.sharedWith]) {
    if (username === undefined) continue
    found = found.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('group_members')
          .select('group_name')
          .whereRef('group_members.group_name', '=', 'groups.name')
          .where('group_members.username', '=', username),
      ),
    )
  }
  return found.orderBy('name').limit(page.limit).execute()
}

/** Groups as they are shown, with their counts. */
export async function toGroups(db: Db, rows: readonly GroupRow[]): Promise<Group[]> {
  if (rows.length === 0) return []
  const counts = await db
    .selectFrom('group_members')
    .select(['group_name', ({ fn }) => fn.countAll().as('count')])
    .where(
      'group_name',
      'in',
      rows.map(({ name }) => name),
    )
    .groupBy('group_name')
    .execute()
  const countOf = new Map(counts.map((row) => [row.group_name, Number(row.count)]))
  return rows.map((row) => ({
    name: row.name,
    ...(row.description !== null && { description: row.description }),
    memberCount: countOf.get(row.name) ?? 0,
    createdAt: row.created_at,
  }))
}
