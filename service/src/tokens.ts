import { CollabError, type ErrorCode } from '@collab-kit/protocol'
import { errors, exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT, type JWK } from 'jose'
import type { TokenClaims, Tokens } from './kernel/context.ts'

const ALGORITHM = 'EdDSA'
/** What the service's own tokens call it. */
export const ISSUER = 'collab-kit'
const TYPE = 'at+jwt'

/** A fresh signing key, as it is kept in the database. */
export async function createSigningKey(): Promise<string> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true })
  return JSON.stringify(await exportJWK(privateKey))
}

export interface TokenOptions {
  /** The signing key, a JWK as text. */
  key: string
  /** Lifetime of an access token, milliseconds. */
  ttl: number
  /** Milliseconds since 1970. */
  now(): number
}

/** The service's own access tokens: signed, short-lived, naming a person and a sign-in. */
export async function createTokens({ key, ttl, now }: TokenOptions): Promise<Tokens> {
  const jwk = JSON.parse(key) as JWK
  const privateKey = await importJWK(jwk, ALGORITHM)
  const { d: _secret, ...publicJwk } = jwk
  const publicKey = await importJWK(publicJwk, ALGORITHM)
  return {
    ttl,
    async issue(username, signInId, life = ttl) {
      const issuedAt = Math.floor(now() / 1000)
      const expiresAt = issuedAt + Math.floor(life / 1000)
      const token = await new SignJWT({ sid: signInId })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
        .setIssuer(ISSUER)
        .setAudience(ISSUER)
        .setSubject(username)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(privateKey)
      return { token, expiresAt: expiresAt * 1000 }
    },
    async verify(token): Promise<TokenClaims> {
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: ISSUER,
          typ: TYPE,
          requiredClaims: ['sub', 'exp', 'sid'],
          clockTolerance: 30,
          currentDate: new Date(now()),
        })
        return {
          username: String(payload.sub),
          signInId: String(payload['sid']),
          issuedAt: (payload.iat ?? 0) * 1000,
          expiresAt: (payload.exp ?? 0) * 1000,
        }
      } catch (error) {
        throw toTokenError(error)
      }
    },
  }
}

function toTokenError(error: unknown): CollabError {
  if (error instanceof errors.JWTExpired) return new CollabError('token_expired', { cause: error })
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return new CollabError('token_signature', { cause: error })
  }
  if (error instanceof errors.JOSEAlgNotAllowed)
    return new CollabError('token_alg', { cause: error })
  const claim = error instanceof errors.JWTClaimValidationFailed ? error.claim : undefined
  return new CollabError(claimErrors[claim ?? ''] ?? 'token_malformed', { cause: error })
}

/** What it is called when one of the service's own tokens says something else than they do. */
const claimErrors: Readonly<Record<string, ErrorCode>> = {
  aud: 'token_aud',
  exp: 'token_exp',
  sub: 'token_sub',
  typ: 'token_type',
}
