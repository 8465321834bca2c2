import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { expect, test } from 'vitest'
import { ConfigSchema } from '../config.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()

const issuer = {
  issuer: 'https://host.example',
  audience: 'chat',
  algorithm: 'RS256',
  primary: true,
} as const
const SECRET = 'a secret of the host, long enough'
const withKey = { ...issuer, publicKey: pem(rsa.publicKey), keyId: 'k1' }
const withSecret = { ...issuer, algorithm: 'HS256', secret: SECRET }
const withUrl = { ...issuer, jwksUrl: 'https://host.example/keys' }
const short = { ...withSecret, secret: 'a'.repeat(31) }

test.each([
  ['53 a secret of 31 bytes', short, 'secret'],
  ['53 a secret too short for HS512', { ...withSecret, algorithm: 'HS512' }, 'secret'],
  ['a public key as a secret', { ...withSecret, secret: withKey.publicKey }, 'secret'],
  ['a private key', { ...withKey, publicKey: pemOfPrivate() }, 'publicKey'],
  ['a key of another kind', { ...withKey, algorithm: 'ES256' }, 'publicKey'],
  ['a short RSA key', { ...withKey, publicKey: shortKey() }, 'publicKey'],
  ['a key without a name', { ...withKey, keyId: undefined }, 'keyId'],
  ['no key at all', issuer, 'issuer'],
  ['two kinds of keys', { ...withKey, secret: SECRET }, 'issuer'],
  ['a secret for an algorithm of keys', { ...withSecret, algorithm: 'RS256' }, 'algorithm'],
  ['an algorithm of nobody', { ...withKey, algorithm: 'none' }, 'algorithm'],
  ['an issuer without a name', { ...withKey, primary: false }, 'name'],
  ['the name of the service', { ...withKey, issuer: 'collab-kit' }, 'issuer'],
  ['keys that are no address', { ...withUrl, jwksUrl: 'file:///keys' }, 'jwksUrl'],
])('%s is refused at the start by name', (_what, settings, path) => {
  const { error } = ConfigSchema.safeParse({ issuers: [settings] })
  expect(error?.issues.map((issue) => issue.path)).toEqual([['issuers', 0, path]])
})

test('two issuers of one name, and two primary ones, are refused at the start', () => {
  const { error } = ConfigSchema.safeParse({ issuers: [withKey, withSecret] })
  expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([
    'issuers.1.issuer',
    'issuers.1.primary',
  ])
  const named = [
    { ...withKey, name: 'shop', primary: false },
    { ...withKey, issuer: 'https://shop.example', name: 'shop', primary: false },
  ]
  expect(ConfigSchema.safeParse({ issuers: named }).error?.issues[0]?.path).toEqual([
    'issuers',
    1,
    'name',
  ])
})

function pemOfPrivate(): string {
  return rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function shortKey(): string {
  return pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)
}
