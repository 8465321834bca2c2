import type { InputOf, OperationName, OutputOf } from '@collab-kit/protocol'
import { CollabError } from '@collab-kit/protocol/runtime'
import { fetched } from '../fetched.ts'

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

/** @throws CollabError also for a service that is not reached: `unavailable` with `details.reason: 'unreachable'` */
export function createRest(serviceUrl: string, fetchWith: typeof fetch): Rest {
  return async <N extends OperationName>(name: N, input: InputOf<N>, options?: RestOptions) => {
    const { callByRest, toRequest } = await loadRequests()
    const target = { serviceUrl, fetch: fetchWith, ...options }
    const reply = await callByRest(target, toRequest(name, input))
    if (!reply.ok) throw CollabError.from(reply.error)
    return reply.data as OutputOf<N>
  }
}

/** What speaks HTTP is fetched when it is needed; that it cannot be is as if the service were not reached. */
export const loadRequests = () => fetched(() => import('./request.ts'))
