import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CollabError } from '@collab-kit/protocol'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ConfigSchema } from '../config.ts'
import { createIssuers, type Issuers } from './issuers.ts'

// F60: the address of an issuer's keys is down, slow, huge, rotating or redirecting.

const HOST = 'https://host.example'
const COOLDOWN = 30_000
const FRESH = 600_000

type Answer = (response: ServerResponse) => unknown

interface Pair {
  kid: string
  privateKey: CryptoKey
  jwk: JWK
}

let answer: Answer
let fetches: string[]
let now: number
let logged: string[]
let close: () => Promise<void>
let url: string
let issuers: Issuers
let first: Pair
let second: Pair

async function pairOf(kid: string): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid } }
}

const publish =
  (...pairs: Pair[]): Answer =>
  (response) =>
    response.end(JSON.stringify({ keys: pairs.map(({ jwk }) => jwk) }))

beforeEach(async () => {
  ;[first, second] = [await pairOf('first'), await pairOf('second')]
  answer = publish(first)
  fetches = []
  logged = []
  now = Date.now()
  const server = createServer((request, response) => {
    fetches.push(request.url ?? '')
    answer(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  url = `http://127.0.0.1:${port}/keys`
  issuers = issuersAt(url)
})
afterEach(() => close())

function issuersAt(jwksUrl: string, timeoutMs = 1500): Issuers {
  const host = { issuer: HOST, audience: 'chat', algorithm: 'ES256', primary: true, jwksUrl }
  return createIssuers(ConfigSchema.parse({ issuers: [host] }).issuers, {
    now: () => now,
    log: { warn: note, info: note },
    timeoutMs,
  })
}

function note(fields: unknown, text?: string): void {
  logged.push(text ?? String(fields))
}

/** Who is let in with a token signed by this key, or the code of the refusal. */
async function signIn({ kid, privateKey }: Pair): Promise<string> {
  const exp = Math.floor(now / 1000) + 600
  const token = await new SignJWT({ iss: HOST, aud: 'chat', sub: 'ann', exp })
    .setProtectedHeader({ alg: 'ES256', kid })
    .sign(privateKey)
  return issuers.verify(token).then(
    ({ username }) => username,
    ({ code }: CollabError) => code,
  )
}

test('keys are fetched once, however many sign in at the same time', async () => {
  expect(await Promise.all(Array.from({ length: 50 }, () => signIn(first)))).toEqual(
    Array.from({ length: 50 }, () => 'ann'),
  )
  expect(fetches).toEqual(['/keys'])
})

test('what is no token costs no fetch', async () => {
  await expect(issuers.verify('a.b')).rejects.toMatchObject({ code: 'token_malformed' })
  expect(fetches).toEqual([])
})

test('a new key waits for the cooldown, once; the old one is used meanwhile', async () => {
  expect(await signIn(first)).toBe('ann')
  answer = publish(first, second)
  expect(await signIn(second)).toBe('token_key')
  now += COOLDOWN - 1
  expect(await signIn(second)).toBe('token_key')
  expect(await signIn(first)).toBe('ann')
  expect(fetches).toHaveLength(1)
  now += 1
  expect(await signIn(second)).toBe('ann')
  expect(await signIn(first)).toBe('ann')
  expect(fetches).toHaveLength(2)
})

test('keys are renewed behind the backs of those who sign in, and a key that was withdrawn is gone then', async () => {
  expect(await signIn(first)).toBe('ann')
  answer = publish(second)
  now += FRESH + 1
  expect(await signIn(first)).toBe('ann')
  await vi.waitFor(async () => expect(await signIn(second)).toBe('ann'))
  expect(await signIn(first)).toBe('token_key')
  expect(fetches).toHaveLength(2)
})

const redirect: Answer = (response) => response.writeHead(302, { location: '/elsewhere' }).end()

/** In order but for its length. */
const huge: Answer = (response) => {
  const keys = JSON.stringify({ keys: [first.jwk, second.jwk] })
  response.end(keys.padEnd(10 * 1024 * 1024))
}

const bad: [what: string, answer: Answer][] = [
  ['fails', (response) => response.writeHead(500).end('{"keys":[]}')],
  ['never answers', () => {}],
  ['stalls in the middle', (response) => response.write('{"keys":[')],
  ['hangs up', (response) => response.destroy()],
  ['answers with 10 MB', huge],
  ['redirects', redirect],
  ['answers with a page', (response) => response.end('<!doctype html>')],
  ['answers with no keys', (response) => response.end('{"keys":[]}')],
  ['answers with null', (response) => response.end('null')],
]

test.each(bad)('while the address %s, the keys that were had are used', async (_what, trouble) => {
  expect(await signIn(first)).toBe('ann')
  answer = trouble
  now += FRESH + 1
  for (let round = 1; round <= 3; round++) {
    expect(await signIn(first)).toBe('ann')
    // Nobody can say whether there is such a key: the one who has it comes again.
    expect(await signIn(second)).toBe('unavailable')
    expect(await signIn(second)).toBe('unavailable')
    expect(fetches).toHaveLength(1 + round)
    now += COOLDOWN
  }
  expect(logged.filter((text) => text === 'the keys of an issuer are not to be had')).toHaveLength(
    3,
  )
  answer = publish(first, second)
  expect(await signIn(second)).toBe('ann')
  expect(logged.at(-1)).toBe('the keys of an issuer are there again')
  expect(new Set(fetches)).toEqual(new Set(['/keys']))
})

test.each(bad)(
  'while the address %s from the start, those who come are told to come again',
  async (_what, trouble) => {
    answer = trouble
    expect(await Promise.all([signIn(first), signIn(first), signIn(second)])).toEqual(
      Array.from({ length: 3 }, () => 'unavailable'),
    )
    expect(fetches).toHaveLength(1)
    answer = publish(first)
    expect(await signIn(first)).toBe('unavailable')
    now += COOLDOWN
    expect(await signIn(first)).toBe('ann')
    expect(fetches).toHaveLength(2)
  },
)

test('who is told to come again is told when', async () => {
  answer = (response) => response.writeHead(503).end()
  expect(await signIn(first)).toBe('unavailable')
  now += 10_000
  const token = await new SignJWT({ iss: HOST })
    .setProtectedHeader({ alg: 'ES256' })
    .sign(first.privateKey)
  await expect(issuers.verify(token)).rejects.toMatchObject({
    details: { reason: 'issuer_keys' },
    retryAfterMs: COOLDOWN - 10_000,
  })
})

test('an answer that never ends is not waited for', async () => {
  // Nothing but its length cuts it off.
  issuers = issuersAt(url, 3_600_000)
  let written = 0
  let ended!: () => void
  const closed = new Promise<void>((resolve) => (ended = resolve))
  answer = (response) => {
    const chunk = Buffer.alloc(64 * 1024, ' ')
    const more = () => {
      do written += chunk.length
      while (response.write(chunk))
      response.once('drain', more)
    }
    response.once('close', ended)
    more()
  }
  expect(await signIn(first)).toBe('unavailable')
  await closed
  expect(written).toBeLessThan(10 * 1024 * 1024)
})
