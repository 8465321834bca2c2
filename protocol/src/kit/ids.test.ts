import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  chatStream,
  CommandId,
  isName,
  parseStreamKey,
  Seq,
  streamKinds,
  StreamName,
  toStreamKey,
  GroupName,
  LocalUsername,
  Username,
  userStream,
} from './ids.ts'

const wellFormed = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
const kind = fc.constantFrom(...streamKinds.filter((each) => each !== 'service'))

describe('a name', () => {
  test.each([
    'a',
    'Ada',
    'ada.l@example.com',
    'Ådne',
    '李',
    '[ubuntu]|^',
    '😀',
    '__proto__',
    '...',
    'x'.repeat(128),
  ])('may be %j', (name) => expect(isName(name)).toBe(true))

  test.each([
    ['empty', ''],
    ['longer than 128 characters', 'x'.repeat(129)],
    ['with a space', 'a b'],
    ['with a no-break space', 'a\u00A0b'],
    ['with a line break', 'a\nb'],
    ['with a slash', 'a/b'],
    ['with a colon', 'a:b'],
    ['with a hash sign', 'a#b'],
    ['with NUL', 'a\0b'],
    ['with half a surrogate pair', 'a\uD800'],
    ['with a direction control', 'a\u202Eb'],
    ['with a zero-width joiner', 'a\u200Db'],
    ['with a variation selector', 'a\uFE0F'],
    ['with a private-use character', '\uE000'],
    ['with an unassigned character', '\u0378'],
    ['not in NFC', 'A\u030A'],
    ['a dot', '.'],
    ['two dots', '..'],
  ])('may not be %s', (_, name) => {
    expect(isName(name)).toBe(false)
    expect(LocalUsername.safeParse(name).success).toBe(false)
  })

  test.each(['partner:ann', 'a-1:b', 'ann'])('of another issuer may be %j', (name) => {
    expect(Username.parse(name)).toBe(name)
    expect(GroupName.parse(name)).toBe(name)
  })

  test.each([':ann', 'partner:', 'Partner:ann', 'a:b:c', 'a b:c', `${'x'.repeat(33)}:ann`])(
    'of another issuer may not be %j',
    (name) => expect(Username.safeParse(name).success).toBe(false),
  )

  test('is refused with the reason invalid_text', () => {
    const { error } = Username.safeParse('a b')
    expect(error?.issues).toMatchObject([{ code: 'custom', params: { reason: 'invalid_text' } }])
  })

  test('is returned unchanged, case included', () => {
    expect(Username.parse('AdA')).toBe('AdA')
  })
})

describe('a stream key', () => {
  test('is read back as it was made, whatever the ids hold', () => {
    fc.assert(
      fc.property(kind, fc.array(wellFormed, { minLength: 1, maxLength: 3 }), (kindName, ids) => {
        const key = toStreamKey(kindName, ...ids)
        expect(parseStreamKey(key)).toEqual({ kind: kindName, id: ids })
      }),
    )
  })

  test('has one spelling: what parses is made again as it was', () => {
    const near = fc.stringMatching(/^(chat|user|activity):[a-c%/: 0-9A-F]{0,8}$/)
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (key) => {
        const parsed = parseStreamKey(key)
        if (!parsed || parsed.kind === 'service') return
        expect(toStreamKey(parsed.kind, ...parsed.id)).toBe(key)
      }),
    )
  })

  test('differs for different subjects', () => {
    fc.assert(
      fc.property(wellFormed, wellFormed, (a, b) => {
        expect(chatStream(a) === chatStream(b)).toBe(a === b)
        expect(chatStream(a)).not.toBe(userStream(a))
      }),
    )
  })

  test('of the service has no id', () => {
    expect(parseStreamKey('service')).toEqual({ kind: 'service', id: [] })
    expect(parseStreamKey('service:x')).toBeUndefined()
  })

  test.each([
    '',
    'chat',
    'chat:',
    ':x',
    'socket:x',
    'Chat:x',
    'chat:%',
    'chat:%zz',
    'chat:a b',
    'chat:%61',
    'lobby',
  ])('is not %j', (key) => {
    expect(parseStreamKey(key)).toBeUndefined()
    expect(StreamName.safeParse(key).success).toBe(false)
  })
})

describe('a command id', () => {
  test.each(['a', 'A-1_z', '0', 'x'.repeat(64)])('may be %j', (id) => {
    expect(CommandId.safeParse(id).success).toBe(true)
  })
  test.each(['', 'x'.repeat(65), 'a b', 'é', 'a.b', 'a\n', '"'])('may not be %j', (id) => {
    expect(CommandId.safeParse(id).success).toBe(false)
  })
})

test('a position is a whole number from 0', () => {
  for (const good of [0, 1, Number.MAX_SAFE_INTEGER]) expect(Seq.safeParse(good).success).toBe(true)
  for (const bad of [-1, 0.5, Number.NaN, Infinity, 2 ** 53 + 2, '5', null]) {
    expect(Seq.safeParse(bad).success).toBe(false)
  }
})
