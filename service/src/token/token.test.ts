import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose'
import Koa from 'koa'
import { afterEach, describe, expect, test } from 'vitest'
import { ConfigSchema } from '../config.ts'
import { createIssuers } from '../identity/issuers.ts'
import {
  createTokenHandler,
  signToken,
  toExpress,
  toKoa,
  type NodeRequest,
  type SignOptions,
  type TokenHandler,
} from './index.ts'

const SECRET = 'a secret of the host, long enough'
const host = { issuer: 'https://host.example', audience: 'chat' }
const options = { ...host, algorithm: 'HS256', secret: SECRET } as const satisfies SignOptions
const ann = { username: 'ann', displayName: 'Ann' }

function verify(token: string, settings: object) {
  const { issuers } = ConfigSchema.parse({ issuers: [{ ...host, primary: true, ...settings }] })
  const log = { warn() {}, info() {} }
  return createIssuers(issuers, { now: Date.now, log }).verify(token)
}

describe('a signed token', () => {
  test('is one that the service accepts, with everything that is said of the person', async () => {
    const user = {
      ...ann,
      firstName: 'Ann',
      lastName: null,
      email: 'ann@host.example',
      picture: undefined,
      groups: ['staff'],
    }
    const { token, expiresAt } = await signToken({ ...options, ttl: 60 }, user)
    const identity = await verify(token, { algorithm: 'HS256', secret: SECRET })
    expect(identity).toMatchObject({
      username: 'ann',
      expiresAt: Date.parse(expiresAt),
      profile: { displayName: 'Ann', firstName: 'Ann', email: 'ann@host.example' },
      groups: ['staff'],
    })
    expect(identity.expiresAt - identity.issuedAt!).toSatisfy(
      (ms: number) => ms > 59_000 && ms <= 60_000,
    )
  })

  test('lives for fifteen minutes unless told otherwise, and is like no other', async () => {
    const [first, second] = await Promise.all([signToken(options, ann), signToken(options, ann)])
    const { exp, iat } = decodeJwt(first.token)
    expect(exp).toBe(Math.floor(iat! + 900))
    expect(first.token).not.toBe(second.token)
  })

  test.each(['RS256', 'ES256', 'EdDSA'] as const)(
    'can be signed with a %s key in PEM, as a JWK and as an object',
    async (algorithm) => {
      const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true })
      const { KeyObject } = await import('node:crypto')
      const pem = String(KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' }))
      for (const key of [pem, await exportJWK(privateKey), privateKey]) {
        const { token } = await signToken({ ...host, algorithm, key, keyId: 'k1' }, ann)
        expect(decodeProtectedHeader(token)).toEqual({ alg: algorithm, typ: 'JWT', kid: 'k1' })
        const settings = { algorithm, publicKey: await exportJWK(publicKey), keyId: 'k1' }
        expect((await verify(token, settings)).username).toBe('ann')
      }
    },
  )

  test('says to the millisecond when it was issued', async () => {
    const before = Date.now()
    const { token } = await signToken(options, ann)
    const { issuedAt } = await verify(token, { algorithm: 'HS256', secret: SECRET })
    expect(issuedAt).toBeGreaterThanOrEqual(before)
    expect(issuedAt).toBeLessThanOrEqual(Date.now())
  })

  test('is not made for nobody', async () => {
    await expect(signToken(options, { username: '' })).rejects.toThrow('username')
  })
})

test.each([
  ['issuer', { ...options, issuer: '' }],
  ['audience', { ...options, audience: '' }],
  ['algorithm', { ...options, algorithm: 'none' as 'HS256' }],
  ['at least 32 bytes', { ...options, secret: 'a'.repeat(31) }],
  ['takes a secret', { ...host, algorithm: 'HS256' as const }],
  ['takes a key', { ...options, algorithm: 'RS256' as const }],
  ['this is a key', { ...options, secret: publicPem() }],
  ['ttl', { ...options, ttl: 0 }],
  ['ttl', { ...options, ttl: 86_401 }],
  ['ttl', { ...options, ttl: NaN }],
])('options that cannot work are refused when the handler is made: %s', (said, wrong) => {
  expect(() => createTokenHandler({ ...wrong, getUser: () => ann })).toThrow(said)
})

function publicPem(): string {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return publicKey.export({ type: 'spki', format: 'pem' }).toString()
}

const OWN = { host: 'host.example', origin: 'https://host.example' }

function ask(handler: TokenHandler, headers: Record<string, string> = OWN, method = 'POST') {
  return handler(new Request('http://127.0.0.1:3000/collab/token', { method, headers }))
}

describe('the handler', () => {
  const handler = createTokenHandler({ ...options, getUser: () => ann })

  test('answers a page of the site with a token that nobody keeps', async () => {
    const answer = await ask(handler)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('content-type')).toBe('application/json')
    const { token, expiresAt } = (await answer.json()) as { token: string; expiresAt: string }
    expect(decodeJwt(token)).toMatchObject({ sub: 'ann', exp: Date.parse(expiresAt) / 1000 })
  })

  test('asks the session of the request, whatever it takes', async () => {
    const whoever = createTokenHandler({
      ...options,
      getUser: async ({ headers }) => ({ username: headers.get('cookie') ?? '' }),
    })
    const answer = await ask(whoever, { ...OWN, cookie: 'bob' })
    const { token } = (await answer.json()) as { token: string }
    expect(decodeJwt(token).sub).toBe('bob')
  })

  test.each([null, undefined])(
    'answers 401 with a problem when the session is %s',
    async (user) => {
      const answer = await ask(createTokenHandler({ ...options, getUser: () => user }))
      expect(answer.status).toBe(401)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect(await answer.json()).toMatchObject({ status: 401, code: 'unauthenticated' })
    },
  )

  test.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('answers to POST alone: %s', async (method) => {
    const answer = await ask(handler, OWN, method)
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
  })

  test.each([
    ['another site', { ...OWN, 'sec-fetch-site': 'cross-site' }],
    ['another host of the site', { ...OWN, 'sec-fetch-site': 'same-site' }],
    ['the address bar', { ...OWN, 'sec-fetch-site': 'none' }],
    ['another origin', { ...OWN, origin: 'https://evil.example' }],
    ['another port', { ...OWN, origin: 'https://host.example:8443' }],
    ['a name that begins the same', { ...OWN, origin: 'https://host.example.evil.net' }],
    ['a sandboxed frame', { ...OWN, origin: 'null' }],
    ['nobody says where', { host: OWN.host }],
  ])('refuses a request from %s before it asks who it is', async (_where, headers) => {
    let asked = false
    const watched = createTokenHandler({ ...options, getUser: () => ((asked = true), ann) })
    const answer = await ask(watched, headers)
    expect([answer.status, asked]).toEqual([403, false])
    expect(await answer.json()).toMatchObject({ code: 'origin_denied' })
  })

  test('believes a browser that says the page is its own, behind whatever proxy', async () => {
    const headers = { host: 'inside:3000', 'sec-fetch-site': 'same-origin' }
    expect((await ask(handler, { ...headers, origin: OWN.origin })).status).toBe(200)
  })

  test('refuses a body that is no request for a token', async () => {
    const answer = await ask(handler, { ...OWN, 'content-length': '4097' })
    expect([answer.status, await answer.json()]).toMatchObject([413, { code: 'too_large' }])
  })
})

let stop: (() => Promise<void>) | undefined
afterEach(async () => {
  await stop?.()
  stop = undefined
})

/** Answers to a request of a page at this address. */
async function visit(
  listener: RequestListener,
  { headers, ...init }: { method?: string; body?: null; headers?: Record<string, string> } = {},
): Promise<Response> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stop = async () => {
    server.close()
    await once(server, 'close')
  }
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return fetch(url, {
    method: 'POST',
    body: '{"reason":"initial"}',
    ...init,
    headers: { origin: url, connection: 'close', cookie: 'id=ann', ...headers },
  })
}

const byCookie = createTokenHandler<NodeRequest>({
  ...options,
  getUser: (request, { headers }) =>
    headers.cookie === request.headers.get('cookie')
      ? { username: headers.cookie!.slice(3) }
      : null,
})

describe('a route of Express or Node', () => {
  test('answers as the handler does, and asks the session of its own request', async () => {
    const answer = await visit(toExpress(byCookie))
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
    const { token } = (await answer.json()) as { token: string }
    expect(decodeJwt(token).sub).toBe('ann')
  })

  test.each(['GET', 'PATCH'])('answers %s like every other method', async (method) => {
    const answer = await visit(toExpress(byCookie), { method, body: null })
    expect(answer.status).toBe(405)
  })

  test('refuses a page of another site', async () => {
    const answer = await visit(toExpress(byCookie), { headers: { origin: 'https://evil.example' } })
    expect(answer.status).toBe(403)
  })

  test('passes on what the session throws, or answers 500', async () => {
    const broken = createTokenHandler({
      ...options,
      getUser: () => Promise.reject(new Error('no database')),
    })
    const passed = await visit((request, response) => {
      toExpress(broken)(request, response, (error) => response.end(String(error)))
    })
    expect(await passed.text()).toBe('Error: no database')
    await stop?.()
    const answer = await visit(toExpress(broken))
    expect([answer.status, await answer.text()]).toEqual([500, ''])
  })
})

test('a middleware of Koa answers as the handler does, and asks the session of its context', async () => {
  const app = new Koa()
  app.use(
    toKoa(
      createTokenHandler<Koa.Context>({
        ...options,
        getUser: (_request, ctx) => ({ username: ctx.get('cookie').slice(3) }),
      }),
    ),
  )
  const answer = await visit(app.callback() as RequestListener)
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
  const { token } = (await answer.json()) as { token: string }
  expect(decodeJwt(token).sub).toBe('ann')
  await stop?.()
  const foreign = await visit(app.callback() as RequestListener, { headers: { origin: 'null' } })
  expect([foreign.status, foreign.headers.get('content-type')]).toEqual([
    403,
    'application/problem+json',
  ])
})
