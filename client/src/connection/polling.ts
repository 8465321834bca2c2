import type { ErrorShape, EventItem, Reply } from '@collab-kit/protocol'
import { EVENTS } from '@collab-kit/protocol/runtime'
import { io } from 'socket.io-client'
import type { TransportFactory } from './transport.ts'
import { socketAuth, socketPath } from './websocket.ts'

/** One connection by HTTP requests; connecting again is the client's own business. */
export const polling: TransportFactory = ({ serviceUrl, token, handlers }) => {
  const { origin, pathname } = new URL(serviceUrl)
  const socket = io(origin, {
    path: socketPath(pathname),
    auth: socketAuth(token),
    transports: ['polling'],
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
