// oxlint-disable max-lines -- one table, an entry for each row of the catalogue
import { gzipSync } from 'node:zlib'
import { limitDefaults } from '@collab-kit/protocol'
import { expect } from 'vitest'
import { openRawSocket } from '../rig/raw-socket.ts'
import type { HttpAnswer } from './http.ts'
import type { Row, Stage } from './row.ts'

const API = '/api/v1'
const JSON_TYPE = { 'content-type': 'application/json' }

const echo = (
  { http }: Stage,
  body: string | Uint8Array,
  headers: Record<string, string> = JSON_TYPE,
): Promise<HttpAnswer> => http({ method: 'POST', path: `${API}/system/echo`, headers, body })

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)

/** A request by hand; `\n` is a line end. */
const lines = (...parts: string[]): string => parts.join('\r\n')

const invalid = (reason: string) => ({
  status: 400,
  body: { code: 'invalid_payload', details: { reason } },
})

export const restRows: readonly Row[] = [
  {
    number: 36,
    sent: 'Malformed JSON, a byte order mark, trailing commas; keys that are there twice',
    answered: '400 `invalid_json`; 400 `invalid_payload` `duplicate_key`',
    async check(stage) {
      const texts = [
        '{',
        '{"message":"x",}',
        "{'message':'x'}",
        '{"message":"x"}}',
        '\uFEFF{"message":"x"}',
        'undefined',
        '{"message":NaN}',
        '// x\n{}',
        '{"message":"a\nb"}',
      ]
      for (const text of texts)
        expect(await echo(stage, text), text).toMatchObject({
          status: 400,
          body: { code: 'invalid_json' },
        })
      expect(
        await echo(stage, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
      ).toMatchObject({ status: 400, body: { code: 'invalid_json' } })
      for (const text of [
        '{"message":"a","message":"b"}',
        '{"message":"a","\\u006dessage":"b"}',
        '{"message":"a","x":[{"role":"user","role":"admin"}]}',
      ]) {
        expect(await echo(stage, text), text).toMatchObject(invalid('duplicate_key'))
      }
    },
  },
  {
    number: 37,
    sent: 'A body of another type or of none, as a form of any page may send',
    answered: '415 `invalid_payload` `content_type`',
    async check(stage) {
      for (const type of [
        'text/plain',
        'text/plain; application/json',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'text/json',
        'application/jsonp',
        '',
      ]) {
        const answer = await echo(stage, '{"message":"x"}', type ? { 'content-type': type } : {})
        expect(answer, type).toMatchObject({
          status: 415,
          body: { code: 'invalid_payload', details: { reason: 'content_type' } },
        })
      }
    },
  },
  {
    number: 38,
    sent: '`Content-Length` together with `Transfer-Encoding`, a broken chunk, two lengths, headers of 17 KB, no HTTP',
    answered: '400 or 431, and the connection ends',
    async check({ tcp, eve }) {
      const head = [
        'POST /api/v1/system/echo HTTP/1.1',
        'Host: 127.0.0.1',
        `Authorization: Bearer ${eve.token}`,
        'Content-Type: application/json',
      ]
      const body = '{"message":"x"}'
      const requests = [
        lines(
          ...head,
          'Content-Length: 15',
          'Transfer-Encoding: chunked',
          '',
          `f`,
          body,
          '0',
          '',
          '',
        ),
        lines(...head, 'Transfer-Encoding: chunked', '', 'zz', body, '0', '', ''),
        lines(...head, 'Transfer-Encoding: chunked, identity', '', 'f', body, '0', '', ''),
        lines(...head, 'Content-Length: 15', 'Content-Length: 16', '', body),
        lines(...head, 'Content-Length: -1', '', body),
        lines(...head, 'Content-Length : 15', '', body),
        lines(...head, 'X-Bad\u0000Name: 1', '', ''),
        lines('GET  /api/v1/me HTTP/1.1', '', ''),
        lines('GET /api/v1/me HTTP/9.9', '', ''),
        lines('\u0016\u0003\u0001\u0002\u0000', '', ''),
      ]
      for (const request of requests) {
        const answer = await tcp(request)
        expect(statusOf(answer), request.slice(0, 300)).toBe(400)
        expect(answer).toContain('Connection: close')
      }
      expect(statusOf(await tcp(lines(...head, `X-Large: ${'x'.repeat(17_000)}`, '', '')))).toBe(
        431,
      )
    },
  },
  {
    number: 39,
    sent: 'A compressed body, small or a bomb; an unknown encoding; a body above 128 KiB, with and without a length',
    answered: '415 `content_encoding`; 413 `too_large`',
    async check(stage) {
      const encoded = {
        status: 415,
        body: { code: 'invalid_payload', details: { reason: 'content_encoding' } },
      }
      for (const bytes of [gzipSync('{"message":"x"}'), gzipSync(Buffer.alloc(20_000_000, ' '))]) {
        expect(
          await echo(stage, bytes, { ...JSON_TYPE, 'content-encoding': 'gzip' }),
        ).toMatchObject(encoded)
      }
      for (const encoding of ['br', 'zstd', 'x-unknown', 'gzip, gzip']) {
        expect(
          await echo(stage, '{"message":"x"}', { ...JSON_TYPE, 'content-encoding': encoding }),
          encoding,
        ).toMatchObject(encoded)
      }
      const large = JSON.stringify({ message: 'x'.repeat(limitDefaults.frameBytes) })
      const tooLarge = {
        status: 413,
        body: { code: 'too_large', details: { limit: 'frameBytes' } },
      }
      expect(await echo(stage, large)).toMatchObject(tooLarge)
      expect(
        await echo(stage, large, { ...JSON_TYPE, 'transfer-encoding': 'chunked' }),
      ).toMatchObject(tooLarge)
    },
  },
  {
    number: 40,
    sent: 'Another method than the path has, `TRACE`, `CONNECT`, an invented one, an override in a header or parameter',
    answered: '405; overrides do nothing',
    async check({ http, tcp, eve }) {
      for (const [method, path] of [
        ['PUT', '/me'],
        ['DELETE', '/chats'],
        ['GET', '/system/echo'],
        ['PATCH', '/chats/shared'],
        ['TRACE', '/me'],
        ['PROPFIND', '/me'],
      ]) {
        const answer = await http({ method: method!, path: API + path })
        expect(answer, `${method} ${path}`).toMatchObject({
          status: 405,
          body: { code: 'unknown_operation', details: { reason: 'method' } },
        })
        expect(answer.text).not.toContain(eve.token)
      }
      expect(
        statusOf(await tcp(lines('BREW /api/v1/me HTTP/1.1', 'Host: 127.0.0.1', '', ''))),
      ).toBe(400)
      const tunnel = await tcp(
        lines('CONNECT evil.example:443 HTTP/1.1', 'Host: evil.example:443', '', ''),
      )
      expect([0, 400, 404, 405]).toContain(statusOf(tunnel))
      const headers = {
        'x-http-method-override': 'DELETE',
        'x-method-override': 'PUT',
        'x-http-method': 'DELETE',
      }
      expect(await http({ path: `${API}/me`, headers })).toMatchObject({
        status: 200,
        body: { username: 'eve' },
      })
      expect(await http({ path: `${API}/me?_method=DELETE`, headers })).toMatchObject({
        status: 400,
      })
    },
  },
  {
    number: 41,
    sent: 'A parameter that is there twice, `limit=-1`, `1e9`, `%00`, one that does not exist',
    answered:
      '400 `invalid_payload` (`invalid_query`, `unknown_field` …), positions `invalid_cursor`',
    async check({ http }) {
      const numbers = ['', '-1', '1e9', '%00', '0x10', 'abc', '1.5', '9999', '1&limit=9999']
      for (const value of numbers)
        expect(await http({ path: `${API}/chats?limit=${value}` }), value).toMatchObject(
          invalid('invalid_query'),
        )
      for (const query of [
        'limit[]=1',
        'nope=1',
        '__proto__=1',
        'constructor=1',
        'limit=99999999999999999999',
      ]) {
        expect(await http({ path: `${API}/chats/shared/messages?${query}` }), query).toMatchObject({
          status: 400,
          body: { code: 'invalid_payload' },
        })
      }
      expect(await http({ path: `${API}/chats/shared/messages?after=-1` })).toMatchObject({
        status: 400,
        body: { code: 'invalid_cursor' },
      })
      expect(await http({ path: `${API}/chats?cursor=%FF%FE` })).toMatchObject({ status: 400 })
    },
  },
  {
    number: 42,
    sent: 'Paths with `%2e%2e`, `//`, an encoded slash, malformed escapes, 8 KB',
    answered: '404, 400 or 414, and never a file or a redirect',
    async check({ http }) {
      const paths = [
        '/api/v1/chats/%2e%2e/%2e%2e/me',
        '/api/v1/../../etc/passwd',
        '/..%2f..%2fetc/passwd',
        '/%2e%2e/%2e%2e/package.json',
        '//evil.example/api/v1/me',
        '/api/v1//me',
        '/api/v1/me/',
        '/API/v1/me',
        '/api/v1/users/%',
        '/api/v1/users/%zz',
        '/api/v1/users/%00',
        '/api/v1/users/%c0%ae',
        '/api/v1/users/a%2Fb',
        '/\\evil.example',
        '/src/main.ts',
        '/.env',
        '/api/v1/me;x=1',
        '/cdn/../package.json',
      ]
      for (const path of paths) {
        const { status, headers, text } = await http({ path })
        expect([400, 404], path).toContain(status)
        expect(headers['location'], path).toBeUndefined()
        expect(text).not.toMatch(/node_modules|"dependencies"|import |root:/)
      }
      expect((await http({ path: `/api/v1/users/${'x'.repeat(8000)}` })).status).toBe(414)
    },
  },
  {
    number: 43,
    remembers: true,
    sent: 'An `Idempotency-Key` of 256 characters, an empty one, one used for another body, one used twice at once',
    answered: '400; 409 `idempotency_conflict`; at once both get the one answer',
    async check({ http }) {
      const send = (key: string, body: object) =>
        http({
          method: 'PUT',
          path: `${API}/chats/shared/read`,
          headers: { ...JSON_TYPE, 'idempotency-key': key },
          body: JSON.stringify(body),
        })
      for (const key of ['x'.repeat(256), 'x'.repeat(65), '', ' ', 'a b', 'a,b']) {
        expect(await send(key, { seq: 0 }), key.slice(0, 10)).toMatchObject({
          status: 400,
          body: { code: 'invalid_payload', details: { path: 'commandId' } },
        })
      }
      const join = (chatId: string) =>
        http({
          method: 'POST',
          path: `${API}/chats/${chatId}/join`,
          headers: { ...JSON_TYPE, 'idempotency-key': 'at-once' },
          body: '{}',
        })
      const [one, other] = await Promise.all([join('shared'), join('shared')])
      expect(one.status).toBe(200)
      expect(other.body).toEqual(one.body)
      expect(await join('public-1')).toMatchObject({
        status: 409,
        body: { code: 'idempotency_conflict' },
      })
      const again = await http({
        method: 'POST',
        path: `${API}/chats/shared/messages`,
        headers: JSON_TYPE,
        body: JSON.stringify({ clientMessageId: 'first', body: 'another' }),
      })
      expect(again).toMatchObject({ status: 409, body: { code: 'idempotency_conflict' } })
    },
  },
  {
    number: 44,
    sent: '`X-Forwarded-For` with 127.0.0.1, with 1,000 entries, without a configured proxy',
    answered: 'ignored; behind proxies only the entries that they wrote count',
    async check({ http }) {
      const list = Array.from({ length: 1000 }, (_, n) => `10.0.${n >> 8}.${n & 255}`).join(',')
      for (const forwarded of ['127.0.0.1', '8.8.8.8', list, 'unknown', "' or 1=1"]) {
        // From this machine itself: its figures are shown, whatever the header says.
        expect(
          (
            await http({
              path: '/metrics',
              headers: {
                'x-forwarded-for': forwarded,
                forwarded: 'for=8.8.8.8',
                'x-real-ip': '8.8.8.8',
              },
            })
          ).status,
          forwarded.slice(0, 20),
        ).toBe(200)
      }
    },
  },
  {
    number: 45,
    sent: 'A `Host` that is malformed, there twice, absent; the address of another service in the request line',
    answered: '400; with a `publicUrl` 421 for another name',
    async check({ tcp, http, eve }) {
      for (const host of [
        'a@b',
        'evil/path',
        'a b',
        'x'.repeat(300) + '/',
        '127.0.0.1:99999999',
        '127.0.0.1:99999',
        '256.256.256.256',
        '[::::]',
      ]) {
        expect(
          (await http({ path: `${API}/me`, headers: { host } })).status,
          host.slice(0, 20),
        ).toBe(400)
      }
      const token = `Authorization: Bearer ${eve.token}`
      expect(
        statusOf(
          await tcp(lines(`GET ${API}/me HTTP/1.1`, 'Host: ', token, 'Connection: close', '', '')),
        ),
      ).toBe(400)
      expect(
        statusOf(await tcp(lines(`GET ${API}/me HTTP/1.1`, token, 'Connection: close', '', ''))),
      ).toBe(400)
      expect(
        statusOf(
          await tcp(
            lines(
              `GET ${API}/me HTTP/1.1`,
              'Host: a',
              'Host: b',
              token,
              'Connection: close',
              '',
              '',
            ),
          ),
        ),
      ).toBe(400)
      const absolute = await tcp(
        lines(
          `GET http://evil.example${API}/me HTTP/1.1`,
          'Host: 127.0.0.1',
          token,
          'Connection: close',
          '',
          '',
        ),
      )
      expect([400, 404, 421]).toContain(statusOf(absolute))
    },
  },
  {
    number: 46,
    sent: 'A `Referer` and parameters that name another site',
    answered: 'no redirect anywhere',
    async check({ http }) {
      const evil = 'https://evil.example/'
      for (const path of [
        '/',
        '/docs',
        `/?returnTo=${evil}`,
        `/docs?url=${evil}`,
        `/?redirect=//evil.example`,
        `${API}/me`,
        '/nothing',
        `/${evil}`,
        '/docs/',
        '/healthz',
      ]) {
        const { status, headers } = await http({ path, headers: { referer: evil } })
        expect(status, path).not.toBeGreaterThanOrEqual(500)
        expect(String(headers['location'] ?? ''), path).not.toContain('evil')
      }
    },
  },
  {
    number: 47,
    sent: 'An `Origin` that is `null`, another page’s, malformed, in a preflight and on a socket',
    answered: '403 `origin_denied` and no CORS grant; without `Origin` no grant',
    async check({ http, service, eve }) {
      const own = `127.0.0.1:${service.port}`
      const origins = [
        'null',
        'https://evil.example',
        `http://${own}.evil.example`,
        `http://evil.example:${service.port}`,
        `http://${own}/`,
        `http://localhost:${service.port}`,
        'file://',
        `HTTP://${own}`,
        `http://${own}.`,
        `http://user@${own}`,
        'x',
      ]
      for (const origin of origins) {
        const answer = await http({ path: `${API}/me`, headers: { origin, cookie: 'session=1' } })
        expect(answer, origin).toMatchObject({ status: 403, body: { code: 'origin_denied' } })
        expect(answer.headers['access-control-allow-origin'], origin).toBeUndefined()
        const preflight = await http({
          method: 'OPTIONS',
          path: `${API}/me`,
          headers: { origin, 'access-control-request-method': 'POST' },
          token: null,
        })
        expect(preflight.status, origin).toBe(403)
        expect(preflight.headers['access-control-allow-origin'], origin).toBeUndefined()
        const socket = await http({
          path: '/socket.io/?EIO=4&transport=polling',
          headers: { origin },
          token: null,
        })
        expect(socket.headers['access-control-allow-origin'], origin).toBeUndefined()
      }
      const plain = await http({ path: `${API}/me` })
      expect(plain.status).toBe(200)
      expect(plain.headers['access-control-allow-origin']).toBeUndefined()
      expect(plain.headers['access-control-allow-credentials']).toBeUndefined()
      await socketsOfOrigins(service.port, eve.token, origins)
    },
  },
  {
    number: 49,
    sent: 'A token in the address of any request, on any path and on the socket',
    answered: '400 `invalid_payload` `token_in_url`; on the socket the handshake is refused',
    async check({ http, eve, service, epoch }) {
      const { token } = eve
      for (const path of [
        `${API}/me?token=${token}`,
        `${API}/me?access_token=${token}`,
        `${API}/chats?TOKEN=x`,
        `${API}/nothing?token=x`,
        `/?token=${token}`,
        `/docs?token=x`,
        `${API}/openapi.json?token=x`,
      ]) {
        expect(await http({ path }), path.slice(0, 30)).toMatchObject(invalid('token_in_url'))
      }
      for (const [method, path, body] of [
        ['POST', '/system/echo?token=x', '{"message":"x"}'],
        ['PUT', '/chats/shared/read?access_token=x', '{"seq":0}'],
        ['POST', '/streams/resume?token=x', JSON.stringify({ epoch, heads: {} })],
      ]) {
        expect(
          await http({ method: method!, path: API + path, headers: JSON_TYPE, body: body! }),
          path,
        ).toMatchObject(invalid('token_in_url'))
      }
      for (const query of [`token=${token}`, 'access_token=x']) {
        const answer = await http({
          path: `/socket.io/?EIO=4&transport=polling&${query}`,
          token: null,
        })
        expect(answer.status, query.slice(0, 15)).toBe(403)
        await expect(
          openRawSocket(service.port, { path: `/socket.io/?EIO=4&transport=websocket&${query}` }),
        ).rejects.toThrow(/HTTP\/1\.1 40[03]/)
      }
    },
  },
]

/** With a good token and a bad origin: refused in a way that the page can see. */
async function socketsOfOrigins(
  port: number,
  token: string,
  origins: readonly string[],
): Promise<void> {
  for (const origin of origins) {
    const socket = await openRawSocket(port, { headers: { origin } })
    await socket.next((text) => text.startsWith('0{'))
    await socket.send(`40${JSON.stringify({ token })}`)
    expect(await socket.next((text) => text.startsWith('44')), origin).toContain('origin_denied')
    socket.close()
  }
}
