import { checkSignOptions, signToken, type HostUser, type SignOptions } from './sign.ts'

type Nobody = null | undefined

export interface TokenHandlerOptions<Context = unknown> extends SignOptions {
  /**
   * Who sent the request, as the host's own session says; nothing when nobody is signed in.
   * @param context what the handler is called with beside the request: Express' request, Koa's context
   */
  getUser(request: Request, context: Context): HostUser | Nobody | Promise<HostUser | Nobody>
}

/** Answers a request of a page for a token. */
export type TokenHandler<Context = unknown> = (
  request: Request,
  context?: Context,
) => Promise<Response>

/** What elements send is far shorter; nothing of it is read. */
const LONGEST_BODY = 4096

/**
 * What stands behind `token-endpoint`: a POST of one's own pages is answered with `{ token, expiresAt }`, and 401 when
 * nobody is signed in. Requests of other sites are refused, for cookies come with those as well.
 *
 * @throws TypeError for options that cannot work
 * @example
 * export const POST = createTokenHandler({ issuer, audience, algorithm: 'HS256', secret, getUser })
 */
export function createTokenHandler<Context = unknown>(
  options: TokenHandlerOptions<Context>,
): TokenHandler<Context> {
  checkSignOptions(options)
  return async (request, context) => {
    if (request.method !== 'POST') {
      return refuse(405, 'not_supported', 'Ask for a token with POST.', { allow: 'POST' })
    }
    if (!isSameOrigin(request)) {
      return refuse(403, 'origin_denied', 'Only pages of this site get tokens here.')
    }
    if (Number(request.headers.get('content-length') ?? 0) > LONGEST_BODY) {
      return refuse(413, 'too_large', 'A request for a token is short.')
    }
    const user = await options.getUser(request, context as Context)
    if (!user) return refuse(401, 'unauthenticated', 'Sign in first.')
    return answer(200, await signToken(options, user))
  }
}

/** Whether a page of this very site asks. Current browsers say so by themselves where the site is on https. */
function isSameOrigin({ headers, url }: Request): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin'
  const origin = headers.get('origin') ?? ''
  // The scheme is not compared: behind a proxy it is another here than in the browser.
  return URL.canParse(origin) && new URL(origin).host === (headers.get('host') ?? new URL(url).host)
}

// oxlint-disable-next-line max-params -- a refusal reads best in one row
function refuse(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Response {
  const problem = { title: message, status, code, message, retryable: false }
  return answer(status, problem, { 'content-type': 'application/problem+json', ...headers })
}

function answer(status: number, body: object, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  })
}
