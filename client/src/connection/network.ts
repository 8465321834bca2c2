import type { CollabError } from '@collab-kit/protocol'
import { fetched } from '../fetched.ts'
import type { Transport, TransportFactory } from './transport.ts'
import { websocket } from './websocket.ts'

/** What this page has learned about its network, by the service's address: when a WebSocket failed where a stream did not. */
const ways = new Map<string, 'websocket' | number>()

/** Whether it was said that event streams cannot be fetched. */
let isTold = false

/** So long an event stream comes first: one who moves on finds a network that lets more through. */
const REMEMBERED_MS = 600_000

/**
 * One connection by the best way that the network lets through: a WebSocket, or an event stream and REST where none was
 * ever opened.
 */
export const network: TransportFactory = (request) => {
  const { serviceUrl, handlers } = request
  let transport: Transport | undefined
  let open = true
  const known = ways.get(serviceUrl)
  let failedAt = typeof known === 'number' ? known : Date.now()

  async function stream() {
    try {
      const { sse } = await fetched(() => import('./sse.ts'))
      if (open)
        transport = sse({ ...request, handlers: { ...handlers, items: learn(() => failedAt) } })
    } catch (error) {
      // The page's server is not reached either: as good as a connection that was not made, and said once.
      if (open) handlers.refused(isTold ? undefined : (error as CollabError).toJSON())
      isTold = true
    }
  }

  const learn =
    (way: () => 'websocket' | number): typeof handlers.items =>
    (items) => {
      ways.set(serviceUrl, way())
      handlers.items(items)
    }

  if (
    typeof WebSocket === 'undefined' ||
    (typeof known === 'number' && Date.now() - known < REMEMBERED_MS)
  )
    void stream()
  else {
    transport = websocket({
      ...request,
      handlers: {
        ...handlers,
        items: learn(() => 'websocket'),
        refused(error) {
          if (error || ways.get(serviceUrl) === 'websocket') return handlers.refused(error)
          failedAt = Date.now()
          void stream()
        },
      },
    })
  }

  return {
    get isStream() {
      return !!transport?.isStream
    },
    send: (name, input, reply) => transport?.send(name, input, reply),
    close(leaves) {
      open = false
      transport?.close(leaves)
    },
  }
}
