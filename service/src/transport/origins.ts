import type { IncomingMessage } from 'node:http'

export type OriginCheck = (request: Pick<IncomingMessage, 'headers'>) => boolean

/** One allowed origin: exact, or every host below one label. */
interface Pattern {
  protocol: string
  host: string
  port: string
  wildcard: boolean
}

/** Parse `https://example.com` or `https://*.example.com`; throws with the reason. Never a regular expression. */
export function parseOrigin(text: string): Pattern {
  const wildcard = text.includes('://*.')
  const url = URL.canParse(text.replace('://*.', '://'))
    ? new URL(text.replace('://*.', '://'))
    : undefined
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new Error(`${text} is no origin: write https://example.com or https://*.example.com`)
  }
  const plain =
    url.pathname === '/' && !url.search && !url.hash && !url.username && !text.endsWith('/')
  if (!plain || url.hostname.includes('*') || (wildcard && !url.hostname.includes('.'))) {
    throw new Error(
      `${text} is no origin: no path, no user, and * only as the first label of a domain`,
    )
  }
  return { protocol: url.protocol, host: url.hostname, port: url.port, wildcard }
}

/**
 * Whether a page may use the service. A request without `Origin` is no page (no credential is ambient here); `null`
 * and anything malformed is refused; the service's own origin is always allowed.
 */
export function createOriginCheck(
  allowed: readonly string[],
  publicUrl: string | undefined,
): OriginCheck {
  const patterns = allowed.map(parseOrigin)
  const own = publicUrl === undefined ? undefined : new URL(publicUrl).origin
  return ({ headers }) => {
    const { origin, host } = headers
    if (origin === undefined) return true
    if (!URL.canParse(origin)) return false
    const url = new URL(origin)
    // A browser sends the origin in its one canonical form; anything else is forged.
    if (url.origin !== origin) return false
    if (origin === own) return true
    // The page of whoever works at the machine itself, whatever its public name is: no stranger's page has that address.
    if (url.host === host && (own === undefined || isLoopback(host))) return true
    return patterns.some((pattern) => matches(pattern, url))
  }
}

/** Whether a Host header names this machine itself. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host)

function matches({ protocol, host, port, wildcard }: Pattern, url: URL): boolean {
  if (protocol !== url.protocol || port !== url.port) return false
  if (!wildcard) return host === url.hostname
  const label = url.hostname.slice(0, -host.length - 1)
  return url.hostname.endsWith(`.${host}`) && label !== '' && !label.includes('.')
}
