import type { ErrorCode, ErrorShape, OperationName, Reply } from '@collab-kit/protocol'
import { CollabError } from '@collab-kit/protocol/runtime'
import { restLines } from '@collab-kit/protocol/rest-lines'

// How operations travel over HTTP. Most pages never do that, so all of it is fetched when one does.

/** What a call by REST needs beside its operation. */
export interface RestTarget {
  serviceUrl: string
  fetch: typeof fetch
  token?: string | undefined
  /** The connection that the call belongs to. */
  connectionId?: string | undefined
  signal?: AbortSignal | undefined
}

const TIMEOUT_MS = 20_000

/** Below this a request may outlive its page; browsers bound them all together. */
const KEPT_ALIVE_CHARACTERS = 8_000

/** An operation with its input: an address below the API, and the rest of the request. */
export interface RestRequest {
  method: string
  path: string
  init: RequestInit
}

/** Where the service takes requests. */
export const apiUrl = (serviceUrl: string): string => `${serviceUrl.replace(/\/$/, '')}/api/v1`

/** The headers that say who asks. */
export const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` }

/** The request for an operation with this input; nothing for an operation that REST does not offer. */
export function toRequest(name: string, input: object): RestRequest | undefined {
  const line = restLines[name as OperationName]
  if (line === undefined) return undefined
  const [method = '', template = ''] = line.split(' ')
  const { commandId, ...fields } = input as Record<string, unknown>
  const path = template.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    const value = fields[key]
    delete fields[key]
    return encodeURIComponent(String(value ?? ''))
  })
  // What is no id stays none, and can be sent: the service says what is wrong with it.
  const headers: Record<string, string> =
    commandId === undefined ? {} : { 'idempotency-key': encodeURIComponent(String(commandId)) }
  if (method === 'GET' || method === 'DELETE')
    return { method, path: path + toQuery(fields), init: { method, headers } }
  const body = JSON.stringify(fields)
  headers['content-type'] = 'application/json'
  const keepalive = body.length < KEPT_ALIVE_CHARACTERS
  return { method, path, init: { method, headers, body, keepalive } }
}

function toQuery(fields: Record<string, unknown>): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(fields))
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== undefined) query.append(key, toText(each))
  return query.size ? `?${query}` : ''
}

const toText = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value)

/**
 * Calls an operation by its REST line. An answer that is not the service's own is an error with the status in its
 * details; what REST does not offer is answered here.
 * @throws CollabError `unavailable` with `details.reason: 'unreachable'` when nothing answers within 20 s
 */
export function callByRest(target: RestTarget, request: RestRequest | undefined): Promise<Reply> {
  if (!request)
    return Promise.resolve({ ok: false, error: new CollabError('unknown_operation').toJSON() })
  const { serviceUrl, token, connectionId, signal, fetch: fetchWith } = target
  return exchange(fetchWith, apiUrl(serviceUrl) + request.path, {
    ...request.init,
    signal: signal ?? null,
    credentials: 'omit',
    headers: {
      ...(request.init.headers as Record<string, string>),
      ...bearer(token),
      ...(connectionId !== undefined && { 'x-connection-id': connectionId }),
    },
  })
}

/** Sends a request and reads JSON from it, or the problem that the answer describes. */
export async function request(
  fetchWith: typeof fetch,
  url: string,
  init: RequestInit,
): Promise<unknown> {
  const reply = await exchange(fetchWith, url, init)
  if (!reply.ok) throw CollabError.from(reply.error)
  return reply.data
}

async function exchange(fetchWith: typeof fetch, url: string, init: RequestInit): Promise<Reply> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout
  const response = await fetchWith(url, { ...init, signal }).catch((cause: unknown) => {
    throw unreached(cause)
  })
  if (!response.ok) return { ok: false, error: await readProblem(response) }
  const data: unknown = await response.json().catch(() => undefined)
  if (data === undefined && response.status !== 204) throw unreached()
  return { ok: true, data: data ?? {} }
}

/** The error of an answer; of a proxy's, which knows nothing of our errors, the status says it. */
export async function readProblem(response: Response): Promise<ErrorShape> {
  // What is no JSON comes from a proxy or is empty: the status says the rest.
  const body: unknown = await response.json().catch(() => undefined)
  return isProblem(body) ? CollabError.from(body).toJSON() : statusError(response.status)
}

const unreached = (cause?: unknown) =>
  new CollabError('unavailable', {
    message: 'The service was not reached.',
    details: { reason: 'unreachable' },
    cause,
  })

const isProblem = (body: unknown): body is ErrorShape =>
  typeof (body as Partial<ErrorShape> | null | undefined)?.code === 'string'

function statusError(status: number): ErrorShape {
  const code = STATUS_CODES[status] ?? 'unavailable'
  return new CollabError(code, { details: { status } }).toJSON()
}

const STATUS_CODES: Record<number, ErrorCode> = {
  401: 'unauthenticated',
  403: 'forbidden',
  413: 'too_large',
}
