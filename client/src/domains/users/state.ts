import type { Me, User } from '@collab-kit/protocol'
import type { Appliers, CollabState } from '../../state.ts'

/** People that were asked for. */
export function withUsers(state: CollabState, users: readonly User[]): CollabState {
  if (!users.length) return state
  return {
    ...state,
    users: { ...state.users, ...Object.fromEntries(users.map((user) => [user.username, user])) },
  }
}

/** The person signed in, who is one of the people too. */
export function withMe(state: CollabState, me: Me): CollabState {
  const { username, displayName, guest, picture } = me
  return {
    ...withUsers(state, [
      { username, displayName, guest, ...(picture !== undefined && { picture }) },
    ]),
    me,
  }
}

export const usersEvents: Appliers<'users'> = {
  'users.userUpdated': (state, { data }) => {
    const next = withUsers(state, [data])
    return state.me?.username === data.username ? { ...next, me: { ...state.me, ...data } } : next
  },
}
