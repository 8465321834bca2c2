import { CollabError, operations, WireError, type OperationName } from '@collab-kit/protocol'
import { show, type HttpAnswer, type HttpRequest } from './seen.ts'

export type { HttpAnswer, HttpRequest } from './seen.ts'

const BASE = '/api/v1'

/** One request to the service by hand. */
export async function http(url: string, request: HttpRequest): Promise<HttpAnswer> {
  const { method, path, root, token, json, text } = request
  const headers = new Headers(json === undefined ? {} : { 'content-type': 'application/json' })
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
  for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name, value)
  const body = json === undefined ? text : JSON.stringify(json)
  const response = await fetch(new URL(`${root ? '' : BASE}${path}`, url), {
    method,
    headers,
    redirect: 'manual',
    ...(body !== undefined && { body }),
  })
  const answered = await response.text()
  const answer = { status: response.status, headers: response.headers, body: parsed(answered) }
  show({ kind: 'rest', request: { ...request, headers: Object.fromEntries(headers) }, answer })
  return answer
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // Not every answer is JSON: pages and metrics are read as text.
    return text
  }
}

/** Method, path and body of an operation's REST line, with this input. */
export function toRequest(name: OperationName, input: Record<string, unknown>): HttpRequest {
  const line = operations.get(name)?.rest
  if (!line) throw new Error(`${name} has no REST line`)
  const [method = '', template = ''] = line.split(' ')
  const { commandId, ...fields } = input
  const path = template.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    const value = fields[key]
    delete fields[key]
    return encodeURIComponent(String(value))
  })
  const headers =
    commandId === undefined ? {} : { headers: { 'idempotency-key': String(commandId) } }
  if (method !== 'GET' && method !== 'DELETE') return { method, path, json: fields, ...headers }
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(fields)) {
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== undefined)
        query.append(key, typeof each === 'object' ? JSON.stringify(each) : String(each))
  }
  return { method, path: query.size ? `${path}?${query}` : path, ...headers }
}

/** A backend's key; `actAs` names the person it acts for. */
export interface KeyCredentials {
  apiKey: string
  secret: string
  actAs?: string
}

export interface RestCaller {
  url: string
  token?: string
  key?: KeyCredentials
  connectionId?: string
}

/** Call an operation by its REST line; throws `CollabError`. */
export async function callByRest(
  caller: RestCaller,
  name: OperationName,
  input: object,
): Promise<unknown> {
  const { url, token, key, connectionId } = caller
  const request = toRequest(name, { ...input })
  const headers = {
    ...request.headers,
    ...(key && basic(key)),
    ...(connectionId !== undefined && { 'x-connection-id': connectionId }),
  }
  const { status, body } = await http(url, {
    ...request,
    ...(token !== undefined && { token }),
    headers,
  })
  if (status >= 200 && status < 300) return body
  throw CollabError.from(toError(body))
}

/** How a key is shown by REST. */
export const basic = ({ apiKey, secret, actAs }: KeyCredentials): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${apiKey}:${secret}`).toString('base64')}`,
  ...(actAs !== undefined && { 'x-act-as': encodeURIComponent(actAs) }),
})

/** The error of a refusal; throws where the answer is none. */
export function toError(body: unknown): ReturnType<CollabError['toJSON']> {
  const { success, data, error } = WireError.safeParse(body)
  if (!success)
    throw new Error(`not an error of the contract: ${JSON.stringify(body)}\n${error.message}`)
  const { details, retryAfterMs, ...rest } = data
  return {
    ...rest,
    ...(details && { details }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}
