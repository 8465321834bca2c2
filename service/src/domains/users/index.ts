export { addAccount } from './accounts.ts'
export { blockedBy } from './blocks.ts'
export { usersModule } from './handlers.ts'
export { checkOwnPassword, hashPassword, verifyPassword } from './passwords.ts'
export { allPresent } from './present.ts'
export { toColumns, updateProfile } from './profile.ts'
export { isReservedName } from './rules.ts'
export { nextSecond, toState } from './state.ts'
export {
  cut,
  cutSince,
  endSignIns,
  findUser,
  findUsers,
  insertUser,
  setPassword,
  toMe,
  toUser,
  type UserRow,
} from './store.ts'
