import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { ApiKey, auth, Parsed } from '@collab-kit/protocol'
import type { Kysely } from 'kysely'
import type { Context } from '../../kernel/context.ts'
import { newId } from '../../kernel/ids.ts'
import { staged } from '../../kernel/module.ts'
import type { Database } from '../../kernel/schema.ts'
import { latestPage, toLatest } from './latest.ts'
import {
  apiKeys,
  findApiKey,
  insertApiKey,
  revokeApiKey as revoke,
  type ApiKeyRow,
} from './store.ts'

type Operations = typeof auth.operations

/** The secrets are long and random: a plain hash keeps them. */
const hashSecret = (secret: string): string =>
  createHash('sha256').update(secret).digest('base64url')

export interface MadeKey {
  row: ApiKeyRow
  secret: string
}

/** A new key; its id never looks like a username that anybody may choose. */
export function makeKey(
  name: string,
  scopes: readonly string[],
  { by, at }: { by: string | null; at: string },
): MadeKey {
  const secret = randomBytes(32).toString('base64url')
  const row = {
    id: `key-${newId()}`,
    name,
    secret_hash: hashSecret(secret),
    scopes: JSON.stringify([...new Set(scopes)]),
    created_by: by,
    created_at: at,
    revoked_at: null,
  }
  return { row, secret }
}

/** Scopes of the key when the secret is its own; takes as long for an id that no key has. */
export async function scopesOf(
  db: Kysely<Database>,
  id: string,
  secret: string,
): Promise<string[] | undefined> {
  const row = await findApiKey(db, id)
  const given = Buffer.from(hashSecret(secret))
  const right = timingSafeEqual(given, Buffer.from(row?.secret_hash ?? hashSecret('')))
  return right && row && row.revoked_at === null ? (JSON.parse(row.scopes) as string[]) : undefined
}

const view = (row: ApiKeyRow): ApiKey => ({
  id: row.id,
  name: row.name,
  scopes: JSON.parse(row.scopes) as string[],
  ...(row.created_by !== null && { createdBy: row.created_by }),
  createdAt: row.created_at,
  ...(row.revoked_at !== null && { revokedAt: row.revoked_at }),
})

export async function createApiKey(
  ctx: Context<Operations['createApiKey']>,
  { name, scopes }: { name: string; scopes: string[] },
) {
  // Nobody gives away more than they have.
  const own = ctx.caller.scopes
  const beyond = own && !own.includes('*') ? scopes.find((each) => !own.includes(each)) : undefined
  if (beyond !== undefined) ctx.fail('forbidden', { reason: 'scope', scope: beyond })
  const { row, secret } = makeKey(name, scopes, { by: ctx.caller.username, at: ctx.now })
  await insertApiKey(ctx.db, row)
  await ctx.audit('auth.key_created', row.id, { scopes })
  return { ...view(row), secret }
}

export async function listApiKeys(
  ctx: Context<Operations['listApiKeys']>,
  input: Parsed<Operations['listApiKeys']>,
) {
  const page = latestPage(ctx, input)
  const { rows, next } = toLatest(await apiKeys(ctx.db, page), page, (row) => row.created_at)
  return { items: rows.map(view), ...next }
}

export const revokeApiKey = staged<Operations['revokeApiKey']>()({
  async handle(ctx, { id }) {
    if (!(await findApiKey(ctx.db, id))) ctx.fail('not_found', { id })
    if (await revoke(ctx.db, id, ctx.now)) await ctx.audit('auth.key_revoked', id)
    return {}
  },
  complete(edge, { id }) {
    edge.endSignIn(id, 'revoked')
    return {}
  },
})
