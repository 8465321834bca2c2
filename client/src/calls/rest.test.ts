import { describe, expect, it } from 'vitest'
import { createRest } from './rest.ts'

function answering(answer: () => Response | Promise<Response>) {
  const requests: { url: string; init: RequestInit }[] = []
  const rest = createRest('https://chat.example/base/', async (url, init) => {
    requests.push({ url: String(url), init: init ?? {} })
    return answer()
  })
  return { rest, requests }
}

describe('a call by REST', () => {
  it('[REST-2] goes to the line of its operation', async () => {
    const { rest, requests } = answering(() => Response.json({ ok: 1 }))
    await rest('auth.signIn', { username: 'ann', password: 'secret' })
    await rest('system.getInfo', {})
    await rest('auth.signOut', {}, { token: 't' })
    expect(requests.map(({ url, init }) => [init.method, url, init.body])).toEqual([
      [
        'POST',
        'https://chat.example/base/api/v1/auth/sign-in',
        '{"username":"ann","password":"secret"}',
      ],
      ['GET', 'https://chat.example/base/api/v1/system/info', undefined],
      ['POST', 'https://chat.example/base/api/v1/auth/sign-out', '{}'],
    ])
    expect(new Headers(requests[2]?.init.headers).get('authorization')).toBe('Bearer t')
    expect(requests[0]?.init.credentials).toBe('omit')
  })

  it('[REST-3] rejects with the problem of the answer', async () => {
    const problem = {
      code: 'already_exists',
      message: 'Taken.',
      retryable: false,
      requestId: 'r1',
      status: 409,
    }
    const { rest } = answering(() => Response.json(problem, { status: 409 }))
    await expect(rest('auth.register', { username: 'ann', password: 'x' })).rejects.toMatchObject({
      code: 'already_exists',
      message: 'Taken.',
      requestId: 'r1',
    })
  })

  it.each([
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    [413, 'too_large'],
    [502, 'unavailable'],
  ])('understands %s of a proxy, which answers no JSON', async (status, code) => {
    const { rest } = answering(() => new Response('<html>', { status }))
    await expect(rest('system.getInfo', {})).rejects.toMatchObject({ code })
  })

  it('rejects as unavailable when nobody is there, or answers something else', async () => {
    const gone = answering(() => Promise.reject(new TypeError('Failed to fetch')))
    await expect(gone.rest('system.getInfo', {})).rejects.toMatchObject({
      code: 'unavailable',
      details: { reason: 'unreachable' },
    })
    const other = answering(() => new Response('hello'))
    await expect(other.rest('system.getInfo', {})).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('takes an answer without a body', async () => {
    const { rest } = answering(() => new Response(null, { status: 204 }))
    await expect(rest('auth.signOut', {})).resolves.toEqual({})
  })

  it('can be given up', async () => {
    const ended = new AbortController()
    const rest = createRest(
      'https://chat.example',
      (_url, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))
          ended.abort()
        }),
    )
    const call = rest('system.getInfo', {}, { signal: ended.signal })
    await expect(call).rejects.toMatchObject({ code: 'unavailable' })
  })
})
