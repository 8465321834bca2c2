import { createHash } from 'node:crypto'
import { CollabError } from '@collab-kit/protocol'
import { LONGEST_TOKEN, unverifiedIssuer } from '../identity/compact.ts'
import type { HostIdentity, Issuers } from '../identity/issuers.ts'
import type { Caller, Claimed, Tokens } from '../kernel/context.ts'
import { Buckets } from '../kernel/limits.ts'
import { ISSUER } from '../tokens.ts'

export interface Authenticated {
  caller: Caller
  /** Milliseconds since 1970. */
  expiresAt: number
}

/** What somebody shows at a door; untrusted. */
export interface Credentials {
  token?: unknown
  apiKey?: unknown
  secret?: unknown
  actAs?: unknown
}

/** What the database is asked for. */
export interface Authority {
  /** The caller as they stand now; nobody when what they stand on has ended. */
  standing(claimed: Claimed): Promise<Caller | undefined>
  /** What an API key may do, when the secret is its own. */
  scopesOf(id: string, secret: string): Promise<readonly string[] | undefined>
  /** Make or update the account that a host-signed token speaks for. */
  admit(identity: HostIdentity): Promise<void>
}

export interface AuthenticatorOptions {
  tokens: Tokens
  issuers: Issuers
  authority: Authority
  now(): number
  /** Refused credentials of one address in a minute; after that it is told to wait. */
  failuresPerMinute: number
}

/** Most credentials whose check is remembered. */
const REMEMBERED = 10_000
/** A key's connections show it again after this long. */
const KEY_MS = 86_400_000
/** How long the check of a key is remembered; it is forgotten at once when the key ends. */
const KEY_REMEMBERED_MS = 60_000

interface Known extends Authenticated {
  until: number
}

/** Untrusted credentials → caller. What was checked is remembered until it ends or what it stands on does. */
export class Authenticator {
  readonly #options: AuthenticatorOptions
  readonly #known = new Map<string, Known>()
  readonly #failures: Buckets
  /** Counts what ended: a check that was under way meanwhile is made again. */
  #ends = 0

  constructor(options: AuthenticatorOptions) {
    this.#options = options
    this.#failures = new Buckets({
      rate: options.failuresPerMinute / 60,
      burst: options.failuresPerMinute,
      limit: 'failuresPerMinute',
      max: options.failuresPerMinute,
      now: options.now,
    })
  }

  /** @param address Where they come from; failures are counted by it. Without one they are not. */
  async authenticate(credentials: Credentials, address?: string): Promise<Authenticated> {
    if (address !== undefined && !this.#failures.has(address, 1)) this.#failures.take(address, 1)
    try {
      return await this.#check(credentials)
    } catch (error) {
      if (address !== undefined && isFailure(error)) this.#failures.take(address, 1)
      throw error
    }
  }

  /** Who this caller is now; refuses one whose right has ended. */
  async again({ username, signInId, issuedAt, scopes }: Caller): Promise<Caller> {
    const caller = await this.#options.authority.standing({
      username,
      ...(signInId !== undefined && { signInId }),
      ...(issuedAt !== undefined && { issuedAt }),
      ...(scopes && { scopes }),
    })
    if (!caller) throw new CollabError('token_revoked')
    return caller
  }

  /** Forget what stands on a sign-in or key that has ended. */
  forget(signInId: string): void {
    this.#forget(({ caller }) => caller.signInId === signInId)
  }

  /** Forget everything that speaks for a person. */
  forgetPerson(username: string): void {
    this.#forget(({ caller }) => caller.username === username)
  }

  #forget(matches: (known: Known) => boolean): void {
    this.#ends++
    for (const [key, known] of this.#known) if (matches(known)) this.#known.delete(key)
  }

  async #check(credentials: Credentials): Promise<Authenticated> {
    const { apiKey, secret, actAs, token } = credentials
    if (apiKey !== undefined || secret !== undefined) return this.#checkKey(apiKey, secret, actAs)
    if (actAs !== undefined)
      throw new CollabError('forbidden', {
        message: 'Only an API key acts for somebody.',
        details: { reason: 'act_as' },
      })
    if (token === undefined || token === null || token === '')
      throw new CollabError('unauthenticated')
    if (typeof token !== 'string' || token.length > LONGEST_TOKEN)
      throw new CollabError('token_malformed')
    return this.#remembered(token, () => this.#checkToken(token))
  }

  async #remembered(key: string, check: () => Promise<Known>): Promise<Authenticated> {
    const now = this.#options.now()
    const known = this.#known.get(key)
    if (known && known.until > now && known.expiresAt > now) return known
    for (;;) {
      const ends = this.#ends
      const answer = await check()
      if (ends !== this.#ends) continue
      if (this.#known.size >= REMEMBERED) this.#known.delete(this.#known.keys().next().value!)
      this.#known.set(key, answer)
      return answer
    }
  }

  async #checkToken(token: string): Promise<Known> {
    const { tokens, issuers, authority } = this.#options
    if (unverifiedIssuer(token) === ISSUER) {
      const { username, signInId, issuedAt, expiresAt } = await tokens.verify(token)
      const caller = await this.again({ username, signInId, issuedAt, role: 'user' })
      return { caller, expiresAt, until: expiresAt }
    }
    const identity = await issuers.verify(token)
    const { username, issuedAt, expiresAt } = identity
    await authority.admit(identity)
    // A token that does not say when it was issued is as old as it can be.
    const caller = await this.again({ username, issuedAt: issuedAt ?? 0, role: 'user' })
    return { caller, expiresAt, until: expiresAt }
  }

  async #checkKey(id: unknown, secret: unknown, actAs: unknown): Promise<Authenticated> {
    const fits = [id, secret, actAs ?? ''].every(
      (each) => typeof each === 'string' && each.length <= 256,
    )
    if (!fits) throw new CollabError('unauthenticated', { details: { reason: 'api_key' } })
    const key = { id: id as string, secret: secret as string, actAs: actAs as string | undefined }
    const digest = createHash('sha256').update(JSON.stringify(key)).digest('base64url')
    return this.#remembered(`key ${digest}`, () => this.#askKey(key))
  }

  async #askKey({ id, secret, actAs }: KeyCredentials): Promise<Known> {
    const { authority, now } = this.#options
    const scopes = await authority.scopesOf(id, secret)
    if (!scopes)
      throw new CollabError('unauthenticated', {
        message: 'The API key or its secret is wrong.',
        details: { reason: 'api_key' },
      })
    if (actAs !== undefined && !scopes.includes('act_as') && !scopes.includes('*'))
      throw new CollabError('forbidden', { details: { reason: 'scope', scope: 'act_as' } })
    const caller = await authority.standing({ username: actAs ?? id, signInId: id, scopes })
    if (!caller)
      throw new CollabError('forbidden', {
        message: 'There is nobody of this name to act for.',
        details: { reason: 'act_as' },
      })
    return { caller, expiresAt: now() + KEY_MS, until: now() + KEY_REMEMBERED_MS }
  }
}

interface KeyCredentials {
  id: string
  secret: string
  actAs: string | undefined
}

/** What a guesser would produce; a token that merely ended is no guess. */
const isFailure = (error: unknown): boolean => {
  const { code } = error as { code?: string }
  return (
    code === 'unauthenticated' || (code?.startsWith('token_') === true && code !== 'token_expired')
  )
}
