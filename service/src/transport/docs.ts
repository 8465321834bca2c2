import { createRequire } from 'node:module'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import Router from '@koa/router'
import { packagePath } from '../package-folder.ts'
import { loadFile, PAGE_POLICY, send, type File } from './files.ts'

const require = createRequire(import.meta.url)

/** What the page takes from Swagger UI; all else in that package is for other uses. */
const SWAGGER = ['swagger-ui.css', 'swagger-ui-bundle.js']
const OWN = ['index.html', 'docs.css', 'docs.js', 'mark.svg']

/** `/docs`: a page to read and try the REST API. Every file comes from here. */
export function createDocs(): Router {
  const router = new Router()
  const swagger = join(require.resolve('swagger-ui-dist/package.json'), '..')
  const paths = new Map([
    ...SWAGGER.map((name) => [name, join(swagger, name)] as const),
    ...OWN.map((name) => [name, join(packagePath('../docs'), name)] as const),
  ])
  // Read when first asked for: most services never show the page, and it is large.
  const files = new Map<string, File>()
  const fileOf = (name: string): File | undefined => {
    const path = paths.get(name)
    if (path !== undefined && !files.has(name)) files.set(name, load(path))
    return files.get(name)
  }
  router.get(['/docs', '/docs/:name'], (context, next) => {
    const file = fileOf(context.params['name'] ?? 'index.html')
    if (!file) return next()
    context.set('content-security-policy', PAGE_POLICY)
    send(context, file, false)
    return undefined
  })
  return router
}

/** The smallest that brotli can do with a bundle of this size takes seconds, in which nobody is served. */
function load(path: string): File {
  const file = loadFile(path)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 6 }
  return { ...file, br: brotliCompressSync(file.body, { params }) }
}
