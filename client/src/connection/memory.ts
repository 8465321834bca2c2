import type { ErrorShape, EventItem, Reply } from '@collab-kit/protocol'
import type { TransportFactory } from './transport.ts'

/** The service's end of a connection in memory. */
export interface MemoryPeer {
  readonly token: string | undefined
  send(items: readonly EventItem[]): void
  /** Refuses the connection; without an error as if nobody were there. */
  refuse(error?: ErrorShape): void
  /** Ends the connection. */
  lose(reason?: string): void
}

export interface MemoryCall {
  name: string
  input: unknown
  reply(reply: Reply): void
}

/** What a service in memory does with its connections. */
export interface MemoryService {
  accept(peer: MemoryPeer): void
  call(peer: MemoryPeer, call: MemoryCall): void
  /** @param isClean The other end closed it, and it did not break */
  ended(peer: MemoryPeer, isClean: boolean): void
}

/** Brings one frame over; a bad wire may do it late, twice or never. */
export type Wire = (deliver: () => void) => void

const goodWire: Wire = (deliver) => queueMicrotask(deliver)

/** Connections without a network: everything is copied as JSON, and arrives a moment later. */
export function memoryTransport(service: MemoryService, wire: Wire = goodWire): TransportFactory {
  return ({ token, handlers }) => {
    let open = true
    const end = (isClean = false) => {
      if (!open) return false
      open = false
      service.ended(peer, isClean)
      return true
    }
    const bring = (deliver: () => void) => wire(() => open && deliver())
    const peer: MemoryPeer = {
      token,
      send: (items) => {
        const copy = toWire(items)
        bring(() => handlers.items(copy))
      },
      refuse: (error) => queueMicrotask(() => end() && handlers.refused(error && toWire(error))),
      lose: (reason = 'transport close') => queueMicrotask(() => end() && handlers.lost(reason)),
    }
    queueMicrotask(() => open && service.accept(peer))
    return {
      send(name, input, reply) {
        const copy = toWire(input)
        const answer = (given: Reply) => {
          const answerCopy = toWire(given)
          bring(() => reply(answerCopy))
        }
        bring(() => service.call(peer, { name, input: copy, reply: answer }))
      },
      close: (leaves = false) => void end(leaves),
    }
  }
}

const toWire = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
