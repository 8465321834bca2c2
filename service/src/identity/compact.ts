import { CollabError } from '@collab-kit/protocol'
import { findDuplicateKey } from '../transport/duplicate-key.ts'

/** A signed token in its compact form, taken apart; nothing is verified. */
export interface CompactToken {
  text: string
  header: Record<string, unknown>
  payload: Record<string, unknown>
}

/** Longest token, characters: it has to fit into what a socket takes before sign-in. */
export const LONGEST_TOKEN = 7168

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @throws CollabError `token_malformed` for everything that is no signed token */
export function parseCompact(text: string): CompactToken {
  const parts = text.length > LONGEST_TOKEN ? [] : text.split('.')
  const [header = '', payload = '', signature = ''] = parts
  if (parts.length !== 3 || !/^[\w-]*$/.test(signature)) throw new CollabError('token_malformed')
  return { text, header: parseJson(header), payload: parseJson(payload) }
}

/** The issuer that a text names if it is a token; nothing is verified. */
export function unverifiedIssuer(text: string): string | undefined {
  try {
    const { iss } = parseCompact(text).payload
    return typeof iss === 'string' ? iss : undefined
  } catch (error) {
    // A text that is no token names nobody.
    if (error instanceof CollabError) return undefined
    throw error
  }
}

function parseJson(part: string): Record<string, unknown> {
  const bytes = Buffer.from(part, 'base64url')
  // There is one way to write it: everything else is another text for the same token.
  if (part === '' || bytes.toString('base64url') !== part) throw new CollabError('token_malformed')
  let value: unknown
  try {
    const text = utf8.decode(bytes)
    value = JSON.parse(text)
    if (findDuplicateKey(text) !== undefined) throw new Error('a key stands there twice')
  } catch (cause) {
    throw new CollabError('token_malformed', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CollabError('token_malformed')
  }
  return value as Record<string, unknown>
}
