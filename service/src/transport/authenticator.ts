import { CollabError } from '@collab-kit/protocol'
import type { Caller, Tokens } from '../kernel/context.ts'

export interface Authenticated {
  caller: Caller
  /** Milliseconds since 1970. */
  expiresAt: number
}

export interface AuthenticatorOptions {
  tokens: Tokens
  /** Who stands behind a sign-in; nothing when it has ended. */
  callerOf(signInId: string): Promise<Partial<Caller>>
  now(): number
}

/** A token is accepted so much longer than it says. */
const SKEW_MS = 30_000
/** Most tokens whose check is remembered. */
const REMEMBERED = 10_000

/** Untrusted token → caller. A checked token is remembered until it ends or its sign-in does. */
export class Authenticator {
  readonly #options: AuthenticatorOptions
  readonly #known = new Map<string, Authenticated>()
  /** Sign-ins that ended here, until none of their tokens can be valid: a check under way must not outlive them. */
  readonly #ended = new Map<string, number>()

  constructor(options: AuthenticatorOptions) {
    this.#options = options
  }

  async authenticate(token: unknown): Promise<Authenticated> {
    if (token === undefined || token === null || token === '')
      throw new CollabError('unauthenticated')
    if (typeof token !== 'string' || token.length > 8192) throw new CollabError('token_malformed')
    const known = this.#known.get(token)
    if (known && known.expiresAt > this.#options.now()) return known
    const claims = await this.#options.tokens.verify(token)
    const caller = await this.#options.callerOf(claims.signInId)
    if (caller.username !== claims.username || !caller.role || this.#ended.has(claims.signInId))
      throw new CollabError('token_revoked')
    const answer: Authenticated = {
      caller: { username: caller.username, role: caller.role, signInId: claims.signInId },
      expiresAt: claims.expiresAt,
    }
    if (this.#known.size >= REMEMBERED) this.#known.delete(this.#known.keys().next().value!)
    this.#known.set(token, answer)
    return answer
  }

  /** Forget the tokens of a sign-in that has ended. */
  forget(signInId: string): void {
    const now = this.#options.now()
    for (const [id, until] of this.#ended) if (until < now) this.#ended.delete(id)
    this.#ended.set(signInId, now + this.#options.tokens.ttl + SKEW_MS)
    for (const [token, { caller }] of this.#known) {
      if (caller.signInId === signInId) this.#known.delete(token)
    }
  }
}
