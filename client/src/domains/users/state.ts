import type { User } from '@collab-kit/protocol'
import type { Appliers, CollabState } from '../../store.ts'

/** People that were asked for. */
export function withUsers(state: CollabState, users: readonly User[]): CollabState {
  if (!users.length) return state
  return { ...state, users: { ...state.users, ...Object.fromEntries(users.map((user) => [user.username, user])) } }
}

export const usersEvents: Appliers<'users'> = {
  'users.userUpdated': (state, { data }) => {
    const next = withUsers(state, [data])
    return state.me?.username === data.username ? { ...next, me: { ...state.me, ...data } } : next
  },
}
