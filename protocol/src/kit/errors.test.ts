import { describe, expect, test } from 'vitest'
import { toAnswer, WireError } from './envelope.ts'
import { baseErrors, declaredErrors, errorCatalogue, type ErrorCode } from './error-catalogue.ts'
import { CollabError, isCollabError, retryOf } from './errors.ts'

const codes = Object.keys(errorCatalogue) as ErrorCode[]

describe('the error catalogue', () => {
  test('holds every code once, base or declared', () => {
    const both = Object.keys(baseErrors).filter((code) => code in declaredErrors)
    expect(both).toEqual([])
    expect(codes).toHaveLength(Object.keys(baseErrors).length + Object.keys(declaredErrors).length)
  })

  test.each(codes)(
    '%s has an HTTP status of an error, a snake_case code and one sentence',
    (code) => {
      const { status, meaning } = errorCatalogue[code]
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(600)
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
      expect(meaning).toMatch(/^[A-Z].*\.$/)
    },
  )

  test('tells to sign in exactly where HTTP says 401', () => {
    for (const code of codes) {
      const { status } = errorCatalogue[code]
      expect(retryOf(code) === 'after_sign_in', code).toBe(status === 401)
    }
  })
})

describe('[ERR-1] an error', () => {
  test.each(codes)('of code %s is retryable as its policy says', (code) => {
    const retry = retryOf(code)
    expect(new CollabError(code).retryable).toBe(retry === 'now' || retry === 'backoff')
  })

  test('is answered with an id, and with what its code means unless it says more itself', () => {
    const cause = new Error('inside')
    expect(toAnswer(new CollabError('forbidden', { cause }), 'r1')).toMatchObject({
      message: errorCatalogue.forbidden.meaning,
      requestId: 'r1',
      cause,
    })
    const said = new CollabError('rate_limited', { message: 'Not so fast.', retryAfterMs: 20 })
    expect(toAnswer(said, 'r2').toJSON()).toEqual({ ...said.toJSON(), requestId: 'r2' })
  })

  test('crosses the wire and back without its cause', () => {
    const error = new CollabError('rate_limited', {
      details: { limit: 'opsPerSecond' },
      retryAfterMs: 250,
      requestId: 'r1',
      cause: new Error('inside'),
    })
    const wire: unknown = JSON.parse(JSON.stringify(error))
    expect(wire).toEqual({
      code: 'rate_limited',
      message: 'rate_limited',
      details: { limit: 'opsPerSecond' },
      retryable: true,
      retryAfterMs: 250,
      requestId: 'r1',
    })
    const back = CollabError.from(WireError.parse(wire))
    expect(back.toJSON()).toEqual(wire)
    expect(isCollabError(back)).toBe(true)
    expect(isCollabError(wire)).toBe(false)
  })

  test('leaves out what it does not have', () => {
    expect(Object.keys(new CollabError('internal').toJSON())).toEqual([
      'code',
      'message',
      'retryable',
      'requestId',
    ])
  })

  test('of a code that a newer service made is not retried', () => {
    const newer = new CollabError('quota_reached' as ErrorCode)
    expect(newer.retryable).toBe(false)
    expect(newer.message).toBe('quota_reached')
  })
})
