import { describe, expect, test } from 'vitest'
import { decideRefresh } from './rules.ts'

const token = {
  hash: 'h',
  sign_in_id: 's',
  created_at: '2026-01-01T00:00:00.000Z',
  used_at: null,
  command_id: null,
}
const used = { ...token, used_at: '2026-01-01T00:10:00.000Z', command_id: 'again' }
const at = (time: string) => `2026-01-01T${time}.000Z`

describe('a refresh token', () => {
  test('is exchanged once', () => {
    expect(decideRefresh({ token, ended: false, commandId: undefined, now: at('00:10:00') })).toBe(
      'rotate',
    )
  })

  test('used again by the same command within a minute answers again', () => {
    const again = { token: used, ended: false, commandId: 'again' }
    expect(decideRefresh({ ...again, now: at('00:11:00') })).toBe('repeat')
    expect(decideRefresh({ ...again, now: at('00:11:01') })).toBe('revoke')
  })

  test('used again by anything else ends the sign-in', () => {
    for (const commandId of [undefined, 'other']) {
      expect(decideRefresh({ token: used, ended: false, commandId, now: at('00:10:01') })).toBe(
        'revoke',
      )
    }
    const unnamed = { ...used, command_id: null }
    expect(
      decideRefresh({ token: unnamed, ended: false, commandId: undefined, now: at('00:10:01') }),
    ).toBe('revoke')
  })

  test('is worth nothing when the sign-in is over or it was left for a month', () => {
    expect(decideRefresh({ token, ended: true, commandId: undefined, now: at('00:10:00') })).toBe(
      'refuse',
    )
    expect(
      decideRefresh({ token, ended: false, commandId: undefined, now: '2026-02-01T00:00:00.000Z' }),
    ).toBe('refuse')
  })
})
