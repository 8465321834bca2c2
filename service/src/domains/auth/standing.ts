import { mayGoOn, type Caller, type Claimed, type ReadContext } from '../../kernel/context.ts'
import { findUser, toState } from '../users/index.ts'
import { findApiKey, findSignIn } from './store.ts'

/**
 * The caller as they stand now, or nothing when what they stand on has ended: the person, the sign-in or key, and the
 * tokens' not-before.
 */
export async function standing(
  { db }: Pick<ReadContext, 'db'>,
  claimed: Claimed,
): Promise<Caller | undefined> {
  const { username, signInId, scopes } = claimed
  if (scopes) {
    const key = await findApiKey(db, signInId ?? '')
    if (!key || key.revoked_at !== null) return undefined
    if (username === signInId) return { ...claimed, role: 'admin' }
  } else if (signInId !== undefined) {
    const signIn = await findSignIn(db, signInId)
    if (!signIn || signIn.ended_at !== null || signIn.username !== username) return undefined
  }
  const user = await findUser(db, username)
  if (!user || !mayGoOn(toState(user), claimed)) return undefined
  return { ...claimed, role: user.role }
}
