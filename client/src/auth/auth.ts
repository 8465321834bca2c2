import type { InputOf, Me, SignIn } from '@collab-kit/protocol'
import { CollabError } from '@collab-kit/protocol/runtime'
import type { Rest } from '../calls/rest.ts'
import type { Core } from '../core.ts'
import { withMe } from '../domains/users/state.ts'
import type { Own } from './own.ts'

/** Sign-in to accounts of the service; `not_supported` where the page brings its own tokens. */
export interface CollabAuth {
  /** Whether people sign in here; `false` where the page brings its own tokens. */
  readonly own: boolean
  register(input: InputOf<'auth.register'>): Promise<Me>
  signIn(input: InputOf<'auth.signIn'>): Promise<Me>
  continueAsGuest(input: InputOf<'auth.continueAsGuest'>): Promise<Me>
  /**
   * Asks for a newer token now, as when what it allows is another, and gives it to the connection, which is made where
   * there is none.
   */
  refresh(): Promise<void>
  /** Ends this device's sign-in and forgets it. */
  signOut(): Promise<void>
}

export function createAuth(core: Core, rest: Rest, own: Own | undefined): CollabAuth {
  async function enter(ask: () => Promise<SignIn>): Promise<Me> {
    if (!own) throw new CollabError('not_supported', { details: { reason: 'tokens_of_the_page' } })
    const { token, user } = await own.take(await ask())
    core.identify(user.username)
    core.board.commit((state) => withMe(state, user))
    core.tokens.abort()
    core.tokens.set(token)
    core.signedIn()
    return user
  }

  return {
    own: own !== undefined,
    register: (input) => enter(() => rest('auth.register', input)),
    signIn: (input) => enter(() => rest('auth.signIn', input)),
    continueAsGuest: (input) => enter(() => rest('auth.continueAsGuest', input)),
    async refresh() {
      const token = await core.tokens.get('refresh')
      if (token && core.calls.open) await core.calls.attempt('auth.renew', { token: token.token })
      else core.restart()
    },
    async signOut() {
      const token = core.tokens.current
      // Here it ends at once, whatever the service is doing.
      await own?.signOut()
      core.signedOut()
      if (token === undefined || !own) return
      await rest('auth.signOut', {}, { token }).catch(() => {
        // Not reached: nobody holds the tokens any more, and they end by themselves.
      })
    },
  }
}
