import type { Me, User } from '@collab-kit/protocol'
import type { CollabState } from '../../state.ts'

/** Who is signed in; known before `selectMe`. */
export const selectUsername = (state: CollabState): string | undefined => state.username
/** The person signed in. */
export const selectMe = (state: CollabState): Me | undefined => state.me
/** A person, once they are loaded. */
export const selectUser = (state: CollabState, username: string): User | undefined =>
  state.users[username]
