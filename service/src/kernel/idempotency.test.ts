import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical, hashInput } from './idempotency.ts'

test('equal values have one canonical text, whatever the order of their keys', () => {
  expect(canonical({ b: [1, { d: 2, c: null }], a: 'x' })).toBe(
    '{"a":"x","b":[1,{"c":null,"d":2}]}',
  )
  expect(canonical({ a: undefined, b: 1 })).toBe('{"b":1}')
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('different inputs have different hashes', () => {
  expect(hashInput({ a: 1 })).not.toBe(hashInput({ a: '1' }))
  expect(hashInput({ a: 1, b: 2 })).toBe(hashInput({ b: 2, a: 1 }))
})
