import { expect } from 'vitest'
import { byEc, byNobody, byRsa, bySecret, ecKey, toJwk } from '../rig/host-tokens.ts'
import { HS, kinds, now, publicPem, RS, rsaOfNobody, tokenOf, type Host } from './host.ts'
import type { Row } from './row.ts'
import { checkWith, each, type Check } from './token-cases.ts'

const good = () => ({ iss: RS, aud: 'collab', sub: 'ann', iat: now(), exp: now() + 600 })
/** What a part is replaced by. */
const part = (index: number, by: string) => (token: string) =>
  token
    .split('.')
    .map((old, at) => (at === index ? by : old))
    .join('.')
const cut = (count: number) => (token: string) =>
  [...token.split('.'), 'YQ', 'YQ', 'YQ'].slice(0, count).join('.')
const base64 = (text: string) => Buffer.from(text).toString('base64url')

/** The rows about tokens that a host signs; each is shown at every door. */
export function tokenRows(host: Host): readonly Row[] {
  const check = checkWith(host)
  return [...formRows(host, check), ...claimRows(check)]
}

/** How a token is written and signed. */
function formRows(host: Host, check: Check): readonly Row[] {
  return [
    {
      number: 51,
      sent: 'A token with `alg` `none`, `None`, `nOnE` or without one',
      answered: '`token_alg`',
      check: () =>
        check('token_alg', {
          ...each('alg', ['none', 'None', 'nOnE', undefined, ['none'], null], 'header'),
          'none and no signature': { header: { alg: 'none' }, signer: byNobody },
        }),
    },
    {
      number: 52,
      sent: 'HS256 keyed with the public RSA key of the issuer',
      answered: '`token_alg`',
      check: () =>
        check('token_alg', {
          'the key in PEM': { header: { alg: 'HS256' }, signer: bySecret(publicPem) },
          'the key in PEM, trimmed': {
            header: { alg: 'HS256' },
            signer: bySecret(publicPem.trim()),
          },
        }),
    },
    {
      number: 54,
      sent: 'A token of another algorithm than its issuer’s, of other keys and of the same',
      answered: '`token_alg`',
      check: () =>
        check('token_alg', {
          'ES256 for RS256': { header: { alg: 'ES256' }, signer: byEc(ecKey()) },
          'RS512 for RS256': { header: { alg: 'RS512' } },
          'RS256 for ES256': {
            kind: 'ES256',
            header: { alg: 'RS256' },
            signer: byRsa(rsaOfNobody),
          },
          'RS256 for HS256': {
            kind: 'HS256',
            header: { alg: 'RS256' },
            signer: byRsa(rsaOfNobody),
          },
          'HS512 for HS256': { kind: 'HS256', header: { alg: 'HS512' } },
        }),
    },
    {
      number: 64,
      sent: 'A token that brings its key: `jwk`, `jku`, `x5u`, `x5c`',
      answered: '`token_header`',
      check: () =>
        check('token_header', {
          jwk: { header: { jwk: toJwk(rsaOfNobody, 'k1') }, signer: byRsa(rsaOfNobody) },
          ...each('jku', ['https://evil.example/keys'], 'header'),
          ...each('x5u', ['https://evil.example/chain'], 'header'),
          ...each('x5c', [['MIIB']], 'header'),
        }),
    },
    {
      number: 65,
      sent: 'An unknown `crit`, `b64: false`',
      answered: '`token_header`',
      check: () =>
        check('token_header', {
          crit: { header: { crit: ['exp'], exp: 1 } },
          ...each('b64', [false, true], 'header'),
          both: { header: { b64: false, crit: ['b64'] } },
        }),
    },
    {
      number: 66,
      sent: 'A JWE, 2 parts, 6 parts, bad base64, 7.5 KB, 9 KB, 18 KB; 100 KB on a socket',
      answered: '`token_malformed`; above 8 KiB the connection ends; 431 for the headers',
      async check() {
        await check('token_malformed', {
          'a JWE': { change: cut(5) },
          'two parts': { change: cut(2) },
          'six parts': { change: cut(6) },
          'a word': { change: () => 'token' },
          'bad base64 in the header': { change: part(0, 'e30=') },
          'bad base64 in the payload': { change: part(1, 'e3*0') },
          'base64 of another spelling': { change: part(1, 'e31') },
          'bad base64 in the signature': { change: part(2, 'a+b/') },
          'bad UTF-8': { change: part(1, 'gICA') },
          'no JSON': { raw: { payload: '{' } },
        })
        await check('token_malformed', { '7.5 KB': { claims: { name: 'a'.repeat(5300) } } })
        await check(
          { all: 'token_malformed', socket: 'closed' },
          { '9 KB': { claims: { name: 'a'.repeat(7000) } } },
        )
        await check(
          { all: '431', socket: 'closed', renew: 'token_malformed' },
          { '18 KB': { claims: { name: 'a'.repeat(13_500) } } },
        )
        const huge = tokenOf({ claims: { name: 'a'.repeat(75_000) } })
        expect(await host.show('socket', huge)).toBe('closed')
        expect(await host.show('renew', huge)).toBe('token_malformed')
      },
    },
    {
      number: 67,
      sent: 'A token of another type: for signing out, for proofs, an ID token that says so',
      answered: '`token_type`',
      check: () =>
        check(
          'token_type',
          each(
            'typ',
            ['dpop+jwt', 'logout+jwt', 'secevent+jwt', 'id_token', 'application/dpop+jwt', 7, null],
            'header',
          ),
        ),
    },
    {
      number: 68,
      sent: 'Another payload, no signature, the signature of another key, an ES256 signature of zeros',
      answered: '`token_signature`',
      check: () =>
        check('token_signature', {
          'another payload': {
            change: (token) => part(1, base64(JSON.stringify({ ...good(), sub: 'zoe' })))(token),
          },
          'no signature': { change: part(2, '') },
          'of another key': { signer: byRsa(rsaOfNobody) },
          'of another secret': {
            kind: 'HS256',
            signer: bySecret('another secret, which is long too'),
          },
          zeros: { kind: 'ES256', signer: () => Buffer.alloc(64) },
          'zeros of a wrong length': { kind: 'ES256', signer: () => Buffer.alloc(7) },
        }),
    },
    {
      number: 69,
      sent: 'A payload that is a list, `null`; claims and headers that are there twice',
      answered: '`token_malformed`',
      check: () =>
        check('token_malformed', {
          'a list': { raw: { payload: '[]' } },
          null: { raw: { payload: 'null' } },
          'a claim twice': {
            raw: { payload: JSON.stringify(good()).replace('{', '{"sub":"zoe",') },
          },
          'a claim twice, spelled differently': {
            raw: { payload: JSON.stringify(good()).replace('{', '{"s\\u0075b":"zoe",') },
          },
          'a header twice': { raw: { header: '{"alg":"none","alg":"RS256","kid":"k1"}' } },
        }),
    },
  ]
}

/** What a token says. */
function claimRows(check: Check): readonly Row[] {
  return [
    {
      number: 55,
      sent: 'A token that ended 31 s ago; 29 s ago',
      answered: '`token_expired`; let in, for clocks differ by up to 30 s',
      makesTickets: true,
      async check() {
        for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
          await check('token_expired', { '31 s': { kind, claims: ended(31) } })
          await check('ok', { '29 s': { kind, claims: ended(29) } })
        }
      },
    },
    {
      number: 56,
      sent: 'An `nbf` in 5 minutes, a text as one; in 15 s',
      answered: '`token_not_yet_valid`, `token_claims`; let in',
      makesTickets: true,
      async check() {
        await check('token_not_yet_valid', { 'in 5 min': { claims: { nbf: now() + 300 } } })
        await check('token_claims', each('nbf', ['now', null, {}], 'claims'))
        await check('ok', { 'in 15 s': { claims: { nbf: now() + 15 } } })
      },
    },
    {
      number: 57,
      sent: 'An `iat` in 5 minutes, older than a day, a text',
      answered: '`token_iat`',
      check: () =>
        check(
          'token_iat',
          each('iat', [now() + 300, now() - 86_500, String(now()), null], 'claims'),
        ),
    },
    {
      number: 58,
      sent: 'No `exp`, a text, 1e300, 1e309, a negative one, one in more than a day',
      answered: '`token_exp`',
      check: () =>
        check('token_exp', {
          ...each(
            'exp',
            [undefined, String(now() + 600), 1e300, -1, now() + 86_500, null],
            'claims',
          ),
          '1e309': {
            raw: { payload: JSON.stringify(good()).replace(/"exp":[\d.]+/, '"exp":1e309') },
          },
        }),
    },
    {
      number: 59,
      sent: 'No `sub`, a number, nothing, `__proto__`, control characters, a space, a colon, 4 KB; the name of another’s account, a reserved one',
      answered: '`token_sub`',
      check: () =>
        check('token_sub', {
          ...each(
            'sub',
            [
              undefined,
              7,
              '',
              '__proto__',
              'a\u0000b',
              'a\u202Eb',
              'a b',
              'a/b',
              'hs:ann',
              {},
              ['ann'],
            ],
            'claims',
          ),
          '4 KB': { claims: { sub: 'a'.repeat(4000) } },
          'an account of the service': { claims: { sub: 'ada' } },
          'a reserved name': { claims: { sub: 'admin' } },
        }),
    },
    {
      number: 60,
      sent: 'A wrong `aud`, none, one among those of others',
      answered: '`token_aud`',
      check: () =>
        check(
          'token_aud',
          each(
            'aud',
            [undefined, 'other', [], ['collab', 'other'], 'Collab', { collab: true }],
            'claims',
          ),
        ),
    },
    {
      number: 61,
      sent: 'A wrong `iss`, none, one with a slash more; the service’s own name, that of another issuer',
      answered: '`token_iss`; `token_alg`',
      async check() {
        await check(
          'token_iss',
          each(
            'iss',
            [undefined, 'https://evil.example', `${RS}/`, [RS], RS.toUpperCase()],
            'claims',
          ),
        )
        // Their keys are others: it is not even looked at who is meant.
        await check('token_alg', each('iss', ['collab-kit', HS], 'claims'))
      },
    },
    {
      number: 71,
      sent: 'Claims that ask for rights: `role`, `admin`, `chats`, `rooms`, `actAs`; groups of another issuer',
      answered: '`token_claims`',
      check: () =>
        check('token_claims', {
          'the role admin': { claims: { role: 'admin' } },
          'admin among roles': { claims: { roles: ['x', 'admin'] } },
          ...each('admin', [true], 'claims'),
          ...each('chats', [{ shared: 'manage' }], 'claims'),
          ...each('rooms', [['shared']], 'claims'),
          ...each('actAs', ['ada'], 'claims'),
          ...each('groups', ['staff', ['hs:staff'], [7]], 'claims'),
        }),
    },
  ]
}

const ended = (ago: number) => ({
  iat: now() - 600,
  get exp() {
    return now() - ago
  },
})
