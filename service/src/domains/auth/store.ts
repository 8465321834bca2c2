import { createHash } from 'node:crypto'
import type { Kysely, Selectable } from 'kysely'
import type { Database } from '../../kernel/schema.ts'

export type SignInRow = Selectable<Database['sign_ins']>
export type RefreshTokenRow = Selectable<Database['refresh_tokens']>

type Db = Kysely<Database>

/** Refresh tokens are kept as hashes only. */
export const hashToken = (token: string): string =>
  createHash('sha256').update(token).digest('base64url')

export interface NewSignIn {
  id: string
  username: string
  refreshHash: string
  at: string
}

export async function insertSignIn(
  db: Db,
  { id, username, refreshHash, at }: NewSignIn,
): Promise<void> {
  await db
    .insertInto('sign_ins')
    .values({ id, username, created_at: at, used_at: at, ended_at: null })
    .execute()
  await insertRefreshToken(db, { hash: refreshHash, signInId: id, at })
}

export async function insertRefreshToken(
  db: Db,
  { hash, signInId, at }: { hash: string; signInId: string; at: string },
): Promise<void> {
  await db
    .insertInto('refresh_tokens')
    .values({ hash, sign_in_id: signInId, created_at: at, used_at: null, command_id: null })
    .execute()
}

export const findSignIn = (db: Db, id: string): Promise<SignInRow | undefined> =>
  db.selectFrom('sign_ins').selectAll().where('id', '=', id).executeTakeFirst()

export const findRefreshToken = (db: Db, hash: string): Promise<RefreshTokenRow | undefined> =>
  db.selectFrom('refresh_tokens').selectAll().where('hash', '=', hash).executeTakeFirst()

export async function useRefreshToken(
  db: Db,
  {
    hash,
    signInId,
    commandId,
    at,
  }: { hash: string; signInId: string; commandId: string | undefined; at: string },
): Promise<void> {
  // The one before is needed no more; only the newest used one may be repeated.
  await db
    .deleteFrom('refresh_tokens')
    .where('sign_in_id', '=', signInId)
    .where('used_at', '<', daysBefore(at, 30))
    .execute()
  await db
    .updateTable('refresh_tokens')
    .set({ used_at: at, command_id: commandId ?? null })
    .where('hash', '=', hash)
    .execute()
  await db.updateTable('sign_ins').set({ used_at: at }).where('id', '=', signInId).execute()
}

/** Drop what a repeated refresh answered before: only its latest answer lives. */
export async function dropUnusedTokens(db: Db, signInId: string): Promise<void> {
  await db
    .deleteFrom('refresh_tokens')
    .where('sign_in_id', '=', signInId)
    .where('used_at', 'is', null)
    .execute()
}

export async function endSignIn(db: Db, id: string, at: string): Promise<void> {
  await db
    .updateTable('sign_ins')
    .set({ ended_at: at })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute()
}

/** Sign-ins that ended after this time. */
export async function endedSince(db: Db, at: string): Promise<string[]> {
  const rows = await db.selectFrom('sign_ins').select('id').where('ended_at', '>=', at).execute()
  return rows.map(({ id }) => id)
}

const daysBefore = (at: string, days: number): string =>
  new Date(Date.parse(at) - days * 86_400_000).toISOString()
