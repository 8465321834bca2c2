import { modules } from './domains/index.ts'
import { createRegistry } from './kernel/registry.ts'
import { toAsyncApi } from './transport/asyncapi.ts'
import { toOpenApi } from './transport/openapi.ts'
import { VERSION } from './version.ts'

/** The OpenAPI 3.1 description of this version, without starting a service. */
export const openApiDocument = (): Record<string, unknown> =>
  toOpenApi(createRegistry(modules), VERSION)

/** The AsyncAPI 3.0 description of this version, without starting a service. */
export const asyncApiDocument = (): Record<string, unknown> =>
  toAsyncApi(createRegistry(modules), VERSION)
