import { randomBytes } from 'node:crypto'
import { auth, CollabError, type Me, type SignIn } from '@collab-kit/protocol'
import type { Edge } from '../../kernel/context.ts'
import { implement, staged } from '../../kernel/module.ts'
import { findUser, insertUser, toMe } from '../users/index.ts'
import { hashPassword, verifyPassword } from './passwords.ts'
import { addAccount } from './accounts.ts'
import { decideRefresh, isReservedName } from './rules.ts'
import {
  dropUnusedTokens,
  endSignIn,
  endedSince,
  findRefreshToken,
  findSignIn,
  hashToken,
  insertRefreshToken,
  insertSignIn,
  useRefreshToken,
} from './store.ts'

type Operations = typeof auth.operations

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
    if (isReservedName(username)) edge.fail('already_exists', { username })
    return {
      passwordHash: await hashPassword(password),
      refreshToken: newRefreshToken(),
      signInId: edge.newId(),
    }
  },
  async handle({ db, now, fail }, input, { passwordHash, refreshToken, signInId }) {
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
    const row = await findUser(db, username)
    return { me: toMe(row!), signInId, refreshToken }
  },
  complete: (edge, _input, signed: Signed) => answer(edge, signed),
})

const signIn = staged<Operations['signIn']>()({
  async prepare(edge, { username, password }) {
    // The check runs before the transaction: hashing takes far longer than any commit.
    const { passwordHash } = (await edge.lookup('auth.?passwordOf', { username })) as {
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
  async handle({ db, now, fail }, { username }, { passwordHash, refreshToken, signInId }) {
    const row = await findUser(db, username)
    // Changed meanwhile: the password that was checked is not the password any more.
    if (!row || row.disabled_at || row.password_hash !== passwordHash)
      return fail('unauthenticated')
    await insertSignIn(db, {
      id: signInId,
      username,
      refreshHash: hashToken(refreshToken),
      at: now,
    })
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
  async handle({ db, now }, { displayName }, { username, refreshToken, signInId }) {
    await insertUser(db, { username, displayName, role: 'guest', createdAt: now })
    await insertSignIn(db, {
      id: signInId,
      username,
      refreshHash: hashToken(refreshToken),
      at: now,
    })
    const row = await findUser(db, username)
    return { me: toMe(row!), signInId, refreshToken }
  },
  complete: (edge, _input, signed: Signed) => answer(edge, signed),
})

type Refreshed =
  | { signed: Signed }
  | { refused: 'token_revoked' | 'token_malformed'; signInId?: string }

const refresh = staged<Operations['refresh']>()({
  prepare: () => ({ next: newRefreshToken() }),
  async handle({ db, now, commandId }, { refreshToken }, { next }): Promise<Refreshed> {
    const hash = hashToken(refreshToken)
    const token = await findRefreshToken(db, hash)
    if (!token) return { refused: 'token_malformed' }
    const signInRow = await findSignIn(db, token.sign_in_id)
    const user = signInRow && (await findUser(db, signInRow.username))
    const verdict = decideRefresh({
      token,
      ended: !signInRow || signInRow.ended_at !== null || !user || user.disabled_at !== null,
      commandId,
      now,
    })
    if (verdict === 'refuse') return { refused: 'token_revoked' }
    if (verdict === 'revoke') {
      await endSignIn(db, token.sign_in_id, now)
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
    const claims = await edge.tokens.verify(token)
    if (claims.username !== edge.caller.username)
      edge.fail('forbidden', { reason: 'identity_change' })
    const { signInId } = claims
    const { username } = (await edge.lookup('auth.?callerOf', { signInId })) as {
      username?: string
    }
    if (username !== claims.username) edge.fail('token_revoked')
    return claims
  },
  handle: (_ctx, _input, claims) => claims,
  complete(edge, _input, { expiresAt }) {
    edge.connection?.extend(expiresAt)
    return { tokenExpiresAt: new Date(expiresAt).toISOString() }
  },
})

const signOut = staged<Operations['signOut']>()({
  async handle({ db, caller, now }) {
    if (caller.signInId) await endSignIn(db, caller.signInId, now)
    return {}
  },
  complete(edge) {
    const { signInId } = edge.caller
    // The answer goes out first: it travels on the connection that is about to end.
    if (signInId) edge.afterAnswer(() => edge.endSignIn(signInId, 'signed_out'))
    return {}
  },
})

const ENDED_MS = 300_000

export const authModule = implement(auth, {
  handlers: { register, signIn, continueAsGuest, refresh, renew, signOut },
  lookups: {
    async passwordOf({ db }, { username }) {
      const row = await findUser(db, String(username))
      return row && !row.disabled_at && row.password_hash ? { passwordHash: row.password_hash } : {}
    },
    /** Who stands behind a sign-in, or nothing when it has ended. */
    async callerOf({ db }, { signInId }) {
      const signInRow = await findSignIn(db, String(signInId))
      const user =
        signInRow && !signInRow.ended_at ? await findUser(db, signInRow.username) : undefined
      return user && !user.disabled_at ? { username: user.username, role: user.role, signInId } : {}
    },
    /** Sign-ins that ended in the last minutes: long enough for clocks that differ. */
    endedSignIns: async ({ db, now }) => ({
      signInIds: await endedSince(db, new Date(Date.parse(now) - ENDED_MS).toISOString()),
    }),
    async countUsers({ db }) {
      const row = await db
        .selectFrom('users')
        .select(({ fn }) => fn.countAll().as('count'))
        .executeTakeFirst()
      return { count: Number(row?.count ?? 0) }
    },
  },
  internal: {
    /**
     * A sign-in that the service opens for a person without a password; `signInId` is used again while it lasts.
     * Whoever has a password, and every admin, signs in alone.
     */
    async openSignIn({ db, now, newId }, { username, signInId }) {
      const user = await findUser(db, String(username))
      const locked =
        user?.role === 'user' && user.password_hash === null && user.disabled_at === null
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
  },
})
