import type { IncomingMessage } from 'node:http'
import { BlockList, isIPv4, isIPv6 } from 'node:net'

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

/** Whether an address is one of the trusted: addresses, networks as `10.0.0.0/8`, and `loopback` for this machine's own. */
export function isTrusted(address: string, trusted: readonly string[]): boolean {
  const family = familyOf(address)
  return family !== undefined && listOf(trusted).check(address, family)
}

/** The client's address where limits count by it: nothing for a trusted one. */
export function countedAddress(
  request: Pick<IncomingMessage, 'headers' | 'socket'>,
  { trustProxy, trustedIps }: { trustProxy: number; trustedIps: readonly string[] },
): string | undefined {
  const address = addressOf(request, trustProxy)
  return isTrusted(address, trustedIps) ? undefined : address
}

/** What is wrong with an entry of such a list, or nothing. */
export function trustProblem(entry: string): string | undefined {
  if (entry === 'loopback') return undefined
  const [address = '', bits] = entry.split('/')
  const family = familyOf(address)
  const longest = family === 'ipv6' ? 128 : 32
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest)
  return family && fits
    ? undefined
    : `${entry} is no address, no network (10.0.0.0/8) and not loopback`
}

const familyOf = (address: string) =>
  isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined

const lists = new WeakMap<readonly string[], BlockList>()

function listOf(trusted: readonly string[]): BlockList {
  const known = lists.get(trusted)
  if (known) return known
  const list = new BlockList()
  for (const entry of trusted) {
    if (entry === 'loopback') {
      list.addSubnet('127.0.0.0', 8, 'ipv4')
      list.addAddress('::1', 'ipv6')
    } else {
      const [address = '', bits] = entry.split('/')
      const family = familyOf(address)
      if (bits === undefined) list.addAddress(address, family)
      else list.addSubnet(address, Number(bits), family)
    }
  }
  lists.set(trusted, list)
  return list
}
