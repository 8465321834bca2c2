import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Somebody's own site, on an origin of its own. */
export interface HostPages {
  /** The origin that the service is told of. */
  readonly allowed: string
  /** The same site by another name, which the service is not told of. */
  readonly unknown: string
  /** Puts a page up and answers its path. */
  serve(html: string, headers?: Record<string, string>): string
  close(): Promise<void>
}

export async function createHostPages(): Promise<HostPages> {
  const pages = new Map<string, { html: string; headers: Record<string, string> }>()
  const server = createServer((request, response) => {
    const page = pages.get(request.url ?? '')
    if (!page) return response.writeHead(404).end()
    return response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...page.headers })
      .end(page.html)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    allowed: `http://127.0.0.1:${port}`,
    unknown: `http://localhost:${port}`,
    serve(html, headers = {}) {
      const path = `/${pages.size + 1}`
      pages.set(path, { html, headers })
      return path
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
