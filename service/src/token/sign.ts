import {
  importJWK,
  importPKCS8,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
  type KeyObject,
} from 'jose'
import { algorithms, secretProblem, type Algorithm } from './algorithm.ts'

/** What somebody of the host may be called; `null` and `undefined` say nothing. */
type Optional<T> = T | null | undefined

/** A person as the host knows them. */
export interface HostUser {
  /** Names the person for good: an id, or a name that is never given to another. No white space, `/`, `:` or `#`. */
  username: string
  /** Shown to others; 1–80 characters. Default: the username. */
  displayName?: Optional<string>
  firstName?: Optional<string>
  lastName?: Optional<string>
  email?: Optional<string>
  /** An https address. */
  picture?: Optional<string>
  /** Groups of the host that the person is in; they replace those of earlier tokens. */
  groups?: Optional<readonly string[]>
}

/** How a host signs; the service knows the same under `issuers`. */
export interface SignOptions {
  /** Names the host: `issuer` of the service's configuration, to the letter. */
  issuer: string
  /** Names the service: `audience` there. */
  audience: string
  /** `algorithm` there. */
  algorithm: Algorithm
  /** The private key for RS, PS, ES and EdDSA: PEM (PKCS #8), JWK, or a key object. */
  key?: string | JWK | CryptoKey | KeyObject
  /** The secret for HS: at least 32, 48 or 64 bytes for HS256, HS384 and HS512. */
  secret?: string
  /** Name of the key; needed where the host publishes several. */
  keyId?: string
  /** Lifetime of a token, seconds, at most a day. Default: 900. */
  ttl?: number
}

export interface SignedToken {
  token: string
  /** When it ends, ISO 8601. */
  expiresAt: string
}

const DEFAULT_TTL = 900
const LONGEST_TTL = 86_400

/**
 * Signs a token with which a person of the host uses the service.
 * @throws TypeError for options that cannot work, and for a person without a name
 */
export async function signToken(options: SignOptions, user: HostUser): Promise<SignedToken> {
  checkSignOptions(options)
  const { username, displayName, firstName, lastName, email, picture, groups } = user
  if (typeof username !== 'string' || username === '') throw new TypeError('a user has a username')
  const { issuer, audience, algorithm, keyId, ttl = DEFAULT_TTL } = options
  // With its milliseconds: a token issued in the second of a sign-out, but after it, is a good one.
  const issuedAt = Date.now() / 1000
  const expiresAt = Math.floor(issuedAt + ttl)
  const said = { displayName, firstName, lastName, email, picture, groups }
  const token = await new SignJWT(said as JWTPayload)
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...(keyId !== undefined && { kid: keyId }) })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(username)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .setJti(crypto.randomUUID())
    .sign(await keyOf(options))
  return { token, expiresAt: new Date(expiresAt * 1000).toISOString() }
}

/** @throws TypeError naming what is wrong */
export function checkSignOptions(options: SignOptions): void {
  const { issuer, audience, algorithm, key, secret, ttl = DEFAULT_TTL } = options
  for (const [name, value] of Object.entries({ issuer, audience })) {
    if (typeof value !== 'string' || value === '') throw new TypeError(`${name} is missing`)
  }
  if (!Object.hasOwn(algorithms, algorithm)) {
    throw new TypeError(`algorithm is none of ${Object.keys(algorithms).join(', ')}`)
  }
  const takesSecret = typeof algorithms[algorithm] === 'number'
  if (takesSecret ? secret === undefined || key : key === undefined || secret) {
    throw new TypeError(`${algorithm} takes a ${takesSecret ? 'secret' : 'key'}, and nothing else`)
  }
  const problem = secret === undefined ? undefined : secretProblem(secret, algorithm)
  if (problem !== undefined) throw new TypeError(problem)
  if (!(ttl >= 1 && ttl <= LONGEST_TTL)) {
    throw new TypeError(`ttl is a number of seconds from 1 to ${LONGEST_TTL}`)
  }
}

type SigningKey = CryptoKey | KeyObject | Uint8Array

/** Reading a key costs more than signing with it. */
const keys = new WeakMap<SignOptions, Promise<SigningKey>>()

function keyOf(options: SignOptions): Promise<SigningKey> {
  const known = keys.get(options) ?? readKey(options)
  keys.set(options, known)
  return known
}

async function readKey({ key, secret, algorithm }: SignOptions): Promise<SigningKey> {
  if (typeof key === 'string') return importPKCS8(key, algorithm)
  if (key === undefined) return new TextEncoder().encode(secret)
  return 'kty' in key ? importJWK(key as JWK, algorithm) : (key as CryptoKey | KeyObject)
}
