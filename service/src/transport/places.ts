import type { IncomingMessage } from 'node:http'
import { CollabError, type Limits } from '@collab-kit/protocol'
import { countedAddress } from './address.ts'
import type { LiveConnection } from './connection.ts'
import type { Hub } from './hub.ts'

export interface PlacesOptions {
  hub: Hub
  limits: Limits
  trustProxy: number
  trustedIps: readonly string[]
}

type Limit = 'connectionsPerUser' | 'connectionsPerIp' | 'eventStreamsPerUser'

/** How many connections there may be, of a person and of an address, whatever their transport. */
export class Places {
  readonly #options: PlacesOptions
  readonly #byAddress = new Map<string, number>()

  constructor(options: PlacesOptions) {
    this.#options = options
  }

  /** Takes a place or throws `limit_exceeded`; the answer gives it back. */
  take(
    request: Pick<IncomingMessage, 'headers' | 'socket'>,
    username: string,
    transport: LiveConnection['transport'],
  ): () => void {
    const { hub } = this.#options
    const own = hub.readersOf(username) as readonly LiveConnection[]
    this.#check('connectionsPerUser', own.length)
    if (transport === 'events')
      this.#check('eventStreamsPerUser', own.filter((each) => each.transport === transport).length)
    const address = countedAddress(request, this.#options)
    if (address === undefined) return () => undefined
    const count = this.#byAddress.get(address) ?? 0
    this.#check('connectionsPerIp', count)
    this.#byAddress.set(address, count + 1)
    return () => this.#giveBack(address)
  }

  #check(limit: Limit, count: number): void {
    const max = this.#options.limits[limit]
    if (count < max) return
    const reason = limit === 'eventStreamsPerUser' ? 'sse_limit' : 'connection_limit'
    throw new CollabError('limit_exceeded', { details: { limit, max, reason }, retryAfterMs: 5000 })
  }

  #giveBack(address: string): void {
    const left = (this.#byAddress.get(address) ?? 1) - 1
    if (left > 0) this.#byAddress.set(address, left)
    else this.#byAddress.delete(address)
  }
}
