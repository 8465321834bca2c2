import { users } from '@collab-kit/protocol'
import { implement } from '../../kernel/module.ts'
import { findUser, findUsers, toMe, toUser } from './store.ts'

export { findUser, findUsers, insertUser, toMe, type NewUser } from './store.ts'

export const usersModule = implement(users, {
  handlers: {
    async getMe({ db, caller, fail }) {
      const row = await findUser(db, caller.username)
      return row ? toMe(row) : fail('unauthenticated')
    },
    async getUser({ db, fail }, { username }) {
      const row = await findUser(db, username)
      return row ? toUser(row) : fail('not_found', { username })
    },
    async getUsers({ db }, { usernames }) {
      const rows = await findUsers(db, usernames)
      return { items: rows.map(toUser).sort((a, b) => (a.username < b.username ? -1 : 1)) }
    },
  },
})
