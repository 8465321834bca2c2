import { type CollabClient, type ConnectionInfo, selectConnection } from '@collab-kit/client'
import { useMemo } from 'react'
import { useCollab } from './use-collab.ts'
import { useCollabState } from './use-collab-state.ts'

export interface UseConnectionResult extends ConnectionInfo {
  /** Connects now; after a refusal tries again. Stays the same function. */
  connect(): void
}

/**
 * How the connection is: `status`, since when, why it is not live and when the next attempt is made.
 *
 * @param client Default: that of the nearest provider.
 */
export function useConnection(client?: CollabClient): UseConnectionResult {
  const { connect } = useCollab(client)
  const connection = useCollabState(selectConnection, client)
  return useMemo(() => ({ ...connection, connect }), [connection, connect])
}
