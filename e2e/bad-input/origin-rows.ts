import { expect } from 'vitest'
import { spawnService } from '../rig/service-process.ts'
import { askEvents, askPolling, askSocket } from './doors.ts'
import type { HttpAnswer } from './http.ts'
import type { Row, Stage } from './row.ts'

/** Settings of a service that other pages may use. */
export const ORIGINS = {
  COLLAB_ALLOWED_ORIGINS: 'https://example.com,https://*.example.org,https://xn--bcher-kva.example',
}

const HOSTILE: readonly (string | string[])[] = [
  'https://example.com.evil.net',
  'https://evilexample.com',
  'https://evil-example.org',
  'http://example.com',
  'https://example.com:8443',
  'https://example.com.',
  'https://EXAMPLE.com',
  'HTTPS://example.com',
  'https://example.com/',
  'https://example.com/path',
  'https://ann@example.com',
  'https://example.org',
  'https://a.b.example.org',
  'https://.example.org',
  'https://xn--example-9ua.com',
  'https://b\u00fccher.example',
  'null',
  'file://',
  'about:blank',
  '',
  'https://example.com, https://evil.net',
  ['https://example.com', 'https://evil.net'],
  ['https://example.com', 'https://example.com'],
]

const WELCOME = ['https://example.com', 'https://shop.example.org', 'https://xn--bcher-kva.example']

/** What a page of this origin is told at every door, with a good token. */
async function answersTo(
  { service: { port }, eve: { token }, http }: Stage,
  origin: string | string[] | undefined,
): Promise<Record<string, string>> {
  const headers: Record<string, string | string[]> =
    origin === undefined ? {} : { origin: toHeader(origin) }
  const rest = await http({ path: '/api/v1/me', headers })
  const events = await askEvents(port, { authorization: `Bearer ${token}`, ...headers })
  events.close()
  return {
    socket: await askSocket(port, token, toLines(headers['origin'])),
    polling: await askPolling(port, token, headers),
    events: events.code,
    rest: rest.status === 200 ? 'ok' : String(rest.body.code),
    grant: grantOf(rest),
  }
}

/** Bytes beyond ASCII go out as they would from a client that does not care. */
const toHeader = (origin: string | string[]): string | string[] =>
  typeof origin === 'string' ? Buffer.from(origin).toString('latin1') : origin

const toLines = (origin: string | string[] | undefined): Record<string, string> =>
  origin === undefined ? {} : { origin: [origin].flat().join('\r\norigin: ') }

const grantOf = ({ headers }: HttpAnswer): string =>
  String(headers['access-control-allow-origin'] ?? 'none')

/** Not origins, or too many at once. */
const WRONG = [
  '*',
  'https://*',
  'https://*.com',
  'https://a.*.com',
  'https://*example.com',
  'example.com',
  '//example.com',
  'https://example.com/path',
  'https://example.com/',
  'https://ann@example.com',
  '/https:.*/',
  '^https://.*$',
  'ftp://example.com',
  'null',
]

/** The rows about pages of others. */
export const originRows: readonly Row[] = [
  {
    number: 106,
    sent: 'An allowed origin with something more or less: a suffix, a prefix, another scheme or port, a final dot, upper case, punycode, a user, a path; `null`, `file://`, two headers; none',
    answered:
      '`origin_denied` on the socket, by long polling, to event streams and requests, and no CORS grant; none is let in',
    async check(stage) {
      const code = 'origin_denied'
      const denied = { socket: code, polling: code, events: code, rest: code, grant: 'none' }
      for (const origin of HOSTILE)
        expect(await answersTo(stage, origin), JSON.stringify(origin)).toEqual(denied)
      const letIn = { socket: 'ok', polling: 'ok', events: 'ok', rest: 'ok' }
      for (const origin of WELCOME)
        expect(await answersTo(stage, origin), origin).toEqual({ ...letIn, grant: origin })
      expect(await answersTo(stage, undefined)).toEqual({ ...letIn, grant: 'none' })
    },
  },
  {
    number: 107,
    sent: 'Allowed origins in the configuration that are none: `*`, a regular expression, a path, `*` elsewhere than as the first label, no scheme',
    answered: 'the service does not start: exit code 78, and every entry by name',
    async check() {
      const refused = spawnService({ env: { COLLAB_ALLOWED_ORIGINS: WRONG.join(',') } })
      try {
        expect(await refused.exited).toEqual({ code: 78, signal: null })
        const named = WRONG.map((entry, n) => `COLLAB_ALLOWED_ORIGINS[${n}]: ${entry} is no origin`)
        const said = refused.output()
        expect(named.filter((line) => !said.includes(line))).toEqual([])
      } finally {
        await refused.close()
      }
    },
  },
]
