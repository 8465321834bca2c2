import type { Transport, TransportFactory } from './transport.ts'
import { websocket } from './websocket.ts'

/** What this page has learned about its network, by the service's address. */
const ways = new Map<string, 'websocket' | 'polling'>()

/**
 * One connection by the best way that the network lets through: a WebSocket, or HTTP requests where none was ever
 * opened.
 */
export const network: TransportFactory = (request) => {
  const { serviceUrl, handlers } = request
  let transport: Transport | undefined
  let open = true

  async function poll() {
    try {
      const { polling } = await import('./polling.ts')
      if (open)
        transport = polling({ ...request, handlers: { ...handlers, items: learn('polling') } })
    } catch {
      // The page's server is not reached either: as good as a connection that was not made.
      if (open) handlers.refused(undefined)
    }
  }

  const learn =
    (way: 'websocket' | 'polling'): typeof handlers.items =>
    (items) => {
      ways.set(serviceUrl, way)
      handlers.items(items)
    }

  if (ways.get(serviceUrl) === 'polling' || typeof WebSocket === 'undefined') void poll()
  else {
    transport = websocket({
      ...request,
      handlers: {
        ...handlers,
        items: learn('websocket'),
        refused(error) {
          if (error || ways.has(serviceUrl)) handlers.refused(error)
          else void poll()
        },
      },
    })
  }

  return {
    send: (name, input, reply) => transport?.send(name, input, reply),
    close() {
      open = false
      transport?.close()
    },
  }
}
