import { CollabError } from '@collab-kit/protocol'
import type { Algorithm } from '../token/algorithm.ts'

/** What of a token's header says how it is verified. */
export interface TokenHeader {
  alg: Algorithm
  kid?: string
}

/** A token of one of these types, or of none, speaks for a person. */
const TYPES = new Set(['jwt', 'at+jwt'])
/** A token brings no key, and asks for nothing that has to be understood first. */
const REFUSED = ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64']

/** @throws CollabError `token_type`, `token_header`, `token_alg` or `token_key` */
export function checkHeader(header: Record<string, unknown>, algorithm: Algorithm): TokenHeader {
  const { typ, alg, kid } = header
  if (typ !== undefined && !TYPES.has(plainType(typ))) throw new CollabError('token_type')
  const refused = REFUSED.find((name) => Object.hasOwn(header, name))
  if (refused !== undefined) throw new CollabError('token_header', { details: { path: refused } })
  if (alg !== algorithm) {
    throw new CollabError('token_alg', { details: { expected: algorithm } })
  }
  if (kid === undefined) return { alg: algorithm }
  if (typeof kid !== 'string') throw new CollabError('token_key')
  return { alg: algorithm, kid }
}

const plainType = (typ: unknown): string =>
  String(typ)
    .toLowerCase()
    .replace(/^application\//, '')
