import type { Me, User } from '@collab-kit/protocol'
import type { Kysely, Selectable } from 'kysely'
import type { Database } from '../../kernel/schema.ts'

export type UserRow = Selectable<Database['users']>

export const findUser = (db: Kysely<Database>, username: string): Promise<UserRow | undefined> =>
  db.selectFrom('users').selectAll().where('username', '=', username).executeTakeFirst()

/** The people of these names, in no order; names that nobody has are left out. */
export const findUsers = (db: Kysely<Database>, usernames: readonly string[]): Promise<UserRow[]> =>
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
  createdAt: string
}

/** Adds a person; answers whether the name was free. */
export async function insertUser(db: Kysely<Database>, user: NewUser): Promise<boolean> {
  const result = await db
    .insertInto('users')
    .values({
      username: user.username,
      display_name: user.displayName,
      first_name: user.firstName ?? null,
      last_name: user.lastName ?? null,
      email: user.email ?? null,
      picture: null,
      role: user.role,
      password_hash: user.passwordHash ?? null,
      disabled_at: null,
      created_at: user.createdAt,
    })
    .onConflict((conflict) => conflict.column('username').doNothing())
    .executeTakeFirst()
  return Number(result.numInsertedOrUpdatedRows ?? 0) > 0
}

export const toUser = (row: UserRow): User => ({
  username: row.username,
  displayName: row.display_name,
  guest: row.role === 'guest',
  ...(row.picture !== null && { picture: row.picture }),
})

export const toMe = (row: UserRow): Me => ({
  ...toUser(row),
  role: row.role,
  ...(row.first_name !== null && { firstName: row.first_name }),
  ...(row.last_name !== null && { lastName: row.last_name }),
  ...(row.email !== null && { email: row.email }),
  createdAt: row.created_at,
})
