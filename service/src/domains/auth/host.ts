import { auth, CollabError, users } from '@collab-kit/protocol'
import type { WriteContext } from '../../kernel/context.ts'
import { staged } from '../../kernel/module.ts'
import { hasTokenGroups, setTokenGroups } from '../groups/index.ts'
import {
  findUser,
  insertUser,
  isReservedName,
  toColumns,
  toUser,
  updateProfile,
  type UserRow,
} from '../users/index.ts'
import { insertSignIn } from './store.ts'

type Operations = typeof auth.operations
const { signedIn } = auth.events
const { userRegistered } = users.events

/** A person as somebody else's token describes them. */
export interface Described {
  username: string
  /** Whose tokens they are; null for the service's own, issued for a backend. */
  issuer: string | null
  profile: Partial<Record<'displayName' | 'firstName' | 'lastName' | 'email' | 'picture', string>>
  /** Replaces the groups that tokens named before. */
  groups?: readonly string[]
}

/** Whether the database knows everything that a token says. */
export async function isKnown(
  { db }: Pick<WriteContext, 'db'>,
  { username, issuer, profile, groups }: Described,
): Promise<boolean> {
  const row = await findUser(db, username)
  if (!row || row.issuer !== issuer) return false
  const changed = Object.entries(toColumns(profile)).some(
    ([column, value]) => row[column as keyof UserRow] !== value,
  )
  if (changed) return false
  return !groups || (await hasTokenGroups(db, username, groups))
}

/** Make or update the account that a token speaks for. No token makes an admin, or takes another's name. */
export async function describe(ctx: WriteContext, described: Described): Promise<UserRow> {
  const { username, issuer, profile, groups } = described
  const row = await findUser(ctx.db, username)
  if (row && (row.issuer !== issuer || row.role === 'guest'))
    throw new CollabError('token_sub', { details: { reason: 'name_taken', path: 'sub' } })
  if (!row) {
    if (isReservedName(username, ctx.policy))
      throw new CollabError('token_sub', { details: { reason: 'reserved', path: 'sub' } })
    const { displayName = username, ...rest } = profile
    const person = { ...rest, username, displayName, issuer }
    await insertUser(ctx.db, { ...person, role: 'user', createdAt: ctx.now })
    await ctx.append(userRegistered, '', toUser((await findUser(ctx.db, username))!))
  } else await updateProfile(ctx, username, toColumns(profile))
  if (groups) await setTokenGroups(ctx, username, groups)
  return (await findUser(ctx.db, username))!
}

/** A host-signed token was seen for the first time, or says something new. */
export async function admitHost(ctx: WriteContext, described: Described): Promise<void> {
  const { username } = described
  const first = (await findUser(ctx.db, username)) === undefined
  await describe(ctx, described)
  if (first) await ctx.append(signedIn, '', { username, guest: false, by: 'host' })
}

export const issueToken = staged<Operations['issueToken']>()({
  prepare: (edge) => ({ signInId: edge.newId() }),
  async handle(ctx, { username, displayName, groups }, { signInId }) {
    const row = await findUser(ctx.db, username)
    if (isReservedName(username, ctx.policy)) ctx.fail('conflict', { username, reason: 'reserved' })
    const gone = row && (row.disabled_at !== null || row.deleted_at !== null)
    // Whoever has a password, and every admin, signs in alone.
    const own = row && (row.password_hash !== null || row.role !== 'user' || row.issuer !== null)
    if (gone || own) ctx.fail('conflict', { username, reason: gone ? 'disabled' : 'own_account' })
    const profile = displayName === undefined ? {} : { displayName }
    const described = { username, issuer: null, profile, ...(groups && { groups }) }
    await describe(ctx as unknown as WriteContext, described)
    await insertSignIn(ctx.db, { id: signInId, username, at: ctx.now })
    await ctx.append(signedIn, '', { username, guest: false, by: 'issued' })
    await ctx.audit('auth.token_issued', username)
    return { signInId }
  },
  async complete(edge, { username, ttl }, { signInId }) {
    const life = ttl === undefined ? undefined : ttl * 1000
    const { token, expiresAt } = await edge.tokens.issue(username, signInId, life)
    return { token, expiresAt: new Date(expiresAt).toISOString() }
  },
})
