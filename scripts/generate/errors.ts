import { baseErrors, errorCatalogue, retryOf, type ErrorCode } from '@collab-kit/protocol'
import { MARK, table, type Artefact } from './index.ts'

/** Every error code with its policy. */
export const errors: Artefact = () => {
  const rows = Object.entries(errorCatalogue).map(([code, { status, meaning }]) => [
    `\`${code}\``,
    String(status),
    retryOf(code as ErrorCode).replaceAll('_', ' '),
    code in baseErrors ? 'any operation' : 'operations that declare it',
    meaning,
  ])
  const page = [
    MARK,
    '# Errors',
    'Every refusal is `{ code, message, details?, retryable, retryAfterMs?, requestId }`, over REST as `application/problem+json`. Branch on `code`. What exactly is wrong with an input is in `details.reason` and `details.path`.',
    table(['Code', 'HTTP', 'Retry', 'From', 'Meaning'], rows),
  ]
  return { 'docs/reference/errors.md': `${page.join('\n\n')}\n` }
}
