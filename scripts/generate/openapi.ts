import { openApiDocument } from '@collab-kit/service'
import type { Artefact } from './index.ts'

/** The REST side of every operation, as the service answers it at `/api/v1/openapi.json`. */
export const openapi: Artefact = () => ({
  'docs/reference/openapi.json': `${JSON.stringify(openApiDocument(), null, 2)}\n`,
})
