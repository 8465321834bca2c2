import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands where a node would, and shows what a proxy makes of a request. */
export interface NodeDouble {
  readonly port: number
  /** The last request but those for its health. */
  readonly request: IncomingMessage | undefined
  /** The name under which its health was asked last. */
  readonly askedAs: string | undefined
  /** Say something on every open stream of events. */
  say(text: string): void
  close(): void
}

export async function createNodeDouble(): Promise<NodeDouble> {
  const streams = new Set<ServerResponse>()
  let last: IncomingMessage | undefined
  let askedAs: string | undefined
  const server = createServer((request, response) => {
    if (request.url === '/readyz') {
      askedAs = request.headers.host
      return response.end('{"status":"ok"}')
    }
    last = request
    if (request.url !== '/api/v1/events') return response.end('{}')
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.flushHeaders()
    streams.add(response)
    return undefined
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    get askedAs() {
      return askedAs
    },
    get request() {
      return last
    },
    say(text) {
      for (const stream of streams) stream.write(`data: ${text}\n\n`)
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
