import Router from '@koa/router'
import type { Registry } from '../kernel/registry.ts'
import { toAsyncApi } from './asyncapi.ts'
import { toOpenApi } from './openapi.ts'
import { API } from './rest.ts'

/** Serves what describes the service to machines: `openapi.json` and `asyncapi.json`. */
export function createReference({
  registry,
  version,
}: {
  registry: Registry
  version: string
}): Router {
  const router = new Router({ prefix: API })
  const documents = {
    '/openapi.json': JSON.stringify(toOpenApi(registry, version)),
    '/asyncapi.json': JSON.stringify(toAsyncApi(registry, version)),
  }
  for (const [path, document] of Object.entries(documents)) {
    router.get(path, (context) => {
      context.type = 'application/json'
      context.body = document
    })
  }
  return router
}
