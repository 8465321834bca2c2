import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Context, Middleware } from 'koa'

export interface FilesOptions {
  /** Folder of the built elements: `collab.js`, `collab.global.js` and their chunks. */
  elements: string
  /** Folder of pages served at `/`, where there are any. */
  pages: string | undefined
  version: string
}

/** A file in memory, ready to be sent. */
export interface File {
  body: Buffer
  type: string
  etag: string
  integrity: string
  br?: Buffer
  gzip?: Buffer
}

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.map': 'application/json',
}

/** Pages may run their own scripts, nobody else's, and no string as code. */
export const PAGE_POLICY =
  "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: https:; style-src 'self' 'unsafe-inline'; " +
  "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

/** The elements for any origin, and the service's own pages. */
export function createFiles({ elements, pages, version }: FilesOptions): Middleware {
  const scripts = load(elements)
  const own = pages === undefined ? new Map<string, File>() : load(pages)
  const prefix = `/cdn/${version}/`
  const manifest = JSON.stringify(
    {
      version,
      files: Object.fromEntries([...scripts].map(([name, { integrity }]) => [name, integrity])),
    },
    null,
    2,
  )
  return (context, next) => {
    if (context.method !== 'GET' && context.method !== 'HEAD') return next()
    const immutable = context.path.startsWith(prefix)
    const name = immutable ? context.path.slice(prefix.length) : context.path.slice(1)
    if (immutable && name === 'manifest.json') {
      context.set('access-control-allow-origin', '*')
      context.type = 'application/json'
      context.body = manifest
      return undefined
    }
    const script = scripts.get(name)
    const file = script ?? own.get(name === '' ? 'index.html' : name)
    if (!file || (immutable && !script)) return next()
    if (script) {
      context.set('access-control-allow-origin', '*')
      context.set('cross-origin-resource-policy', 'cross-origin')
    } else context.set('content-security-policy', PAGE_POLICY)
    // Chunks carry a hash in their name; the entries float.
    send(context, file, immutable || (script !== undefined && !ENTRIES.has(name)))
    return undefined
  }
}

/** @param lasting Whether the address never names another content. */
export function send(context: Context, file: File, lasting: boolean): void {
  context.set(
    'cache-control',
    lasting ? 'public, max-age=31536000, immutable' : 'public, max-age=60, must-revalidate',
  )
  context.set('etag', file.etag)
  context.type = file.type
  context.status = 200
  context.vary('Accept-Encoding')
  if (context.fresh) {
    context.status = 304
    return
  }
  // The smallest that the page can read, whatever order it names them in.
  const encoding = (['br', 'gzip'] as const).find((each) => context.acceptsEncodings(each) === each)
  const smaller = encoding && compressed(file, encoding)
  if (smaller) context.set('content-encoding', encoding)
  context.body = smaller ?? file.body
}

/** Each file is compressed once, as small as it gets, when it is first asked for. */
function compressed(file: File, encoding: 'br' | 'gzip'): Buffer | undefined {
  if (!COMPRESSIBLE.test(file.type)) return undefined
  return (file[encoding] ??=
    encoding === 'br' ? brotliCompressSync(file.body) : gzipSync(file.body, { level: 9 }))
}

const COMPRESSIBLE = /^(text\/|application\/json|image\/svg)/

const ENTRIES = new Set(['collab.js', 'collab.global.js'])

function load(folder: string): Map<string, File> {
  const files = new Map<string, File>()
  if (!existsSync(folder)) return files
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)]
    if (!entry.isFile() || !type) continue
    const path = join(entry.parentPath, entry.name)
    files.set(path.slice(folder.length + 1).replaceAll('\\', '/'), loadFile(path, type))
  }
  return files
}

/** @param type Media type; by the name's end without it. */
export function loadFile(
  path: string,
  type = TYPES[extname(path)] ?? 'application/octet-stream',
): File {
  const body = readFileSync(path)
  const hash = createHash('sha384').update(body).digest('base64')
  return { body, type, etag: `"${hash.slice(0, 24)}"`, integrity: `sha384-${hash}` }
}
