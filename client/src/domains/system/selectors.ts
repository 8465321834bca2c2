import type { ServiceInfo } from '@collab-kit/protocol'
import type { CollabState, ConnectionInfo } from '../../state.ts'

export const selectConnection = (state: CollabState): ConnectionInfo => state.connection
/** Which ways in the service offers; known when signed out. */
export const selectService = (state: CollabState): ServiceInfo | undefined => state.service
/** Whether a person has to sign in before anything goes on. */
export const selectSignInNeeded = (state: CollabState): boolean =>
  state.connection.status === 'signed_out'
