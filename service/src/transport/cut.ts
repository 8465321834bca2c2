import type { Socket } from 'socket.io'

type EngineSocket = Socket['conn']

interface WebSocketLike {
  terminate(): void
  once(event: 'close', then: () => void): void
}

const webSocketOf = (conn: EngineSocket): WebSocketLike | undefined =>
  (conn.transport as unknown as { socket?: WebSocketLike }).socket

/** The engine takes a connection for closed when it has said so; the transport is gone when the other side has heard. */
export function whenGone(conn: EngineSocket, then: () => void): void {
  const webSocket = webSocketOf(conn)
  if (webSocket) webSocket.once('close', then)
  else conn.once('close', then)
}

/** Close without waiting for one who does not read. */
export function cutTransport(conn: EngineSocket): void {
  const webSocket = webSocketOf(conn)
  if (webSocket) webSocket.terminate()
  else conn.close(true)
}
