import type { Kysely } from 'kysely'
import type { Database } from '../../kernel/schema.ts'

type Db = Kysely<Database>

/** Whom a person hears nothing of. */
export async function blockedBy(db: Db, owner: string): Promise<string[]> {
  const rows = await db.selectFrom('blocks').select('username').where('owner', '=', owner).execute()
  return rows.map(({ username }) => username)
}

/** Answers whether they were not blocked before. */
export async function insertBlock(
  db: Db,
  block: { owner: string; username: string; at: string },
): Promise<boolean> {
  const result = await db
    .insertInto('blocks')
    .values({ owner: block.owner, username: block.username, created_at: block.at })
    .onConflict((conflict) => conflict.columns(['owner', 'username']).doNothing())
    .executeTakeFirst()
  return Number(result.numInsertedOrUpdatedRows ?? 0) > 0
}

/** Answers whether they were blocked. */
export async function deleteBlock(db: Db, owner: string, username: string): Promise<boolean> {
  const result = await db
    .deleteFrom('blocks')
    .where('owner', '=', owner)
    .where('username', '=', username)
    .executeTakeFirst()
  return Number(result.numDeletedRows) > 0
}

/** A page of blocked names after one. */
export async function blockedPage(
  db: Db,
  { owner, after, limit }: { owner: string; after: string; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('blocks')
    .select('username')
    .where('owner', '=', owner)
    .where('username', '>', after)
    .orderBy('username')
    .limit(limit)
    .execute()
  return rows.map(({ username }) => username)
}
