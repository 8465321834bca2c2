import { CollabError } from '@collab-kit/protocol/runtime'
import { loadRequests } from '../calls/rest.ts'
import type { GetToken, IssuedToken } from '../options.ts'
import type { TokenSource } from './tokens.ts'

/** One token for good. */
export function fixedToken(token: string): TokenSource {
  return { renewable: false, get: async () => ({ token }) }
}

/** Tokens by a function of the page. */
export function tokenFunction(getToken: GetToken): TokenSource {
  return {
    renewable: true,
    get: async (reason, signal) => toToken(await getToken(reason, signal)),
  }
}

/** Tokens from an address of the page's own backend, which knows the person by its cookies. */
export function tokenEndpoint(url: string, fetchWith: typeof fetch): TokenSource {
  return {
    renewable: true,
    async get(reason, signal) {
      const { request } = await loadRequests()
      const answer = await request(fetchWith, url, {
        method: 'POST',
        signal,
        credentials: 'include',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ reason }),
      })
      return toToken(answer)
    },
  }
}

function toToken(answer: unknown): IssuedToken {
  if (typeof answer === 'string' && answer) return { token: answer }
  const { token, expiresAt } = (answer ?? {}) as Partial<IssuedToken>
  if (typeof token !== 'string' || !token)
    throw new CollabError('token_malformed', {
      message: 'The token source answered without a token.',
    })
  return typeof expiresAt === 'string' ? { token, expiresAt } : { token }
}
