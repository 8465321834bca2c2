import { describe, expect, test } from 'vitest'
import { createOriginCheck, parseOrigin } from './origins.ts'

const check = createOriginCheck(
  ['https://example.com', 'https://*.example.org', 'http://localhost:3000'],
  'https://chat.example.net',
)
const allowed = (origin: string | undefined, host = 'chat.example.net') =>
  check({ headers: { ...(origin !== undefined && { origin }), host } })

describe('pages that may use the service', () => {
  test.each([
    [undefined],
    ['https://chat.example.net'],
    ['https://example.com'],
    ['https://shop.example.org'],
    ['http://localhost:3000'],
  ])('are those that are named: %s', (origin) => expect(allowed(origin)).toBe(true))

  test.each([
    ['null'],
    ['https://example.com.evil.net'],
    ['https://evilexample.com'],
    ['http://example.com'],
    ['https://example.com:8443'],
    ['https://example.com.'],
    ['https://EXAMPLE.com'],
    ['https://example.com/'],
    ['https://example.org'],
    ['https://a.b.example.org'],
    ['https://.example.org'],
    ['https://evil-example.org'],
    ['https://xn--example-9ua.com'],
    ['file://'],
    ['https://example.com, https://evil.net'],
    ['https://ann@example.com'],
    [''],
  ])('are no others: %s', (origin) => expect(allowed(origin)).toBe(false))

  test('are its own at this machine, whatever its public address is', () => {
    for (const host of ['localhost:4000', '127.0.0.1:4000', '[::1]:4000'])
      expect(allowed(`http://${host}`, host), host).toBe(true)
    expect(allowed('http://localhost:4000', 'localhost:4001')).toBe(false)
    expect(allowed('http://localhost:4000', '127.0.0.1:4000')).toBe(false)
    expect(allowed('http://other.example', 'other.example')).toBe(false)
  })

  test('are its own by the Host header where no public address is configured', () => {
    const open = createOriginCheck([], undefined)
    const own = (origin: string, host: string) => open({ headers: { origin, host } })
    expect(own('http://localhost:4000', 'localhost:4000')).toBe(true)
    expect(own('http://localhost:5173', 'localhost:4000')).toBe(false)
  })
})

test.each([
  ['*'],
  ['https://*'],
  ['https://*.com'],
  ['https://a.*.com'],
  ['example.com'],
  ['https://example.com/path'],
  ['/https:.*/'],
  ['ftp://example.com'],
])('a configured origin that is none is refused by name: %s', (text) =>
  expect(() => parseOrigin(text)).toThrow(text),
)
