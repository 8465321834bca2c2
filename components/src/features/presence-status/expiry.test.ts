import { describe, expect, it } from 'vitest'
import { expiresAt, expiries, isExpiry } from './expiry.ts'

const now = new Date(2026, 10, 22, 23, 45)

describe('a status text', () => {
  it.each([
    ['after30min', 30],
    ['after1h', 60],
    ['after4h', 240],
    ['afterToday', 15],
  ] as const)('%s goes after so many minutes', (expiry, minutes) => {
    const at = expiresAt(expiry, now)
    expect(at && (new Date(at).getTime() - now.getTime()) / 60_000).toBe(minutes)
  })

  it('stays when it is to stay', () => {
    expect(expiresAt('afterNever', now)).toBeNull()
  })

  it('knows its choices', () => {
    expect(expiries.every(isExpiry)).toBe(true)
    expect(isExpiry('afterwards')).toBe(false)
  })
})
