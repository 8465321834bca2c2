import { limitDefaults } from '@collab-kit/protocol'
import { expect } from 'vitest'
import type { Row } from './row.ts'
import { ACTIVITY } from './stage.ts'

const keysFrom = (from: number, to: number) =>
  Object.fromEntries(Array.from({ length: to - from }, (_, n) => [`k${from + n}`, 1]))

/** What is said of the state of an activity that everybody sees and sets. */
export const activityRows: readonly Row[] = [
  {
    number: 28,
    sent: 'Keys of a state: `__proto__`, empty, 257 characters; key number 1,025',
    answered:
      '`invalid_payload` `forbidden_key`, `too_small`, `too_big`; `limit_exceeded` `state_limit`',
    async check(stage) {
      const set = (key: string) =>
        stage.refuses('activities.setShared', { ...ACTIVITY, key, value: 1 })
      for (const key of ['__proto__', 'constructor', 'prototype'])
        expect(await set(key), key).toMatchObject({
          code: 'invalid_payload',
          details: { reason: 'forbidden_key', path: 'key' },
        })
      for (const key of ['', ' ', 'x'.repeat(257)])
        expect(await set(key)).toMatchObject({ code: 'invalid_payload', details: { path: 'key' } })
      const link = await stage.link()
      await link.call('activities.joinActivity', { ...ACTIVITY, create: false })
      const { stateKeys } = limitDefaults
      for (let from = 0; from < stateKeys; from += 128)
        await link.call('activities.setState', { ...ACTIVITY, values: keysFrom(from, from + 128) })
      const more = { ...ACTIVITY, values: { more: 1 } }
      expect(await stage.refuses('activities.setState', more)).toMatchObject({
        code: 'limit_exceeded',
        details: { limit: 'stateKeys', max: stateKeys, reason: 'state_limit' },
      })
    },
  },
  {
    number: 30,
    sent: 'A change of a state that was decided on another version',
    answered: '`conflict` with the present value and version',
    async check(stage) {
      for (const ifVersion of [0, 2])
        expect(
          await stage.refuses('activities.setShared', {
            ...ACTIVITY,
            key: 'set',
            value: 2,
            ifVersion,
          }),
        ).toMatchObject({ code: 'conflict', details: { value: 1, version: 1 } })
    },
  },
]
