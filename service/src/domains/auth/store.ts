import { createHash } from 'node:crypto'
import type { Kysely, Selectable } from 'kysely'
import type { Database } from '../../kernel/schema.ts'
import type { LatestPage } from './latest.ts'

export type SignInRow = Selectable<Database['sign_ins']>
export type RefreshTokenRow = Selectable<Database['refresh_tokens']>

type Db = Kysely<Database>

/** Refresh tokens are kept as hashes only. */
export const hashToken = (token: string): string =>
  createHash('sha256').update(token).digest('base64url')

export interface NewSignIn {
  id: string
  username: string
  /** Without one the sign-in has no refresh token: a backend issues its access tokens. */
  refreshHash?: string
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
  if (refreshHash !== undefined)
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

/** Open sign-ins of a person, the latest first, and one more than the page holds. */
export function openSignIns(
  db: Db,
  username: string,
  { before, limit }: LatestPage,
): Promise<SignInRow[]> {
  let open = db
    .selectFrom('sign_ins')
    .selectAll()
    .where('username', '=', username)
    .where('ended_at', 'is', null)
  if (before)
    open = open.where(({ or, and, eb }) =>
      or([
        eb('used_at', '<', before.at),
        and([eb('used_at', '=', before.at), eb('id', '<', before.id)]),
      ]),
    )
  return open
    .orderBy('used_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
}

export type ApiKeyRow = Selectable<Database['api_keys']>

export const findApiKey = (db: Db, id: string): Promise<ApiKeyRow | undefined> =>
  db.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst()

export const insertApiKey = async (db: Db, key: ApiKeyRow): Promise<void> => {
  await db.insertInto('api_keys').values(key).execute()
}

/** Keys, the newest first, and one more than the page holds. */
export function apiKeys(db: Db, { before, limit }: LatestPage): Promise<ApiKeyRow[]> {
  let keys = db.selectFrom('api_keys').selectAll()
  if (before)
    keys = keys.where(({ or, and, eb }) =>
      or([
        eb('created_at', '<', before.at),
        and([eb('created_at', '=', before.at), eb('id', '<', before.id)]),
      ]),
    )
  return keys
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
}

export async function revokeApiKey(db: Db, id: string, at: string): Promise<boolean> {
  const result = await db
    .updateTable('api_keys')
    .set({ revoked_at: at })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return Number(result.numUpdatedRows) > 0
}

/** Keys that were revoked after this time. */
export async function revokedSince(db: Db, at: string): Promise<string[]> {
  const rows = await db.selectFrom('api_keys').select('id').where('revoked_at', '>=', at).execute()
  return rows.map(({ id }) => id)
}

/** Nobody can come back by these: a month without use, or tokens that a backend issued more than a day ago. */
export async function forgetSignIns(db: Db, now: string): Promise<void> {
  await db.deleteFrom('sign_ins').where('used_at', '<', daysBefore(now, 31)).execute()
  await db
    .deleteFrom('sign_ins')
    .where('created_at', '<', daysBefore(now, 2))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('refresh_tokens')
            .select('hash')
            .whereRef('refresh_tokens.sign_in_id', '=', 'sign_ins.id'),
        ),
      ),
    )
    .execute()
}
