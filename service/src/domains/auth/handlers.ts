import { randomBytes } from 'node:crypto'
import { auth, CollabError, users, userStream, type Me, type SignIn } from '@collab-kit/protocol'
import type { Claimed, Edge } from '../../kernel/context.ts'
import { implement, staged } from '../../kernel/module.ts'
import {
  addAccount,
  cutSince,
  findUser,
  hashPassword,
  insertUser,
  isReservedName,
  toMe,
  toState,
  toUser,
  verifyPassword,
} from '../users/index.ts'
import { listAudit } from './audit.ts'
import { admitHost, isKnown, issueToken, type Described } from './host.ts'
import { createApiKey, listApiKeys, makeKey, revokeApiKey, scopesOf } from './keys.ts'
import { decideRefresh } from './rules.ts'
import { changePassword, listSignIns, revokeSignIn, revokeTokens, signOut } from './sign-ins.ts'
import { standing } from './standing.ts'
import {
  dropUnusedTokens,
  endSignIn,
  endedSince,
  findRefreshToken,
  findSignIn,
  forgetSignIns,
  hashToken,
  insertApiKey,
  insertRefreshToken,
  insertSignIn,
  revokedSince,
  useRefreshToken,
} from './store.ts'

type Operations = typeof auth.operations
const { signedIn, signedOut } = auth.events
const { userRegistered } = users.events

/** What the transaction leaves for the last step: the access token is signed outside of it. */
interface Signed {
  me: Me
  signInId: string
  refreshToken: string
}

const newRefreshToken = () => randomBytes(32).toString('base64url')

async function answer(edge: Edge, { me, signInId, refreshToken }: Signed): Promise<SignIn> {
  const { token, expiresAt } = await edge.tokens.issue(me.username, signInId)
  return {
    accessToken: token,
    refreshToken,
    expiresAt: new Date(expiresAt).toISOString(),
    user: me,
  }
}

const register = staged<Operations['register']>()({
  async prepare(edge, { password, username }) {
    if (edge.policy.info.registration === 'closed')
      edge.fail('forbidden', { reason: 'registration_closed' })
    if (isReservedName(username, edge.policy)) edge.fail('already_exists', { username })
    return {
      passwordHash: await hashPassword(password),
      refreshToken: newRefreshToken(),
      signInId: edge.newId(),
    }
  },
  async handle(ctx, input, { passwordHash, refreshToken, signInId }) {
    const { db, now, fail } = ctx
    const { username, displayName = username, firstName, lastName, email } = input
    const user = { username, displayName, firstName, lastName, email }
    const added = await insertUser(db, { ...user, role: 'user', passwordHash, createdAt: now })
    if (!added) fail('already_exists', { username })
    await insertSignIn(db, {
      id: signInId,
      username,
      refreshHash: hashToken(refreshToken),
      at: now,
    })
    const row = (await findUser(db, username))!
    await ctx.append(userRegistered, '', toUser(row))
    await ctx.append(signedIn, '', { username, guest: false, by: 'password' })
    return { me: toMe(row), signInId, refreshToken }
  },
  complete: (edge, _input, signed: Signed) => answer(edge, signed),
})

const signIn = staged<Operations['signIn']>()({
  async prepare(edge, { username, password }) {
    // The check runs before the transaction: hashing takes far longer than any commit.
    const { passwordHash } = (await edge.lookup('users.?passwordOf', { username })) as {
      passwordHash?: string
    }
    const right = await verifyPassword(password, passwordHash)
    if (!right)
      edge.fail(
        'unauthenticated',
        { reason: 'wrong_password' },
        { message: 'The name or the password is wrong.' },
      )
    return { passwordHash, refreshToken: newRefreshToken(), signInId: edge.newId() }
  },
  async handle(ctx, { username }, { passwordHash, refreshToken, signInId }) {
    const { db, now, fail } = ctx
    const row = await findUser(db, username)
    // Changed meanwhile: the password that was checked is not the password any more.
    if (!row || toState(row).gone || row.password_hash !== passwordHash)
      return fail('unauthenticated')
    await insertSignIn(db, {
      id: signInId,
      username,
      refreshHash: hashToken(refreshToken),
      at: now,
    })
    await ctx.append(signedIn, '', { username, guest: false, by: 'password' })
    return { me: toMe(row), signInId, refreshToken }
  },
  complete: (edge, _input, signed: Signed) => answer(edge, signed),
})

const continueAsGuest = staged<Operations['continueAsGuest']>()({
  prepare(edge) {
    if (edge.policy.info.guests === 'off') edge.fail('forbidden', { reason: 'guests_off' })
    return {
      username: `guest-${edge.newId()}`,
      refreshToken: newRefreshToken(),
      signInId: edge.newId(),
    }
  },
  async handle(ctx, { displayName }, { username, refreshToken, signInId }) {
    const { db, now } = ctx
    await insertUser(db, { username, displayName, role: 'guest', createdAt: now })
    await insertSignIn(db, {
      id: signInId,
      username,
      refreshHash: hashToken(refreshToken),
      at: now,
    })
    const row = await findUser(db, username)
    await ctx.append(signedIn, '', { username, guest: true, by: 'guest' })
    return { me: toMe(row!), signInId, refreshToken }
  },
  complete: (edge, _input, signed: Signed) => answer(edge, signed),
})

type Refreshed =
  | { signed: Signed }
  | { refused: 'token_revoked' | 'token_malformed'; signInId?: string }

const refresh = staged<Operations['refresh']>()({
  prepare: () => ({ next: newRefreshToken() }),
  async handle(ctx, { refreshToken }, { next }): Promise<Refreshed> {
    const { db, now, commandId } = ctx
    const hash = hashToken(refreshToken)
    const token = await findRefreshToken(db, hash)
    if (!token) return { refused: 'token_malformed' }
    const signInRow = await findSignIn(db, token.sign_in_id)
    const user = signInRow && (await findUser(db, signInRow.username))
    const verdict = decideRefresh({
      token,
      ended: signInRow?.ended_at !== null || !user || toState(user).gone,
      commandId,
      now,
    })
    if (verdict === 'refuse') return { refused: 'token_revoked' }
    if (verdict === 'revoke') {
      await endSignIn(db, token.sign_in_id, now)
      const username = signInRow!.username
      await ctx.append(signedOut, '', { username, reason: 'revoked' })
      await ctx.audit('auth.refresh_token_reused', username)
      return { refused: 'token_revoked', signInId: token.sign_in_id }
    }
    if (verdict === 'repeat') await dropUnusedTokens(db, token.sign_in_id)
    else await useRefreshToken(db, { hash, signInId: token.sign_in_id, commandId, at: now })
    await insertRefreshToken(db, { hash: hashToken(next), signInId: token.sign_in_id, at: now })
    return { signed: { me: toMe(user!), signInId: token.sign_in_id, refreshToken: next } }
  },
  complete(edge, _input, result: Refreshed) {
    if ('signed' in result) return answer(edge, result.signed)
    if (result.signInId) edge.endSignIn(result.signInId, 'revoked')
    return edge.fail(result.refused, {
      reason: result.signInId ? 'refresh_token_reused' : 'refresh_token',
    })
  },
})

const renew = staged<Operations['renew']>()({
  async prepare(edge, { token }) {
    const { caller, expiresAt } = await edge.authenticate(token)
    if (caller.username !== edge.caller.username)
      edge.fail('forbidden', { reason: 'identity_change' })
    return { caller, expiresAt }
  },
  handle: (_ctx, _input, renewed) => renewed,
  complete(edge, _input, { caller, expiresAt }) {
    edge.connection?.renew(caller, expiresAt)
    return { tokenExpiresAt: new Date(expiresAt).toISOString() }
  },
})

const ENDED_MS = 300_000

export const authModule = implement(auth, {
  handlers: {
    register,
    signIn,
    continueAsGuest,
    refresh,
    renew,
    signOut,
    changePassword,
    listSignIns,
    revokeSignIn,
    issueToken,
    revokeTokens,
    createApiKey,
    listApiKeys,
    revokeApiKey,
    listAudit,
  },
  lookups: {
    /** The caller of a checked credential as they stand now; nobody when what they stand on has ended. */
    standing: async (ctx, claimed) => (await standing(ctx, claimed as unknown as Claimed)) ?? {},
    /** What an API key may do, when the secret is its own. */
    async scopesOf({ db }, { id, secret }) {
      const scopes = await scopesOf(db, String(id), String(secret))
      return scopes ? { scopes } : {}
    },
    known: async (ctx, described) => ({
      known: await isKnown(ctx, described as unknown as Described),
    }),
    /** What ended in the last minutes: long enough for clocks that differ. */
    async ended({ db, now }) {
      const since = new Date(Date.parse(now) - ENDED_MS).toISOString()
      return {
        signInIds: [...(await endedSince(db, since)), ...(await revokedSince(db, since))],
        people: (await cutSince(db, since)).map(toState),
      }
    },
  },
  internal: {
    admitHost: (ctx, described) => admitHost(ctx, described as unknown as Described),
    /** A sign-in that the service opens for a person without a password; `signInId` is used again while it lasts. */
    async openSignIn({ db, now, newId }, { username, signInId }) {
      const user = await findUser(db, String(username))
      // Whoever has a password, and every admin, signs in alone.
      const locked = user?.role === 'user' && user.password_hash === null && !toState(user).gone
      if (!locked) throw new CollabError('forbidden', { details: { username: String(username) } })
      const known = signInId === undefined ? undefined : await findSignIn(db, String(signInId))
      if (known?.username === user.username && known.ended_at === null)
        return { signInId: known.id }
      const id = newId()
      await insertSignIn(db, {
        id,
        username: user.username,
        refreshHash: hashToken(newRefreshToken()),
        at: now,
      })
      return { signInId: id }
    },
    async addUser({ db, now }, { username, displayName, role, passwordHash }) {
      const name = String(username)
      const outcome = await addAccount(db, {
        username: name,
        displayName: String(displayName ?? name),
        role: role === 'admin' ? 'admin' : 'user',
        passwordHash: passwordHash === undefined ? undefined : String(passwordHash),
        createdAt: now,
      })
      return { outcome }
    },
    async addKey(ctx, { name, scopes }) {
      const { row, secret } = makeKey(String(name), scopes as string[], { by: null, at: ctx.now })
      await insertApiKey(ctx.db, row)
      await ctx.audit('auth.key_created', row.id, { scopes })
      return { id: row.id, secret }
    },
    forgetSignIns: ({ db, now }) => forgetSignIns(db, now),
  },
  personal: {
    async export({ db }, username) {
      const rows = await db
        .selectFrom('sign_ins')
        .select(['created_at as createdAt', 'used_at as usedAt', 'ended_at as endedAt'])
        .where('username', '=', username)
        .execute()
      const events = await db
        .selectFrom('audit')
        .select(['at', 'action'])
        .where('subject', '=', username)
        .execute()
      return { signIns: rows, securityEvents: events }
    },
    async erase({ db }, username) {
      await db.deleteFrom('sign_ins').where('username', '=', username).execute()
      // Remembered replies repeat what was written.
      await db.deleteFrom('commands').where('actor', '=', username).execute()
      const said = `%${JSON.stringify({ sender: username }).slice(1, -1)}%`
      await db
        .deleteFrom('commands')
        .where('reply', 'like', said.replaceAll(/[\\_]/g, '_'))
        .execute()
      await db.deleteFrom('log').where('stream', '=', userStream(username)).execute()
    },
  },
})
