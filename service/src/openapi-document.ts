import { modules } from './domains/index.ts'
import { createRegistry } from './kernel/registry.ts'
import { toOpenApi } from './transport/openapi.ts'
import { VERSION } from './version.ts'

/** The OpenAPI 3.1 description of this version, without starting a service. */
export const openApiDocument = (): Record<string, unknown> =>
  toOpenApi(createRegistry(modules), VERSION)
