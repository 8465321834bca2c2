import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import type { CollabError } from '@collab-kit/protocol'
import { expect, test } from 'vitest'
import { ConfigSchema } from '../config.ts'
import { unverifiedIssuer } from './compact.ts'
import { createIssuers } from './issuers.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const SECONDS = NOW / 1000
const HOST = 'https://host.example'
const SECRET = 'a secret of the host, long enough'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()

const issuer = { issuer: HOST, audience: 'chat', algorithm: 'RS256', primary: true } as const
const withKey = { ...issuer, publicKey: pem(rsa.publicKey), keyId: 'k1' }
const withEc = { ...issuer, algorithm: 'ES256', publicKey: pem(ec.publicKey), keyId: 'k1' }
const withSecret = { ...issuer, algorithm: 'HS256', secret: SECRET }
const withTwoKeys = { ...issuer, jwksUrl: 'https://host.example/keys' }

const twoKeys = {
  keys: [rsa, other].map(({ publicKey }, index) => ({
    ...publicKey.export({ format: 'jwk' }),
    kid: `k${index + 1}`,
  })),
}

function issuersOf(...settings: object[]) {
  const { issuers } = ConfigSchema.parse({ issuers: settings })
  let fetches = 0
  const built = createIssuers(issuers, {
    now: () => NOW,
    log: { warn() {}, info() {} },
    fetch: async () => {
      fetches++
      return Response.json(twoKeys)
    },
  })
  return { ...built, fetches: () => fetches }
}

type Signer = (input: string) => Buffer

const byRsa: Signer = (input) => sign('sha256', Buffer.from(input), rsa.privateKey)
const byEc: Signer = (input) =>
  sign('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' })
const bySecret =
  (secret: string): Signer =>
  (input) =>
    createHmac('sha256', secret).update(input).digest()
const byNobody: Signer = () => Buffer.alloc(0)

interface Parts {
  settings?: object
  header?: object
  /** Claims beside the good ones; undefined takes one away. */
  claims?: object
  /** Instead of header or claims. */
  raw?: { header?: string; payload?: string }
  signer?: Signer
  change?: (token: string) => string
}

const base64 = (text: string) => Buffer.from(text).toString('base64url')

function tokenOf({ header, claims, raw, signer = byRsa, change = (same) => same }: Parts): string {
  const good = { iss: HOST, aud: 'chat', sub: 'ann', iat: SECONDS, exp: SECONDS + 600 }
  const input = [
    raw?.header ?? JSON.stringify({ alg: 'RS256', typ: 'JWT', kid: 'k1', ...header }),
    raw?.payload ?? JSON.stringify({ ...good, ...claims }),
  ]
    .map(base64)
    .join('.')
  return change(`${input}.${signer(input).toString('base64url')}`)
}

async function codeOf({ settings = withKey, ...parts }: Parts): Promise<string> {
  return issuersOf(settings)
    .verify(tokenOf(parts))
    .then(
      ({ username }) => username,
      ({ code }: CollabError) => code,
    )
}

const payload = JSON.stringify({ iss: HOST, aud: 'chat', sub: 'ann', exp: SECONDS + 600 })
const cut = (count: number) => (token: string) =>
  [...token.split('.'), 'YQ', 'YQ', 'YQ'].slice(0, count).join('.')
const replacePart = (index: number, by: string) => (token: string) =>
  token
    .split('.')
    .map((part, at) => (at === index ? by : part))
    .join('.')

const rows: [row: string, expected: string, parts: Parts][] = [
  ['what is in order is let in', 'ann', {}],
  ['ES256 in order is let in', 'ann', { settings: withEc, header: { alg: 'ES256' }, signer: byEc }],
  [
    'HS256 in order is let in',
    'ann',
    { settings: withSecret, header: { alg: 'HS256', kid: undefined }, signer: bySecret(SECRET) },
  ],
  ...['none', 'None', 'nOnE'].map((alg): [string, string, Parts] => [
    `51 alg ${alg}`,
    'token_alg',
    { header: { alg }, signer: byNobody },
  ]),
  ['51 no alg', 'token_alg', { header: { alg: undefined } }],
  [
    '52 HS256 keyed with the public key',
    'token_alg',
    { header: { alg: 'HS256' }, signer: bySecret(pem(rsa.publicKey)) },
  ],
  ['54 another algorithm', 'token_alg', { header: { alg: 'ES256' }, signer: byEc }],
  ['54 another of the same key', 'token_alg', { header: { alg: 'RS512' } }],
  ['55 expired by 31 s', 'token_expired', { claims: { exp: SECONDS - 31 } }],
  ['55 expired by 29 s', 'ann', { claims: { exp: SECONDS - 29 } }],
  ['56 nbf in 31 s', 'token_not_yet_valid', { claims: { nbf: SECONDS + 31 } }],
  ['56 nbf in 29 s', 'ann', { claims: { nbf: SECONDS + 29 } }],
  ['56 nbf a text', 'token_claims', { claims: { nbf: 'now' } }],
  ['57 iat in 31 s', 'token_iat', { claims: { iat: SECONDS + 31 } }],
  ['57 iat in 29 s', 'ann', { claims: { iat: SECONDS + 29 } }],
  ['57 iat a text', 'token_iat', { claims: { iat: String(SECONDS) } }],
  ['57 older than a day', 'token_iat', { claims: { iat: SECONDS - 86_431 } }],
  [
    '57 older than the issuer says',
    'token_iat',
    { settings: { ...withKey, maxAge: 60 }, claims: { iat: SECONDS - 91 } },
  ],
  [
    '57 no iat where an age is asked for',
    'token_iat',
    { settings: { ...withKey, maxAge: 60 }, claims: { iat: undefined } },
  ],
  ['57 no iat', 'ann', { claims: { iat: undefined } }],
  ['58 no exp', 'token_exp', { claims: { exp: undefined } }],
  ['58 exp a text', 'token_exp', { claims: { exp: String(SECONDS + 600) } }],
  ['58 exp 1e300', 'token_exp', { claims: { exp: 1e300 } }],
  ['58 exp 1e309', 'token_exp', { raw: { payload: payload.replace(/"exp":\d+/, '"exp":1e309') } }],
  ['58 exp over 24 h', 'token_exp', { claims: { exp: SECONDS + 86_431 } }],
  ['58 exp in 24 h', 'ann', { claims: { exp: SECONDS + 86_400 } }],
  ...[undefined, 7, '', 'a'.repeat(4000), '__proto__', 'a\u0000b', 'a b', 'a/b', 'x:y', {}].map(
    (sub): [string, string, Parts] => [
      `59 sub ${JSON.stringify(sub)?.slice(0, 16)}`,
      'token_sub',
      { claims: { sub } },
    ],
  ),
  ...[undefined, 'other', [], ['chat', 'other'], 'Chat', { chat: true }].map(
    (aud): [string, string, Parts] => [
      `60 aud ${JSON.stringify(aud)}`,
      'token_aud',
      { claims: { aud } },
    ],
  ),
  ['60 aud a list of ours', 'ann', { claims: { aud: ['chat'] } }],
  ...[undefined, 'https://evil.example', `${HOST}/`, [HOST], 'collab-kit'].map(
    (iss): [string, string, Parts] => [
      `61 iss ${JSON.stringify(iss)}`,
      'token_iss',
      { claims: { iss } },
    ],
  ),
  ...['k9', '../../../dev/null', "' or 1=1 --", '', '__proto__', 7, null].map(
    (kid): [string, string, Parts] => [`62 kid ${kid}`, 'token_key', { header: { kid } }],
  ),
  ['62 kid of no published key', 'token_key', { settings: withTwoKeys, header: { kid: 'k9' } }],
  [
    '62 kid where the issuer has a secret without a name',
    'token_key',
    { settings: withSecret, header: { alg: 'HS256' }, signer: bySecret(SECRET) },
  ],
  ['63 no kid, one key', 'ann', { header: { kid: undefined } }],
  ['63 no kid, two keys', 'token_key', { settings: withTwoKeys, header: { kid: undefined } }],
  ['63 kid, two keys', 'ann', { settings: withTwoKeys }],
  ['64 a key in the header', 'token_header', { header: { jwk: twoKeys.keys[1] } }],
  ...['jku', 'x5u', 'x5c'].map((name): [string, string, Parts] => [
    `64 ${name}`,
    'token_header',
    { header: { [name]: 'https://evil.example/keys' } },
  ]),
  ['65 crit', 'token_header', { header: { crit: ['exp'], exp: 1 } }],
  ['65 b64 false', 'token_header', { header: { b64: false, crit: ['b64'] } }],
  ['65 b64 true', 'token_header', { header: { b64: true } }],
  ['66 a JWE', 'token_malformed', { change: cut(5) }],
  ['66 two parts', 'token_malformed', { change: cut(2) }],
  ['66 six parts', 'token_malformed', { change: cut(6) }],
  ['66 no text', 'token_malformed', { change: () => '' }],
  ['66 bad base64 in the header', 'token_malformed', { change: replacePart(0, 'e30=') }],
  ['66 bad base64 in the payload', 'token_malformed', { change: replacePart(1, 'e3*0') }],
  ['66 base64 of another spelling', 'token_malformed', { change: replacePart(1, 'e31') }],
  ['66 bad base64 in the signature', 'token_malformed', { change: replacePart(2, 'a+b/') }],
  ['66 100 KB', 'token_malformed', { claims: { name: 'a'.repeat(100_000) } }],
  ['66 bad UTF-8', 'token_malformed', { change: replacePart(1, 'gICA') }],
  ...['dpop+jwt', 'logout+jwt', 'secevent+jwt', 'id_token', 'application/dpop+jwt', 7, null].map(
    (typ): [string, string, Parts] => [`67 typ ${typ}`, 'token_type', { header: { typ } }],
  ),
  ...[undefined, 'at+jwt', 'application/at+jwt', 'jwt'].map((typ): [string, string, Parts] => [
    `67 typ ${typ} is one`,
    'ann',
    { header: { typ } },
  ]),
  ['68 another payload', 'token_signature', { change: replacePart(1, base64(payload)) }],
  ['68 no signature', 'token_signature', { change: replacePart(2, '') }],
  [
    '68 signed by another key',
    'token_signature',
    { signer: (input) => sign('sha256', Buffer.from(input), other.privateKey) },
  ],
  [
    '68 a signature of another spelling',
    'token_signature',
    { settings: withEc, header: { alg: 'ES256' }, signer: byEc, change: respelled },
  ],
  [
    '68 an ES256 signature of zeros',
    'token_signature',
    { settings: withEc, header: { alg: 'ES256' }, signer: () => Buffer.alloc(64) },
  ],
  ['69 a list', 'token_malformed', { raw: { payload: '[]' } }],
  ['69 null', 'token_malformed', { raw: { payload: 'null' } }],
  [
    '69 a claim twice',
    'token_malformed',
    { raw: { payload: payload.replace('{', '{"sub":"bob",') } },
  ],
  [
    '69 a claim twice, spelled differently',
    'token_malformed',
    { raw: { payload: payload.replace('{', '{"s\\u0075b":"bob",') } },
  ],
  [
    '69 a header twice',
    'token_malformed',
    { raw: { header: '{"alg":"none","alg":"RS256","kid":"k1"}' } },
  ],
  ['71 a group of another issuer', 'token_claims', { claims: { groups: ['partner:staff'] } }],
  ['71 the role of the service', 'token_claims', { claims: { role: 'admin' } }],
  [
    '71 the role of the service among others',
    'token_claims',
    { claims: { roles: ['x', 'admin'] } },
  ],
  ['71 to be an admin', 'token_claims', { claims: { admin: true } }],
  ['71 rooms', 'token_claims', { claims: { rooms: ['board'] } }],
  ['71 chats', 'token_claims', { claims: { chats: { board: 'manage' } } }],
  ['71 to act as somebody', 'token_claims', { claims: { actAs: 'bob' } }],
  ['71 what is meant for others', 'ann', { claims: { role: 'authenticated', scope: 'openid' } }],
  ['a claim of another name', 'ann', { claims: { constructor: 1, locale: 'de' } }],
]

/** The same bytes, written with bits that do not count. */
function respelled(token: string): string {
  const last = token.at(-1)!
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return token.slice(0, -1) + letters[letters.indexOf(last) + 1]
}

test.each(rows)('%s → %s', async (_row, expected, parts) => {
  expect(await codeOf(parts)).toBe(expected)
})

test('a refusal says which claim and by how much', async () => {
  const refusal = (claims: object) =>
    issuersOf(withKey)
      .verify(tokenOf({ claims }))
      .catch(({ code, details }: CollabError) => ({ code, details }))
  expect(await refusal({ nbf: SECONDS + 90 })).toEqual({
    code: 'token_not_yet_valid',
    details: { skewMs: 90_000 },
  })
  for (const [claims, details] of [
    [{ displayName: 7 }, { path: 'displayName', reason: 'invalid_type' }],
    [{ given_name: 'a\nb' }, { path: 'given_name', reason: 'invalid_text' }],
    [{ email: 'nobody' }, { path: 'email', reason: 'invalid_format' }],
    [{ picture: 'http://host.example/a' }, { path: 'picture', reason: 'invalid_format' }],
    [{ picture: 'javascript:alert(1)' }, { path: 'picture', reason: 'invalid_format' }],
    [{ groups: 'staff' }, { path: 'groups', reason: 'invalid_type' }],
    [{ groups: ['a', 7] }, { path: 'groups.1', reason: 'invalid_type' }],
    [{ groups: ['a b'] }, { path: 'groups.0', reason: 'invalid_text' }],
    [{ groups: Array.from({ length: 101 }, String) }, { path: 'groups', reason: 'too_many' }],
  ]) {
    expect(await refusal(claims!)).toEqual({ code: 'token_claims', details })
  }
})

test('a token becomes a person with a profile; our names of claims come before those of OpenID Connect', async () => {
  const claims = {
    displayName: 'Ann of the Shop',
    name: 'Ann Other',
    given_name: 'Ann',
    family_name: 'Other',
    email: 'ann@host.example',
    picture: 'https://host.example/ann.png',
    firstName: null,
    lastName: '',
    groups: ['staff', 'staff', 'press'],
  }
  const issuers = issuersOf(withKey)
  const token = tokenOf({ claims })
  expect(unverifiedIssuer(token)).toBe(HOST)
  expect(await issuers.verify(token)).toEqual({
    issuer: HOST,
    username: 'ann',
    expiresAt: NOW + 600_000,
    issuedAt: NOW,
    profile: {
      displayName: 'Ann of the Shop',
      firstName: 'Ann',
      lastName: 'Other',
      email: 'ann@host.example',
      picture: 'https://host.example/ann.png',
    },
    groups: ['staff', 'press'],
  })
})

test('people and groups of an issuer that is not the primary one carry its name', async () => {
  const settings = { ...withKey, primary: false, name: 'shop', groups: ['press', 'partner:all'] }
  const claims = { groups: ['staff', 'press', 'partner:all'] }
  expect(await issuersOf(settings).verify(tokenOf({ claims }))).toEqual({
    issuer: HOST,
    name: 'shop',
    username: 'shop:ann',
    expiresAt: NOW + 600_000,
    issuedAt: NOW,
    profile: {},
    groups: ['shop:staff', 'press', 'partner:all'],
  })
})

test('people of a primary issuer keep their names, its groups carry the name that it has', async () => {
  const settings = { ...withKey, name: 'shop', groups: ['press'] }
  const claims = { groups: ['staff', 'press'] }
  expect(await issuersOf(settings).verify(tokenOf({ claims }))).toMatchObject({
    username: 'ann',
    groups: ['shop:staff', 'press'],
  })
})

test('names are as long as the limit says', async () => {
  const token = tokenOf({ claims: { name: 'x'.repeat(81) } })
  await expect(issuersOf(withKey).verify(token)).rejects.toMatchObject({
    code: 'token_claims',
    details: { path: 'name', reason: 'too_long' },
  })
})

test('a text that is no token names no issuer', () => {
  for (const text of ['', 'a.b.c', 'x'.repeat(100_000), tokenOf({ claims: { iss: 7 } })]) {
    expect(unverifiedIssuer(text)).toBeUndefined()
  }
})

test('62 a thousand tokens with keys of nobody cost one fetch', async () => {
  const issuers = issuersOf(withTwoKeys)
  const codes = await Promise.all(
    Array.from({ length: 1000 }, (_, index) =>
      issuers
        .verify(tokenOf({ header: { kid: `random${index}` }, signer: byNobody }))
        .catch(({ code }: CollabError) => code),
    ),
  )
  expect(new Set(codes)).toEqual(new Set(['token_key']))
  expect(issuers.fetches()).toBe(1)
})

test.each(['RS512', 'PS256', 'ES384', 'EdDSA', 'Ed25519', 'HS384'])(
  'a token signed with %s is accepted from an issuer who says so',
  async (algorithm) => {
    const { generateKeyPair, SignJWT, exportJWK } = await import('jose')
    const secret = new TextEncoder().encode('s'.repeat(64))
    const pair = algorithm.startsWith('HS')
      ? undefined
      : await generateKeyPair(algorithm, { extractable: true })
    const keys = pair
      ? { publicKey: await exportJWK(pair.publicKey), keyId: 'a' }
      : { secret: 's'.repeat(64) }
    const token = await new SignJWT({ sub: 'ann', iss: HOST, aud: 'chat', exp: SECONDS + 60 })
      .setProtectedHeader({ alg: algorithm })
      .sign(pair?.privateKey ?? secret)
    const issuers = issuersOf({ ...issuer, algorithm, ...keys })
    expect((await issuers.verify(token)).username).toBe('ann')
  },
)
