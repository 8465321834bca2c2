import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands between browsers and a service as the proxies do that know requests and answers alone. */
export interface HttpProxy {
  readonly url: string
  /** Paths of the WebSockets that it has refused. */
  readonly refused: readonly string[]
  /** Method and path of what it has passed on, without the query. */
  readonly passed: readonly string[]
  close(): Promise<void>
}

/** Listens on a free port of 127.0.0.1, and passes everything but WebSockets to these, by turns. */
export async function createHttpProxy(...targets: readonly number[]): Promise<HttpProxy> {
  const refused: string[] = []
  const passed: string[] = []
  const server = createServer((asked, answer) => {
    const { method, url: path = '', headers } = asked
    passed.push(`${method} ${path.split('?')[0]}`)
    const port = targets[passed.length % targets.length]
    const onward = request({ host: '127.0.0.1', port, method, path, headers })
    onward.on('response', (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers)
      // What breaks on the far side breaks on the near one.
      answered.on('error', () => answer.destroy())
      answered.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    asked.pipe(onward)
  })
  server.on('upgrade', ({ url = '' }, socket) => {
    refused.push(url)
    socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    refused,
    passed,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
