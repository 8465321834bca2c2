import type { Kysely } from 'kysely'
import type { Database } from '../../kernel/schema.ts'
import { insertUser, type NewUser } from './store.ts'

/** Make an account, or give a locked one its password. */
export async function addAccount(
  db: Kysely<Database>,
  account: NewUser,
): Promise<'added' | 'unlocked' | 'exists'> {
  if (await insertUser(db, account)) return 'added'
  if (account.passwordHash === undefined) return 'exists'
  const result = await db
    .updateTable('users')
    .set({ password_hash: account.passwordHash })
    .where('username', '=', account.username)
    .where('password_hash', 'is', null)
    .where('role', '!=', 'guest')
    .executeTakeFirst()
  return Number(result.numUpdatedRows) > 0 ? 'unlocked' : 'exists'
}
