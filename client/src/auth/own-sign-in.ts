import type { InputOf, Me, SignIn } from '@collab-kit/protocol'
import { CollabError, retryOf } from '@collab-kit/protocol/runtime'
import type { Rest } from '../calls/rest.ts'
import { newId } from '../ids.ts'
import type { IssuedToken } from '../options.ts'
import type { CollabStorage } from '../storage/storage.ts'
import { withLock } from './locks.ts'
import type { TokenSource } from './tokens.ts'

/** What stays of a sign-in over a reload. */
interface Remembered {
  username: string
  refreshToken: string
  /**
   * Chosen with the token: whoever exchanges it, this page after a lost answer or another tab at the same moment, does
   * so by the same id, which the service answers instead of taking it for theft.
   */
  commandId: string
}

export interface OwnSignInOptions {
  rest: Rest
  storage: CollabStorage
  /** Names service and account: the key in the storage and of the lock. */
  key: string
  /** Whether the service lets pages remember sign-ins. */
  mayRemember(): Promise<boolean>
  /** Signs in anew when there is nothing to refresh. */
  credentials?: InputOf<'auth.signIn'> | undefined
}

/** Sign-in to an account of the service, kept up by its refresh token. */
export class OwnSignIn implements TokenSource {
  readonly renewable = true
  readonly #options: OwnSignInOptions
  /** The newest sign-in of this page. */
  #held: Remembered | undefined
  /** Whose sign-in this page has seen last. */
  #username: string | undefined
  /** Rises with signing out: what was asked for before it is not kept. */
  #turn = 0

  constructor(options: OwnSignInOptions) {
    this.#options = options
  }

  async remembered(): Promise<string | undefined> {
    return (await this.#read())?.username
  }

  async get(_reason: string, signal: AbortSignal): Promise<IssuedToken | undefined> {
    const { key, rest, credentials } = this.#options
    return withLock(`refresh:${key}`, async () => {
      const turn = this.#turn
      const known = await this.#read()
      const signIn = known && (await this.#refresh(known, signal))
      // Signed out meanwhile: nobody is to be remembered again.
      if (turn !== this.#turn) return undefined
      if (signIn) return this.#keep(signIn)
      if (!credentials) return undefined
      return this.#keep(await rest('auth.signIn', credentials, { signal }))
    })
  }

  async take(signIn: SignIn): Promise<{ token: IssuedToken; user: Me }> {
    const { key } = this.#options
    return { token: await withLock(`refresh:${key}`, () => this.#keep(signIn)), user: signIn.user }
  }

  async forget(): Promise<void> {
    const held = this.#held
    // Another tab may have signed in since: only what is known to be void is dropped.
    if (held) await this.#drop(({ commandId }) => commandId === held.commandId)
  }

  async signOut(): Promise<void> {
    this.#turn++
    // Also of a page that has not reached the service yet, and what another tab has exchanged it for since.
    const username = this.#username ?? (await this.#read())?.username
    await this.#drop((remembered) => remembered.username === username)
    this.#turn++
  }

  async #refresh(
    { refreshToken, commandId }: Remembered,
    signal: AbortSignal,
  ): Promise<SignIn | undefined> {
    try {
      return await this.#options.rest('auth.refresh', { refreshToken, commandId }, { signal })
    } catch (error) {
      // A refused refresh token is the end of this sign-in; anything else (no network) may go better later.
      if (!(error instanceof CollabError) || retryOf(error.code) !== 'after_sign_in') throw error
      await this.#drop((remembered) => remembered.commandId === commandId)
      return undefined
    }
  }

  async #drop(isVoid: (remembered: Remembered) => boolean) {
    const { storage, key } = this.#options
    if (this.#held && isVoid(this.#held)) this.#held = undefined
    const stored = await storage.get(key)
    if (isRemembered(stored) && isVoid(stored)) await storage.delete(key)
  }

  async #keep({ accessToken, refreshToken, expiresAt, user }: SignIn): Promise<IssuedToken> {
    this.#held = { username: user.username, refreshToken, commandId: newId() }
    this.#username = user.username
    const { storage, key, credentials, mayRemember } = this.#options
    if (!credentials && (await mayRemember())) await storage.set(key, this.#held)
    return { token: accessToken, expiresAt }
  }

  async #read(): Promise<Remembered | undefined> {
    if (this.#options.credentials) return this.#held
    // Another tab may have exchanged the token since: what is stored is newer than what is held.
    const stored = await this.#options.storage.get(this.#options.key)
    const known = isRemembered(stored) ? stored : this.#held
    this.#username = known?.username
    return known
  }
}

function isRemembered(value: unknown): value is Remembered {
  const { username, refreshToken, commandId } = (value ?? {}) as Record<string, unknown>
  return [username, refreshToken, commandId].every((each) => typeof each === 'string')
}
