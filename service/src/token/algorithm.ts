/** Algorithms of signatures with the keys that they take: a kind of key, or the least length of a secret in bytes. */
export const algorithms = {
  RS256: 'rsa',
  RS384: 'rsa',
  RS512: 'rsa',
  PS256: 'rsa',
  PS384: 'rsa',
  PS512: 'rsa',
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
  EdDSA: 'ed25519',
  Ed25519: 'ed25519',
  HS256: 32,
  HS384: 48,
  HS512: 64,
} as const

/** Name of an algorithm that tokens are signed with. */
export type Algorithm = keyof typeof algorithms

/** What is wrong with a secret, or nothing. */
export function secretProblem(secret: string, algorithm: Algorithm): string | undefined {
  // Whoever knows a public key could sign with it.
  if (secret.includes('-----BEGIN')) return 'this is a key, no secret'
  const least = Number(algorithms[algorithm])
  return new TextEncoder().encode(secret).length < least
    ? `a secret for ${algorithm} has at least ${least} bytes`
    : undefined
}
