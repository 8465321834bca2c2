import { expect, test } from 'vitest'
import { isReservedName } from './rules.ts'

test('names that the service gives out are nobody else’s, in any case', () => {
  expect(['admin', 'ADMIN', 'System', 'guest-1', 'Guest-x', 'key-1'].every(isReservedName)).toBe(
    true,
  )
  expect(['ann', 'guest', 'administrator', 'keymaster'].some(isReservedName)).toBe(false)
})
