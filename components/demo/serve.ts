// oxlint-disable no-console -- the address is this program's answer
// Builds the demo and serves it until it is ended: `node components/demo/serve.ts` prints the address.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'vite'

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  css: 'text/css',
}

const result = await build({
  configFile: join(import.meta.dirname, 'vite.config.ts'),
  logLevel: 'error',
  // As the styles of the elements, that of the page is not rewritten for older browsers.
  build: { write: false, target: 'es2022', cssTarget: 'esnext', modulePreload: false },
})
const files = new Map<string, string | Uint8Array>()
for (const each of Array.isArray(result) ? result : [result]) {
  if (!('output' in each)) continue
  for (const file of each.output)
    files.set(`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source)
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://demo')
  const path = pathname === '/' ? '/index.html' : pathname
  const file = files.get(path)
  const type = TYPES[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
  if (file === undefined) response.writeHead(404).end()
  else response.writeHead(200, { 'content-type': type }).end(file)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
