import type { ConnectionInfo } from '@collab-kit/client/base'

/**
 * Why nothing of the service can be shown:
 * - `no-service`: there is no address
 * - `refused`: the service takes no connection from this page
 * - `signed-out`: somebody has to sign in
 * - `session-ended`: the page's own tokens have come to their end
 */
export type Barrier = 'no-service' | 'refused' | 'signed-out' | 'session-ended'

export interface AccessInput {
  addressMissing: boolean
  /** Whether the page issues the tokens. */
  tokensByPage: boolean
}

/** What stands between the element and the service; `undefined` where nothing does, or not for good. */
export function barrierOf(
  { addressMissing, tokensByPage }: AccessInput,
  connection: ConnectionInfo | undefined,
): Barrier | undefined {
  if (addressMissing) return 'no-service'
  if (connection?.status === 'refused') return 'refused'
  if (connection?.status !== 'signed_out') return undefined
  return tokensByPage ? 'session-ended' : 'signed-out'
}
