import { createPublicKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto'
import { GroupName, ISSUER_NAME } from '@collab-kit/protocol'
import { z } from 'zod'
import { algorithms, secretProblem, type Algorithm } from '../token/algorithm.ts'

/** The service signs its own tokens under this name. */
const OWN_ISSUER = 'collab-kit'
const RSA_BITS = 2048
const DAY_SECONDS = 86_400

const text = z.string().min(1).max(512)

const Issuer = z
  .strictObject({
    issuer: text.refine((issuer) => issuer !== OWN_ISSUER, 'collab-kit is the service itself'),
    audience: z.union([text, z.array(text).min(1)]),
    algorithm: z.enum(Object.keys(algorithms) as [Algorithm, ...Algorithm[]]),
    jwksUrl: z.url({ protocol: /^https?$/ }).optional(),
    publicKey: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
    keyId: text.optional(),
    secret: z.string().optional().meta({ secret: true }),
    name: z.string().regex(ISSUER_NAME, 'a name has 1–32 of a–z 0–9 -').optional(),
    primary: z.boolean().default(false),
    groups: z.array(GroupName).default([]),
    maxAge: z.number().positive().max(DAY_SECONDS).optional(),
  })
  .superRefine((issuer, context) => {
    for (const [path, message] of problemsOf(issuer)) {
      context.addIssue({ code: 'custom', path: [path], message })
    }
  })
type Issuer = z.output<typeof Issuer>

/**
 * Hosts whose tokens are accepted.
 * - `issuer`: what their tokens say in `iss`, to the letter
 * - `audience`: what they say in `aud`, one or several
 * - `algorithm`: the one that they are signed with
 * - `jwksUrl`, or `publicKey` (PEM or JWK) with `keyId`, or `secret`
 * - `name`: people become `NAME:sub` and groups `NAME:group`
 * - `primary`: for one of them; its people keep their names, and its groups as well where it has no `name`
 * - `groups`: those that keep their names all the same
 * - `maxAge`: seconds since `iat`, which is needed then; by default a day for tokens that have one
 */
export const Issuers = z.array(Issuer).superRefine((issuers, context) => {
  const once = (key: 'issuer' | 'name' | 'primary', message: string) => {
    const seen = new Set<unknown>()
    issuers.forEach((issuer, index) => {
      const value = issuer[key]
      if (value === undefined || value === false) return
      if (seen.has(value)) context.addIssue({ code: 'custom', path: [index, key], message })
      seen.add(value)
    })
  }
  once('issuer', 'this issuer stands here twice')
  once('name', 'this name stands here twice')
  once('primary', 'only one issuer can be the primary one')
})

/** An issuer as it is configured. */
export type IssuerSettings = Issuer

function problemsOf(issuer: Issuer): [path: string, message: string][] {
  const { jwksUrl, publicKey, secret, keyId, name, primary, algorithm } = issuer
  const problems: [string, string][] = []
  const needed = typeof algorithms[algorithm] === 'number' ? 'secret' : 'key'
  const given = [jwksUrl, publicKey, secret].filter((each) => each !== undefined)
  if (given.length !== 1) {
    problems.push(['issuer', 'give one of jwksUrl, publicKey with keyId, and secret'])
  } else if ((secret !== undefined) !== (needed === 'secret')) {
    problems.push([
      'algorithm',
      needed === 'secret' ? `${algorithm} takes a secret` : `${algorithm} takes a key, no secret`,
    ])
  } else if (secret !== undefined) {
    const message = secretProblem(secret, algorithm)
    if (message !== undefined) problems.push(['secret', message])
  } else if (publicKey !== undefined) {
    const message = keyProblem(publicKey, algorithm)
    if (message !== undefined) problems.push(['publicKey', message])
    if (keyId === undefined) problems.push(['keyId', 'a publicKey needs one'])
  }
  if (jwksUrl !== undefined && keyId !== undefined) {
    problems.push(['keyId', 'the keys of a jwksUrl have their own'])
  }
  if (!primary && name === undefined) {
    problems.push(['name', 'an issuer that is not the primary one needs a name'])
  }
  return problems
}

function keyProblem(
  key: NonNullable<Issuer['publicKey']>,
  algorithm: Algorithm,
): string | undefined {
  try {
    const { type, asymmetricKeyType, asymmetricKeyDetails } = parsePublicKey(key)
    const kind = asymmetricKeyDetails?.namedCurve ?? asymmetricKeyType
    if (type !== 'public' || kind !== algorithms[algorithm]) {
      return `${algorithm} takes another kind of key than ${kind}`
    }
    const bits = asymmetricKeyDetails?.modulusLength
    return bits !== undefined && bits < RSA_BITS
      ? `a key for ${algorithm} has at least ${RSA_BITS} bits`
      : undefined
  } catch (error) {
    // The sentence of the error is the message for the operator.
    return (error as Error).message
  }
}

/** @throws Error with a sentence for the operator */
export function parsePublicKey(key: NonNullable<Issuer['publicKey']>): KeyObject {
  if (isPrivate(key)) throw new Error('this is a private key: it belongs to the host alone')
  try {
    if (typeof key === 'string' && !key.trimStart().startsWith('{')) return createPublicKey(key)
    const jwk = (typeof key === 'string' ? JSON.parse(key) : key) as JsonWebKeyInput['key']
    return createPublicKey({ key: jwk, format: 'jwk' })
  } catch (cause) {
    throw new Error('this is neither a public key in PEM nor a JWK', { cause })
  }
}

function isPrivate(key: NonNullable<Issuer['publicKey']>): boolean {
  const words = typeof key === 'string' ? key : JSON.stringify(key)
  return /PRIVATE KEY-----|"d"\s*:/.test(words)
}
