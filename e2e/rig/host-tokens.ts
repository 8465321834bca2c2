import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

/** Makes the signature of a token from its first two parts. */
export type Signer = (input: string) => Buffer

export interface KeyPair {
  publicKey: KeyObject
  privateKey: KeyObject
}

export const rsaKey = (): KeyPair => generateKeyPairSync('rsa', { modulusLength: 2048 })
export const ecKey = (): KeyPair => generateKeyPairSync('ec', { namedCurve: 'P-256' })

export const byRsa =
  ({ privateKey }: KeyPair): Signer =>
  (input) =>
    sign('sha256', Buffer.from(input), privateKey)

export const byEc =
  ({ privateKey }: KeyPair): Signer =>
  (input) =>
    sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })

export const bySecret =
  (secret: string): Signer =>
  (input) =>
    createHmac('sha256', secret).update(input).digest()

export const byNobody: Signer = () => Buffer.alloc(0)

/** A JSON Web Key. */
export type Jwk = Readonly<Record<string, unknown>>

/** The public half as an issuer publishes it. */
export const toJwk = ({ publicKey }: KeyPair, kid: string): Jwk => ({
  ...publicKey.export({ format: 'jwk' }),
  kid,
})

const base64 = (text: string): string => Buffer.from(text).toString('base64url')

export interface TokenParts {
  /** An object, or its JSON as somebody wrote it. */
  header: object | string
  payload: object | string
  signer: Signer
}

const toText = (part: object | string): string =>
  typeof part === 'string' ? part : JSON.stringify(part)

/** A compact token of whatever parts, good or bad. */
export function toToken({ header, payload, signer }: TokenParts): string {
  const input = `${base64(toText(header))}.${base64(toText(payload))}`
  return `${input}.${signer(input).toString('base64url')}`
}
