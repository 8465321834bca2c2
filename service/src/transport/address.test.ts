import { expect, test } from 'vitest'
import { addressOf, isTrusted, trustProblem } from './address.ts'

const request = (remoteAddress: string, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as never

test('a forwarded address counts only from as many proxies as are trusted', () => {
  expect(addressOf(request('::ffff:10.0.0.1', '127.0.0.1'), 0)).toBe('10.0.0.1')
  expect(addressOf(request('10.0.0.1', '127.0.0.1, 203.0.113.9'), 1)).toBe('203.0.113.9')
  expect(addressOf(request('10.0.0.1', '127.0.0.1, 203.0.113.9, 10.0.0.2'), 2)).toBe('203.0.113.9')
  expect(addressOf(request('10.0.0.1'), 1)).toBe('10.0.0.1')
})

test('loopback names this machine and nothing else', () => {
  expect(['127.0.0.1', '127.8.8.8', '::1'].every((each) => isTrusted(each, ['loopback']))).toBe(
    true,
  )
  expect(['10.0.0.1', '127', '::2'].some((each) => isTrusted(each, ['loopback']))).toBe(false)
  expect(isTrusted('10.0.0.1', ['10.0.0.1'])).toBe(true)
})

test('a network names its addresses and no others', () => {
  const trusted = ['10.1.0.0/16', 'fd00::/8']
  expect(['10.1.0.1', '10.1.255.9', 'fd12::1'].every((each) => isTrusted(each, trusted))).toBe(true)
  expect(['10.2.0.1', '2001:db8::1', '', 'x'].some((each) => isTrusted(each, trusted))).toBe(false)
})

test('an entry that names nothing is told', () => {
  expect(['loopback', '10.0.0.1', '::1', '10.0.0.0/8'].map(trustProblem)).toEqual(
    Array.from({ length: 4 }, () => undefined),
  )
  for (const entry of ['', 'localhost', '10.0.0.0/33', '10.0.0/8', '::1/129', '10.0.0.1/x']) {
    expect(trustProblem(entry), entry).toContain('is no address')
  }
})
