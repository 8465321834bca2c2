import type { IncomingMessage } from 'node:http'
import { CollabError, isCollabError } from '@collab-kit/protocol'
import { findDuplicateKey } from './duplicate-key.ts'

/** A refusal whose HTTP status differs from its code's own. */
export class HttpRefusal extends Error {
  readonly status: number
  readonly refusal: CollabError
  constructor(status: number, refusal: CollabError) {
    super(refusal.message)
    this.status = status
    this.refusal = refusal
  }
}

const refuse = (status: number, reason: string, message: string): HttpRefusal =>
  new HttpRefusal(
    status,
    new CollabError('invalid_payload', { message, details: { reason, path: '' } }),
  )

const invalidJson = (message: string): CollabError => new CollabError('invalid_json', { message })

/** The JSON object of a request; an empty body is an empty object. */
export async function readBody(request: IncomingMessage, limit: number): Promise<unknown> {
  const { headers } = request
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    throw refuse(415, 'content_encoding', 'Send the body without content encoding.')
  }
  if (Number(headers['content-length'] ?? 0) > limit) throw tooLarge(limit)
  const bytes = await collect(request, limit)
  if (bytes.length === 0) return {}
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw refuse(415, 'content_type', 'Send application/json.')
  const text = decode(bytes)
  const value = parse(text)
  const doubled = findDuplicateKey(text)
  if (doubled !== undefined) {
    throw new CollabError('invalid_payload', {
      details: { reason: 'duplicate_key', path: doubled },
    })
  }
  return value
}

const tooLarge = (limit: number): CollabError =>
  new CollabError('too_large', { details: { limit: 'frameBytes', max: limit } })

async function collect(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > limit) throw tooLarge(limit)
      chunks.push(chunk)
    }
  } catch (error) {
    // Broken off or broken on the way: the caller's affair. The error holds the raw request, secrets included.
    throw isCollabError(error) ? error : refuse(400, 'incomplete', 'The body did not arrive whole.')
  }
  return Buffer.concat(chunks)
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    // The decoder throws on malformed UTF-8 only.
    throw invalidJson('The body is not UTF-8.')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // The parser's own words point at the place.
    throw invalidJson((error as Error).message.slice(0, 200))
  }
}
