import type { ReadContext, Refusing } from '../../kernel/context.ts'
import { findUser, findUsers, type UserRow } from './store.ts'

/** Fails for a person who is not there; a deleted one is not. */
export async function present(
  ctx: Pick<ReadContext, 'db'> & Refusing,
  username: string,
): Promise<UserRow> {
  const row = await findUser(ctx.db, username)
  return row && row.deleted_at === null ? row : ctx.fail('not_found', { username })
}

/** Fails for the first of these people who is not there. */
export async function allPresent(
  { db, fail }: Pick<ReadContext, 'db'> & Refusing,
  usernames: readonly string[],
): Promise<void> {
  const rows = await findUsers(db, usernames)
  const known = new Set(rows.filter((row) => row.deleted_at === null).map((row) => row.username))
  const unknown = usernames.find((each) => !known.has(each))
  if (unknown !== undefined) fail('not_found', { username: unknown })
}
