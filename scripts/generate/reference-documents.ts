import { asyncApiDocument, openApiDocument } from '@collab-kit/service'
import type { Artefact } from './index.ts'

/** What the service answers at `/api/v1/openapi.json` and `/api/v1/asyncapi.json`. */
export const referenceDocuments: Artefact = () => ({
  'docs/reference/openapi.json': `${JSON.stringify(openApiDocument(), null, 2)}\n`,
  'docs/reference/asyncapi.json': `${JSON.stringify(asyncApiDocument(), null, 2)}\n`,
})
