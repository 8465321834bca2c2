import { limitDefaults } from '@collab-kit/protocol'
import { expect } from 'vitest'
import { byNobody } from '../rig/host-tokens.ts'
import { connectLink, type Link } from '../rig/link.ts'
import { spawnService } from '../rig/service-process.ts'
import { askEvents, doors } from './doors.ts'
import { HS, now, tokenOf, type Host } from './host.ts'
import type { Row } from './row.ts'
import { checkWith, each, everywhere, type Check } from './token-cases.ts'

/** The rows about the keys of a host, and about what its good tokens are worth. */
export const keyRows = (host: Host): readonly Row[] => [
  ...rowsOfKeys(host, checkWith(host)),
  ...rowsOfStanding(host),
]

/** Between two fetches of keys at least, milliseconds; a moment passes on the way. */
const COOLDOWN_MS = 30_000 - 500

/** Which key a token is checked with. */
function rowsOfKeys(host: Host, check: Check): readonly Row[] {
  return [
    {
      number: 53,
      sent: 'A secret of 31 bytes for HS256 in the configuration',
      answered: 'the service does not start: exit code 78, and the setting by name',
      async check() {
        const issuer = { issuer: HS, audience: 'collab', algorithm: 'HS256', primary: true }
        const secret = 'a secret of thirty-one bytes, x'
        expect(secret).toHaveLength(31)
        const refused = spawnService({
          env: { COLLAB_ISSUERS: JSON.stringify([{ ...issuer, secret }]) },
        })
        try {
          expect(await refused.exited).toEqual({ code: 78, signal: null })
          expect(refused.output()).toContain('COLLAB_ISSUERS[0].secret')
          expect(refused.output()).not.toContain(secret)
        } finally {
          await refused.close()
        }
      },
    },
    {
      number: 62,
      sent: 'A `kid` of no key, a path, SQL, no text; 1,000 made up',
      answered: '`token_key`; keys are fetched once in 30 s at most',
      async check() {
        const guesses = ['k9', '../../../dev/null', "' or 1=1 --", '', '__proto__', 7, null]
        await check('token_key', each('kid', guesses, 'header'))
        await check('token_key', {
          'where the key has none': { kind: 'HS256', header: { kid: 'k1' } },
        })
        const seen: Record<string, number> = {}
        for (let batch = 0; batch < 40; batch++) {
          const codes = await Promise.all(
            Array.from({ length: 25 }, (_, n) => {
              const header = { kid: `made-up-${batch}-${n}` }
              return host.show(doors[n % doors.length]!, tokenOf({ header, signer: byNobody }))
            }),
          )
          for (const code of codes) seen[code] = (seen[code] ?? 0) + 1
        }
        expect(seen).toEqual({ token_key: 1000 })
        const soon = host.fetches.filter(
          (at, n) => n > 0 && at - host.fetches[n - 1]! < COOLDOWN_MS,
        )
        expect(soon, 'fetches within 30 s of the one before').toEqual([])
        expect(host.fetches.length).toBeGreaterThan(0)
      },
    },
    {
      number: 63,
      sent: 'No `kid` where the issuer publishes two keys',
      answered: '`token_key`',
      check: () => check('token_key', each('kid', [undefined], 'header')),
    },
  ]
}

/** Whether a good token is still worth something, and how often. */
function rowsOfStanding(host: Host): readonly Row[] {
  return [
    {
      number: 70,
      sent: 'A token from before `auth.revokeTokens`, whatever its `jti`, and one that does not say when it was issued; a later one',
      answered:
        '`token_revoked`, for all that was issued before counts and no single `jti`; let in (`forbidden` where another renews)',
      makesTickets: true,
      async check() {
        for (const [what, claims] of Object.entries({
          earlier: { iat: now() - 60 },
          'earlier, with a jti': { iat: now() - 60, jti: 'one' },
          'of nobody knows when': { iat: undefined },
        })) {
          const answers = await host.answersTo({ claims: { sub: 'zoe', ...claims } })
          expect(answers, what).toEqual(everywhere('token_revoked'))
        }
        for (const jti of ['one', 'one', undefined]) {
          const answers = await host.answersTo({ claims: { sub: 'zoe', iat: now(), jti } })
          expect(answers, `later, jti ${jti}`).toEqual(
            everywhere({ all: 'ok', renew: 'forbidden' }),
          )
        }
      },
    },
    {
      number: 72,
      sent: 'The same token on 21 sockets, and on an event stream beside 20',
      answered: '`limit_exceeded` `connection_limit`; requests go on',
      async check({ service }) {
        const token = tokenOf({ kind: 'HS256' })
        const open: Link[] = []
        try {
          const max = limitDefaults.connectionsPerUser
          while (open.length < max) open.push(await connectLink(service.url, { token }))
          await expect(connectLink(service.url, { token })).rejects.toMatchObject({
            code: 'limit_exceeded',
            details: { limit: 'connectionsPerUser', max, reason: 'connection_limit' },
          })
          const stream = await askEvents(service.port, { authorization: `Bearer ${token}` })
          stream.close()
          expect(stream).toMatchObject({
            code: 'limit_exceeded',
            status: 429,
            details: { limit: 'connectionsPerUser', max, reason: 'connection_limit' },
          })
          expect(await host.show('rest', token)).toBe('ok')
          expect(open.every(({ connected }) => connected)).toBe(true)
        } finally {
          for (const link of open) link.close()
        }
      },
    },
  ]
}
