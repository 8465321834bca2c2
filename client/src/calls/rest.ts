import type { ErrorShape, InputOf, OperationName, OutputOf } from '@collab-kit/protocol'
import { CollabError, operations } from '@collab-kit/protocol/runtime'

export interface RestOptions {
  token?: string | undefined
  signal?: AbortSignal | undefined
}

/** Calls an operation without a connection: those before sign-in. */
export type Rest = <N extends OperationName>(
  name: N,
  input: InputOf<N>,
  options?: RestOptions,
) => Promise<OutputOf<N>>

const TIMEOUT_MS = 20_000

/** @throws CollabError also for a service that is not reached: `unavailable` with `details.reason: 'unreachable'` */
export function createRest(serviceUrl: string, fetchWith: typeof fetch): Rest {
  const base = `${serviceUrl.replace(/\/$/, '')}/api/v1`
  return async <N extends OperationName>(
    name: N,
    input: InputOf<N>,
    { token, signal }: RestOptions = {},
  ) => {
    const [method = '', path = ''] = operations[name].rest?.split(' ') ?? []
    const response = await request(fetchWith, base + path, {
      method,
      signal: signal ?? null,
      credentials: 'omit',
      headers: {
        ...(method !== 'GET' && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(method !== 'GET' && { body: JSON.stringify(input) }),
    })
    return response as OutputOf<N>
  }
}

/** Sends a request and reads JSON from it, or the problem that the answer describes. */
export async function request(
  fetchWith: typeof fetch,
  url: string,
  init: RequestInit,
): Promise<unknown> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout
  const response = await fetchWith(url, { ...init, signal }).catch((cause: unknown) => {
    throw unreached(cause)
  })
  // What is no JSON comes from a proxy or is empty: the status says the rest.
  const body: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw CollabError.from(isProblem(body) ? body : statusError(response.status))
  if (body === undefined && response.status !== 204) throw unreached()
  return body ?? {}
}

const unreached = (cause?: unknown) =>
  new CollabError('unavailable', {
    message: 'The service was not reached.',
    details: { reason: 'unreachable' },
    cause,
  })

const isProblem = (body: unknown): body is ErrorShape =>
  typeof (body as Partial<ErrorShape> | null | undefined)?.code === 'string'

/** For answers of a proxy, which knows nothing of our errors. */
function statusError(status: number): ErrorShape {
  const code = status === 401 ? 'unauthenticated' : status === 403 ? 'forbidden' : 'unavailable'
  return new CollabError(code, { details: { status } }).toJSON()
}
