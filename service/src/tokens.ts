import { CollabError } from '@collab-kit/protocol'
import { errors, exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT, type JWK } from 'jose'
import type { TokenClaims, Tokens } from './kernel/context.ts'

const ALGORITHM = 'EdDSA'
const ISSUER = 'collab-kit'
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
    async issue(username, signInId) {
      const issuedAt = Math.floor(now() / 1000)
      const expiresAt = issuedAt + Math.floor(ttl / 1000)
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
  return new CollabError('token_malformed', { cause: error })
}
