import { errorCatalogue } from '@collab-kit/protocol'
import { expect } from 'vitest'
import { exchange, exchangeBytes } from './exchange.ts'
import { asker } from './asker.ts'
import { rules } from './rule.ts'
import type { Target } from './target.ts'

/** What a request may look like, and what becomes of every other. */
export function requestRules(target: Target): void {
  bodies(target)
  types(target)
  paths(target)
  queries(target)
  noHttp(target)
}

function bodies(target: Target): void {
  rules(target)(
    '[REST-5] A body is one well-formed JSON object without doubled keys',
    async ({ person }) => {
      const { accessToken } = await person()
      const headers = { 'content-type': 'application/json' }
      const ask = asker(target, accessToken)
      const echo = (text: string) => ask('POST', '/system/echo', { text, headers })
      for (const text of [
        '{',
        '{"message":"x",}',
        "{'message':'x'}",
        '{message:"x"}',
        '{"message":"x"}}',
        'undefined',
        '{"message":NaN}',
        '{"message":"a\nb"}',
        '// x\n{}',
      ]) {
        expect(await echo(text), text).toMatchObject({
          status: 400,
          body: { code: 'invalid_json' },
        })
      }
      for (const text of ['{"message":"a","message":"b"}', '{"message":"a","\\u006dessage":"b"}']) {
        expect(await echo(text), text).toMatchObject({
          status: 400,
          body: { code: 'invalid_payload', details: { reason: 'duplicate_key' } },
        })
      }
      const inner = '{"kind":"channel","members":[],"x":{"role":"user","role":"admin"}}'
      expect(await ask('POST', '/chats', { text: inner, headers })).toMatchObject({
        body: { details: { reason: 'duplicate_key' } },
      })
      for (const text of ['[]', 'null', '"text"', '5', '[{"message":"x"}]']) {
        expect(await echo(text), text).toMatchObject({
          status: 400,
          body: { code: 'invalid_payload' },
        })
      }
      expect(await echo('{"message":1e309}')).toMatchObject({
        status: 400,
        body: { code: 'invalid_payload' },
      })
      expect(await echo(' {"message":"a:\\"b\\",{\\"message\\":1}"} ')).toMatchObject({
        status: 200,
      })
      const token = { ...headers, authorization: `Bearer ${accessToken}` }
      for (const body of [
        Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
        Buffer.from('\uFEFF{"message":"x"}'),
      ]) {
        const answer = await exchange(target.url, {
          method: 'POST',
          path: '/api/v1/system/echo',
          headers: token,
          body,
        })
        expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_json' } })
      }
    },
  )
}

function types(target: Target): void {
  rules(target)(
    '[REST-6] A body that does not say it is plain JSON is not read',
    async ({ person }) => {
      const { accessToken } = await person()
      const authorization = `Bearer ${accessToken}`
      const body = '{"message":"x"}'
      const echo = (headers: Record<string, string>, content: string | Buffer = body) =>
        exchange(target.url, {
          method: 'POST',
          path: '/api/v1/system/echo',
          headers: { authorization, ...headers },
          body: content,
        })
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'text/json',
        'application/jsonx',
        '',
      ]) {
        const answer = await echo(type ? { 'content-type': type } : {})
        expect(answer, type).toMatchObject({ status: 415 })
        expect(Object.keys(errorCatalogue)).toContain((answer.body as { code: string }).code)
      }
      for (const type of [
        'application/json',
        'application/json; charset=utf-8',
        'Application/JSON',
      ]) {
        expect(await echo({ 'content-type': type }), type).toMatchObject({
          status: 200,
          body: { message: 'x' },
        })
      }
      for (const encoding of ['gzip', 'br', 'x-unknown']) {
        const answer = await echo({
          'content-type': 'application/json',
          'content-encoding': encoding,
        })
        expect([413, 415], encoding).toContain(answer.status)
      }
    },
  )
}

function paths(target: Target): void {
  const rule = rules(target)

  rule(
    '[REST-7] What is not there is 404, what is there by another method 405',
    async ({ person }) => {
      const { accessToken, username } = await person()
      const ask = asker(target, accessToken)
      for (const path of ['/nope', '/chats/x/nope', '/users/a/b', '/']) {
        expect(await ask('GET', path), path).toMatchObject({ status: 404, body: { status: 404 } })
      }
      const wrong = [
        ['PUT', '/me'],
        ['DELETE', '/chats'],
        ['GET', '/system/echo'],
        ['POST', '/system/info'],
        ['PATCH', '/chats/x'],
      ] as const
      for (const [method, path] of wrong)
        expect(await ask(method, path), path).toMatchObject({ status: 405 })
      const headers = { authorization: `Bearer ${accessToken}` }
      const trace = await exchange(target.url, { method: 'TRACE', path: '/api/v1/me', headers })
      expect([404, 405, 501]).toContain(trace.status)
      expect(JSON.stringify(trace.body)).not.toContain(accessToken)
      const override = {
        ...headers,
        'x-http-method-override': 'DELETE',
        'x-method-override': 'PUT',
      }
      const answer = await exchange(target.url, {
        method: 'GET',
        path: '/api/v1/me?_method=DELETE',
        headers: override,
      })
      expect(answer.status).toBe(400)
      const plain = await exchange(target.url, {
        method: 'GET',
        path: '/api/v1/me',
        headers: override,
      })
      expect(plain).toMatchObject({ status: 200, body: { username } })
    },
  )

  rule('[REST-7] Tricks with a path lead nowhere, and nothing redirects', async ({ person }) => {
    const { accessToken } = await person()
    const headers = {
      authorization: `Bearer ${accessToken}`,
      referer: 'https://evil.example/',
      host: new URL(target.url).host,
    }
    const tricks = [
      '/api/v1/chats/%2e%2e/%2e%2e/me',
      '/api/v1/../v1/nope',
      '//evil.example/api/v1/me',
      '/api/v1//me',
      '/api/v1/users/%',
      '/api/v1/users/%zz',
      '/api/v1/users/%00',
      '/api/v1/users/%c0%ae',
      '/\\evil.example',
      `/api/v1/users/${'x'.repeat(8000)}`,
    ]
    for (const path of tricks) {
      const {
        status,
        headers: answered,
        body,
      } = await exchange(target.url, { method: 'GET', path, headers })
      expect([400, 404, 414, 431], path.slice(0, 60)).toContain(status)
      expect(answered['location']).toBeUndefined()
      expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts\b/)
    }
  })
}

function queries(target: Target): void {
  rules(target)(
    '[REST-8] A parameter of the query is there once and can be read',
    async ({ person }) => {
      const { accessToken } = await person()
      const ask = asker(target, accessToken)
      const { chatId } = (await ask('POST', '/chats', { json: { kind: 'channel' } })).body as {
        chatId: string
      }
      const wrong = [
        'limit=1&limit=9999',
        'limit=-1',
        'limit=1e9',
        'limit=1e1',
        'limit=0x10',
        'limit=abc',
        'limit=',
        'limit=%00',
        'limit=1.5',
        'limit=%201',
        'limit[]=1',
        'nope=1',
        'token=x',
        'limit=%zz',
        '__proto__=1',
        'limit=99999999999999999999',
      ]
      for (const query of wrong) {
        expect(await ask('GET', `/chats/${chatId}/messages?${query}`), query).toMatchObject({
          status: 400,
          body: { code: 'invalid_payload' },
        })
      }
      for (const query of [
        'limit=1&limit=9999',
        'limit=-1',
        'limit=1e9',
        'limit=%00',
        'limit=9999',
      ])
        expect(await ask('GET', `/chats?${query}`), query).toMatchObject({
          status: 400,
          body: { code: 'invalid_payload', details: { reason: 'invalid_query', path: 'limit' } },
        })
      expect(await ask('GET', `/chats/${chatId}/messages?after=-1`)).toMatchObject({
        status: 400,
        body: { code: 'invalid_cursor' },
      })
      expect(await ask('GET', `/chats/${chatId}/messages?limit=1`)).toMatchObject({ status: 200 })
    },
  )
}

function noHttp(target: Target): void {
  rules(target)(
    '[ERR-9] What is no sound request is answered with an error or closed',
    async ({ peer }) => {
      const ada = await peer()
      const host = `Host: ${new URL(target.url).host}\r\n`
      const post = `POST /api/v1/system/echo HTTP/1.1\r\n${host}Content-Type: application/json\r\n`
      const requests = [
        `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/v1/me HTTP/1.1\r\n\r\n`,
        `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
        `${post}Content-Length: -1\r\n\r\n{}`,
        `${post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
        `GET /api/v1/me HTTP/1.1\r\n${host}X-Large: ${'x'.repeat(17 * 1024)}\r\n\r\n`,
        `GET /api/v1/me HTTP/1.1\r\n\r\n`,
        'NONSENSE\r\n\r\n',
        '\u0016\u0003\u0001\u0002\u0000\u0001',
      ]
      for (const bytes of requests) {
        const answer = await exchangeBytes(target.url, bytes)
        const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) =>
          Number(status),
        )
        expect(
          statuses.filter((status) => status < 400 || status >= 500),
          bytes.slice(0, 120),
        ).toEqual([])
      }
      await ada.fence()
    },
  )
}
