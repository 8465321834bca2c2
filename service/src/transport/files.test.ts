import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import Koa from 'koa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFiles } from './files.ts'

const SCRIPT = `export const text = '${'again and '.repeat(200)}'`
const folder = mkdtempSync(join(tmpdir(), 'collab-files-'))
writeFileSync(join(folder, 'collab.js'), SCRIPT)
writeFileSync(join(folder, 'dot.png'), Buffer.alloc(64))
const app = new Koa().use(createFiles({ elements: folder, pages: undefined, version: '1.2.3' }))
const server = createServer((incoming, outgoing) => void app.callback()(incoming, outgoing))
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => server.close())

interface Answer {
  status: number | undefined
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo
    request({ host: '127.0.0.1', port, path, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      )
    })
      .on('error', reject)
      .end()
  })

test('a script goes to any origin, compressed as the page can read it', async () => {
  const plain = await get('/collab.js')
  expect(plain.body.toString()).toBe(SCRIPT)
  expect(plain.headers).toMatchObject({
    'access-control-allow-origin': '*',
    vary: 'Accept-Encoding',
  })
  const gzip = await get('/collab.js', { 'accept-encoding': 'gzip' })
  expect([gzip.headers['content-encoding'], gunzipSync(gzip.body).toString()]).toEqual([
    'gzip',
    SCRIPT,
  ])
  const brotli = await get('/collab.js', { 'accept-encoding': 'gzip, deflate, br' })
  expect([
    brotli.headers['content-encoding'],
    brotliDecompressSync(brotli.body).toString(),
  ]).toEqual(['br', SCRIPT])
})

test('a script of a version never changes, the floating one is asked about again', async () => {
  const lasting = await get('/cdn/1.2.3/collab.js')
  expect(lasting.headers['cache-control']).toContain('immutable')
  const { headers } = await get('/collab.js')
  expect(headers['cache-control']).toContain('must-revalidate')
  const again = await get('/collab.js', { 'if-none-match': String(headers['etag']) })
  expect([again.status, again.body.length]).toEqual([304, 0])
  const manifest = JSON.parse((await get('/cdn/1.2.3/manifest.json')).body.toString()) as object
  expect(manifest).toMatchObject({
    version: '1.2.3',
    files: { 'collab.js': expect.stringMatching(/^sha384-/) },
  })
})

test('nothing outside the folder is served', async () => {
  for (const path of [
    '/../package.json',
    '/%2e%2e/package.json',
    '/nothing.js',
    '/cdn/9.9.9/collab.js',
  ]) {
    expect((await get(path)).status, path).toBe(404)
  }
})
