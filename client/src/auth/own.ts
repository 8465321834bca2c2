import type { Me, SignIn } from '@collab-kit/protocol'
import { fetched } from '../fetched.ts'
import type { IssuedToken } from '../options.ts'
import type { OwnSignInOptions } from './own-sign-in.ts'
import type { TokenSource } from './tokens.ts'

/** The sign-in of people who have their account at the service itself. */
export interface Own extends TokenSource {
  /** Who is remembered here, known before the service is reached. */
  remembered(): Promise<string | undefined>
  /** Takes the answer of a registration or a sign-in. */
  take(signIn: SignIn): Promise<{ token: IssuedToken; user: Me }>
  /** The service ended it. */
  forget(): Promise<void>
  /** The person ends it, here and for a page that comes next. */
  signOut(): Promise<void>
}

/** What keeps it is fetched apart: pages that bring their own tokens never need it. */
export function createOwn(options: OwnSignInOptions): Own {
  let coming: Promise<Own> | undefined
  const own = () =>
    (coming ??= fetched(() => import('./own-sign-in.ts')).then(
      ({ OwnSignIn }) => new OwnSignIn(options),
      (error: unknown) => {
        // As if the service was away: whoever asked comes again.
        coming = undefined
        throw error
      },
    ))
  return {
    renewable: true,
    get: async (reason, signal) => (await own()).get(reason, signal),
    remembered: async () => (await own()).remembered(),
    take: async (signIn) => (await own()).take(signIn),
    forget: async () => (await own()).forget(),
    signOut: async () => (await own()).signOut(),
  }
}
