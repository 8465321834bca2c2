import { EVENTS, PROTOCOL_VERSION } from '@collab-kit/protocol/runtime'
import type { ErrorShape, EventItem, Reply } from '@collab-kit/protocol'
import { io } from 'socket.io-client'
import type { TransportFactory } from './transport.ts'

/** One Socket.IO connection; connecting again is the client's own business. */
export const socketio: TransportFactory = ({ serviceUrl, token, handlers }) => {
  // A path of the address belongs to the service, not to Socket.IO, which would take it for a namespace.
  const { origin, pathname } = new URL(serviceUrl)
  const socket = io(origin, {
    path: `${pathname.replace(/\/$/, '')}/socket.io`,
    auth: { ...(token !== undefined && { token }), protocol: PROTOCOL_VERSION },
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnection: false,
    forceNew: true,
  })
  socket.on(EVENTS, (items: readonly EventItem[]) => handlers.items(items))
  socket.on('connect_error', (error: Error & { data?: ErrorShape }) => handlers.refused(error.data))
  socket.on('disconnect', (reason) => handlers.lost(reason))
  return {
    send: (name, input, reply: (reply: Reply) => void) => void socket.emit(name, input, reply),
    close() {
      socket.off()
      socket.disconnect()
    },
  }
}
