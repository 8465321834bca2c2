import type { Account, Me, User } from '@collab-kit/protocol'
import type { Kysely, Selectable } from 'kysely'
import type { Database } from '../../kernel/schema.ts'

export type UserRow = Selectable<Database['users']>
type Db = Kysely<Database>

export const findUser = (db: Db, username: string): Promise<UserRow | undefined> =>
  db.selectFrom('users').selectAll().where('username', '=', username).executeTakeFirst()

/** The people of these names, in no order; names that nobody has are left out. */
export const findUsers = (db: Db, usernames: readonly string[]): Promise<UserRow[]> =>
  usernames.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('users')
        .selectAll()
        .where('username', 'in', [...new Set(usernames)])
        .execute()

export interface NewUser {
  username: string
  displayName: string
  role: UserRow['role']
  passwordHash?: string | undefined
  firstName?: string | undefined
  lastName?: string | undefined
  email?: string | undefined
  picture?: string | undefined
  issuer?: string | null
  createdAt: string
}

/** Adds a person; answers whether the name was free. */
export async function insertUser(db: Db, user: NewUser): Promise<boolean> {
  const result = await db
    .insertInto('users')
    .values({
      username: user.username,
      display_name: user.displayName,
      first_name: user.firstName ?? null,
      last_name: user.lastName ?? null,
      email: user.email ?? null,
      picture: user.picture ?? null,
      role: user.role,
      password_hash: user.passwordHash ?? null,
      disabled_at: null,
      deleted_at: null,
      created_at: user.createdAt,
      issuer: user.issuer ?? null,
      tokens_from: null,
      cut_at: null,
    })
    .onConflict((conflict) => conflict.column('username').doNothing())
    .executeTakeFirst()
  return Number(result.numInsertedOrUpdatedRows ?? 0) > 0
}

export type Change = Partial<
  Pick<UserRow, 'display_name' | 'first_name' | 'last_name' | 'email' | 'picture'>
>

/** Change a person's columns; answers the row as it is now. */
export async function changeUser(
  db: Db,
  username: string,
  change: Partial<Omit<UserRow, 'username'>>,
): Promise<UserRow> {
  if (Object.keys(change).length > 0)
    await db.updateTable('users').set(change).where('username', '=', username).execute()
  return (await findUser(db, username))!
}

export const setPassword = (db: Db, username: string, passwordHash: string): Promise<UserRow> =>
  changeUser(db, username, { password_hash: passwordHash })

/** Note that all of a person's connections end now; answers the row as it is now. */
export const cut = (
  db: Db,
  username: string,
  { at, tokensFrom }: { at: string; tokensFrom?: string },
): Promise<UserRow> =>
  changeUser(db, username, {
    cut_at: at,
    ...(tokensFrom !== undefined && { tokens_from: tokensFrom }),
  })

/** People who were cut off after this time. */
export const cutSince = (db: Db, at: string): Promise<UserRow[]> =>
  db.selectFrom('users').selectAll().where('cut_at', '>=', at).execute()

/** Whether somebody else than this person can still administer. */
export async function hasOtherAdmin(db: Db, username: string): Promise<boolean> {
  const other = await db
    .selectFrom('users')
    .select('username')
    .where('role', '=', 'admin')
    .where('username', '!=', username)
    .where('disabled_at', 'is', null)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return other !== undefined
}

export async function propertiesOf(db: Db, username: string): Promise<Record<string, unknown>> {
  const rows = await db
    .selectFrom('user_properties')
    .selectAll()
    .where('username', '=', username)
    .orderBy('name')
    .execute()
  return Object.fromEntries(rows.map(({ name, value }) => [name, JSON.parse(value) as unknown]))
}

export async function saveProperty(
  db: Db,
  property: { username: string; name: string; value: string },
): Promise<void> {
  await db
    .insertInto('user_properties')
    .values(property)
    .onConflict((conflict) =>
      conflict.columns(['username', 'name']).doUpdateSet({ value: property.value }),
    )
    .execute()
}

export async function dropProperty(db: Db, username: string, name: string): Promise<boolean> {
  const result = await db
    .deleteFrom('user_properties')
    .where('username', '=', username)
    .where('name', '=', name)
    .executeTakeFirst()
  return Number(result.numDeletedRows) > 0
}

export const toUser = (row: UserRow): User => ({
  username: row.username,
  displayName: row.display_name,
  guest: row.role === 'guest',
  ...(row.picture !== null && { picture: row.picture }),
  ...(row.deleted_at !== null && { deleted: true as const }),
})

export const toMe = (row: UserRow, properties: Record<string, unknown> = {}): Me => ({
  ...toUser(row),
  role: row.role,
  ...(row.first_name !== null && { firstName: row.first_name }),
  ...(row.last_name !== null && { lastName: row.last_name }),
  ...(row.email !== null && { email: row.email }),
  createdAt: row.created_at,
  ...(row.issuer !== null && { issuer: row.issuer }),
  ...(Object.keys(properties).length > 0 && { properties }),
})

export const toAccount = (row: UserRow, properties: Record<string, unknown> = {}): Account => ({
  ...toMe(row, properties),
  ...(row.disabled_at !== null && { disabledAt: row.disabled_at }),
})

/** End a person's sign-ins that began before a moment, but for one; answers which. */
export async function endSignIns(
  db: Db,
  { username, before, at, but }: { username: string; before?: string; at: string; but?: string },
): Promise<string[]> {
  let open = db
    .selectFrom('sign_ins')
    .select('id')
    .where('username', '=', username)
    .where('ended_at', 'is', null)
  if (before !== undefined) open = open.where('created_at', '<', before)
  if (but !== undefined) open = open.where('id', '!=', but)
  const ids = (await open.execute()).map(({ id }) => id)
  for (let from = 0; from < ids.length; from += IDS) {
    await db
      .updateTable('sign_ins')
      .set({ ended_at: at })
      .where('id', 'in', ids.slice(from, from + IDS))
      .execute()
  }
  return ids
}

/** Ids of one statement. */
const IDS = 500
