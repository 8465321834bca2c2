import { expect, test } from 'vitest'
import { isReservedName } from './rules.ts'

const reserved = (username: string, adminUsername = 'admin') =>
  isReservedName(username, { adminUsername })

test('names that the service gives out are nobody else’s, in any case', () => {
  for (const name of ['admin', 'ADMIN', 'System', 'guest-1', 'Guest-x', 'key-1'])
    expect(reserved(name), name).toBe(true)
  for (const name of ['ann', 'guest', 'administrator', 'keymaster'])
    expect(reserved(name), name).toBe(false)
})

test('the name that is configured for the admin is one of them, in any case', () => {
  for (const name of ['boss', 'Boss', 'BOSS', 'admin']) expect(reserved(name, 'Boss')).toBe(true)
  expect(reserved('bosses', 'Boss')).toBe(false)
})
