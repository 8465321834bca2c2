import type { IncomingMessage } from 'node:http'

/** The client's address; forwarded ones count only from as many proxies as are configured. */
export function addressOf(
  request: Pick<IncomingMessage, 'headers' | 'socket'>,
  trustProxy: number,
): string {
  const direct = normalise(request.socket.remoteAddress ?? '')
  if (trustProxy === 0) return direct
  const header = request.headers['x-forwarded-for']
  const chain = (Array.isArray(header) ? header.join(',') : (header ?? ''))
    .split(',')
    .map((each) => each.trim())
  // Each proxy appends the address it saw: the client is as many places from the end as there are proxies.
  return normalise(chain.at(-trustProxy) || direct)
}

const normalise = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '')

/** Whether an address is one of the trusted; `loopback` names all of this machine's own. */
export function isTrusted(address: string, trusted: readonly string[]): boolean {
  return trusted.some((each) =>
    each === 'loopback' ? address === '::1' || address.startsWith('127.') : each === address,
  )
}
