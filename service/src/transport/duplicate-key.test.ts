import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findDuplicateKey } from './duplicate-key.ts'

test.each([
  ['{"role":"user","role":"admin"}', 'role'],
  ['{"a":{"b":1,"b":2}}', 'b'],
  ['[{"a":1},{"a":1,"\\u0061":2}]', 'a'],
  ['{"a" : 1, "a" : 2}', 'a'],
  ['{"a":{"a":{"a":"a"}},"b":["a","a"]}', undefined],
  ['{"a":"\\"a\\":1,","b":"a"}', undefined],
  ['"a"', undefined],
])('%s', (text, key) => expect(findDuplicateKey(text)).toBe(key))

test('finds nothing in what an encoder wrote', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(findDuplicateKey(JSON.stringify(value))).toBeUndefined()
    }),
  )
})
