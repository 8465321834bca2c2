import { expect, test } from 'vitest'
import { addressOf, isTrusted } from './address.ts'

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
